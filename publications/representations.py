"""The corpus as the API shows it: one shape for each entity, many of them in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.db.models import F, OuterRef

from bzpeer.kit import ids
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.problems import not_found
from bzpeer.kit.api.sorting import Field
from bzpeer.kit.masking import without_addresses
from publications import lookup
from publications import models as corpus
from publications.addresses import survivor
from publications.hits import MODELS, SINGULAR
from publications.models import Authorship, AuthorshipInstitution, Record, Work, WorkId, WorkTopic
from publications.querysets import rows
from publications.search import Found
from publications.search_models import Kind

LISTED_AUTHORSHIPS: Final = 100
Shown = dict[str, Any]
WORK_SORTS: Final = {
    "cited_by_count": Field("cited_by_count"),
    "publication_year": Field("publication_year", nullable=True),
    "title": Field("title_key", is_text=True, ids_fall=False),
}
_WORK_SCHEMES: Final = ("doi", "arxiv", "acl", "openalex")


def page_url(record: Any) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{record.get_absolute_url()}"


def api_url(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}/api/v1/{path}"


def id_urls(record: Any, id_rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The page here and the address of each outside id, one for each scheme."""
    addresses: dict[str, str] = {"bzpeer": page_url(record)}
    for row in id_rows:
        addresses.setdefault(row["scheme"], ids.url(row["scheme"], row["value"]))
    return addresses


def found_rows(found: Found, load: Any) -> Rows:
    """A search's answer as a list."""
    said: dict[str, Any] = {} if found.count_is_exact else {"count_is_exact": False}
    if found.corrected:
        said["corrected"] = found.corrected
    return Rows(rows=found.rows, best=found.best, count=found.count, load=load, said=said)


def shown_record(kind: Kind, key: str) -> tuple[Any | None, str]:
    """The record that an id names, or None and the short id of what it was merged into; raises a 404."""
    found = lookup.record(kind, key)
    if found is None or not lookup.is_shown(final := survivor(found) if lookup.is_merged(found) else found):
        raise not_found(SINGULAR[kind], key)
    return (None if lookup.is_merged(found) else found), final.short_id


def in_order(wanted: Sequence[int], records: Iterable[Any]) -> list[Any]:
    """Records in the order of their ids; ids that found none are left out."""
    found = {record.pk: record for record in records}
    return [found[pk] for pk in wanted if pk in found]


# ---------------------------------------------------------------- works


def works(wanted: Sequence[int]) -> list[Shown]:
    """Works of a list, in this order, each with its first 100 authorships: two queries."""
    found = in_order(wanted, _with_facts(LISTED_AUTHORSHIPS).filter(pk__in=wanted))
    places = _places(wanted, LISTED_AUTHORSHIPS)
    return [_work(work, places) | {"authors_truncated": work.authors_count > LISTED_AUTHORSHIPS} for work in found]


def work(pk: int) -> Shown:
    """One work with all its authorships: two queries."""
    return _work(_with_facts(None).get(pk=pk), _places([pk], None)) | {"authors_truncated": False}


def _with_facts(authors: int | None) -> Any:
    of_work = {"work": OuterRef("pk")}
    outside = WorkId.objects.filter(**of_work).order_by("scheme", "pk")
    topics = WorkTopic.objects.filter(**of_work).order_by("position", "pk")
    authorships = Authorship.objects.filter(**of_work).order_by("position")
    return Work.objects.select_related("source").annotate(
        id_rows=rows(outside, scheme=F("scheme"), value=F("value")),
        topic_rows=rows(topics, id=F("topic"), name=F("topic__name"), scheme=F("topic__scheme")),
        record_rows=_record_rows(Record.objects.filter(**of_work).order_by("provider", "provider_id")),
        author_rows=_author_rows(authorships.filter(position__lte=authors) if authors else authorships),
    )


def _record_rows(records: Any) -> Any:
    return rows(
        records,
        provider=F("provider"),
        provider_id=F("provider_id"),
        published_via=F("published_via"),
        seen=F("seen_at"),
        type=F("data__type"),
        year=F("data__publication_year"),
        date=F("data__publication_date"),
        updated=F("data__updated_date"),
        source=F("data__source__name"),
    )


def _author_rows(authorships: Any) -> Any:
    return rows(
        authorships,
        pk=F("pk"),
        position=F("position"),
        name=F("raw_name"),
        id=F("author"),
        hidden=F("author__hidden"),
        display_name=F("author__display_name"),
        reason=F("reason"),
        affiliations=F("affiliations"),
    )


def _places(wanted: Sequence[int], authors: int | None) -> dict[int, list[Shown]]:
    """Institutions by authorship."""
    found = AuthorshipInstitution.objects.filter(authorship__work__in=wanted).order_by("pk")
    if authors:
        found = found.filter(authorship__position__lte=authors)
    places: dict[int, list[Shown]] = {}
    for authorship, pk, name in found.values_list("authorship_id", "institution_id", "institution__name"):
        places.setdefault(authorship, []).append({"id": f"I{pk}", "display_name": name})
    return places


def _work(work: Any, places: Mapping[int, list[Shown]]) -> Shown:
    addresses = id_urls(work, sorted(work.id_rows, key=_id_order))
    return {
        "id": work.short_id,
        "title": work.title,
        "type": work.type,
        "publication_year": work.publication_year,
        "publication_date": work.publication_date,
        "updated_date": work.updated_date,
        "source": _work_source(work.source),
        "ids": addresses,
        "doi": addresses.get("doi"),
        "abstract": without_addresses(work.abstract) or None,
        "language": work.language or None,
        "is_retracted": work.is_retracted,
        "cited_by_count": work.cited_by_count,
        "versions": [_version(row) for row in work.record_rows],
        "records": [{name: row[name] for name in ("provider", "provider_id", "seen")} for row in work.record_rows],
        "authors_count": work.authors_count,
        "collaborations": work.collaborations,
        "authorships": [_authorship(row, places) for row in work.author_rows],
        "topics": [_work_topic(row) for row in work.topic_rows],
        "open_access_url": work.open_access_url or None,
    }


def _id_order(row: Mapping[str, str]) -> tuple[int, bool]:
    """A publisher's DOI before the one that arXiv gives every paper."""
    place = _WORK_SCHEMES.index(row["scheme"]) if row["scheme"] in _WORK_SCHEMES else len(_WORK_SCHEMES)
    return place, row["value"].startswith("10.48550/")


def _work_topic(row: Mapping[str, Any]) -> Shown:
    return {"id": f"T{row['id']}", "display_name": row["name"], "scheme": row["scheme"]}


def _work_source(source: Any) -> Shown | None:
    return {"id": source.short_id, "display_name": source.name, "type": source.kind} if source else None


def _version(row: Mapping[str, Any]) -> Shown:
    """What one provider's record says of when and where the work appeared."""
    return {
        "provider": row["provider"],
        "published_via": row["published_via"] or None,
        "type": row["type"] or "other",
        "publication_year": row["year"],
        "publication_date": row["date"],
        "updated_date": row["updated"],
        "source": row["source"],
    }


def _authorship(row: Mapping[str, Any], places: Mapping[int, list[Shown]]) -> Shown:
    """One position. Of a person who is hidden nothing but the position is shown."""
    if row["hidden"]:
        hidden: Shown = {"author": None, "raw_name": None, "affiliations": [], "institutions": [], "reason": None}
        return {"position": row["position"], **hidden}
    author = {"id": f"A{row['id']}", "display_name": row["display_name"]} if row["id"] is not None else None
    return {
        "position": row["position"],
        "author": author,
        "raw_name": row["name"],
        "affiliations": [without_addresses(name) for name in row["affiliations"]],
        "institutions": places.get(row["pk"], []),
        "reason": row["reason"] or None,
    }


# ---------------------------------------------------------------- topics, institutions, sources


def entities(kind: Kind, wanted: Sequence[int]) -> list[Shown]:
    """Topics, institutions or sources in this order: one query."""
    records = MODELS[kind].objects.filter(pk__in=wanted)
    shape = {Kind.TOPICS: _topic, Kind.INSTITUTIONS: _institution, Kind.SOURCES: _source}[kind]
    return [shape(record) for record in in_order(wanted, records if kind == Kind.TOPICS else records.with_ids())]


def _topic(topic: corpus.Topic) -> Shown:
    return {
        "id": topic.short_id,
        "display_name": topic.name,
        "scheme": topic.scheme,
        "code": topic.code,
        "field": topic.field_name or None,
        "works_count": topic.works_count,
        "authors_count": topic.authors_count,
        "ids": {"bzpeer": page_url(topic)},
        **dates(topic),
    }


def _institution(institution: Any) -> Shown:
    addresses = id_urls(institution, institution.id_rows)
    return {
        "id": institution.short_id,
        "display_name": institution.name,
        "country_code": institution.country_code or None,
        "ror": addresses.get("ror"),
        "works_count": institution.works_count,
        "authors_count": institution.authors_count,
        "ids": addresses,
        **dates(institution),
    }


def _source(source: Any) -> Shown:
    return {
        "id": source.short_id,
        "display_name": source.name,
        "type": source.kind,
        "issn": [row["value"] for row in source.id_rows if row["scheme"] == "issn"],
        "works_count": source.works_count,
        "ids": id_urls(source, source.id_rows),
        **dates(source),
    }


def dates(record: Any) -> Shown:
    return {"created_date": record.created_at.date(), "updated_date": record.updated_at.date()}
