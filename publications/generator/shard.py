"""One part of the corpus at work: the draws, names and texts that both forms of a work share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from publications.generator import ids, names, places, prose, topics
from publications.generator.names import PersonName
from publications.generator.people import People
from publications.generator.works import ARXIV_ONLY, BOTH, BY_ARXIV, BY_DOI, Corpus

SIZE = 20_000  # works a shard: one file each of both forms
DRAWS = prose.DRAWS + 40
COLLABORATIONS = ("ORRERY", "LANTERNFISH", "MERIDIAN-X", "HALCYON", "PETRICHOR", "QUILL-II", "Sundial", "TESSERA")


class Paper(NamedTuple):
    """One work as both forms see it."""

    number: int
    year: int
    month: int
    day: int
    title: str
    abstract: str
    topics: tuple[topics.Topic, ...]
    authors: tuple[int, ...]
    mode: int
    match: int
    arxiv: str
    doi: str
    venue: places.Venue
    collaboration: str
    retracted: bool
    draws: list[int]  # what prose has not used

    @property
    def date(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Person:
    """One author, read from the columns once a shard."""

    name: PersonName
    number: int
    orcid: str | None
    second_number: int  # another id of the same provider for some works; 0 for most people
    prints_native: bool
    since: int
    station_years: int
    stations: tuple[int, ...]

    def place(self, year: int) -> int:
        """Number of the institution where this person works in that year."""
        return self.stations[min(3, max(0, (year - self.since) // self.station_years))]


def _person(people: People, at: int) -> Person:
    culture = names.cultures()[people.culture[at]]
    number = int(people.number[at])
    return Person(
        name=names.compose(culture, int(people.given[at]), int(people.family[at]), int(people.extra[at])),
        number=number,
        orcid=ids.orcid(number * 37 + 11) if people.has_orcid[at] else None,
        second_number=number + len(people) if people.second_id[at] else 0,
        prints_native=bool(people.prints_native[at]),
        since=int(people.start[at]),
        station_years=6 + number % 6,
        stations=tuple(people.stations[at].tolist()),
    )


@dataclass(slots=True)
class Shard:
    """A run of works; names are composed once a shard."""

    corpus: Corpus
    number: int
    people: dict[int, Person] = field(default_factory=dict)

    @property
    def begin(self) -> int:
        return self.number * SIZE

    @property
    def stop(self) -> int:
        return min(len(self.corpus), self.begin + SIZE)

    def person(self, number: int) -> Person:
        found = self.people.get(number)
        if found is None:
            found = self.people[number] = _person(self.corpus.people, number)
        return found

    def papers(self) -> list[Paper]:
        """The works of this shard; columns become lists first, which is several times faster to walk."""
        corpus, span = self.corpus, slice(self.begin, self.stop)
        rng = np.random.default_rng([corpus.seed, len(corpus), 7, self.number])
        draws = rng.integers(0, 2**31, (self.stop - self.begin, DRAWS)).tolist()
        columns = [
            column[span].tolist()
            for column in (
                corpus.year, corpus.month, corpus.day, corpus.rank, corpus.topics, corpus.mode, corpus.match,
                corpus.huge, corpus.retracted,
            )
        ]  # fmt: skip
        bounds = corpus.first[self.begin : self.stop + 1].tolist()
        authors = corpus.authors[bounds[0] : bounds[-1]].tolist()
        return [
            _paper(index, row, tuple(authors[low - bounds[0] : high - bounds[0]]), drawn)
            for index, row, low, high, drawn in zip(
                range(self.begin, self.stop),
                zip(*columns, strict=True),
                bounds,
                bounds[1:],
                draws,
                strict=False,
            )
        ]


Row = tuple[int, int, int, int, list[int], int, int, bool, bool]


def _paper(index: int, row: Row, authors: tuple[int, ...], draws: list[int]) -> Paper:
    year, month, day, rank, numbers, mode, match, huge, retracted = row
    known = topics.load()[1]
    about = tuple(known[number] for number in numbers if number >= 0)
    text = prose.write(about[0], about[-1], draws)
    own = draws[prose.DRAWS :]
    arxiv = ids.arxiv(year, month, rank, about[0].categories[0] if about[0].categories else "physics.soc-ph")
    on_arxiv = mode <= BOTH and bool(arxiv)
    venue = _venue(about[0], own)
    return Paper(
        number=index,
        year=year,
        month=month,
        day=day,
        title=f"RETRACTED: {text.title}" if retracted and own[0] % 2 else text.title,
        abstract=text.abstract,
        topics=about,
        authors=authors,
        mode=mode if on_arxiv else 2,
        match=match,
        arxiv=arxiv if on_arxiv else "",
        doi=ids.doi(venue.slug, year, index) if _has_doi(mode, match, own[1]) else "",
        venue=venue,
        collaboration=_collaboration(huge, len(authors), index, own[2]),
        retracted=retracted,
        draws=own,
    )


def _has_doi(mode: int, match: int, draw: int) -> bool:
    """Share of works with a DOI: all that are matched by it, a quarter of those on arXiv only, most others."""
    if mode == ARXIV_ONLY:
        return draw % 100 < 25
    if mode == BOTH and match == BY_DOI:
        return True
    return draw % 100 < (55 if mode == BOTH and match == BY_ARXIV else 90)


def _venue(topic: topics.Topic, draws: list[int]) -> places.Venue:
    """A journal or conference of the topic's field: a few take most works."""
    each = places.venues_per_field()
    place = min(draws[3] % each, draws[4] % each)
    if topic.field.family == "computing" and draws[5] % 100 < 45:
        place = each - 1 - draws[6] % 2
    return places.venues()[len(places.REPOSITORY_NAMES) + topic.field.number * each + place]


def _collaboration(huge: bool, authors: int, index: int, draw: int) -> str:
    if huge or (authors > 12 and draw % 100 < 40):
        return COLLABORATIONS[index % len(COLLABORATIONS)]
    return ""
