"""What stands behind a line: which works two things share, newest first; and an author's strongest ties of a kind.

Merged works and hidden or merged authors never come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from graph.edges import LARGEST_TEAM
from graph.neighbourhood import Key
from graph.queries import Years, rows

Pair = tuple[int, int]
EVER: Years = (0, 9999)
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

# Works of an author, narrowed by the other end of the line.
_OTHER_END = {
    "author": "join publications_authorship other on other.work_id = mine.work_id and other.author_id = %(other)s"
    " and work.authors_count <= %(largest_team)s",
    "topic": "join publications_worktopic other on other.work_id = mine.work_id and other.topic_id = %(other)s",
    "institution": "join publications_authorshipinstitution other on other.authorship_id = mine.id"
    " and other.institution_id = %(other)s",
    "work": "and work.id = %(other)s",
}

_OF_LINE = """
with found as materialized (
    select work.id, work.publication_year as year, work.authors_count
    from publications_authorship mine
    join publications_work work on work.id = mine.work_id and work.merged_into_id is null
        and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s
    {other}
    where mine.author_id = %(author)s limit %(counted)s
)
select array(select id from found order by year desc nulls last, id desc limit %(most)s offset %(offset)s),
    (select count(*) from found),
    (select coalesce(sum(1::numeric / nullif(authors_count - 1, 0)), 0)::float8 from found),
    coalesce((select json_agg(json_build_array(year, works) order by year)
        from (select year, count(*) as works from found group by year) counted), '[]')
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


def works_of_line(author: int, other: Key, *, offset: int, most: int, years: Years = EVER) -> LineWorks:
    """Works behind a line from an author to another author, a topic, an institution or a work: a page, newest first."""
    bounds = {"largest_team": LARGEST_TEAM, "counted": COUNTED, "most": most, "offset": offset}
    bounds |= {"author": author, "other": other[1], "from_year": years[0], "to_year": years[1]}
    [row] = rows(_OF_LINE.format(other=_OTHER_END[other[0]]), bounds)
    return LineWorks(*row)


def strongest(kind: str, author: int, *, most: int) -> list[Pair]:
    """(number, works) of what an author is tied to, the strongest first."""
    return [(number, works) for number, works in rows(_STRONGEST[kind], {"author": author, "most": most})]
