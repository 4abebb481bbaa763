"""The parts of an OpenAlex work that are read; what is not named here is passed over while decoding."""

from __future__ import annotations

import msgspec

InvertedIndex = dict[str, list[int]]


class OldIndex(msgspec.Struct):
    InvertedIndex: dict[str, list[int]] | None = None


class Named(msgspec.Struct):
    display_name: str | None = None


class Author(msgspec.Struct):
    id: str | None = None
    display_name: str | None = None
    orcid: str | None = None


class Institution(msgspec.Struct):
    id: str | None = None
    display_name: str | None = None
    ror: str | None = None
    country_code: str | None = None


class Affiliation(msgspec.Struct):
    raw_affiliation_string: str | None = None


class Authorship(msgspec.Struct):
    author: Author | None = None
    institutions: list[Institution] | None = None
    raw_author_name: str | None = None
    raw_affiliation_string: str | None = None
    raw_affiliation_strings: list[str | None] | None = None
    affiliations: list[Affiliation] | None = None


class Source(msgspec.Struct):
    id: str | None = None
    display_name: str | None = None
    issn_l: str | None = None
    type: str | None = None


class Location(msgspec.Struct):
    landing_page_url: str | None = None
    pdf_url: str | None = None
    source: Source | None = None
    raw_type: str | None = None


class OpenAccess(msgspec.Struct):
    oa_url: str | None = None


class Topic(msgspec.Struct):
    id: str | None = None
    display_name: str | None = None
    field: Named | None = None


class Ids(msgspec.Struct):
    doi: str | None = None


class Work(msgspec.Struct):
    id: str | None = None
    doi: str | None = None
    ids: Ids | None = None
    title: str | None = None
    display_name: str | None = None
    publication_year: int | None = None
    publication_date: str | None = None
    language: str | None = None
    type: str | None = None
    type_crossref: str | None = None
    doi_registration_agency: str | None = None
    indexed_in: list[str] | None = None
    primary_location: Location | None = None
    locations: list[Location | None] | None = None
    open_access: OpenAccess | None = None
    authorships: list[Authorship] | None = None
    abstract_inverted_index: InvertedIndex | str | None = None
    topics: list[Topic] | None = None
    referenced_works: list[str] | None = None
    is_retracted: bool | None = None
    cited_by_count: int | None = None

    @property
    def provider_id(self) -> str:
        return self.id or ""
