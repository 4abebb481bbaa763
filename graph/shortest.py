"""The k shortest paths between two nodes of a graph too large to hold: pure, bounded, and honest about what it knows.

Two searches by Dijkstra grow towards each other and load lines of their nearest nodes in sets. Whatever path is
shorter than the sum of both radii lies in what was loaded, every line of it: its nodes are nearer to one end than
that search reaches. So the k shortest paths among the lines at hand (Yen 1971) are the true ones as soon as the last
of them is shorter than that sum, or when one search has seen everything it can reach.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from graph.yen import Lines, OutOfTimeError, Path, shortest_simple

Load = Callable[[Sequence[int], float, int], Iterable[tuple[int, int, int]]]
"""(nodes, longest, most) → at most `most` rows (node, neighbour, length) of lines no longer than `longest`."""

FIRST_BATCH, LARGEST_BATCH = 8, 256
LAST_LOOK = 4  # the part of the time that may be added to look at what is at hand
GROWTH = 1.5  # of the lines at hand, before paths are looked for again


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a search may cost: nodes whose lines are loaded, lines, statements, seconds."""

    nodes: int = 4_000
    lines: int = 150_000
    statements: int = 40
    seconds: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Paths, the shortest first. `stopped` names the bound that ended the search: then shorter ones may exist."""

    paths: list[Path]
    stopped: str = ""
    nodes: int = 0
    lines: int = 0
    statements: int = 0

    @property
    def is_exact(self) -> bool:
        return not self.stopped


@dataclass(slots=True)
class _Ball:
    """Dijkstra from one end over the lines at hand; it waits where the nearest node has not been loaded."""

    distance: dict[int, int]
    heap: list[tuple[int, int]]
    settled: set[int] = field(default_factory=set)

    @property
    def radius(self) -> float:
        """Every node nearer than this is settled and loaded."""
        while self.heap and self.heap[0][1] in self.settled:
            heapq.heappop(self.heap)
        return self.heap[0][0] if self.heap else math.inf

    def advance(self, lines: Lines, loaded: set[int]) -> None:
        while self.radius < math.inf and self.heap[0][1] in loaded:
            reached, node = heapq.heappop(self.heap)
            self.settled.add(node)
            for neighbour, length in lines[node].items():
                if reached + length < self.distance.get(neighbour, math.inf):
                    self.distance[neighbour] = reached + length
                    heapq.heappush(self.heap, (reached + length, neighbour))

    def nearest(self, count: int, loaded: set[int]) -> list[int]:
        waiting = {node for _reached, node in heapq.nsmallest(2 * count, self.heap)} - loaded
        return sorted(waiting, key=lambda node: (self.distance[node], node))[:count]


def k_shortest(start: int, goal: int, k: int, load: Load, bounds: Bounds | None = None) -> Found:
    """Up to k simple paths between two different nodes; lengths are positive whole numbers."""
    return _Search(start, goal, k, load, bounds or Bounds()).run()


class _Search:
    def __init__(self, start: int, goal: int, k: int, load: Load, bounds: Bounds) -> None:
        self.start, self.goal, self.k, self.load, self.bounds = start, goal, k, load, bounds
        self.balls = [_Ball({end: 0}, [(0, end)]) for end in (start, goal)]
        self.lines: Lines = {start: {}, goal: {}}
        self.loaded: set[int] = set()
        self.count = self.statements = self.looked_at = 0
        self.batch = FIRST_BATCH
        self.paths: list[Path] = []
        self.deadline = time.monotonic() + bounds.seconds

    def run(self) -> Found:
        stopped = ""
        try:
            while not self.is_done() and not (stopped := self.spent()):
                self.grow()
            if stopped and self.meeting() < math.inf:
                self.deadline = max(self.deadline, time.monotonic() + self.bounds.seconds / LAST_LOOK)
                self.look()
        except OutOfTimeError as partly:
            stopped = "time"
            self.paths = max(self.paths, partly.paths, key=len)
        return Found(
            paths=self.paths,
            stopped=stopped,
            nodes=len(self.loaded),
            lines=self.count,
            statements=self.statements,
        )

    @property
    def reach(self) -> float:
        """Every path shorter than this lies in the lines at hand."""
        return self.balls[0].radius + self.balls[1].radius

    @property
    def last(self) -> float:
        """The length of the k-th path known."""
        return self.paths[-1].length if len(self.paths) == self.k else math.inf

    def is_done(self) -> bool:
        """Whether the k shortest paths are known; looks for them when they may be."""
        if self.reach == math.inf:
            self.look()
            return True
        if self.may_look():
            self.look()
        return self.last < self.reach

    def may_look(self) -> bool:
        """Early, because a path known lets long lines be passed over, and whenever the answer may be complete."""
        if self.last < self.reach:
            return self.count > self.looked_at
        return self.count > GROWTH * self.looked_at and self.meeting() < math.inf

    @property
    def longest(self) -> float:
        """A line longer than this is on no path shorter than the k-th known.

        Neither of its ends has been loaded, so each is farther from both sides than they reach.
        """
        return self.last - self.reach if self.last < math.inf else math.inf

    def meeting(self) -> float:
        """The length of a shortest path over the lines at hand, or more."""
        near, far = sorted((ball.distance for ball in self.balls), key=len)
        return min((near[node] + far[node] for node in near if node in far), default=math.inf)

    def look(self) -> None:
        far = self.balls[1]
        radius = far.radius

        def left(node: int) -> float:
            return min(far.distance.get(node, math.inf), radius)

        self.looked_at = self.count
        self.paths = shortest_simple(self.lines, self.start, self.goal, self.k, left, self.deadline)

    def spent(self) -> str:
        """The bound that is reached, if one is."""
        checks = (
            ("people", len(self.loaded) >= self.bounds.nodes),
            ("ties", self.count >= self.bounds.lines),
            ("statements", self.statements >= self.bounds.statements),
            ("time", time.monotonic() >= self.deadline),
        )
        return next((name for name, reached in checks if reached), "")

    def grow(self) -> None:
        """Load the lines of the nearest nodes of the search that has seen less."""
        ball = min(self.balls, key=lambda ball: (ball.radius == math.inf, len(ball.distance)))
        wanted = ball.nearest(min(self.batch, self.bounds.nodes - len(self.loaded)), self.loaded)
        self.batch = min(2 * self.batch, LARGEST_BATCH)
        most = self.bounds.lines - self.count
        rows = list(self.load(wanted, self.longest, most))
        self.statements += 1
        self.count += len(rows)
        for node, neighbour, length in rows:
            self.lines.setdefault(node, {})[neighbour] = length
            self.lines.setdefault(neighbour, {})[node] = length
        if len(rows) < most:
            self.loaded |= set(wanted)
            for each in self.balls:
                each.advance(self.lines, self.loaded)
