"""How big the corpus is, for people: never a count over a big table per request."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet

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
    everything = (Work.objects.visible(), Author.objects.visible(), Topic.objects.all(), Institution.objects.all())
    fresh = Figures(*map(_size, everything))
    caches["pages"].set(CACHE_KEY, asdict(fresh), KEPT_SECONDS)
    return fresh


def _size(rows: QuerySet[Any]) -> int:
    """Rows that anybody may see: exact while the table is small, else as of the last time PostgreSQL analysed it."""
    table = connection.ops.quote_name(rows.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("select reltuples::bigint from pg_class where oid = to_regclass(%s)", [table])
        estimate = cursor.fetchone()[0]
    return int(round(estimate, -3)) if estimate >= COUNTED else rows[: 2 * COUNTED].count()
