"""What an importer yields: one provider's row of a work, before any table is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """A venue, journal or repository, as a provider names it.

    `ids` maps a scheme (`issn`, `openalex`, `acl`, `arxiv`) to its normalised value; at least one is given.
    """

    name: str
    kind: str = "other"  # journal | conference | repository | book-series | other
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionRef:
    """An organisation with at least one id (`ror`, `openalex`)."""

    name: str
    ids: dict[str, str]
    country_code: str = ""  # ISO 3166-1 alpha-2, upper case, or empty


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRef:
    """A topic of a provider's scheme: (`arxiv`, `cs.LG`), (`openalex`, `T10320`), (`acl`, `acl`)."""

    scheme: str
    code: str
    name: str
    field_name: str = ""  # the wider field it belongs to, where the scheme has one


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorRef:
    """One author as printed, in the order of the work."""

    name: str  # as printed, TeX decoded, one line
    ids: dict[str, str] = field(default_factory=dict)  # orcid | openalex | acl -> normalised value
    affiliations: tuple[str, ...] = ()
    institutions: tuple[InstitutionRef, ...] = ()
    variants: tuple[str, ...] = ()  # other names that the provider says are this person's


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRecord:
    """One provider's row of a work.

    `ids` maps `doi`, `arxiv` (without version), `acl`, `openalex` to normalised values (see bzpeer.kit.ids).
    `references` holds (scheme, value) pairs of cited works. Titles and abstracts are TeX-bearing text on one line,
    never HTML. `published_via` names what stands behind an aggregator's row for trust.md:
    `arxiv`, `crossref`, `acl`, `pubmed`, `zenodo`, … or empty.
    """

    provider: str  # arxiv | openalex | acl | …
    provider_id: str
    title: str
    ids: dict[str, str]
    authors: tuple[AuthorRef, ...] = ()
    collaborations: tuple[str, ...] = ()
    abstract: str = ""
    type: str = "other"  # preprint | article | proceedings-article | book | book-chapter | dataset | thesis | other
    publication_year: int | None = None
    publication_date: date | None = None
    updated_date: date | None = None  # date of the last version
    language: str = ""
    source: SourceRef | None = None
    topics: tuple[TopicRef, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    is_retracted: bool = False
    cited_by_count: int | None = None
    open_access_url: str = ""
    published_via: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that cannot become a work; it is quarantined, the run goes on."""

    where: str  # file and line or element, for a human
    reason: str  # what is wrong and, where possible, what to do
    raw: str = ""  # at most 2,000 characters of it
    provider_id: str = ""


Item = WorkRecord | Rejected
Items = Sequence[Item]
