"""The few reads that must be fast: prepared once for each connection, so that PostgreSQL does not plan them again.

Django interpolates parameters on the client, which makes every statement a new one; planning the larger reads takes
several times as long as running them. Statements come with their parameters apart here, and `plan_cache_mode` of the
connection (bzpeer.environment) keeps one plan for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import Cursor


class _Prepared(Cursor[tuple[Any, ...]]):
    def execute(self, query: Any, params: Any = None, **how: Any) -> _Prepared:
        return super().execute(query, params, **how | {"prepare": True})


class _Noted(CursorDebugWrapper):
    """Django's log of queries, for tests and DEBUG; its own would ask the cursor for a text that it does not have."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        with self.debug_sql(sql, params):
            return CursorWrapper.execute(self, sql, params)


def rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a prepared statement on Django's own connection, inside its transaction."""
    connection.ensure_connection()
    prepared: Any = _Prepared(connection.connection)
    with (_Noted if connection.queries_logged else CursorWrapper)(prepared, connection) as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
