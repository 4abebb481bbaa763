"""The people, topics and institutions one step from the root of a slice.

`least` is the number of works that a tie must rest on.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.queries import TieRow, Within, rows

STRONGEST = 5_000  # people that are ranked

_COAUTHORS = """
select edge.coauthor_id, edge.works, edge.weight, edge.first_year, edge.last_year
from graph_coauthoredge edge join publications_author author on author.id = edge.coauthor_id
where edge.author_id = %(root)s and edge.works >= %(least)s and not author.hidden and author.merged_into_id is null
order by edge.weight desc, edge.coauthor_id limit %(limit)s
"""

_COAUTHORS_WITHIN = """
select theirs.author_id, count(*), sum(1::numeric / (work.authors_count - 1))::float8,
       min(work.publication_year), max(work.publication_year)
from publications_work work
join publications_authorship theirs on theirs.work_id = work.id and theirs.author_id <> %(root)s
join publications_author author on author.id = theirs.author_id
    and not author.hidden and author.merged_into_id is null
where work.id = any(%(works)s) and work.authors_count between 2 and %(largest_team)s
group by 1 having count(*) >= %(least)s order by 3 desc, 1 limit %(limit)s
"""

_AUTHORS_OF_WORK = """
select mine.author_id, 1, 1::float8 / mine.position, work.publication_year, work.publication_year
from publications_authorship mine
join publications_author author on author.id = mine.author_id and not author.hidden and author.merged_into_id is null
join publications_work work on work.id = mine.work_id
where mine.work_id = %(root)s order by mine.position limit %(limit)s
"""

_AUTHORS_ON_TOPIC = """
select tie.author_id, tie.works_count, tie.works_count::float8, null::int, null::int
from publications_authortopic tie join publications_author author on author.id = tie.author_id
where tie.topic_id = %(root)s and tie.works_count >= %(least)s
    and not author.hidden and author.merged_into_id is null
order by tie.works_count desc, tie.author_id limit %(limit)s
"""

_AUTHORS_AT_INSTITUTION = """
select tie.author_id, tie.works_count, tie.works_count::float8, tie.first_year, tie.last_year
from publications_authorinstitution tie join publications_author author on author.id = tie.author_id
where tie.institution_id = %(root)s and tie.works_count >= %(least)s
    and not author.hidden and author.merged_into_id is null
order by tie.works_count desc, tie.author_id limit %(limit)s
"""

_AUTHORS_OF_WORKS = """
select mine.author_id, count(*), count(*)::float8, min(work.publication_year), max(work.publication_year)
from publications_authorship mine
join publications_work work on work.id = mine.work_id and work.authors_count <= %(largest_team)s
join publications_author author on author.id = mine.author_id and not author.hidden and author.merged_into_id is null
where mine.work_id = any(%(works)s)
group by 1 having count(*) >= %(least)s order by 2 desc, 1 limit %(limit)s
"""

_ALL_AUTHORS_NEAR = {
    "author": _COAUTHORS,
    "work": _AUTHORS_OF_WORK,
    "topic": _AUTHORS_ON_TOPIC,
    "institution": _AUTHORS_AT_INSTITUTION,
}
_AUTHORS_NEAR_WITHIN = {
    "author": _COAUTHORS_WITHIN,
    "work": _AUTHORS_OF_WORK,
    "topic": _AUTHORS_OF_WORKS,
    "institution": _AUTHORS_OF_WORKS,
}


def authors_near(
    kind: str, root: int, within: Within, works: Sequence[int], *, largest_team: int, least: int
) -> list[TieRow]:
    """Co-authors, authors, or the people of a topic or institution, strongest first.

    `works` are the works near the root: where not all works count, they decide who is tied to it, and how strongly.
    """
    sql = (_AUTHORS_NEAR_WITHIN if within.is_narrow else _ALL_AUTHORS_NEAR)[kind]
    bounds = {"root": root, "limit": STRONGEST, "largest_team": largest_team, "works": list(works), "least": least}
    return [TieRow(*row) for row in rows(sql, bounds | within._asdict())]


def authors_of(works: Sequence[int], *, largest_team: int, least: int) -> list[TieRow]:
    """The people of works; `weight` is how many of them they wrote."""
    params = {"works": list(works), "limit": STRONGEST, "largest_team": largest_team, "least": least}
    return [TieRow(*row) for row in rows(_AUTHORS_OF_WORKS, params)]


_TOPICS_OF_WORKS = """
with work as materialized (
    select id, publication_year from publications_work where id = any(%(works)s)
), named as materialized (
    select label.topic_id, count(*) as works, min(work.publication_year) as first, max(work.publication_year) as last
    from work join publications_worktopic label on label.work_id = work.id
    group by 1 having count(*) >= %(least)s
)
select named.topic_id, named.works, topic.works_count::float8, named.first, named.last
from named join publications_topic topic on topic.id = named.topic_id
"""

_INSTITUTIONS = """
select place.institution_id, count(distinct mine.work_id), count(*)::float8,
       min(work.publication_year), max(work.publication_year)
from publications_authorship mine
join publications_authorshipinstitution place on place.authorship_id = mine.id
join publications_work work on work.id = mine.work_id and work.authors_count <= %(largest_team)s
where {theirs} mine.work_id = any(%(works)s)
group by 1 having count(distinct mine.work_id) >= %(least)s
"""
_INSTITUTIONS_OF_WORKS = _INSTITUTIONS.replace("{theirs}", "")
_INSTITUTIONS_OF_AUTHOR = _INSTITUTIONS.replace("{theirs}", "mine.author_id = %(author)s and")


def topics_of(works: Sequence[int], *, least: int) -> list[TieRow]:
    """Topics of works; `weight` is how many works the topic has in the whole corpus."""
    return [TieRow(*row) for row in rows(_TOPICS_OF_WORKS, {"works": list(works), "least": least})]


def institutions_of(works: Sequence[int], *, author: int | None, largest_team: int, least: int) -> list[TieRow]:
    """Institutions that works name, for all their authors or for one; `weight` counts the people."""
    params = {"works": list(works), "largest_team": largest_team, "least": least}
    if author is not None:
        return [TieRow(*row) for row in rows(_INSTITUTIONS_OF_AUTHOR, params | {"author": author})]
    return [TieRow(*row) for row in rows(_INSTITUTIONS_OF_WORKS, params)]
