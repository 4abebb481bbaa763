"""What stands behind a line: which works two things share, newest first; and an author's strongest ties of a kind.

Merged works and hidden or merged authors never come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from graph.edges import LARGEST_TEAM
from graph.neighbourhood import Key
from graph.queries import EVERYTHING, Within, bounded, rows

Pair = tuple[int, int]
COUNTED = 10_000  # works behind one line; more are not counted


class LineWorks(NamedTuple):
    """A page of the works behind a line, how many there are, Newman's weight of them, and (year, works) in order."""

    page: list[int]
    total: int
    weight: float
    by_year: list[tuple[int | None, int]]


_SHARED = """
select pair.one, pair.two, shared.id
from unnest(%(ones)s::bigint[], %(twos)s::bigint[]) with ordinality pair(one, two, place)
cross join lateral (
    select work.id, work.publication_year
    from publications_authorship mine
    join publications_authorship theirs on theirs.work_id = mine.work_id and theirs.author_id = pair.two
    join publications_work work on work.id = mine.work_id
        and work.merged_into_id is null and work.authors_count <= %(largest_team)s
    where mine.author_id = pair.one
    order by work.publication_year desc nulls last, work.id desc limit %(most)s
) shared
order by pair.place, shared.publication_year desc nulls last, shared.id desc
"""

# The works of one end of a line, and whether a work is one of the other end's.
_READ = {
    "author": "select work_id as id from publications_authorship where author_id = %(one)s",
    "work": "select unnest(%(works)s::bigint[]) as id",
    "topic": """select work_id as id from publications_worktopic
        where topic_id = %(one)s order by work_id desc limit %(counted)s""",
    "institution": """select mine.work_id as id from publications_authorshipinstitution place
        join publications_authorship mine on mine.id = place.authorship_id
        where place.institution_id = %(one)s group by 1 order by 1 desc limit %(counted)s""",
}
_BELONGS = {
    "author": """work.authors_count <= %(largest_team)s and exists (
        select from publications_authorship theirs where theirs.work_id = work.id and theirs.author_id = %(other)s)""",
    "work": "work.id = any(%(works)s::bigint[])",
    "topic": """exists (
        select from publications_worktopic label where label.work_id = work.id and label.topic_id = %(other)s)""",
    "institution": """exists (
        select from publications_authorship theirs
        join publications_authorshipinstitution place on place.authorship_id = theirs.id
        where theirs.work_id = work.id and place.institution_id = %(other)s {by_whom})""",
}

_OF_LINE = """
with found as materialized (
    select work.id, work.publication_year as year, work.authors_count
    from ({read}) mine join publications_work work on work.id = mine.id and {{counts}}
    where {belongs} limit %(counted)s
)
select array(select id from found order by year desc nulls last, id desc limit %(most)s offset %(offset)s),
    (select count(*) from found),
    (select coalesce(sum(1::numeric / nullif(authors_count - 1, 0)), 0)::float8 from found),
    coalesce((select json_agg(json_build_array(year, works) order by year)
        from (select year, count(*) as works from found group by year) counted), '[]')
"""

_CITATIONS = """
select distinct citing_id, cited_id from publications_citation
where (citing_id = %(one)s and cited_id = %(other)s) or (citing_id = %(other)s and cited_id = %(one)s)
order by 1
"""

_BOTH_WROTE = """
select mine.author_id, count(*) over ()
from publications_authorship mine
join publications_authorship theirs on theirs.work_id = %(other)s and theirs.author_id = mine.author_id
join publications_author author on author.id = mine.author_id and not author.hidden and author.merged_into_id is null
where mine.work_id = %(one)s order by mine.position limit %(most)s
"""

_AT_INSTITUTION = """
select mine.author_id, count(*) over ()
from publications_authorship mine
join publications_authorshipinstitution place
    on place.authorship_id = mine.id and place.institution_id = %(other)s
join publications_author author on author.id = mine.author_id and not author.hidden and author.merged_into_id is null
where mine.work_id = %(one)s order by mine.position limit %(most)s
"""

_STRONGEST = {
    "author": """
        select edge.coauthor_id, edge.works
        from graph_coauthoredge edge join publications_author author on author.id = edge.coauthor_id
            and not author.hidden and author.merged_into_id is null
        where edge.author_id = %(author)s order by edge.weight desc, edge.coauthor_id limit %(most)s""",
    "topic": """
        select topic_id, works_count from publications_authortopic
        where author_id = %(author)s order by works_count desc, topic_id limit %(most)s""",
    "institution": """
        select institution_id, works_count from publications_authorinstitution
        where author_id = %(author)s order by works_count desc, institution_id limit %(most)s""",
}


def shared_works(pairs: Sequence[Pair], *, largest_team: int, most: int) -> dict[Pair, list[int]]:
    """The newest works of each pair of authors: one statement for all pairs."""
    found: dict[Pair, list[int]] = {pair: [] for pair in pairs}
    params = {"ones": [one for one, _ in pairs], "twos": [two for _, two in pairs]}
    for one, two, work in rows(_SHARED, params | {"largest_team": largest_team, "most": most}):
        found[one, two].append(work)
    return found


def works_of_line(
    one: Key, other: Key, *, offset: int, most: int, within: Within = EVERYTHING, works: Sequence[int] = ()
) -> LineWorks:
    """The works behind a line, a page of them, newest first.

    `one` is the end whose works are read, of a topic or an institution the COUNTED last to arrive. Where an end is a
    work, `works` are those that may stand behind the line.
    """
    bounds = {"largest_team": LARGEST_TEAM, "most": most, "offset": offset, "works": list(works)}
    by_whom = "and theirs.author_id = %(one)s" if one[0] == "author" else ""
    belongs = _BELONGS[other[0]].format(by_whom=by_whom)
    sql = bounded(_OF_LINE.format(read=_READ[one[0]], belongs=belongs), counted=COUNTED)
    [row] = rows(sql, bounds | {"one": one[1], "other": other[1]} | within._asdict())
    return LineWorks(*row)


def citations(one: int, other: int) -> list[Pair]:
    """(citing, cited) of two works, in either direction."""
    return [(citing, cited) for citing, cited in rows(_CITATIONS, {"one": one, "other": other})]


def people_of_both(work: int, other: Key, *, most: int) -> tuple[list[int], int]:
    """Who wrote a work and another one, or wrote it at an institution: the first few, and how many in all."""
    sql = _BOTH_WROTE if other[0] == "work" else _AT_INSTITUTION
    found = rows(sql, {"one": work, "other": other[1], "most": most})
    return [number for number, _total in found], found[0][1] if found else 0


def strongest(kind: str, author: int, *, most: int) -> list[Pair]:
    """(number, works) of what an author is tied to, the strongest first."""
    return [(number, works) for number, works in rows(_STRONGEST[kind], {"author": author, "most": most})]
