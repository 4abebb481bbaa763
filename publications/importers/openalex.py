"""OpenAlex works: JSON lines of the snapshot or answers of the API, in the schemas of 2023 to 2026."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from publications.importers import checks, files, jsonrecords, markup
from publications.importers import openalex_schema as schema
from publications.importers.checks import Unfit
from publications.records import AuthorRef, InstitutionRef, Item, SourceRef, TopicRef, WorkRecord

_ID: Final = re.compile(r"(?:https?://openalex\.org/)?([A-Z]\d{1,15})", re.IGNORECASE)
_KINDS: Final = {"A": "author", "I": "institution", "S": "source", "T": "topic", "C": "concept", "F": "funder"}
_NOBODY: Final = {"A9999999999", "A5317838346"}  # stand for "author unknown" on many works
_ARXIV: Final = "S4306400194"
_PUBMED: Final = "S4306525036"
_DEPOSITS: Final = {"zenodo": "10.5281/zenodo", "figshare": "10.6084/m9.figshare", "ssrn": "10.2139/ssrn"}
_ARXIV_PAGE: Final = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/([^?#\s]{1,60})", re.IGNORECASE)

_TYPES: Final = {
    "preprint": "preprint",
    "posted-content": "preprint",
    "proceedings-article": "proceedings-article",
    "conference-paper": "proceedings-article",
    **dict.fromkeys(("article", "journal-article", "review", "letter", "editorial", "data-paper"), "article"),
    **dict.fromkeys(("book", "monograph", "edited-book", "reference-book"), "book"),
    **dict.fromkeys(("book-chapter", "book-section", "book-part", "reference-entry"), "book-chapter"),
    "dataset": "dataset",
    "dissertation": "thesis",
}
_SOURCE_KINDS: Final = {
    "journal": "journal",
    "conference": "conference",
    "repository": "repository",
    "book series": "book-series",
}


def read(paths: Sequence[Path], progress: files.Progress | None = None) -> Iterator[Item]:
    """The works of these files and folders; raises ValueError at once when one cannot be read at all."""
    return jsonrecords.items(files.documents(paths, jsonrecords.SUFFIXES, progress), schema.Work, _record)


def _record(work: schema.Work) -> WorkRecord:
    openalex_id = _work_id(work)
    ids = {"openalex": openalex_id, **_other_ids(work)}
    published = checks.day(work.publication_date, "publication date")
    return WorkRecord(
        provider="openalex",
        provider_id=openalex_id,
        title=checks.title(
            markup.to_text(checks.text(work.title or work.display_name, "title", 4 * checks.TITLE_LIMIT))
        ),
        ids=ids,
        authors=tuple(_authors(work.authorships or ())),
        abstract=_abstract(work.abstract_inverted_index),
        type=_type(work),
        publication_year=_year(work, published),
        publication_date=published,
        language=(work.language or "")[:10],
        source=_source(work.primary_location),
        topics=_topics(work.topics or ()),
        references=_references(work.referenced_works or (), openalex_id),
        is_retracted=bool(work.is_retracted),
        cited_by_count=_count(work.cited_by_count),
        open_access_url=checks.web_address(work.open_access.oa_url if work.open_access else None),
        published_via=_published_via(work, ids),
    )


# ---------------------------------------------------------------- ids


def _id(value: str | None, letter: str) -> str:
    """The short form of an OpenAlex id of that kind, or nothing."""
    match = _ID.fullmatch(value or "")
    short = match[1].upper() if match else ""
    return short if short.startswith(letter) else ""


def _work_id(work: schema.Work) -> str:
    if found := _id(work.id, "W"):
        return found
    match = _ID.fullmatch(work.id or "")
    if kind := match and _KINDS.get(match[1][0].upper()):
        raise Unfit(f"{work.id} is an OpenAlex {kind}, no work: import the files of works only.")
    raise Unfit(f"{(work.id or '')[:80]!r} is no OpenAlex work id, such as https://openalex.org/W2741809807.")


def _other_ids(work: schema.Work) -> dict[str, str]:
    """DOI and arXiv id; a DOI that arXiv made is the arXiv id."""
    doi = checks.optional_id("doi", work.doi or (work.ids.doi if work.ids else None))
    arxiv_id = ""
    if doi.startswith("10.48550/arxiv."):
        doi, arxiv_id = "", checks.optional_id("arxiv", doi.removeprefix("10.48550/arxiv."))
    for location in [work.primary_location, *(work.locations or ())]:
        for address in (location.landing_page_url, location.pdf_url) if location else ():
            if not arxiv_id and (match := _ARXIV_PAGE.match(address or "")):
                arxiv_id = checks.optional_id("arxiv", match[1].removesuffix(".pdf"))
    return {scheme: value for scheme, value in (("doi", doi), ("arxiv", arxiv_id)) if value}


def _references(addresses: Sequence[str], own: str) -> tuple[tuple[str, str], ...]:
    cited = dict.fromkeys(_id(address, "W") for address in addresses)
    return tuple(("openalex", value) for value in cited if value and value != own)


# ---------------------------------------------------------------- text and time


def _abstract(index: schema.InvertedIndex | str | None) -> str:
    """The words of an inverted index in their order."""
    if isinstance(index, str):  # JSON within JSON, in snapshots of 2021
        try:
            index = msgspec.json.decode(index, type=schema.OldIndex).InvertedIndex
        except (ValueError, RecursionError) as error:
            raise Unfit(f"The abstract's inverted index is not well-formed: {error}.") from None
    places = [(place, word) for word, found in (index or {}).items() for place in found]
    if sum(len(word) + 1 for _, word in places) > 2 * checks.ABSTRACT_LIMIT:
        raise Unfit(f"The abstract is longer than the {checks.ABSTRACT_LIMIT:,} characters allowed.")
    places.sort()
    line = checks.text(" ".join(word for _, word in places), "abstract", 2 * checks.ABSTRACT_LIMIT)
    return checks.abstract(markup.to_text(line))


def _year(work: schema.Work, published: date | None) -> int | None:
    if work.publication_year is not None:
        return checks.year(work.publication_year)
    return published.year if published else None


def _count(value: int | None) -> int | None:
    if value is not None and not 0 <= value < 1 << 31:
        raise Unfit(f"The number of citations {value} is no count.")
    return value


def _type(work: schema.Work) -> str:
    raw = {work.type_crossref, work.primary_location.raw_type if work.primary_location else None}
    kind = _TYPES.get(work.type or "", "other")
    source = work.primary_location.source if work.primary_location else None
    if kind == "article" and ("proceedings-article" in raw or (source and source.type == "conference")):
        return "proceedings-article"
    return kind


# ---------------------------------------------------------------- people and places


def _authors(authorships: Sequence[schema.Authorship]) -> Iterator[AuthorRef]:
    for authorship in authorships:
        author = authorship.author or schema.Author()
        printed = authorship.raw_author_name or ""
        known = checks.name(author.display_name) if len(author.display_name or "") <= checks.NAME_LIMIT else ""
        name = (checks.name(printed) if len(printed) <= checks.NAME_LIMIT else "") or known
        if name:
            yield AuthorRef(
                name=name,
                ids=_author_ids(author),
                affiliations=_affiliations(authorship),
                institutions=tuple(_institutions(authorship.institutions or ())),
                variants=(known,) if known and known != name else (),
            )


def _author_ids(author: schema.Author) -> dict[str, str]:
    openalex_id = _id(author.id, "A")
    if not openalex_id or openalex_id in _NOBODY:
        return {}
    orcid = checks.optional_id("orcid", author.orcid)
    return {"openalex": openalex_id, **({"orcid": orcid} if orcid else {})}


def _affiliations(authorship: schema.Authorship) -> tuple[str, ...]:
    strings = authorship.raw_affiliation_strings or [a.raw_affiliation_string for a in authorship.affiliations or ()]
    found = (checks.affiliation(string) for string in strings or [authorship.raw_affiliation_string])
    return tuple(dict.fromkeys(filter(None, found)))


def _institutions(institutions: Sequence[schema.Institution]) -> Iterator[InstitutionRef]:
    seen: set[tuple[str, str]] = set()
    for institution in institutions:
        name = checks.text(institution.display_name, "name of an institution", checks.AFFILIATION_LIMIT)
        pairs = (("openalex", _id(institution.id, "I")), ("ror", checks.optional_id("ror", institution.ror)))
        ids = {scheme: value for scheme, value in pairs if value}
        if name and ids and not seen.intersection(ids.items()):
            seen.update(ids.items())
            yield InstitutionRef(name=name, ids=ids, country_code=_country(institution.country_code))


def _country(code: str | None) -> str:
    code = (code or "").upper()
    return code if re.fullmatch("[A-Z]{2}", code) else ""


def _topics(topics: Sequence[schema.Topic]) -> tuple[TopicRef, ...]:
    found: dict[str, TopicRef] = {}
    for topic in topics:
        name = checks.text(topic.display_name, "name of a topic", checks.NAME_LIMIT)
        code = _id(topic.id, "T")
        if code and name:
            wider = checks.text(topic.field.display_name if topic.field else "", "field of a topic", checks.NAME_LIMIT)
            found.setdefault(code, TopicRef(scheme="openalex", code=code, name=name, field_name=wider))
    return tuple(found.values())


# ---------------------------------------------------------------- where it was published


def _source(location: schema.Location | None) -> SourceRef | None:
    source = location.source if location else None
    if source is None:
        return None
    ids = {"openalex": _id(source.id, "S"), "issn": checks.optional_id("issn", source.issn_l)}
    if ids["openalex"] == _ARXIV:
        ids["arxiv"] = "arxiv"
    ids = {scheme: value for scheme, value in ids.items() if value}
    name = checks.text(markup.to_text(source.display_name or ""), "name of the source", checks.TITLE_LIMIT)
    if not (name and ids):
        return None
    return SourceRef(name=name, kind=_SOURCE_KINDS.get(source.type or "", "other"), ids=ids)


def _published_via(work: schema.Work, ids: dict[str, str]) -> str:
    """What stands behind this row: its primary location, since an aggregator is no provider of its own."""
    location = work.primary_location or schema.Location()
    source = location.source or schema.Source()
    source_id, doi = _id(source.id, "S"), ids.get("doi", "")
    at_arxiv = source_id == _ARXIV or _ARXIV_PAGE.match(location.landing_page_url or "")
    if at_arxiv or ("arxiv" in ids and not doi and location.source is None):
        return "arxiv"
    for deposit, prefix in _DEPOSITS.items():
        if doi.startswith(prefix) or deposit in (source.display_name or "").lower():
            return deposit
    if source_id == _PUBMED:
        return "pubmed"
    return "crossref" if doi and _is_registered_publication(work, location, source) else ""


def _is_registered_publication(work: schema.Work, location: schema.Location, source: schema.Source) -> bool:
    """A journal article or proceedings paper whose DOI is Crossref's."""
    published = source.type in {"journal", "conference", "book series"} or bool(
        {"journal-article", "proceedings-article"} & {work.type, work.type_crossref, location.raw_type}
    )
    if work.indexed_in is not None:
        return published and "crossref" in work.indexed_in
    return published and work.doi_registration_agency in {None, "Crossref"}
