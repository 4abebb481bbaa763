"""What the trust formula reads, gathered from the corpus for many authors in a fixed number of statements.

Weights travel as whole eightieths, so that sums are exact without decimals.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from django.db import connection

from profiles.assessing import levels, standings, trust
from profiles.models import Claim

UNIT = 80  # the least common denominator of author and provider weights
PERSISTENT_IDS = ("doi", "arxiv", "acl")
UNSURE = "unsure"
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
SELECT
    CASE WHEN author.has_provider_id THEN 'provider-id' WHEN works IS NULL THEN ''
        WHEN greatest(topical.linked, social.linked, 1) * %(of)s >= works * %(share)s THEN 'works'
        ELSE 'unsure' END AS resolved,
    coalesce(weighted, 0)::int AS weighted, coalesce(summed.corroborated, 0)::int AS corroborated,
    coalesce(moderated_id, FALSE) AS moderated_id, coalesce(topics, 0) AS topics, coalesce(close, 0) AS close,
    array_agg(author.id) AS authors
FROM publications_author author
LEFT JOIN summed ON summed.author_id = author.id
LEFT JOIN topical ON topical.author_id = author.id
LEFT JOIN social ON social.author_id = author.id
WHERE author.id = ANY(%(authors)s) AND author.merged_into_id IS NULL
GROUP BY 1, 2, 3, 4, 5, 6
"""

Figures = tuple[int, int, bool, int, int]  # weighted, corroborated, moderated_id, topics, close
Row = tuple[str, int, int, bool, int, int, list[int]]


def gather(author_ids: Sequence[int], on: date) -> dict[Gathered, list[int]]:
    """The inputs of these authors, each with the authors who share them; those merged into others are left out."""
    found: defaultdict[Gathered, list[int]] = defaultdict(list)
    unsure: dict[int, Figures] = {}
    for resolved, *figures, authors in sums(author_ids):
        shared = cast("Figures", tuple(figures))
        if resolved == UNSURE:
            unsure.update(dict.fromkeys(authors, shared))
        else:
            found[_gathered(on, resolved, *shared)] += authors
    for author, connected in connections(unsure).items():
        resolved = levels.RESOLVED_BY_WORKS if connected.enough else ""
        found[_gathered(on, resolved, *unsure[author])].append(author)
    return _with_people(found, author_ids, on)


def _with_people(found: dict[Gathered, list[int]], author_ids: Sequence[int], on: date) -> dict[Gathered, list[int]]:
    """The same with what accounts add: for few records, so these leave the group that shares the corpus's figures."""
    if not Claim.objects.filter(status=Claim.Status.APPROVED).exists():
        return found
    owned, social = standings.owned(author_ids, on), standings.social(author_ids, on)
    people = owned.keys() | social.keys()
    apart: defaultdict[Gathered, list[int]] = defaultdict(list)
    for gathered, authors in found.items():
        for author in authors:
            if author in people:
                own = _personal(gathered, owned.get(author), social.get(author, standings.Social()), on)
                apart[own].append(author)
            else:
                apart[gathered].append(author)
    return apart


def _personal(gathered: Gathered, owned: standings.Owned | None, social: standings.Social, on: date) -> Gathered:
    standing = standings.with_owner(gathered.standing, owned)
    inputs = replace(
        gathered.inputs,
        level=levels.level(standing, on),
        collaborator_organisations=social.collaborators,
        follower_organisations=social.followers,
        months=levels.months_of_evidence(standing, on),
    )
    return Gathered(inputs, standing)


def sums(author_ids: Sequence[int]) -> list[Row]:
    """Equal figures once, with the authors who have them. `resolved` is unsure where components must decide."""
    share, of = LINKED_SHARE
    parameters: dict[str, Any] = {
        "authors": list(author_ids),
        "moderated": list(trust.MODERATED),
        "deposits": list(trust.DEPOSITS),
        "schemes": list(PERSISTENT_IDS),
        "weights": [int(weight * UNIT) for _, weight in trust.AUTHOR_WEIGHTS] + [int(trust.CROWD_WEIGHT * UNIT)],
        "crowds": [most + 1 for most, _ in trust.AUTHOR_WEIGHTS],
        "share": share,
        "of": of,
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMS, parameters)
        rows: list[Row] = cursor.fetchall()
    return rows


@lru_cache(maxsize=65536)
def _gathered(
    on: date, resolved: str, weighted: int, corroborated: int, moderated_id: bool, topics: int, close: int
) -> Gathered:
    """What the corpus says, before any account. Cached: a corpus has far fewer distinct figures than authors."""
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


# Which works hang together

COUNTS = """
SELECT mine.author_id, count(*) FROM publications_authorship mine
JOIN publications_work work ON work.id = mine.work_id AND work.merged_into_id IS NULL
WHERE mine.author_id = ANY(%(authors)s) GROUP BY mine.author_id
"""
# Works that share a topic or a co-author: what stands on one work only links nothing and stays in the database.
LINKS = """
WITH mine AS MATERIALIZED (
    SELECT mine.author_id, mine.work_id FROM publications_authorship mine
    JOIN publications_work work ON work.id = mine.work_id AND work.merged_into_id IS NULL
    WHERE mine.author_id = ANY(%(authors)s)
)
SELECT mine.author_id, array_agg(work_id) FROM mine JOIN publications_worktopic topic USING (work_id)
GROUP BY mine.author_id, topic_id HAVING count(*) > 1
UNION ALL
SELECT mine.author_id, array_agg(work_id) FROM mine JOIN publications_authorship theirs USING (work_id)
WHERE theirs.author_id <> mine.author_id
GROUP BY mine.author_id, theirs.author_id HAVING count(*) > 1
"""


@dataclass(frozen=True, slots=True)
class Connected:
    """The largest set of an author's works that are linked by shared co-authors or topics, out of all works."""

    works: int
    of: int

    @property
    def enough(self) -> bool:
        share, of = LINKED_SHARE
        return self.works * of >= self.of * share


def connections(author_ids: Iterable[int]) -> dict[int, Connected]:
    """How the works of each author hang together; authors without works are left out."""
    parameters = {"authors": list(author_ids)}
    if not parameters["authors"]:
        return {}
    links: defaultdict[int, list[list[int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, parameters)
        counts: dict[int, int] = dict(cursor.fetchall())
        cursor.execute(LINKS, parameters)
        for author, works in cursor.fetchall():
            links[author].append(works)
    return {author: Connected(_largest(links[author]), count) for author, count in counts.items()}


def _largest(links: Iterable[list[int]]) -> int:
    """The size of the largest set of works joined by these links, by union-find; a work without links is a set of 1."""
    parent: dict[int, int] = {}
    for first, *others in links:
        for work in others:
            parent[_root(parent, work)] = _root(parent, first)
    sizes = Counter(_root(parent, work) for work in list(parent))
    return max(sizes.values(), default=1)


def _root(parent: dict[int, int], work: int) -> int:
    """Where the chain of parents ends; chains are halved on the way, unknown works begin their own."""
    while (above := parent.setdefault(work, work)) != work:
        parent[work] = work = parent[above]
    return work
