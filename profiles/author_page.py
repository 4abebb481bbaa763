"""What an author page says besides works, trust and graph, from one row of `AuthorQuerySet.with_page_facts`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from bzpeer.kit import ids
from publications.cards import topic_of
from publications.charts import YearChart, year_chart
from publications.models import Author, Institution, Topic, Work

ID_NAMES: Final = {"orcid": "ORCID iD", "openalex": "OpenAlex", "acl": "ACL Anthology"}


@dataclass(frozen=True, slots=True)
class Place:
    """An affiliation over time; `url` is empty for a name as printed that is no known institution."""

    name: str
    url: str
    first: int | None
    last: int | None
    works: int


@dataclass(frozen=True, slots=True)
class Identifier:
    """An id of the person; an ORCID iD is authenticated where the record's owner signed in with it here."""

    scheme: str
    name: str
    value: str
    url: str
    is_authenticated: bool = False

    @property
    def is_orcid(self) -> bool:
        return self.scheme == "orcid"


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter's choice with the number of works it leaves."""

    value: Any
    label: str
    works: int


@dataclass(frozen=True, slots=True)
class AuthorFacts:
    names: tuple[Choice, ...]
    identifiers: tuple[Identifier, ...]
    places: tuple[Place, ...]
    topics: tuple[tuple[Topic, int], ...]
    years: tuple[Choice, ...]
    types: tuple[Choice, ...]
    chart: YearChart | None
    works_total: int

    @property
    def latest_place(self) -> Place | None:
        return self.places[0] if self.places else None


def facts(author: Any, orcids: Collection[str] = ()) -> AuthorFacts:
    """The facts of an author fetched `with_page_facts`; `orcids` are those that the owner signed in with."""
    by_year: Counter[int | None] = Counter()
    by_type: Counter[str] = Counter()
    for row in author.year_rows:
        by_year[row["year"]] += row["works"]
        by_type[row["type"]] += row["works"]
    return AuthorFacts(
        names=tuple(Choice(row["name"], row["name"], row["works"]) for row in author.name_rows),
        identifiers=tuple(_identifiers(author.id_rows, orcids)),
        places=_institutions(author.institution_rows) or _printed_places(author.affiliation_rows),
        topics=tuple((topic_of(row), row["works"]) for row in author.topic_rows),
        years=tuple(Choice(y, str(y), n) for y, n in sorted(by_year.items(), key=lambda i: -(i[0] or 0)) if y),
        types=tuple(Choice(t, str(Work.Type(t).label), n) for t, n in by_type.most_common()),
        chart=year_chart(by_year),
        works_total=sum(by_type.values()),
    )


def similar_people(author: Author, block: str, limit: int = 8) -> list[Author]:
    """Other people whose printed names are close to this one's."""
    return list(Author.objects.similar_to(author, block)[:limit])


def _identifiers(rows: Iterable[dict[str, str]], orcids: Collection[str]) -> Iterable[Identifier]:
    """Those that sources state, and authenticated iDs that no source states."""
    stated = [(row["scheme"], row["value"]) for row in rows if row["scheme"] in ID_NAMES]
    proved = [("orcid", value) for value in sorted(orcids)]
    for scheme, value in dict.fromkeys([*proved, *stated]):
        yield Identifier(scheme, ID_NAMES[scheme], value, ids.url(scheme, value), (scheme, value) in proved)


def _institutions(rows: Iterable[dict[str, Any]]) -> tuple[Place, ...]:
    return tuple(
        Place(
            row["name"],
            Institution(pk=row["id"], name=row["name"]).get_absolute_url(),
            row["first"],
            row["last"],
            row["works"],
        )
        for row in rows
    )


def _printed_places(rows: Iterable[dict[str, Any]]) -> tuple[Place, ...]:
    """Affiliations as printed, each once with its years, latest first."""
    years: dict[str, list[int]] = defaultdict(list)
    works: Counter[str] = Counter()
    for row in rows:
        for name in row["affiliations"]:
            works[name] += 1
            years[name] += [row["year"]] if row["year"] else []
    places = [
        Place(name, "", min(years[name], default=None), max(years[name], default=None), n) for name, n in works.items()
    ]
    return tuple(sorted(places, key=lambda place: (-(place.last or 0), -place.works, place.name)))
