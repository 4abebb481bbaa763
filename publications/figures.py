"""How big the corpus is, for people: never a count over a big table per request."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from django.core.cache import caches
from django.db import connection

from publications.models import Author, Institution, Topic, Work

KEPT_SECONDS: Final = 300
CACHE_KEY: Final = "publications.figures"
# Below it a table is counted, above it the planner's estimate is near enough.
COUNTED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Figures:
    works: int
    authors: int
    topics: int
    institutions: int


def figures() -> Figures:
    """The size of the corpus, a few minutes old at most."""
    kept = caches["pages"].get(CACHE_KEY)
    if kept:
        return Figures(**kept)
    fresh = Figures(*(_size(model._meta.db_table) for model in (Work, Author, Topic, Institution)))
    caches["pages"].set(CACHE_KEY, asdict(fresh), KEPT_SECONDS)
    return fresh


def _size(table: str) -> int:
    """Rows of a table: exact while it is small, else as of the last time PostgreSQL analysed it."""
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute("select reltuples::bigint from pg_class where oid = to_regclass(%s)", [name])
        estimate = cursor.fetchone()[0]
        if estimate >= COUNTED:
            return int(round(estimate, -3))
        cursor.execute(f"select count(*) from (select from {name} limit %s) counted", [2 * COUNTED])  # noqa: S608 - own table names
        return int(cursor.fetchone()[0])
