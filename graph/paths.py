"""How two authors are connected: the shortest chains of co-authors, each step with the works it rests on.

A step is 1 + ln(1 + 1 / weight) long, with Newman's weight of the tie: ten works by the two alone make 1.1, one such
work 1.7, a work by a hundred people 5.6. So few steps count, and strong ties decide between chains that are alike;
by 1 / weight alone people came out connected over fifteen steps. Lengths are counted in whole millionths, so that
sums do not depend on their order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from graph import shortest, turns
from graph.edges import LARGEST_TEAM
from graph.models import CoauthorEdge
from graph.queries import evidence, rows
from graph.shortest import Bounds, Found
from graph.yen import Path
from publications.models import Author, Work

UNIT = 1_000_000  # a step of length 1
SHOWN_WORKS = 5  # of a step
MOST_PATHS, PATHS = 5, 3
REASONS: dict[str, str | Promise] = {
    "people": _("too many people stand between the two"),
    "ties": _("too many collaborations stand between the two"),
    "statements": _("the two are too many steps apart"),
    "time": _("the search took too long"),
}

_LINES = """
(select id, null::bigint, null::float8 from publications_author
 where id = any(%(seen)s) and (hidden or merged_into_id is not null))
union all
(select author_id, coauthor_id, weight from graph_coauthoredge edge
 where author_id = any(%(authors)s) and weight >= %(least)s limit %(most)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step: two people and the tie between them; `shared` are its newest works, `works` counts all."""

    source: Author
    target: Author
    works: int
    weight: float
    first_year: int | None
    last_year: int | None
    shared: list[Work]

    @property
    def length(self) -> float:
        return length_of(self.weight) / UNIT

    @property
    def more(self) -> int:
        return self.works - len(self.shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A path with its people; `length` is the sum of its hops."""

    length: float
    authors: list[Author]
    hops: list[Hop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The answer: chains, the shortest first, and what the search knows about them."""

    start: Author
    goal: Author
    chains: list[Chain]
    stopped: str = ""
    read: int = 0

    @property
    def is_exact(self) -> bool:
        return not self.stopped

    @property
    def connected(self) -> bool | None:
        """None where the search ended before it could tell."""
        return True if self.chains else False if self.is_exact else None

    @property
    def reason(self) -> str:
        return str(REASONS[self.stopped]) if self.stopped else ""


@lru_cache(maxsize=100_000)
def length_of(weight: float) -> int:
    """The length of a step over a tie of this weight, in millionths."""
    return round(UNIT * (1 + math.log1p(1 / weight)))


def _weight_of(length: float) -> float:
    """No weaker tie makes a step of at most this length."""
    room = (length + 1) / UNIT - 1
    return 0.0 if room > 100 else 1 / math.expm1(room) if room > 0 else math.inf


def between(start: Author, goal: Author, *, k: int = PATHS, bounds: Bounds | None = None) -> Connection:
    """Up to k shortest chains between two different visible authors, within bounds whatever the corpus holds.

    Raises TooBusyError while others search.
    """
    with turns.turn():
        found = shortest.k_shortest(start.pk, goal.pk, k, _load, bounds)
        return _told(start, goal, found)


def _load(
    authors: Sequence[int], others: Sequence[int], longest: float, most: int
) -> tuple[list[shortest.Line], set[int]]:
    """Ties of people, and who is not to be seen: looking at the other end of each tie would take twice the time."""
    params = {"authors": list(authors), "seen": [*authors, *others], "least": _weight_of(longest), "most": most}
    found = rows(_LINES, params)
    gone = {author for author, other, _weight in found if other is None}
    return [(one, other, length_of(weight)) for one, other, weight in found if other is not None], gone


def _told(start: Author, goal: Author, found: Found) -> Connection:
    """The numbers with their people, ties and works, in four statements; a path that just went away is left out."""
    pairs = sorted({pair for path in found.paths for pair in pairwise(path.nodes)})
    people = Author.objects.visible().in_bulk([number for path in found.paths for number in path.nodes])
    ties = _ties(pairs)
    works = evidence.shared_works(pairs, largest_team=LARGEST_TEAM, most=SHOWN_WORKS)
    shown = Work.objects.defer("abstract", "abstract_html").in_bulk(
        [number for numbers in works.values() for number in numbers]
    )
    hops = {
        pair: _hop(people, tie, [shown[number] for number in works[pair] if number in shown])
        for pair, tie in ties.items()
        if pair[0] in people and pair[1] in people
    }
    chains = [
        _chain(path, people, [hops[pair] for pair in pairwise(path.nodes)])
        for path in found.paths
        if all(pair in hops for pair in pairwise(path.nodes))
    ]
    return Connection(start=start, goal=goal, chains=chains, stopped=found.stopped, read=found.nodes)


def _ties(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], CoauthorEdge]:
    wanted = set(pairs)
    ends: dict[str, Any] = {"author__in": {one for one, _two in pairs}, "coauthor__in": {two for _one, two in pairs}}
    edges = CoauthorEdge.objects.filter(**ends)
    return {(edge.author_id, edge.coauthor_id): edge for edge in edges if (edge.author_id, edge.coauthor_id) in wanted}


def _hop(people: dict[int, Author], tie: CoauthorEdge, shared: list[Work]) -> Hop:
    return Hop(
        source=people[tie.author_id],
        target=people[tie.coauthor_id],
        works=tie.works,
        weight=tie.weight,
        first_year=tie.first_year,
        last_year=tie.last_year,
        shared=shared,
    )


def _chain(path: Path, people: dict[int, Author], hops: list[Hop]) -> Chain:
    return Chain(length=path.length / UNIT, authors=[people[number] for number in path.nodes], hops=hops)
