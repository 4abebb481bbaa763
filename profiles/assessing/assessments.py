"""Assessments: which authors are due, their trust and level by sets, and every snapshot kept.

The rows of AssessmentDue are also the lock: whoever assesses an author holds that author's row until the new
assessment is committed, so two tasks never write for one author, and a change that arrives meanwhile stays due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from profiles.assessing import explanations, standings, trust
from profiles.assessing.assessment_inputs import Gathered, gather
from profiles.models import Assessment, AssessmentDue
from profiles.signals import levels_changed
from publications.models import Author

BATCH = 5_000  # for a task: other tasks can share the work
LARGE_BATCH = 50_000  # for one process that assesses everybody


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
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # what is grouped and sorted here stays in memory
        summary = _store(gather(author_ids, timezone.now().date()))
        cursor.execute("DELETE FROM profiles_assessmentdue WHERE author_id = ANY(%s)", [list(author_ids)])
    return replace(summary, taken=len(author_ids))


# A row is written exactly when an author's inputs or the formula changed: score, band, level and parts follow from
# these. The outcomes travel once each, because very many authors share one.
FRESH = """
WITH outcome AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(outcomes)s::json)
        AS outcome(authors bigint[], inputs jsonb, factors jsonb, score int, band text, level int)
), fresh AS (
    SELECT unnest(authors) AS author_id, inputs, factors, score, band, level FROM outcome
)
"""
RETIRE = f"""{FRESH}
UPDATE profiles_assessment old SET is_current = FALSE FROM fresh
WHERE old.author_id = fresh.author_id AND old.is_current
    AND (old.inputs <> fresh.inputs OR old.formula_version <> %(version)s)
RETURNING old.author_id, old.score <> fresh.score, old.level <> fresh.level
"""  # noqa: S608 - joined from constants
WRITE = f"""{FRESH}, written AS (
    INSERT INTO profiles_assessment
        (author_id, cause, formula_version, inputs, factors, score, band, level, is_current)
    SELECT author_id, due.cause, %(version)s, inputs, factors, score, band, level, TRUE
    FROM fresh JOIN profiles_assessmentdue due USING (author_id)
    WHERE NOT EXISTS (
        SELECT FROM profiles_assessment old WHERE old.author_id = fresh.author_id AND old.is_current
    )
    RETURNING author_id, level
)
SELECT count(*), coalesce(array_agg(author_id) FILTER (WHERE level >= 2), '{{}}') FROM written
"""  # noqa: S608 - joined from constants


def _store(fresh: Mapping[Gathered, Sequence[int]]) -> Summary:
    """Retire the snapshots that no longer hold and write the new ones."""
    outcomes = ",".join(_outcome(gathered, authors) for gathered, authors in fresh.items())
    parameters = {"version": trust.VERSION, "outcomes": f"[{outcomes}]"}
    with connection.cursor() as cursor:
        cursor.execute(RETIRE, parameters)
        retired: list[tuple[int, bool, bool]] = cursor.fetchall()
        cursor.execute(WRITE, parameters)
        written, verified = cursor.fetchone()
    changed = {author for author, _, level in retired if level}
    _tell(changed | (set(verified) - {author for author, _, _ in retired}))
    return Summary(
        assessed=sum(map(len, fresh.values())),
        first=written - len(retired),
        changed=len(retired),
        score_changed=sum(score for _, score, _ in retired),
        level_changed=len(changed),
    )


def _tell(author_ids: Iterable[int]) -> None:
    """Whose level changed; close collaborators and whom they follow count it."""
    if ids := sorted(author_ids):
        mark_due(standings.dependents(ids), "collaborator")
        levels_changed.send(sender=Assessment, author_ids=ids)


def _outcome(gathered: Gathered, authors: Sequence[int]) -> str:
    """One object of the document; authors as PostgreSQL's literal, which it reads far faster than numbers in JSON."""
    return f'{{"authors": "{{{",".join(map(str, authors))}}}", {_row(gathered)}}}'


@lru_cache(maxsize=65536)
def _row(gathered: Gathered) -> str:
    """The members of a JSON object that all authors share."""
    outcome = trust.evaluate(gathered.inputs)
    row = {
        "inputs": gathered.to_json(),
        "factors": shown_factors(outcome),
        "score": outcome.score,
        "band": outcome.band,
        "level": outcome.level,
    }
    return json.dumps(row)[1:-1]


def shown_factors(outcome: trust.Outcome) -> dict[str, int]:
    """Tenths that add up to ten times the score."""
    return {**outcome.parts, "rounding": outcome.rounding, "ceiling": outcome.reduction}
