"""How tests leave no rows behind, and no database.

They are emptied by DELETE, because TRUNCATE makes new files for every table and index. Seventy tables and three hundred
indexes take it a third of a second after each of two hundred tests; deleting the few rows of a test takes a hundredth.
As TRUNCATE does, it waits for whoever still writes, and fires no triggers.
"""

from __future__ import annotations

from typing import Any

from django.core.management.color import Style
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

_truncated = DatabaseOperations.sql_flush
_dropped = DatabaseCreation._destroy_test_db  # type: ignore[attr-defined] # Django's own


def sql_flush(
    operations: DatabaseOperations, style: Style, tables: list[str], *, reset_sequences: bool = False, **options: Any
) -> list[str]:
    """In the place of Django's: the statements of the command `flush`, which run in one transaction."""
    if reset_sequences or not tables or not _may_pass_triggers(operations):
        return _truncated(operations, style, tables, reset_sequences=reset_sequences, **options)
    quoted = [operations.quote_name(table) for table in tables]
    return [
        f"LOCK TABLE {', '.join(quoted)} IN ACCESS EXCLUSIVE MODE",
        "SET LOCAL session_replication_role = replica",  # neither triggers nor foreign keys: all tables are emptied
        *(f"DELETE FROM {table}" for table in quoted),
    ]


def _may_pass_triggers(operations: DatabaseOperations) -> bool:
    """Only who owns the server may; what tests start for themselves is theirs."""
    return bool(operations.connection.connection.info.parameter_status("is_superuser") == "on")


def drop(creation: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """In the place of Django's, which fails while a process that a test killed still has its session in the server."""
    creation.connection.close_pool()
    with creation._nodb_cursor() as cursor:  # type: ignore[attr-defined] # Django's own
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",
            [test_database_name],
        )
    _dropped(creation, test_database_name, verbosity)
