"""Topics, sources and institutions that records name: found by their ids or made, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from publications import names
from publications.records import InstitutionRef, SourceRef, TopicRef

Key = tuple[str, str]  # scheme and value


class EntityCache:
    """Ids of the entities seen in this run; cleared when a batch is rolled back."""

    def __init__(self) -> None:
        self.topics: dict[Key, int] = {}
        self.sources: dict[Key, int] = {}
        self.institutions: dict[Key, int] = {}

    def clear(self) -> None:
        for known in (self.topics, self.sources, self.institutions):
            known.clear()

    def learn_topics(self, refs: Iterable[TopicRef]) -> None:
        """Make the topics that the corpus lacks; afterwards every ref has an id."""
        new = sorted({(t.scheme, t.code): t for t in refs if (t.scheme, t.code) not in self.topics}.items())
        if not new:
            return
        rows = [(t.scheme, t.code, t.name, t.field_name, names.key(t.name)) for _, t in new]
        self.topics.update(_upsert_topics(rows))

    def learn_sources(self, refs: Iterable[SourceRef]) -> None:
        self._learn("source", self.sources, refs, lambda s: {"name": s.name, "kind": s.kind})

    def learn_institutions(self, refs: Iterable[InstitutionRef]) -> None:
        self._learn("institution", self.institutions, refs, lambda i: {"name": i.name, "country_code": i.country_code})

    def _learn(self, table: str, known: dict[Key, int], refs: Iterable[Any], columns: Any) -> None:
        """Find each ref by any of its ids, else make it; then every one of its ids leads to it."""
        refs = [r for r in refs if not all(key in known for key in r.ids.items())]
        known.update(_ids_of(table, {key for r in refs for key in r.ids.items()}))
        for ref in sorted(refs, key=lambda r: sorted(r.ids.items())):
            keys = sorted(ref.ids.items())
            found = sorted({known[key] for key in keys if key in known})
            number = found[0] if found else _insert(table, {**columns(ref), "sort_key": names.key(ref.name)})
            fresh = [key for key in keys if key not in known]
            _insert_ids(table, number, fresh)
            known.update(dict.fromkeys(fresh, number))


def _upsert_topics(rows: list[tuple[str, ...]]) -> dict[Key, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into publications_topic (scheme, code, name, field_name, sort_key, works_count, authors_count)"
            " select *, 0, 0 from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
            " on conflict (scheme, code) do update set"
            " name = case when publications_topic.name = publications_topic.code then excluded.name"
            "             else publications_topic.name end"
            " returning scheme, code, id",
            [list(column) for column in zip(*rows, strict=True)],
        )
        return {(scheme, code): number for scheme, code, number in cursor.fetchall()}


def _ids_of(table: str, keys: set[Key]) -> dict[Key, int]:
    ordered = sorted(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select scheme, value, {table}_id from publications_{table}id"
            " join unnest(%s::text[], %s::text[]) as k(s, v) on scheme = k.s and value = k.v",
            [[s for s, _ in ordered], [v for _, v in ordered]],
        )
        return {(scheme, value): number for scheme, value, number in cursor.fetchall()}


def _insert(table: str, columns: dict[str, Any]) -> int:
    columns = {"works_count": 0, **({"authors_count": 0} if table == "institution" else {}), **columns}
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into publications_{table} ({', '.join(columns)})"
            f" values ({', '.join(['%s'] * len(columns))}) returning id",
            list(columns.values()),
        )
        return int(cursor.fetchone()[0])


def _insert_ids(table: str, number: int, keys: list[Key]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into publications_{table}id ({table}_id, scheme, value) values (%s, %s, %s)",
            [(number, scheme, value) for scheme, value in keys],
        )
