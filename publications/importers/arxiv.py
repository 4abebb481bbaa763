"""arXiv's metadata snapshot: JSON lines with the authors in one string and the categories in another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from bzpeer.kit import ids
from publications import names
from publications.importers import checks, files, jsonrecords
from publications.importers.categories import topics
from publications.importers.checks import Unfit
from publications.records import AuthorRef, Item, SourceRef, WorkRecord

ARXIV_DOI: Final = "10.48550/arxiv."
ARXIV: Final = SourceRef(name="arXiv", kind="repository", ids={"arxiv": "arxiv"})


class _Version(msgspec.Struct):
    created: str | None = None


class _Paper(msgspec.Struct):
    """A record of the snapshot, as far as it is read."""

    id: str | int | float | None = None
    title: str | None = None
    abstract: str | None = None
    authors: str | None = None
    authors_parsed: list[list[str | None]] | None = None
    categories: str | list[str] | None = None
    comments: str | None = None
    doi: str | None = None
    versions: list[_Version] | None = None
    update_date: str | None = None

    @property
    def provider_id(self) -> str:
        return "" if self.id is None else str(self.id)


def read(paths: Sequence[Path], progress: files.Progress | None = None) -> Iterator[Item]:
    """The works of these files and folders; raises ValueError at once when one cannot be read at all."""
    return jsonrecords.items(files.documents(paths, jsonrecords.SUFFIXES, progress), _Paper, _record)


def _record(paper: _Paper) -> WorkRecord:
    arxiv_id = _arxiv_id(paper)
    title, abstract, comments = checks.title(paper.title), checks.abstract(paper.abstract), paper.comments or ""
    authors, collaborations = _authors(paper)
    published = _first_date(paper, arxiv_id)
    categories = paper.categories or ""
    return WorkRecord(
        provider="arxiv",
        provider_id=arxiv_id,
        title=title,
        ids={"arxiv": arxiv_id, **_doi(paper.doi)},
        authors=authors,
        collaborations=collaborations,
        abstract=abstract,
        type="preprint",
        publication_year=published.year,
        publication_date=published,
        updated_date=_last_date(paper, published),
        source=ARXIV,
        topics=topics(categories if isinstance(categories, str) else " ".join(categories)),
        is_retracted=is_withdrawn(comments, abstract),
        open_access_url=ids.url("arxiv", arxiv_id),
        published_via="arxiv",
    )


def _arxiv_id(paper: _Paper) -> str:
    if not paper.provider_id:
        raise Unfit("The record has no arXiv id.")
    try:
        return ids.normalise("arxiv", paper.provider_id)
    except ValueError:
        raise Unfit(f"{paper.provider_id[:80]!r} is no arXiv id, such as 2403.01234 or math/0211159.") from None


def _doi(field: str | None) -> dict[str, str]:
    """The first DOI of a field that may hold several; arXiv's own DOI says nothing that the id does not."""
    dois = (doi for doi in ids.dois(field or "") if not doi.startswith(ARXIV_DOI))
    return {"doi": doi} if (doi := next(dois, "")) else {}


# ---------------------------------------------------------------- authors


def _authors(paper: _Paper) -> tuple[tuple[AuthorRef, ...], tuple[str, ...]]:
    """People and collaborations; the string is read first, since affiliations stand in it."""
    field = checks.text(paper.authors, "author list", checks.AUTHORS_FIELD_LIMIT)
    if not field:
        return tuple(_parsed(paper.authors_parsed or ())), ()
    found = names.parse_authors(field)
    people = (
        AuthorRef(name=checks.name(a.name) if "@" in a.name else a.name, affiliations=a.affiliations)
        for a in found.authors
    )
    return tuple(person for person in people if person.name), found.collaborations


def _parsed(authors: Sequence[Sequence[str | None]]) -> Iterator[AuthorRef]:
    """`authors_parsed`: surname, given names, suffix, affiliations."""
    for parts in authors:
        surname, given, suffix, *places = [part or "" for part in (*parts, "", "", "")]
        if name := checks.name(" ".join(filter(None, [given, surname, suffix]))):
            yield AuthorRef(name=name, affiliations=tuple(filter(None, map(checks.affiliation, places))))


# ---------------------------------------------------------------- dates

_MONTHS: Final = {
    name: i
    for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_CREATED: Final = re.compile(r"(?:\w{3},\s*)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})(?!\d)")
_ID_MONTH: Final = re.compile(r"(?:[a-z-]+(?:\.[a-z]{2})?/)?(\d\d)(\d\d)", re.IGNORECASE)


def _created(version: _Version) -> date | None:
    """The day of "Mon, 2 Apr 2007 19:18:42 GMT" or of an ISO date."""
    value = (version.created or "").strip()
    match = _CREATED.match(value)
    if not match:
        return checks.day(value, "date of a version")
    try:
        found = date(int(match[3]), _MONTHS[match[2].lower()], int(match[1]))
    except (KeyError, ValueError):
        raise Unfit(f"The date of a version {value[:40]!r} does not exist.") from None
    checks.year(found.year)
    return found


def _version_days(paper: _Paper) -> list[date]:
    return [day for version in paper.versions or () if (day := _created(version))]


def _first_date(paper: _Paper, arxiv_id: str) -> date:
    """The first version's day; without versions the first of the month that the id names."""
    return min(_version_days(paper), default=None) or _id_month(arxiv_id)


def _id_month(arxiv_id: str) -> date:
    match = _ID_MONTH.match(arxiv_id)
    if not match or not 1 <= int(match[2]) <= 12:
        raise Unfit(f"{arxiv_id!r} is no arXiv id: the month in it does not exist.")
    year = int(match[1])
    return date(1900 + year if year >= 91 else 2000 + year, int(match[2]), 1)


def _last_date(paper: _Paper, published: date) -> date:
    """The last version's day; where fewer than two versions are listed, the day of arXiv's last change."""
    stated = checks.day(paper.update_date, "update_date")
    days = _version_days(paper)
    last = max(days) if len(days) > 1 else stated
    return max(last or published, published)


# ---------------------------------------------------------------- withdrawal

_PAPER: Final = r"(?:paper|submission|article|manuscript|preprint|e-?print)"
_STATE: Final = r"\s+(?:(?:has\s+been|is|was|is\s+being)\s+)?(?:temporarily\s+)?(?:withdrawn|retracted)\b"
_NOT_FROM_A_VENUE: Final = r"(?!\s+from\s+(?!(?:the\s+)?arxiv))"
_WITHDRAWN: Final = re.compile(
    rf"\b(?:this\s+(?:version|work|note)|(?:this\s+|the\s+|our\s+|^\W*){_PAPER}){_STATE}{_NOT_FROM_A_VENUE}"
    rf"|^\W*(?:withdrawn|retracted)\s*(?:$|[.;:,(!]|(?:by|due|because|for|as)\b)"
    rf"|\b(?:withdrawn|retracted)\s+by\s+(?:the\s+)?(?:authors?|arxiv|submitter)\b{_NOT_FROM_A_VENUE}"
    r"|\barxiv\s+admin(?:istrat\w+)?\b\W+(?:\w+\W+){0,5}withdrawn\b",
    re.IGNORECASE,
)
_WITHDRAWN_ABSTRACT: Final = re.compile(rf"\W*(?:this|the)\s+{_PAPER}{_STATE}", re.IGNORECASE)


def is_withdrawn(comments: str, abstract: str = "") -> bool:
    """Whether arXiv's comments, or the first words of the abstract, say that the paper itself was withdrawn."""
    return bool(_WITHDRAWN.search(comments[:2_000]) or _WITHDRAWN_ABSTRACT.match(abstract))
