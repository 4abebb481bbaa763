"""Topics, sources and institutions that records name: found by their ids or made, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import models

from publications import names, sql
from publications.models import Institution, InstitutionId, Source, SourceId
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
        def make(ref: SourceRef) -> int:
            return Source.objects.create(name=ref.name, kind=ref.kind, sort_key=names.key(ref.name)).pk

        _learn(SourceId, "source_id", self.sources, refs, make)

    def learn_institutions(self, refs: Iterable[InstitutionRef]) -> None:
        def make(ref: InstitutionRef) -> int:
            return Institution.objects.create(
                name=ref.name, country_code=ref.country_code, sort_key=names.key(ref.name)
            ).pk

        _learn(InstitutionId, "institution_id", self.institutions, refs, make)


Ref = TypeVar("Ref", SourceRef, InstitutionRef)


def _learn(
    ids: type[models.Model], owner: str, known: dict[Key, int], refs: Iterable[Ref], make: Callable[[Ref], int]
) -> None:
    """Find each ref by any of its ids, else make it; then every one of its ids leads to it."""
    refs = [r for r in refs if not all(key in known for key in r.ids.items())]
    known.update(_ids_of(ids, owner, {key for r in refs for key in r.ids.items()}))
    new: dict[Key, int] = {}
    for ref in sorted(refs, key=lambda r: sorted(r.ids.items())):
        keys = sorted(ref.ids.items())
        found = sorted(known[key] for key in keys if key in known)
        number = found[0] if found else make(ref)
        new.update((key, number) for key in keys if key not in known)
        known.update((key, number) for key in keys if key not in known)
    ids._default_manager.bulk_create(
        ids(**{owner: number, "scheme": scheme, "value": value}) for (scheme, value), number in new.items()
    )


def _ids_of(ids: type[models.Model], owner: str, keys: set[Key]) -> dict[Key, int]:
    wanted = ids._default_manager.filter(value__in={value for _, value in keys})
    return {(s, v): number for s, v, number in wanted.values_list("scheme", "value", owner) if (s, v) in keys}


def _upsert_topics(topics: list[tuple[str, str, str, str, str]]) -> dict[Key, int]:
    found = sql.rows(
        "insert into publications_topic (scheme, code, name, field_name, sort_key, works_count, authors_count)"
        " select *, 0, 0 from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
        " on conflict (scheme, code) do update set"
        " name = case when publications_topic.name = publications_topic.code then excluded.name"
        "             else publications_topic.name end"
        " returning scheme, code, id",
        *[list(column) for column in zip(*topics, strict=True)],
    )
    return {(scheme, code): number for scheme, code, number in found}
