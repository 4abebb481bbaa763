"""The few reads that must be fast: prepared once for each connection, so that PostgreSQL does not plan them again.

Django interpolates parameters on the client, which makes every statement a new one; planning the larger reads takes
several times as long as running them. Statements come with their parameters apart here, and `plan_cache_mode` of the
connection (bzpeer.environment) keeps one plan for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor


def rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a prepared statement on Django's own connection, inside its transaction."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, prepare=True)
        return cursor.fetchall()
