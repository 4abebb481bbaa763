"""What matters most in a slice: pure arithmetic on facts of the corpus, the same on every machine.

An old fact counts half as much every eight years, measured from the newest fact at hand and never from today's
date, so that the same corpus always gives the same slice. Large teams and hubs are discounted: the tenth part of a
work by a hundred people, and a topic of half the corpus, say little about one person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

HALF_LIFE = 8  # years
UNKNOWN_AGE = 16  # years: what a fact without a year counts as
FULL_TEAM = 10  # authors; a larger team divides a work's weight

# Shares of the places of a slice, in hundredths, by the kind of its root. What a kind cannot fill goes to others.
SHARES: dict[str, dict[str, int]] = {
    "author": {"author": 40, "work": 34, "topic": 16, "institution": 10},
    "work": {"author": 40, "work": 30, "topic": 15, "institution": 15},
    "topic": {"author": 40, "work": 35, "topic": 10, "institution": 15},
    "institution": {"author": 45, "work": 30, "topic": 15, "institution": 10},
}


def recency(year: int | None, newest: int | None) -> float:
    """1 for the newest year, 1/2 eight years before it."""
    age = UNKNOWN_AGE if year is None or newest is None else max(0, newest - year)
    return float(0.5 ** (age / HALF_LIFE))


def work_score(*, cited_by: int, team: int, year: int | None, newest: int | None) -> float:
    """Citations count by their logarithm, times recency, divided among the authors of a large team."""
    return (1 + math.log1p(cited_by)) * recency(year, newest) * min(1.0, FULL_TEAM / max(team, 1))


def led(leaders: int) -> float:
    """What those who lead on a topic or at an institution add to a work of theirs: a half at most."""
    return 1 + min(leaders, FULL_TEAM) / (2 * FULL_TEAM)


def tie_score(*, weight: float, last_year: int | None, newest: int | None) -> float:
    """How close two people are: Newman's weight of their shared works, times recency of the last one."""
    return weight * recency(last_year, newest)


def topic_score(*, works: int, topic_works: int) -> float:
    """Works on the topic at hand, discounted by how common the topic is in the corpus."""
    return works / math.log(math.e + topic_works)


def share_out(places: int, shares: Mapping[str, int], available: Mapping[str, int]) -> dict[str, int]:
    """How many of each kind to show: by shares, and what one kind leaves goes round the others in their order.

    Never more than `places` in all, never more of a kind than there is; only kinds in `available` take part.
    """
    order = sorted(available, key=lambda kind: -shares[kind])
    whole = sum(shares[kind] for kind in order) or 1
    taken = {kind: min(available[kind], places * shares[kind] // whole) for kind in order}
    left = places - sum(taken.values())
    while left:
        hungry = [kind for kind in order if taken[kind] < available[kind]][:left]
        if not hungry:
            break
        for kind in hungry:
            taken[kind] += 1
        left -= len(hungry)
    return taken
