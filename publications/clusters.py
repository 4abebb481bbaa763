"""How the records of one work become what is shown of it: pure, and the same in any order of the records."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec

from publications import names
from publications.records import AuthorRef, SourceRef, TopicRef, WorkRecord

# Whose text is nearest to what the authors wrote; the first that has a title, an abstract or authors gives it.
TEXT_ORDER = ("acl", "arxiv", "crossref", "openalex")
TYPE_ORDER = ("article", "proceedings-article", "book", "book-chapter", "thesis", "dataset", "preprint", "other")
# One work has one of each; two different values keep two records apart.
EXCLUSIVE_SCHEMES = ("arxiv", "acl")
SHORTEST_TITLE = 20  # letters and digits: below it a title ("Preface", "Editorial") identifies nothing

_NOT_ALNUM = re.compile(r"[\W_]+")
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(WorkRecord)


def dump(record: WorkRecord) -> dict[str, Any]:
    """The record as JSON types, as it is kept in Record.data."""
    return {k: v for k, v in msgspec.to_builtins(record).items() if v not in (None, "", [], {}, False)}


def load(data: str) -> WorkRecord:
    """The record from the JSON text of Record.data."""
    return _decoder.decode(data)


def encode(record: WorkRecord) -> bytes:
    """The record as JSON, its fields in a fixed order. Raises UnicodeEncodeError on a lone surrogate."""
    return _encoder.encode(record)


def content_hash(record: WorkRecord) -> bytes:
    """16 bytes that change whenever the record does."""
    return hashlib.blake2b(encode(record), digest_size=16).digest()


def title_key(title: str) -> str:
    """Letters and digits of a title, folded: equal for spellings of one title."""
    if not title.isascii():
        title = unicodedata.normalize("NFKD", title).casefold()
    return _NOT_ALNUM.sub("", title.lower())


def match_key(record: WorkRecord) -> str:
    """Normalised title and year, by which records without a shared id are candidates for one work; else empty."""
    key = title_key(record.title)
    if len(key) < SHORTEST_TITLE or not record.publication_year or not record.authors:
        return ""
    return f"{key[:200]}|{record.publication_year}"


def clean(record: WorkRecord) -> WorkRecord:
    """Collaborations leave the author list, nameless entries are dropped, a doubled list is halved."""
    people = [a for a in record.authors if names.key(a.name)]
    persons = [a for a in people if not names.is_collaboration(a.name)]
    groups = tuple(a.name for a in people if names.is_collaboration(a.name))
    kept = names.halve_if_doubled([names.key(a.name) for a in persons])
    return replace(
        record,
        authors=tuple(persons[: len(kept)]),
        collaborations=tuple(dict.fromkeys((*record.collaborations, *groups))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """What is shown of a work, composed from its records."""

    title: str
    abstract: str
    type: str
    publication_year: int | None
    publication_date: date | None
    updated_date: date | None
    language: str
    source: SourceRef | None
    is_retracted: bool
    open_access_url: str
    collaborations: tuple[str, ...]
    authors: tuple[AuthorRef, ...]
    ids: tuple[tuple[str, str], ...]
    topics: tuple[TopicRef, ...]
    references: tuple[tuple[str, str], ...]
    stated_cited_by_count: int


def compose(records: Iterable[WorkRecord]) -> WorkView:
    """Choose field by field: authors' own text first, the published form's type and source, the earliest date."""
    by_text = sorted(records, key=_text_rank)
    by_type = sorted(by_text, key=lambda r: _rank(r.type, TYPE_ORDER))
    year, first_date = _first_published(by_text)
    return WorkView(
        title=by_text[0].title,
        abstract=next((r.abstract for r in by_text if r.abstract), ""),
        type=by_type[0].type,
        publication_year=year,
        publication_date=first_date,
        updated_date=max((r.updated_date for r in by_text if r.updated_date), default=None),
        language=next((r.language for r in by_text if r.language), ""),
        source=next((r.source for r in by_type if r.source), None),
        is_retracted=any(r.is_retracted for r in by_text),
        open_access_url=next((r.open_access_url for r in by_text if r.open_access_url), ""),
        collaborations=_collaborations(by_text),
        authors=_authors(by_text),
        ids=tuple(sorted({(s, v) for r in by_text for s, v in r.ids.items()})),
        topics=tuple({(t.scheme, t.code): t for r in reversed(by_text) for t in reversed(r.topics)}.values())[::-1],
        references=tuple(sorted({ref for r in by_text for ref in r.references})),
        stated_cited_by_count=max((r.cited_by_count or 0 for r in by_text), default=0),
    )


def _collaborations(records: Sequence[WorkRecord]) -> tuple[str, ...]:
    """Each group once, as the first record prints it ("The X Collaboration" and "X Collaboration" are one)."""
    printed: dict[str, str] = {}
    for name in (name for r in records for name in r.collaborations):
        printed.setdefault(names.key(name).removeprefix("the "), name)
    return tuple(printed.values())


def _rank(value: str, order: Sequence[str]) -> int:
    return order.index(value) if value in order else len(order)


def _text_rank(record: WorkRecord) -> tuple[int, str, str]:
    return _rank(record.provider, TEXT_ORDER), record.provider, record.provider_id


def _first_published(records: Sequence[WorkRecord]) -> tuple[int | None, date | None]:
    """The earliest year, and the earliest date within it."""
    years = [r.publication_year or (r.publication_date and r.publication_date.year) for r in records]
    year = min((y for y in years if y), default=None)
    dates = [r.publication_date for r in records if r.publication_date and r.publication_date.year == year]
    return year, min(dates, default=None)


def _authors(records: Sequence[WorkRecord]) -> tuple[AuthorRef, ...]:
    """The list of the best record that is not cut short, enriched with the ids and places that the others know."""
    longest = max(len(r.authors) for r in records)
    base = next(r for r in records if len(r.authors) >= 0.9 * longest)
    authors = list(base.authors)
    for other in records:
        if other is not base:
            _enrich(authors, other.authors)
    return tuple(authors)


def _enrich(authors: list[AuthorRef], others: Sequence[AuthorRef]) -> None:
    """Add what `others` know to the same person of `authors`: same surname and initial, at one place of each list."""
    mine = Counter(names.block(a.name) for a in authors)
    theirs = Counter(names.block(o.name) for o in others)
    other_at = {names.block(o.name): o for o in others}
    for i, author in enumerate(authors):
        block = names.block(author.name)
        if i < len(others) and len(others) == len(authors) and names.block(others[i].name) == block:
            authors[i] = _joined(author, others[i])
        elif mine[block] == theirs[block] == 1:
            authors[i] = _joined(author, other_at[block])


def _joined(author: AuthorRef, other: AuthorRef) -> AuthorRef:
    known = {frozenset(i.ids.items()) for i in author.institutions}
    return replace(
        author,
        ids={**other.ids, **author.ids},
        affiliations=author.affiliations or other.affiliations,
        institutions=author.institutions
        + tuple(i for i in other.institutions if frozenset(i.ids.items()) not in known),
        variants=tuple(dict.fromkeys((*author.variants, *other.variants))),
    )
