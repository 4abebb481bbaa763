"""Assessments: which authors are due, their trust and level by sets, and every snapshot kept.

The rows of AssessmentDue are also the lock: whoever assesses an author holds that author's row until the new
assessment is committed, so two tasks never write for one author, and a change that arrives meanwhile stays due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from profiles import explanations, trust
from profiles.assessment_inputs import Gathered, gather
from profiles.models import Assessment, AssessmentDue
from publications.models import Author

BATCH = 1000  # for a task: other tasks can share the work
LARGE_BATCH = 20_000  # for one process that assesses everybody


@dataclass(frozen=True, slots=True)
class Summary:
    """What an assessment of some authors came to.

    `taken` were due; `assessed` are those not merged into others; `changed` had new inputs, some of them with another
    score or level.
    """

    taken: int = 0
    assessed: int = 0
    first: int = 0
    changed: int = 0
    score_changed: int = 0
    level_changed: int = 0

    @property
    def unchanged(self) -> int:
        return self.assessed - self.first - self.changed

    def __add__(self, other: Summary) -> Summary:
        return Summary(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


def current(author: Author) -> Assessment | None:
    """The assessment shown everywhere, or None while an author waits for the first."""
    return Assessment.objects.filter(author=author, is_current=True).first()


def history(author: Author, until: date | None = None) -> list[Assessment]:
    """Every snapshot of an author, oldest first."""
    rows = Assessment.objects.filter(author=author).order_by("assessed_at", "pk")
    return list(rows.filter(assessed_at__date__lte=until) if until else rows)


def explain(author: Author, at: date | None = None) -> dict[str, Any]:
    """What page and API say about an author's trust, now or as it stood at the end of a day."""
    return explanations.explanation(history(author, at))


# Who is due


MARK = """
INSERT INTO profiles_assessmentdue (author_id, cause)
SELECT id, %(cause)s FROM publications_author WHERE id = ANY(%(authors)s) ORDER BY id
ON CONFLICT (author_id) DO UPDATE SET cause = excluded.cause
"""
MARK_ALL = """
INSERT INTO profiles_assessmentdue (author_id, cause)
SELECT id, %(cause)s FROM publications_author WHERE merged_into_id IS NULL ORDER BY id
ON CONFLICT (author_id) DO UPDATE SET cause = excluded.cause
"""
TAKE = """
SELECT author_id FROM profiles_assessmentdue ORDER BY author_id LIMIT %s FOR UPDATE SKIP LOCKED
"""


def mark_due(author_ids: Iterable[int], cause: str) -> int:
    """Note that the inputs of these authors changed; returns how many exist.

    The update on conflict is needed: it waits for a task that is just assessing the author from older rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"authors": sorted(set(author_ids)), "cause": cause})
        return int(cursor.rowcount)


def mark_all_due(cause: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(MARK_ALL, {"cause": cause})
        return int(cursor.rowcount)


def due_count() -> int:
    return AssessmentDue.objects.count()


# Assessing


def assess(author_ids: Iterable[int], cause: str) -> Summary:
    """Assess these authors now, in batches, each in a transaction of its own. Authors who do not exist are ignored."""
    ids = sorted(set(author_ids))
    total = Summary()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        with transaction.atomic():
            mark_due(batch, cause)
            total += _assess_locked(batch)
    return total


def assess_due(batch: int = BATCH) -> Summary:
    """Assess the next batch of authors that are due and that no other task holds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE, [batch])
        return _assess_locked([author for (author,) in cursor.fetchall()])


def _assess_locked(author_ids: Sequence[int]) -> Summary:
    """For authors whose due rows this transaction holds; the cause stands in these rows."""
    if not author_ids:
        return Summary()
    summary = _store(gather(author_ids, timezone.now().date()))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM profiles_assessmentdue WHERE author_id = ANY(%s)", [list(author_ids)])
    return replace(summary, taken=len(author_ids))


# A row is written exactly when an author's inputs or the formula changed: score, band, level and parts follow from
# these. The outcomes travel once each, because very many authors share one.
RETIRE = """
UPDATE profiles_assessment old SET is_current = FALSE
FROM unnest(%(authors)s::bigint[], %(places)s::int[]) AS fresh(author_id, place)
JOIN unnest(%(inputs)s::jsonb[], %(scores)s::int[], %(levels)s::int[]) WITH ORDINALITY
    AS outcome(inputs, score, level, place) USING (place)
WHERE old.author_id = fresh.author_id AND old.is_current
    AND (old.inputs <> outcome.inputs OR old.formula_version <> %(version)s)
RETURNING old.score <> outcome.score, old.level <> outcome.level
"""
WRITE = """
INSERT INTO profiles_assessment
    (author_id, cause, formula_version, inputs, factors, score, band, level, is_current)
SELECT fresh.author_id, due.cause, %(version)s, inputs, factors, score, band, level, TRUE
FROM unnest(%(authors)s::bigint[], %(places)s::int[]) AS fresh(author_id, place)
JOIN unnest(%(inputs)s::jsonb[], %(factors)s::jsonb[], %(scores)s::int[], %(bands)s::text[], %(levels)s::int[])
    WITH ORDINALITY AS outcome(inputs, factors, score, band, level, place) USING (place)
JOIN profiles_assessmentdue due ON due.author_id = fresh.author_id
WHERE NOT EXISTS (
    SELECT FROM profiles_assessment old WHERE old.author_id = fresh.author_id AND old.is_current
)
"""


def _store(fresh: dict[int, Gathered]) -> Summary:
    """Retire the snapshots that no longer hold and write the new ones."""
    parameters = _parameters(fresh)
    with connection.cursor() as cursor:
        cursor.execute(RETIRE, parameters)
        retired: list[tuple[bool, bool]] = cursor.fetchall()
        cursor.execute(WRITE, parameters)
        written = cursor.rowcount
    return Summary(
        assessed=len(fresh),
        first=written - len(retired),
        changed=len(retired),
        score_changed=sum(score for score, _ in retired),
        level_changed=sum(level for _, level in retired),
    )


def _parameters(fresh: dict[int, Gathered]) -> dict[str, Any]:
    """Arrays for both statements: each distinct outcome once, and for each author its place among them (from 1).

    The two long arrays are written as PostgreSQL's literals, ten times faster than adapting each number.
    """
    places: dict[Gathered, int] = {}
    numbers = [places.setdefault(gathered, len(places) + 1) for gathered in fresh.values()]
    inputs, factors, scores, bands, reached = zip(*map(_row, places), strict=True) if places else ((),) * 5
    return {
        "version": trust.VERSION,
        "authors": "{" + ",".join(map(str, fresh)) + "}",
        "places": "{" + ",".join(map(str, numbers)) + "}",
        "inputs": list(inputs),
        "factors": list(factors),
        "scores": list(scores),
        "bands": list(bands),
        "levels": list(reached),
    }


@lru_cache(maxsize=65536)
def _row(gathered: Gathered) -> tuple[str, str, int, str, int]:
    outcome = trust.evaluate(gathered.inputs)
    stored = json.dumps(gathered.to_json()), json.dumps(shown_factors(outcome))
    return *stored, outcome.score, outcome.band, outcome.level


def shown_factors(outcome: trust.Outcome) -> dict[str, int]:
    """Tenths that add up to ten times the score."""
    return {**outcome.parts, "rounding": outcome.rounding, "ceiling": outcome.reduction}
