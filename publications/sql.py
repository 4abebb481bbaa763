"""Set-based statements that the ORM cannot say: rows of one statement."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg.sql import SQL, Identifier


def rows(sql: str, *params: Any) -> list[Any]:
    """The rows of a statement, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def numbers(sql: str, *params: Any) -> list[int]:
    """The first column of a statement's rows."""
    return [row[0] for row in rows(sql, *params)]


def analyse(*models: type[Model]) -> None:
    """Fresh statistics of these tables: after a bulk load the planner would think them empty."""
    tables = SQL(", ").join(Identifier(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        cursor.execute(SQL("analyze {}").format(tables).as_string())
