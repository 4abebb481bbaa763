"""What stands two steps from the root: the strongest few ties of each person shown, so that a hub costs no more.

`least` is the number of works that a person's tie must rest on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.queries import TieRow, Within, WorkRow, rows

TIES, WORKS, TOPICS, INSTITUTIONS = 40, 20, 5, 3  # how many of each a person contributes
STRONGEST = 1_000

_AUTHORS = """
select tie.coauthor_id, sum(tie.works)::int, sum(tie.weight::numeric)::float8, min(tie.first_year), max(tie.last_year)
from unnest(%(people)s::bigint[]) person(id)
cross join lateral (
    select * from graph_coauthoredge edge where edge.author_id = person.id
    order by edge.weight desc, edge.coauthor_id limit %(ties)s) tie
join publications_author author on author.id = tie.coauthor_id
    and not author.hidden and author.merged_into_id is null
where tie.coauthor_id <> all(%(shown)s) and tie.works >= %(least)s
    and coalesce(tie.last_year, 0) >= %(from_year)s and coalesce(tie.first_year, 0) <= %(to_year)s
group by 1 order by 3 desc, 1 limit %(limit)s
"""

_WORKS = """
select work.id, work.publication_year, work.cited_by_count, work.authors_count, count(*)
from unnest(%(people)s::bigint[]) person(id)
cross join lateral (
    select work_id from publications_authorship theirs where theirs.author_id = person.id
    order by work_id desc limit %(recent)s) recent
join publications_work work on work.id = recent.work_id
where work.id <> all(%(shown)s) and {counts}
group by work.id
"""

_TOPICS = """
select tie.topic_id, sum(tie.works_count)::int, topic.works_count::float8
from unnest(%(people)s::bigint[]) person(id)
cross join lateral (
    select topic_id, works_count from publications_authortopic mine
    where mine.author_id = person.id and mine.works_count >= %(least)s
    order by mine.works_count desc, mine.topic_id limit %(ties)s) tie
join publications_topic topic on topic.id = tie.topic_id
where tie.topic_id <> all(%(shown)s)
group by tie.topic_id, topic.works_count
"""

_INSTITUTIONS = """
select tie.institution_id, sum(tie.works_count)::int, count(*)::float8, min(tie.first_year), max(tie.last_year)
from unnest(%(people)s::bigint[]) person(id)
cross join lateral (
    select * from publications_authorinstitution mine
    where mine.author_id = person.id and mine.works_count >= %(least)s
    order by mine.works_count desc, mine.institution_id limit %(ties)s) tie
where tie.institution_id <> all(%(shown)s)
    and coalesce(tie.last_year, 0) >= %(from_year)s and coalesce(tie.first_year, 0) <= %(to_year)s
group by 1
"""


def authors(people: Sequence[int], shown: Sequence[int], within: Within, least: int) -> list[TieRow]:
    """Co-authors of the people; a tie counts in the years when it has a work in or around them."""
    params = _params(people, shown, within) | {"ties": TIES, "limit": STRONGEST, "least": least}
    return [TieRow(*row) for row in rows(_AUTHORS, params)]


def works(people: Sequence[int], shown: Sequence[int], within: Within) -> list[WorkRow]:
    """The latest works of the people, of these the ones that count; `shared` says how many of them wrote it."""
    return [WorkRow(*row) for row in rows(_WORKS, _params(people, shown, within) | {"recent": WORKS})]


def topics(people: Sequence[int], shown: Sequence[int], least: int) -> list[TieRow]:
    """Main topics of the people; `weight` is how many works the topic has in the whole corpus."""
    params = {"people": list(people), "shown": list(shown), "ties": TOPICS, "least": least}
    return [TieRow(*row) for row in rows(_TOPICS, params)]


def institutions(people: Sequence[int], shown: Sequence[int], within: Within, least: int) -> list[TieRow]:
    """Where the people mostly were."""
    params = _params(people, shown, within) | {"ties": INSTITUTIONS, "least": least}
    return [TieRow(*row) for row in rows(_INSTITUTIONS, params)]


def _params(people: Sequence[int], shown: Sequence[int], within: Within) -> dict[str, Any]:
    return {"people": list(people), "shown": list(shown)} | within._asdict()
