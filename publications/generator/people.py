"""Invented people as columns of numbers: groups, communities, careers, names, institutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from publications.generator import names, places, topics

FIRST_YEAR, LAST_YEAR = 1991, 2026
GROUP_MEDIAN = 13.0
STATIONS = 4  # institutions that a long career may hold
NEWCOMERS = 0.42  # share of people whose career is one work or two

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class People:
    """One entry a person; people of one group, and groups of one community, stand together.

    The last `crowd` people work in huge collaborations only.
    """

    crowd: int
    group: Ints
    community: Ints
    field: Ints
    weight: Floats
    start: Ints
    end: Ints
    culture: Ints
    given: Ints
    family: Ints
    extra: Ints
    stations: Ints  # people × STATIONS, indexes of institutions
    number: Ints  # mixed, so that ids tell nothing about groups
    has_orcid: npt.NDArray[np.bool_]
    second_id: npt.NDArray[np.bool_]  # a provider knows this person under two ids
    prints_native: npt.NDArray[np.bool_]  # signs in the script of home now and then

    def __len__(self) -> int:
        return len(self.group)


def zipf(count: int, exponent: float) -> Floats:
    weights = 1.0 / np.arange(1, count + 1) ** exponent
    return np.asarray(weights / weights.sum())


def invent(works: int, rng: np.random.Generator) -> People:
    """The people that a corpus of so many works needs."""
    crowd = int(min(3000, max(40, works * 0.4)))
    count = int(works * 0.95) + 40 + crowd
    group, community, field = _communities(count, crowd, works, rng)
    start, end = _careers(count, rng)
    weight = _weights(count, crowd, works, end - start, rng)
    stations = _stations(group, end - start, weight, works, rng)
    culture = _cultures(stations[:, 0], rng)
    given, family, extra = _names(culture, works, rng)
    return People(
        crowd=crowd,
        group=group,
        community=community,
        field=field,
        weight=weight,
        start=start,
        end=end,
        culture=culture,
        given=given,
        family=family,
        extra=extra,
        stations=stations,
        number=rng.permutation(count),
        has_orcid=rng.random(count) < 0.45,
        second_id=rng.random(count) < 0.01,
        prints_native=rng.random(count) < 0.15,
    )


def _communities(count: int, crowd: int, works: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Group, community and field of each person; the crowd is one group of particle physics."""
    fields = topics.load()[0]
    regular = count - crowd
    communities = max(len(fields), works // 90)
    field_of = np.sort(np.concatenate([np.arange(len(fields)), rng.choice(len(fields), communities - len(fields))]))
    groups = max(communities, int(regular / GROUP_MEDIAN / 1.4))
    community_of = np.sort(np.concatenate([np.arange(communities), rng.integers(0, communities, groups - communities)]))
    sizes = rng.lognormal(np.log(GROUP_MEDIAN), 0.75, groups)
    bounds = np.cumsum(sizes) / sizes.sum() * regular
    group = np.searchsorted(bounds, np.arange(regular), "right").clip(max=groups - 1)
    community = community_of[group]
    field = field_of[community]
    particle = next(f.number for f in fields if f.name.startswith("Particles"))
    tail = np.full(crowd, 1)
    return (
        np.concatenate([group, tail * groups]),
        np.concatenate([community, tail * communities]),
        np.concatenate([field, tail * particle]),
    )


def _careers(count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """First and last year: the number of beginners grows by 5 % a year; many leave soon."""
    years = np.arange(FIRST_YEAR - 18, LAST_YEAR + 1)
    growth = np.exp(0.05 * (years - years[0]))
    start = rng.choice(years, count, p=growth / growth.sum())
    length = np.where(rng.random(count) < NEWCOMERS, rng.integers(0, 3, count), 3 + rng.gamma(2.2, 7.0, count))
    end = np.minimum(start + length.astype(int), LAST_YEAR)
    start, end = np.maximum(start, FIRST_YEAR), np.maximum(end, FIRST_YEAR)
    return start, end


def _weights(count: int, crowd: int, works: int, length: Ints, rng: np.random.Generator) -> Floats:
    """Productivity: a power law, cut where one person would write more than people do."""
    weight = rng.pareto(1.15, count) + 0.1
    weight = np.where(length < 3, np.minimum(weight, 0.5), weight)
    highest = 28.0 if works < 20_000 else 60.0
    weight = np.minimum(weight, highest)
    weight[count - crowd :] = 0.0
    return weight


def _stations(group: Ints, length: Ints, weight: Floats, works: int, rng: np.random.Generator) -> Ints:
    """Where a person works, station by station: most at the group's place, long careers elsewhere before."""
    count = len(group)
    known = len(places.institutions(max(60, works // 25)))
    share = zipf(known, 0.6)
    of_group = rng.permutation(known)[rng.choice(known, int(group[-1]) + 1, p=share)]
    stations = np.repeat(of_group[group][:, None], STATIONS, axis=1)
    elsewhere = rng.choice(known, (count, STATIONS), p=share)
    long = (length >= 9)[:, None]
    moved = rng.random((count, STATIONS)) < np.where(long, [0.6, 0.15, 0.25, 0.5], [0.05, 0.1, 0.2, 0.5])
    moved[:, 0] |= weight > 4  # who writes much has begun elsewhere
    stations = np.where(moved, elsewhere, stations)
    crowd = group == group[-1]
    stations[crowd] = rng.integers(0, known, (int(crowd.sum()), 1))
    return stations


def _cultures(institution: Ints, rng: np.random.Generator) -> Ints:
    """Two thirds bear a name of the country they began in, the others one from anywhere."""
    cultures = names.cultures()
    share = np.array([culture.share for culture in cultures])
    known = places.institutions(places.ALL)
    code_of = np.array([known[number].country_code for number in range(int(institution.max()) + 1)])[institution]
    result = rng.choice(len(cultures), len(institution), p=share / share.sum())
    for code in sorted(set(code_of.tolist())):
        local = np.array([share[i] if code in culture.countries else 0.0 for i, culture in enumerate(cultures)])
        if not local.any():
            continue
        here = np.flatnonzero((code_of == code) & (rng.random(len(code_of)) < 0.66))
        result[here] = rng.choice(len(cultures), len(here), p=local / local.sum())
    return result


def _names(culture: Ints, works: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Numbers of given name, family name and what else a name has; one person in forty shares another's name."""
    count = len(culture)
    cultures = names.cultures()
    givens = np.array([len(c.givens) for c in cultures])[culture]
    families = np.array([len(c.families) for c in cultures])[culture]
    eastern = np.array([c.form in ("eastern", "vietnamese") for c in cultures])[culture]
    given = (rng.random(count) * givens).astype(np.int64)
    family = (rng.random(count) ** np.where(eastern, 1.6, 1.0) * families).astype(np.int64)
    extra = rng.integers(0, 1000, count)
    second = rng.random(count) < min(0.8, 0.16 * max(0.0, np.log10(works / 3000)) * 2)
    extra += np.where(second, rng.integers(1, 30, count) * names.SECOND_GIVEN, 0)
    order = np.lexsort((rng.random(count), culture))
    twin = order[1:][(culture[order[1:]] == culture[order[:-1]]) & (rng.random(count - 1) < 0.025)]
    model = order[np.argsort(order)[twin] - 1]  # the person before, of the same culture
    for column in (given, family, extra):
        column[twin] = column[model]
    return given, family, extra
