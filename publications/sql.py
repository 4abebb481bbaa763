"""Set-based statements that the ORM cannot say: rows of one statement."""

from __future__ import annotations

from typing import Any

from django.db import connection


def rows(sql: str, *params: Any) -> list[Any]:
    """The rows of a statement, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def numbers(sql: str, *params: Any) -> list[int]:
    """The first column of a statement's rows."""
    return [row[0] for row in rows(sql, *params)]
