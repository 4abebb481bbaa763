"""Invented institutions in invented towns, and invented journals, conferences and repositories."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from publications.generator import ids, topics, words

TYPES = (
    ("Hospital", "healthcare"),
    ("Infirmary", "healthcare"),
    ("hospitalier", "healthcare"),
    ("Laboratory", "facility"),
)
ALL = 10**6  # more institutions than the lists can make
REPOSITORY_NAMES = ("arXiv (Cornell University)", "Invented Thesis Repository", "Open Demonstration Archive")


@dataclass(frozen=True, slots=True)
class Place:
    """An institution; `address` is what follows a department in an affiliation."""

    number: int
    name: str
    town: str
    country_code: str
    country: str
    type: str

    @property
    def openalex_id(self) -> str:
        return ids.openalex("I", ids.INSTITUTION + self.number)

    @property
    def ror(self) -> str:
        return ids.ror(self.number * 7 + 1)

    @property
    def address(self) -> str:
        return f"{self.name}, {self.town}, {self.country}"


@dataclass(frozen=True, slots=True)
class Venue:
    number: int
    name: str
    kind: str
    issn: str | None
    slug: str

    @property
    def openalex_id(self) -> str:
        return ids.openalex("S", ids.SOURCE + self.number)


def _type(name: str) -> str:
    return next((kind for word, kind in TYPES if word in name), "education")


def _town(stem: str, ending: str) -> str:
    stem = stem.replace("|", " ")
    return f"{stem} {ending}" if ending[0].isupper() else f"{stem}{ending}"


def _country(line: str) -> list[tuple[str, str, str, str]]:
    """(name, town, code, country) of every institution that this country can have, mixed."""
    code, country, stems, endings, forms = words.cells(line)
    towns = [_town(stem, ending) for ending in endings.split() for stem in stems.split()]
    patterns = words.items(forms)
    return [
        (patterns[(index + turn) % len(patterns)] % town, town, code, country)
        for turn in range(len(patterns))
        for index, town in enumerate(towns)
    ]


@cache
def institutions(count: int) -> tuple[Place, ...]:
    """The first `count` institutions, countries in turn; fewer when the lists are used up."""
    rows = [_country(line) for line in words.lines("places.txt")]
    mixed = [row[turn] for turn in range(max(map(len, rows))) for row in rows if turn < len(row)]
    return tuple(Place(number, *row, _type(row[0])) for number, row in enumerate(mixed[:count]))


@cache
def venues() -> tuple[Venue, ...]:
    """Repositories first, then the same number of journals and conferences for each field."""
    found = [Venue(number, name, "repository", None, "repo") for number, name in enumerate(REPOSITORY_NAMES)]
    for field in topics.load()[0]:
        for line in words.lines("sources.txt"):
            kind, pattern = words.cells(line)
            number = len(found)
            code = ids.issn(number) if kind == "journal" else None
            found.append(Venue(number, pattern % field.subfield, kind, code, f"demo{number}"))
    return tuple(found)


@cache
def venues_per_field() -> int:
    return sum(1 for _ in words.lines("sources.txt"))
