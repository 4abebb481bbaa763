"""What stands one step from the root of a slice: its works, people, topics and institutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.queries import TieRow, WorkRow, Years, rows

STRONGEST = 5_000  # people that are ranked
LEADING, RECENT = 60, 30  # people who stand for a topic or institution, and how many of their latest works are read
NEAR_TEAM, CITING = 25, 200  # first authors of a work, and references, that lead to other works
POOL = 5_000  # works of one author

_WORKS_OF_AUTHOR = """
select work.id, work.publication_year, work.cited_by_count, work.authors_count
from publications_authorship mine join publications_work work on work.id = mine.work_id
where mine.author_id = %(root)s and work.merged_into_id is null
    and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s
order by work.id desc limit %(pool)s
"""

_WORKS_NEAR_WORK = """
with team as (
    select author_id from publications_authorship
    where work_id = %(root)s and author_id is not null order by position limit %(team)s
), found as (
    (select recent.work_id as id, 1 as shared, 0 as cites, 0 as cited
     from team cross join lateral (
        select work_id from publications_authorship theirs where theirs.author_id = team.author_id
        order by work_id desc limit %(recent)s) recent)
    union all
    (select distinct cited_id, 0, 1, 0 from publications_citation
     where citing_id = %(root)s and cited_id is not null order by cited_id desc limit %(citing)s)
    union all
    (select distinct citing_id, 0, 0, 1 from publications_citation
     where cited_id = %(root)s order by citing_id desc limit %(citing)s)
)
select work.id, work.publication_year, work.cited_by_count, work.authors_count,
       sum(found.shared)::int, sum(found.cites) > 0, sum(found.cited) > 0
from found join publications_work work on work.id = found.id
where work.id <> %(root)s and work.merged_into_id is null
    and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s
group by work.id
"""

_WORKS_ON_TOPIC = """
with leader as (
    select author_id from publications_authortopic
    where topic_id = %(root)s order by works_count desc, author_id limit %(leading)s
), found as (
    select distinct recent.work_id as id
    from leader cross join lateral (
        select work_id from publications_authorship theirs where theirs.author_id = leader.author_id
        order by work_id desc limit %(recent)s) recent
    join publications_worktopic label on label.work_id = recent.work_id and label.topic_id = %(root)s
)
select work.id, work.publication_year, work.cited_by_count, work.authors_count
from found join publications_work work on work.id = found.id
where work.merged_into_id is null and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s
"""

_WORKS_FROM_INSTITUTION = """
with leader as (
    select author_id from publications_authorinstitution
    where institution_id = %(root)s order by works_count desc, author_id limit %(leading)s
), found as (
    select distinct recent.work_id as id
    from leader cross join lateral (
        select id, work_id from publications_authorship theirs where theirs.author_id = leader.author_id
        order by work_id desc limit %(recent)s) recent
    join publications_authorshipinstitution place
        on place.authorship_id = recent.id and place.institution_id = %(root)s
)
select work.id, work.publication_year, work.cited_by_count, work.authors_count
from found join publications_work work on work.id = found.id
where work.merged_into_id is null and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s
"""

_WORKS_NEAR = {
    "author": _WORKS_OF_AUTHOR,
    "work": _WORKS_NEAR_WORK,
    "topic": _WORKS_ON_TOPIC,
    "institution": _WORKS_FROM_INSTITUTION,
}


def works_near(kind: str, root: int, years: Years) -> list[WorkRow]:
    """All works of an author; of other roots those reached through leading people and references."""
    bounds = {"pool": POOL, "team": NEAR_TEAM, "recent": RECENT, "citing": CITING, "leading": LEADING}
    return [WorkRow(*row) for row in rows(_WORKS_NEAR[kind], bounds | _at(root, years))]


def _at(root: int, years: Years) -> dict[str, Any]:
    return {"root": root, "from_year": years[0], "to_year": years[1]}


_COAUTHORS = """
select edge.coauthor_id, edge.works, edge.weight, edge.first_year, edge.last_year
from graph_coauthoredge edge join publications_author author on author.id = edge.coauthor_id
where edge.author_id = %(root)s and not author.hidden and author.merged_into_id is null
order by edge.weight desc, edge.coauthor_id limit %(limit)s
"""

_COAUTHORS_IN_YEARS = """
select theirs.author_id, count(*), sum(1::numeric / (work.authors_count - 1))::float8,
       min(work.publication_year), max(work.publication_year)
from publications_authorship mine
join publications_work work on work.id = mine.work_id
    and work.merged_into_id is null and work.authors_count between 2 and %(largest_team)s
    and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s
join publications_authorship theirs on theirs.work_id = mine.work_id and theirs.author_id <> mine.author_id
join publications_author author on author.id = theirs.author_id
    and not author.hidden and author.merged_into_id is null
where mine.author_id = %(root)s
group by 1 order by 3 desc, 1 limit %(limit)s
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
where tie.topic_id = %(root)s and not author.hidden and author.merged_into_id is null
order by tie.works_count desc, tie.author_id limit %(limit)s
"""

_AUTHORS_AT_INSTITUTION = """
select tie.author_id, tie.works_count, tie.works_count::float8, tie.first_year, tie.last_year
from publications_authorinstitution tie join publications_author author on author.id = tie.author_id
where tie.institution_id = %(root)s and not author.hidden and author.merged_into_id is null
order by tie.works_count desc, tie.author_id limit %(limit)s
"""

_AUTHORS_OF_WORKS = """
select mine.author_id, count(*), count(*)::float8, min(work.publication_year), max(work.publication_year)
from publications_authorship mine
join publications_work work on work.id = mine.work_id and work.authors_count <= %(largest_team)s
join publications_author author on author.id = mine.author_id and not author.hidden and author.merged_into_id is null
where mine.work_id = any(%(works)s)
group by 1 order by 2 desc, 1 limit %(limit)s
"""

_ALL_AUTHORS_NEAR = {
    "author": _COAUTHORS,
    "work": _AUTHORS_OF_WORK,
    "topic": _AUTHORS_ON_TOPIC,
    "institution": _AUTHORS_AT_INSTITUTION,
}
_AUTHORS_NEAR_IN_YEARS = {
    "author": _COAUTHORS_IN_YEARS,
    "work": _AUTHORS_OF_WORK,
    "topic": _AUTHORS_OF_WORKS,
    "institution": _AUTHORS_OF_WORKS,
}


def authors_near(
    kind: str, root: int, years: Years, works: Sequence[int], *, in_years: bool, largest_team: int
) -> list[TieRow]:
    """Co-authors, authors, or the people of a topic or institution, strongest first.

    `works` are the works near the root: with bounds on years they decide who belongs to a topic or institution.
    """
    sql = (_AUTHORS_NEAR_IN_YEARS if in_years else _ALL_AUTHORS_NEAR)[kind]
    bounds = {"limit": STRONGEST, "largest_team": largest_team, "works": list(works)}
    return [TieRow(*row) for row in rows(sql, bounds | _at(root, years))]


_TOPICS_OF_WORKS = """
select label.topic_id, count(*), topic.works_count::float8, min(work.publication_year), max(work.publication_year)
from publications_worktopic label
join publications_topic topic on topic.id = label.topic_id
join publications_work work on work.id = label.work_id
where label.work_id = any(%(works)s)
group by label.topic_id, topic.works_count
"""

_INSTITUTIONS_OF_WORKS = """
select place.institution_id, count(distinct mine.work_id), count(*)::float8,
       min(work.publication_year), max(work.publication_year)
from publications_authorship mine
join publications_authorshipinstitution place on place.authorship_id = mine.id
join publications_work work on work.id = mine.work_id and work.authors_count <= %(largest_team)s
where mine.work_id = any(%(works)s) and (%(author)s::bigint is null or mine.author_id = %(author)s)
group by 1
"""


def topics_of(works: Sequence[int]) -> list[TieRow]:
    """Topics of works; `weight` is how many works the topic has in the whole corpus."""
    return [TieRow(*row) for row in rows(_TOPICS_OF_WORKS, {"works": list(works)})]


def institutions_of(works: Sequence[int], *, author: int | None, largest_team: int) -> list[TieRow]:
    """Institutions that works name, for all their authors or for one; `weight` counts the people."""
    params = {"works": list(works), "author": author, "largest_team": largest_team}
    return [TieRow(*row) for row in rows(_INSTITUTIONS_OF_WORKS, params)]
