"""What the trust formula reads, gathered from the corpus for many authors in a fixed number of statements.

Weights travel as whole eightieths, so that sums are exact without decimals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.db import connection

from profiles import levels, trust

UNIT = 80  # the least common denominator of author and provider weights
PERSISTENT_IDS = ("doi", "arxiv", "acl")
LINKED_SHARE = (6, 10)  # of an author's works, for a record to be resolved without a provider's id


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Inputs and the standing that gave their level; one object for all authors who share them."""

    inputs: trust.Inputs
    standing: levels.Standing

    def to_json(self) -> dict[str, Any]:
        return {**trust.to_json(self.inputs), "standing": levels.to_json(self.standing)}


# Work by work first (each once, however many of its authors are asked for), then author by author.
# A topic or a close co-author shared by enough works links them at once: only the others need their components.
# LATERAL … LIMIT 1 looks up by key; a plain join reads all authors and all ids of the corpus for each batch.
SUMS = """
WITH mine AS MATERIALIZED (
    SELECT author_id, work_id FROM publications_authorship WHERE author_id = ANY(%(authors)s)
), provided AS (
    SELECT work_id,
        bit_or(1 << array_position(%(moderated)s::text[], published_via::text)) AS providers,
        bool_or(published_via = ANY(%(deposits)s)) AS deposited
    FROM publications_record WHERE work_id IN (SELECT work_id FROM mine) GROUP BY work_id
), work AS MATERIALIZED (
    SELECT work.id,
        CASE WHEN is_retracted THEN 0
            ELSE (%(weights)s::int[])[1 + width_bucket(authors_count::int, %(crowds)s::int[])] END AS weight,
        CASE WHEN providers IS NOT NULL THEN 4 WHEN deposited THEN 1 ELSE 0 END AS quarters,
        NOT is_retracted AND providers IS NOT NULL AS moderated,
        bit_count(coalesce(providers, 0)::bit(32)) >= 2 AS corroborated,
        identified.id IS NOT NULL AS identified
    FROM publications_work work
    LEFT JOIN provided ON provided.work_id = work.id
    LEFT JOIN LATERAL (
        SELECT id FROM publications_workid WHERE work_id = work.id AND scheme = ANY(%(schemes)s) LIMIT 1
    ) identified ON TRUE
    WHERE work.id IN (SELECT work_id FROM mine) AND work.merged_into_id IS NULL
), summed AS (
    SELECT author_id, count(*) AS works,
        sum(weight * quarters / 4) AS weighted,
        sum(weight) FILTER (WHERE corroborated) AS corroborated,
        bool_or(moderated AND identified) AS moderated_id
    FROM mine JOIN work ON work.id = mine.work_id GROUP BY author_id
), topical AS (
    SELECT author_id, count(*) FILTER (WHERE moderated > 0) AS topics, max(works) AS linked
    FROM (
        SELECT author_id, topic_id, count(*) AS works, count(*) FILTER (WHERE moderated) AS moderated
        FROM mine JOIN work ON work.id = mine.work_id
        JOIN publications_worktopic topic ON topic.work_id = mine.work_id
        GROUP BY author_id, topic_id
    ) per_topic GROUP BY author_id
), social AS (
    SELECT edge.author_id, count(*) AS close, max(close_works) AS linked
    FROM graph_coauthoredge edge
    JOIN LATERAL (
        SELECT id FROM publications_author WHERE id = edge.coauthor_id AND NOT hidden AND merged_into_id IS NULL LIMIT 1
    ) seen ON TRUE
    WHERE edge.author_id = ANY(%(authors)s) AND close_works >= 2 GROUP BY edge.author_id
)
SELECT author.id, author.has_provider_id, coalesce(works, 0), coalesce(weighted, 0)::int,
    coalesce(summed.corroborated, 0)::int, coalesce(moderated_id, FALSE), coalesce(topics, 0), coalesce(close, 0),
    coalesce(greatest(topical.linked, social.linked, 1), 1)
FROM publications_author author
LEFT JOIN summed ON summed.author_id = author.id
LEFT JOIN topical ON topical.author_id = author.id
LEFT JOIN social ON social.author_id = author.id
WHERE author.id = ANY(%(authors)s) AND author.merged_into_id IS NULL
"""

Row = tuple[int, bool, int, int, int, bool, int, int, int]


def gather(author_ids: Sequence[int], on: date) -> dict[int, Gathered]:
    """The inputs of these authors; those merged into others are left out."""
    rows = sums(author_ids)
    unsure = [row[0] for row in rows if not row[1] and row[2] and not enough(row[8], row[2])]
    linked = largest_components(unsure)
    return {
        author: _gathered(on, resolved_by(has_id, works, linked.get(author, largest)), *figures)
        for author, has_id, works, *figures, largest in rows
    }


def sums(author_ids: Sequence[int]) -> list[Row]:
    parameters: dict[str, list[Any]] = {
        "authors": list(author_ids),
        "moderated": list(trust.MODERATED),
        "deposits": list(trust.DEPOSITS),
        "schemes": list(PERSISTENT_IDS),
        "weights": [int(weight * UNIT) for _, weight in trust.AUTHOR_WEIGHTS] + [int(trust.CROWD_WEIGHT * UNIT)],
        "crowds": [most + 1 for most, _ in trust.AUTHOR_WEIGHTS],
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMS, parameters)
        rows: list[Row] = cursor.fetchall()
    return rows


@lru_cache(maxsize=65536)
def _gathered(
    on: date, resolved: str, weighted: int, corroborated: int, moderated_id: bool, topics: int, close: int
) -> Gathered:
    """No account owns a record before claims exist: no organisations, no months, no claim.

    Cached, because a corpus has far fewer distinct figures than authors.
    """
    standing = levels.Standing(moderated_id=moderated_id, resolved_by=resolved)
    inputs = trust.Inputs(
        level=levels.level(standing, on),
        works=Fraction(weighted, UNIT),
        corroborated=Fraction(corroborated, UNIT),
        topics=topics,
        close_collaborators=close,
        months=levels.months_of_evidence(standing, on),
    )
    return Gathered(inputs, standing)


def resolved_by(has_provider_id: bool, works: int, largest: int) -> str:
    if has_provider_id:
        return levels.RESOLVED_BY_PROVIDER
    return levels.RESOLVED_BY_WORKS if works and enough(largest, works) else ""


def enough(linked: int, works: int) -> bool:
    share, of = LINKED_SHARE
    return linked * of >= works * share


# Which works hang together

MARKS_BY_TOPIC = """
SELECT mine.author_id, mine.work_id, array_agg(topic.topic_id)
FROM publications_authorship mine
JOIN publications_work work ON work.id = mine.work_id AND work.merged_into_id IS NULL
LEFT JOIN publications_worktopic topic ON topic.work_id = mine.work_id
WHERE mine.author_id = ANY(%s)
GROUP BY mine.author_id, mine.work_id ORDER BY mine.author_id, mine.work_id
"""
COAUTHORS = """
SELECT work_id, array_agg(author_id) FROM publications_authorship
WHERE work_id = ANY(%s) AND author_id IS NOT NULL GROUP BY work_id
"""


def largest_components(author_ids: Iterable[int]) -> dict[int, int]:
    """For each author the size of the largest set of works linked by shared co-authors or topics."""
    authors = list(author_ids)
    if not authors:
        return {}
    works: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(MARKS_BY_TOPIC, [authors])
        for author, work, topics in cursor.fetchall():
            works[author][work] = [-topic for topic in topics if topic is not None]
        cursor.execute(COAUTHORS, [sorted({work for mine in works.values() for work in mine})])
        coauthors: dict[int, list[int]] = dict(cursor.fetchall())
    return {author: _largest(author, mine, coauthors) for author, mine in works.items()}


def _largest(author: int, works: dict[int, list[int]], coauthors: dict[int, list[int]]) -> int:
    """Union-find over works; a mark is a co-author (positive) or a topic (negative)."""
    parent = {work: work for work in works}
    first: dict[int, int] = {}
    for work, topics in works.items():
        for mark in (*topics, *coauthors.get(work, ())):
            if mark != author:
                _join(parent, first.setdefault(mark, work), work)
    sizes: defaultdict[int, int] = defaultdict(int)
    for work in works:
        sizes[_root(parent, work)] += 1
    return max(sizes.values())


def _root(parent: dict[int, int], work: int) -> int:
    while parent[work] != work:
        parent[work] = parent[parent[work]]
        work = parent[work]
    return work


def _join(parent: dict[int, int], one: int, other: int) -> None:
    parent[_root(parent, one)] = _root(parent, other)
