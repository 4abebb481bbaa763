"""Invented works as columns of numbers: dates, author lists, topics, providers, references."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publications.generator import references, topics
from publications.generator.people import FIRST_YEAR, LAST_YEAR, Ints, People, invent, zipf

ARXIV_ONLY, BOTH, OPENALEX_ONLY = 0, 1, 2
BY_DOI, BY_ARXIV, BY_TITLE = 0, 1, 2  # how the two records of one work can be matched
GROWTH = 0.06  # a year
TEAM = np.array([0.05, 0.10, 0.15, 0.17, 0.15, 0.12, 0.09, 0.06, 0.04, 0.03, 0.04])  # 1 … 10 authors, more
NEARBY = 2  # topics of the next field that a community also works on
RETRACTED = 0.002


@dataclass(frozen=True, slots=True)
class Corpus:
    """One entry a work, in order of date; `authors[first[i]:first[i + 1]]` are the authors of work i."""

    seed: int
    people: People
    year: Ints
    month: Ints
    day: Ints
    rank: Ints  # from 0 within the month, counted over works on arXiv
    first: Ints
    authors: Ints
    topics: Ints  # works × 3, -1 where there is none
    mode: Ints
    match: Ints
    huge: npt.NDArray[np.bool_]
    retracted: npt.NDArray[np.bool_]
    references: references.References

    def __len__(self) -> int:
        return len(self.year)


def invent_corpus(works: int, seed: int) -> Corpus:
    """The whole corpus as numbers, a few hundred bytes a work; the same for the same arguments."""
    rng = np.random.default_rng([seed, works])
    people = invent(works, rng)
    year = _years(works, rng)
    huge = _huge(works, rng)
    lead, first, authors = _teams(people, year, huge, rng)
    lead[huge] = len(people) - 1  # one of the crowd: the topics are those of particle physics
    topic = _topics(people, lead, rng)
    mode, match = _providers(topic[:, 0], rng)
    mode[huge] = BOTH
    month, day = _dates(year, rng)
    retracted = _retracted(mode, huge, rng)
    return Corpus(
        seed=seed,
        people=people,
        year=year,
        month=month,
        day=day,
        rank=_ranks(year, month, mode),
        first=first,
        authors=authors,
        topics=topic,
        mode=mode,
        match=match,
        huge=huge,
        retracted=retracted,
        references=references.invent(people.community[lead], mode >= BOTH, rng),
    )


def _years(works: int, rng: np.random.Generator) -> Ints:
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    weight = np.exp(GROWTH * (years - FIRST_YEAR))
    return np.sort(rng.choice(years, works, p=weight / weight.sum()))


def _dates(year: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Month and day, in order within each year; the last year ends in October."""
    months = np.where(year == LAST_YEAR, 10, 12)
    moment = rng.random(len(year)) * months
    moment = moment[np.lexsort((moment, year))]
    return moment.astype(int) + 1, (moment % 1 * 28).astype(int) + 1


def _ranks(year: Ints, month: Ints, mode: Ints) -> Ints:
    on_arxiv = np.cumsum(mode <= BOTH)
    _, begin, inverse = np.unique(year * 12 + month, return_index=True, return_inverse=True)
    return on_arxiv - 1 - np.where(begin > 0, on_arxiv[begin - 1], 0)[inverse]


def _huge(works: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Works of huge collaborations: two at least, all in later years."""
    chosen = np.zeros(works, bool)
    count = max(2, works // 20_000)
    if works >= 20:
        chosen[rng.choice(np.arange(works // 2, works), count, replace=False)] = True
    return chosen


def _teams(
    people: People, year: Ints, huge: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Lead of each work, bounds of the author lists, and the lists."""
    size = rng.choice(len(TEAM), len(year), p=TEAM / TEAM.sum()) + 1
    large = size == len(TEAM)
    size[large] = np.minimum(60, 10 + rng.geometric(0.1, int(large.sum())))
    solitary = np.isin(people.field, _solitary_fields())
    lead = np.zeros(len(year), np.int64)
    work, who = [], []
    for current in range(FIRST_YEAR, LAST_YEAR + 1):
        begin, stop = np.searchsorted(year, [current, current + 1])
        if begin == stop:
            continue
        active = _Active(people, current)
        lead[begin:stop] = active.anywhere(stop - begin, rng)
        shrink = solitary[lead[begin:stop]]
        size[begin:stop] = np.where(shrink, (size[begin:stop] + 2) // 3, size[begin:stop])
        owner = np.repeat(np.arange(begin, stop), size[begin:stop])
        work.append(owner)
        who.append(active.around(lead[owner], large[owner], rng))
    return (lead, *_author_lists(lead, np.concatenate(work), np.concatenate(who), huge, people, rng))


def _solitary_fields() -> list[int]:
    return [field.number for field in topics.load()[0] if field.family in ("humanities", "theory")]


class _Active:
    """The people who publish in one year, drawn by their productivity."""

    def __init__(self, people: People, year: int) -> None:
        regular = people.weight > 0
        active = regular & (people.start <= year) & (people.end >= year)
        self.who = np.flatnonzero(active if active.any() else regular)  # a tiny corpus may have a year of nobody
        self.sums = np.concatenate([[0.0], np.cumsum(people.weight[self.who])])
        self.people = people

    def _draw(self, low: Ints, high: Ints, rng: np.random.Generator) -> Ints:
        target = self.sums[low] + rng.random(len(low)) * (self.sums[high] - self.sums[low])
        place = np.searchsorted(self.sums, target, "right") - 1
        return np.asarray(self.who[np.clip(place, low, np.maximum(low, high - 1))])

    def anywhere(self, count: int, rng: np.random.Generator) -> Ints:
        return self._draw(np.zeros(count, int), np.full(count, len(self.who)), rng)

    def around(self, lead: Ints, large: npt.NDArray[np.bool_], rng: np.random.Generator) -> Ints:
        """A co-author for each lead: of the group (76 %), the community (19 %), the field, or anywhere.

        Large teams reach beyond the group.
        """
        chance = rng.random(len(lead))
        chance = np.where(large, 0.7 + 0.29 * chance, chance)
        low, high = np.zeros(len(lead), int), np.full(len(lead), len(self.who))
        columns = ((0.99, self.people.field), (0.95, self.people.community), (0.76, self.people.group))
        for limit, column in columns:
            inside = chance < limit
            of_active, own = column[self.who], column[lead]
            low = np.where(inside, np.searchsorted(of_active, own, "left"), low)
            high = np.where(inside, np.searchsorted(of_active, own, "right"), high)
        return self._draw(low, high, rng)


def _author_lists(
    lead: Ints, work: Ints, who: Ints, huge: npt.NDArray[np.bool_], people: People, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Bounds and author lists: the lead first or last, nobody twice, huge collaborations in whole."""
    position = rng.random(len(work))
    leads_first = rng.random(len(lead)) < 0.45
    keep = ~huge[work]
    parts = [
        (np.flatnonzero(~huge), lead[~huge], np.where(leads_first, -1.0, 2.0)[~huge]),
        (work[keep], who[keep], position[keep]),
    ]
    for turn, number in enumerate(np.flatnonzero(huge)):
        members = _collaboration(people, turn, rng)
        parts.append((np.full(len(members), number), members, rng.random(len(members))))
    work, who, position = (np.concatenate(column) for column in zip(*parts, strict=True))
    first_time = np.unique(work * len(people) + who, return_index=True)[1]  # parts begin with the lead: it is kept
    work, who, position = work[first_time], who[first_time], position[first_time]
    order = np.lexsort((position, work))
    bounds = np.searchsorted(work[order], np.arange(len(lead) + 1))
    return bounds, who[order]


def _collaboration(people: People, turn: int, rng: np.random.Generator) -> Ints:
    """Members of one huge work: all of the crowd the first time, a third or more later, and known physicists."""
    crowd = np.arange(len(people) - people.crowd, len(people))
    share = 0.95 if turn == 0 else rng.uniform(0.3, 0.7)
    members = crowd[rng.random(len(crowd)) < share]
    physicists = np.flatnonzero((people.field == people.field[-1]) & (people.weight > 1))
    return np.concatenate([members, physicists[rng.random(len(physicists)) < 0.3]])


def _topics(people: People, lead: Ints, rng: np.random.Generator) -> Ints:
    """One to three topics a work: of the lead's community by Zipf, leaning to what the lead likes."""
    fields, known = topics.load()
    each = len(known) // len(fields)
    width = each + NEARBY
    field = people.field[lead]
    taste = people.number[lead] % width
    chosen = np.full((len(lead), 3), -1)
    share = np.cumsum(zipf(width, 1.8))
    wanted = rng.choice([1, 2, 3], len(lead), p=[0.4, 0.38, 0.22])
    for turn in range(3):
        rank = np.searchsorted(share, rng.random(len(lead))).clip(max=width - 1)
        liked = rng.random(len(lead)) < 0.45
        place = (rank * np.where(liked, 1, 3) + np.where(liked, taste, people.community[lead] * 5)) % width
        nearby = ((field + 1) % len(fields)) * each + (people.community[lead] * 3 + place) % each
        topic = np.where(place < each, field * each + place, nearby)
        new = (wanted > turn) & ~(chosen == topic[:, None]).any(axis=1)
        chosen[:, turn] = np.where(new, topic, -1)
    return chosen


def _providers(topic: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Which providers know a work, and how two records of it can be matched."""
    takes = np.array([bool(topic.categories) for topic in topics.load()[1]])[topic]
    mode = rng.choice([ARXIV_ONLY, BOTH, OPENALEX_ONLY], len(topic), p=[0.32, 0.43, 0.25])
    match = rng.choice([BY_DOI, BY_ARXIV, BY_TITLE], len(topic), p=[0.5, 0.32, 0.18])
    return np.where(takes, mode, OPENALEX_ONLY), match


def _retracted(mode: Ints, huge: npt.NDArray[np.bool_], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    chosen = np.zeros(len(mode), bool)
    open_to = np.flatnonzero((mode >= BOTH) & ~huge)
    count = min(len(open_to), round(len(mode) * RETRACTED))
    chosen[rng.choice(open_to, count, replace=False)] = True
    return chosen
