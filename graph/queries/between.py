"""The lines between the things that a slice shows.

`least` is the number of works that a line between people, or of people to topics and institutions, must rest on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.queries import LineRow, Within, bounded, rows

LATEST = 1_000  # works of a person shown that are looked at where not all works count

_OF_WORKS = """
select 'authorship', author_id, work_id, 1, 1::float8, null::int, null::int
from publications_authorship where work_id = any(%(work)s) and author_id = any(%(author)s)
union all
select 'has-topic', work_id, topic_id, 1, 1, null, null
from publications_worktopic where work_id = any(%(work)s) and topic_id = any(%(topics)s)
union all
select distinct 'cites', citing_id, cited_id, 1, 1::float8, null::int, null::int
from publications_citation
where citing_id = any(%(work)s) and cited_id = any(%(work)s) and citing_id <> cited_id
"""

_OF_PEOPLE = """
select 'topic-of', author_id, topic_id, works_count, works_count::float8, null::int, null::int
from publications_authortopic
where author_id = any(%(author)s) and topic_id = any(%(far_topics)s) and works_count >= %(least)s
union all
select 'affiliation', author_id, institution_id, works_count, works_count, first_year, last_year
from publications_authorinstitution
where author_id = any(%(author)s) and institution_id = any(%(institution)s) and works_count >= %(least)s
"""

_COUNTED = """
counted as materialized (
    select mine.id, person.id as author_id, work.id as work_id, work.publication_year as year, work.authors_count
    from unnest(%(author)s::bigint[]) person(id)
    cross join lateral (
        select id, work_id from publications_authorship theirs where theirs.author_id = person.id
        order by work_id desc limit %(latest)s) mine
    join publications_work work on work.id = mine.work_id and {counts}
)
"""

_OF_PEOPLE_WITHIN = f"""
with {_COUNTED}
select 'topic-of', author_id, topic_id, count(*), count(*)::float8, null::int, null::int
from counted join publications_worktopic label using (work_id)
where topic_id = any(%(far_topics)s) group by 2, 3 having count(*) >= %(least)s
union all
select 'affiliation', author_id, institution_id, count(*), count(*), min(year), max(year)
from counted join publications_authorshipinstitution place on place.authorship_id = counted.id
where institution_id = any(%(institution)s) group by 2, 3 having count(*) >= %(least)s
"""  # noqa: S608 # of constants

_COAUTHORS = """
select 'coauthor', author_id, coauthor_id, works, weight, first_year, last_year, count(*) over ()
from graph_coauthoredge
where author_id = any(%(author)s) and coauthor_id = any(%(author)s) and author_id < coauthor_id
    and works >= %(least)s
order by weight desc, author_id, coauthor_id limit %(limit)s
"""

_COAUTHORS_WITHIN = f"""
with {_COUNTED}
select 'coauthor', mine.author_id, theirs.author_id, count(*), sum(1::numeric / (mine.authors_count - 1))::float8,
       min(mine.year), max(mine.year), count(*) over ()
from counted mine
join publications_authorship theirs on theirs.work_id = mine.work_id and theirs.author_id > mine.author_id
where mine.authors_count between 2 and %(largest_team)s and theirs.author_id = any(%(author)s)
group by 2, 3 having count(*) >= %(least)s order by 5 desc, 2, 3 limit %(limit)s
"""  # noqa: S608 # of constants


def lines(shown: Mapping[str, Sequence[int]], far_topics: Sequence[int], within: Within, least: int) -> list[LineRow]:
    """Authorships, topics, affiliations and citations among what is shown.

    People are tied to `far_topics` directly, because none of the works shown need carry them.
    """
    params: dict[str, Any] = {kind: list(numbers) for kind, numbers in shown.items()} | within._asdict()
    params |= {"topics": list(shown["topic"]), "far_topics": list(far_topics), "least": least}
    sql = f"{_OF_WORKS} union all ({_OF_PEOPLE_WITHIN if within.is_narrow else _OF_PEOPLE})"
    return [LineRow(*row) for row in rows(bounded(sql, latest=LATEST), params)]


def coauthor_lines(
    authors: Sequence[int], within: Within, *, largest_team: int, least: int, limit: int
) -> tuple[list[LineRow], int]:
    """Who of the people shown wrote with whom in the works that count: the strongest lines, and how many in all."""
    params: dict[str, Any] = {"author": list(authors), "largest_team": largest_team, "least": least, "limit": limit}
    sql = bounded(_COAUTHORS_WITHIN, latest=LATEST) if within.is_narrow else _COAUTHORS
    found = rows(sql, params | within._asdict())
    return [LineRow(*row[:-1]) for row in found], found[0][-1] if found else 0
