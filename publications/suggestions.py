"""Suggestions while typing: at most ten hits, each with a hint that tells namesakes apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from bzpeer.kit import ids
from bzpeer.kit.text import one_line, without_controls
from publications import candidates, names
from publications.clusters import title_key
from publications.models import (
    Author,
    AuthorId,
    AuthorInstitution,
    AuthorTopic,
    Institution,
    InstitutionId,
    Source,
    SourceId,
    Topic,
    Work,
    WorkId,
)
from publications.search_models import Kind

LONGEST_QUERY: Final = 200
MOST_WORDS: Final = 8
MOST_HITS: Final = 10
POOL: Final = 50
MODELS: Final[dict[Kind, type[Any]]] = {
    Kind.AUTHORS: Author,
    Kind.WORKS: Work,
    Kind.TOPICS: Topic,
    Kind.INSTITUTIONS: Institution,
    Kind.SOURCES: Source,
}
SINGULAR: Final = {
    Kind.AUTHORS: "author",
    Kind.WORKS: "work",
    Kind.TOPICS: "topic",
    Kind.INSTITUTIONS: "institution",
    Kind.SOURCES: "source",
}
_ID_TABLES: Final[dict[Kind, tuple[type[Model], str, tuple[str, ...]]]] = {
    Kind.AUTHORS: (AuthorId, "author_id", ("orcid", "openalex", "acl")),
    Kind.WORKS: (WorkId, "work_id", ("doi", "arxiv", "acl", "openalex")),
    Kind.INSTITUTIONS: (InstitutionId, "institution_id", ("ror", "openalex")),
    Kind.SOURCES: (SourceId, "source_id", ("issn", "openalex", "acl", "arxiv")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One suggestion. `id` is the short form (A12), `url` the page, `external_id` a full https address or None."""

    id: str
    display_name: str
    hint: str
    external_id: str | None
    entity_type: str
    works_count: int
    url: str


def clean(q: str) -> str:
    """A query as it is asked: one line without invisible characters, at most 200 of them."""
    return one_line(without_controls(q[: 4 * LONGEST_QUERY].replace("\0", " ")))[:LONGEST_QUERY].strip()


def words_of(q: str) -> list[str]:
    return names.key(q).split()[:MOST_WORDS]


def suggest(kind: Kind | str, q: str, *, limit: int = MOST_HITS) -> list[Hit]:
    """What the letters typed so far may mean: exact names first, then names that start so, then the most works."""
    kind, q = Kind(kind), clean(q)
    words = words_of(q)
    if not words:
        return []
    found = _ranked(kind, q, _pool(kind, q, words))[:limit]
    if not found:
        reworded = (candidates.find(kind, said, typing=True, limit=POOL) for said in _rewordings(kind, words))
        found = _ranked(kind, q, _load(kind, (entity for ids_ in reworded for entity in ids_)))[:limit]
    return hits(kind, found)


def suggest_mixed(q: str, *, limit: int = MOST_HITS) -> list[Hit]:
    """For the search box: authors, works and topics together, each kind with a share."""
    shares = {Kind.AUTHORS: 5, Kind.TOPICS: 2, Kind.WORKS: 3}
    found = {kind: suggest(kind, q, limit=limit) for kind in shares}
    spare = limit - sum(min(share, len(found[kind])) for kind, share in shares.items())
    mixed: list[Hit] = []
    for kind, share in shares.items():
        taken = found[kind][: share + spare]
        spare -= max(0, len(taken) - share)
        mixed += taken
    return mixed[:limit]


def _rewordings(kind: Kind, words: Sequence[str]) -> list[list[str]]:
    return candidates.rewordings(kind, words, typing=True)


def _pool(kind: Kind, q: str, words: Sequence[str]) -> list[Any]:
    """Records that may be meant, unordered: those with the words, and those whose full name starts as typed."""
    if kind == Kind.WORKS:
        return _works(q, words)
    key = names.key(q)
    model = MODELS[kind]
    starting = model.objects.filter(sort_key__gte=key, sort_key__lt=key + candidates.LAST).order_by("sort_key")
    named = [] if len(key) <= 2 else starting.values_list("pk", flat=True)[:POOL]
    return _load(kind, [*named, *candidates.find(kind, words, typing=True, limit=POOL)])


_TITLES: Final = """
with found as materialized (
  select id, cited_by_count from publications_work
  where title_search @@ to_tsquery('bzpeer', %(query)s) and merged_into_id is null limit 5000)
select id from found order by cited_by_count desc, id desc limit %(limit)s
"""


def _works(q: str, words: Sequence[str]) -> list[Any]:
    key = title_key(q)
    titled = Work.objects.filter(title_key__gte=key, title_key__lt=key + candidates.LAST).order_by("title_key")
    found = list(titled.values_list("pk", flat=True)[:POOL]) if len(key) > 3 else []
    if len(words) == 1 and len(words[0]) <= 4:
        found += candidates.find(Kind.WORKS, words, typing=True, limit=POOL)
    else:
        query = " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"])
        with connection.cursor() as cursor:
            cursor.execute(_TITLES, {"query": query, "limit": POOL})
            found += [pk for (pk,) in cursor.fetchall()]
    return _load(Kind.WORKS, found)


def _load(kind: Kind, found: Iterable[int]) -> list[Any]:
    """Records that may be shown, among these ids."""
    records = MODELS[kind].objects.filter(pk__in=list(dict.fromkeys(found))[: 4 * POOL])
    return list(records.visible() if kind in (Kind.AUTHORS, Kind.WORKS) else records)


def _ranked(kind: Kind, q: str, records: Iterable[Any]) -> list[Any]:
    """The exact name first, then names that start as typed, then the most works (citations for works)."""
    key = title_key(q) if kind == Kind.WORKS else names.key(q)

    def rank(record: Any) -> tuple[int, int, int]:
        name = record.title_key if kind == Kind.WORKS else record.sort_key
        weight = record.cited_by_count if kind == Kind.WORKS else record.works_count
        return (0 if name == key else 1 if name.startswith(key) else 2, -weight, record.pk)

    return sorted(records, key=rank)


# ---------------------------------------------------------------- what a hit shows


def hits(kind: Kind, records: Sequence[Any]) -> list[Hit]:
    """Records as hits, in their order, in at most three queries more."""
    found = [record.pk for record in records]
    external, hints = external_ids(kind, found), _hints(kind, records)
    return [
        Hit(
            id=record.short_id,
            display_name=record.label,
            hint=hints.get(record.pk, ""),
            external_id=external.get(record.pk),
            entity_type=SINGULAR[kind],
            works_count=1 if kind == Kind.WORKS else record.works_count,
            url=record.get_absolute_url(),
        )
        for record in records
    ]


def external_ids(kind: Kind, found: Sequence[int]) -> dict[int, str]:
    """The best-known outside id of each record, as an address."""
    if kind not in _ID_TABLES or not found:
        return {}
    table, owner, order = _ID_TABLES[kind]
    rows = table._default_manager.filter(**{f"{owner}__in": found}).values_list(owner, "scheme", "value")
    known = sorted((order.index(scheme), value, pk, scheme) for pk, scheme, value in rows if scheme in order)
    return {pk: ids.url(scheme, value) for _order, value, pk, scheme in reversed(known)}


def _hints(kind: Kind, records: Sequence[Any]) -> dict[int, str]:
    if kind == Kind.AUTHORS:
        return _author_hints(records)
    if kind == Kind.WORKS:
        return _work_hints(records)
    if kind == Kind.TOPICS:
        return {topic.pk: " · ".join(filter(None, [_category(topic), topic.field_name])) for topic in records}
    if kind == Kind.INSTITUTIONS:
        return {place.pk: place.country_code for place in records}
    return {source.pk: source.get_kind_display() for source in records}


def _category(topic: Any) -> str:
    """arXiv's own code: several of its categories share a name."""
    return topic.code if topic.scheme == "arxiv" else ""


def _author_hints(authors: Sequence[Any]) -> dict[int, str]:
    """Latest institution · top topic · first and last year."""
    found = [author.pk for author in authors]
    placed = AuthorInstitution.objects.filter(author__in=found).order_by("author", "-last_year", "-works_count")
    places = dict(placed.distinct("author").values_list("author_id", "institution__name"))
    studied = AuthorTopic.objects.filter(author__in=found).order_by("author", "-works_count", "topic")
    topics = dict(studied.distinct("author").values_list("author_id", "topic__name"))
    return {
        author.pk: " · ".join(filter(None, [places.get(author.pk), topics.get(author.pk), years(author)]))
        for author in authors
    }


def years(author: Any) -> str:
    """ "2019–2026", "2024", or nothing."""
    return "–".join(dict.fromkeys(str(year) for year in (author.first_year, author.last_year) if year))


_FIRST_AUTHORS: Final = """
select s.work_id, s.raw_name, s.position from publications_authorship s
left join publications_author a on a.id = s.author_id
where s.work_id = any(%(found)s) and s.position <= 2 and not coalesce(a.hidden, false) order by s.work_id, s.position
"""


def _work_hints(works: Sequence[Any]) -> dict[int, str]:
    """First authors · year."""
    printed: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_AUTHORS, {"found": [work.pk for work in works]})
        for work, name, _position in cursor.fetchall():
            printed.setdefault(work, []).append(name)
    return {work.pk: " · ".join(filter(None, [_byline(work, printed.get(work.pk, [])), _year(work)])) for work in works}


def _byline(work: Any, printed: Sequence[str]) -> str:
    named = ", ".join(printed)
    return _("%(authors)s and others") % {"authors": named} if printed and work.authors_count > 2 else named


def _year(work: Any) -> str:
    return str(work.publication_year or "")
