"""The questions a slice asks PostgreSQL: each one statement, bounded whatever the corpus holds, facts without ranking.

Years are bounds that are always given; a work without a year has the year 0, so that it stands outside any real bound.
Merged works and hidden or merged authors never come back.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection

Years = tuple[int, int]


class WorkRow(NamedTuple):
    """A work near the root, with the facts it is ranked by."""

    number: int
    year: int | None
    cited_by: int
    team: int
    shared: int = 0  # authors in common with the root
    cites: bool = False  # the root cites it
    cited: bool = False  # it cites the root


class TieRow(NamedTuple):
    """Something that shares works with the root, or with the people shown."""

    number: int
    works: int
    weight: float
    first_year: int | None = None
    last_year: int | None = None


class LineRow(NamedTuple):
    """A connection between two things shown."""

    type: str
    source: int
    target: int
    works: int
    weight: float
    first_year: int | None
    last_year: int | None


def rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
