"""The lines between the things that a slice shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.queries import LineRow, Years, rows

_LINES = """
select 'authorship', author_id, work_id, 1, 1::float8, null::int, null::int
from publications_authorship where work_id = any(%(work)s) and author_id = any(%(author)s)
union all
select 'has-topic', work_id, topic_id, 1, 1, null, null
from publications_worktopic where work_id = any(%(work)s) and topic_id = any(%(topic)s)
union all
select 'topic-of', author_id, topic_id, works_count, works_count, null, null
from publications_authortopic where author_id = any(%(author)s) and topic_id = any(%(far_topics)s)
union all
select 'affiliation', author_id, institution_id, works_count, works_count, first_year, last_year
from publications_authorinstitution where author_id = any(%(author)s) and institution_id = any(%(institution)s)
    and coalesce(last_year, 0) >= %(from_year)s and coalesce(first_year, 0) <= %(to_year)s
union all
select distinct 'cites', citing_id, cited_id, 1, 1::float8, null::int, null::int
from publications_citation
where citing_id = any(%(work)s) and cited_id = any(%(work)s) and citing_id <> cited_id
"""

_COAUTHORS = """
select 'coauthor', author_id, coauthor_id, works, weight, first_year, last_year, count(*) over ()
from graph_coauthoredge
where author_id = any(%(author)s) and coauthor_id = any(%(author)s) and author_id < coauthor_id
order by weight desc, author_id, coauthor_id limit %(limit)s
"""

_COAUTHORS_IN_YEARS = """
select 'coauthor', mine.author_id, theirs.author_id, count(*),
       sum(1::numeric / (work.authors_count - 1))::float8, min(work.publication_year), max(work.publication_year),
       count(*) over ()
from publications_authorship mine
join publications_work work on work.id = mine.work_id
    and work.merged_into_id is null and work.authors_count between 2 and %(largest_team)s
    and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s
join publications_authorship theirs on theirs.work_id = mine.work_id and theirs.author_id > mine.author_id
where mine.author_id = any(%(author)s) and theirs.author_id = any(%(author)s)
group by 2, 3 order by 5 desc, 2, 3 limit %(limit)s
"""


def lines(shown: Mapping[str, Sequence[int]], far_topics: Sequence[int], years: Years) -> list[LineRow]:
    """Authorships, topics, affiliations and citations among what is shown.

    People are tied to `far_topics` directly, because none of the works shown need carry them.
    """
    params = {kind: list(numbers) for kind, numbers in shown.items()}
    params |= {"far_topics": list(far_topics)}
    return [LineRow(*row) for row in rows(_LINES, params | {"from_year": years[0], "to_year": years[1]})]


def coauthor_lines(
    authors: Sequence[int], years: Years, *, in_years: bool, largest_team: int, limit: int
) -> tuple[list[LineRow], int]:
    """Who of the people shown wrote with whom within the years: the strongest lines, and how many there are in all."""
    params = {"author": list(authors), "largest_team": largest_team, "limit": limit}
    params |= {"from_year": years[0], "to_year": years[1]}
    found = rows(_COAUTHORS_IN_YEARS if in_years else _COAUTHORS, params)
    return [LineRow(*row[:-1]) for row in found], found[0][-1] if found else 0
