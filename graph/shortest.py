"""The k shortest paths between two nodes of a graph too large to hold: pure, bounded, and honest about what it knows.

Two searches by Dijkstra grow towards each other and load lines of their nearest nodes in sets. Whatever path is
shorter than the sum of both radii lies in what was loaded, every line of it: its nodes are nearer to one end than
that search reaches. So the k shortest paths among the loaded nodes are the true ones as soon as the last of them is
shorter than that sum, or when one search has seen everything it can reach. A node counts only once it is known that
anybody may see it: all loaded ones, and those that both searches met.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from graph.yen import Lines, OutOfTimeError, Path, shortest_simple

Line = tuple[int, int, int]  # node, neighbour, length
Load = Callable[[Sequence[int], Sequence[int], float, int], tuple[Sequence[Line], Collection[int]]]
"""(nodes, others, longest, most) → at most `most` lines of the nodes, none longer than `longest`; and who of the nodes
and the others nobody may see."""

FIRST_BATCH, LARGEST_BATCH, MET = 8, 256, 32
LAST_LOOK = 4  # the part of the time that may be added to look at what is at hand
GROWTH = 1.5  # of the nodes known, before paths are looked for again


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

    def advance(self, lines: Lines, loaded: Collection[int]) -> None:
        while self.radius < math.inf and self.heap[0][1] in loaded:
            reached, node = heapq.heappop(self.heap)
            self.settled.add(node)
            for neighbour, length in lines[node].items():
                if reached + length < self.distance.get(neighbour, math.inf):
                    self.distance[neighbour] = reached + length
                    heapq.heappush(self.heap, (reached + length, neighbour))

    def waiting(self, bound: float) -> list[int]:
        """Nodes nearer than `bound` that have not been loaded, the nearest first."""
        ahead = {node for reached, node in self.heap if reached < bound and node not in self.settled}
        return sorted(ahead, key=lambda node: (self.distance[node], node))

    def forget(self, node: int) -> None:
        self.distance.pop(node, None)
        self.settled.add(node)


def k_shortest(start: int, goal: int, k: int, load: Load, bounds: Bounds | None = None) -> Found:
    """Up to k simple paths between two different nodes; lengths are positive whole numbers."""
    return _Search(start, goal, k, load, bounds or Bounds()).run()


class _Search:
    def __init__(self, start: int, goal: int, k: int, load: Load, bounds: Bounds) -> None:
        self.start, self.goal, self.k, self.load, self.bounds = start, goal, k, load, bounds
        self.balls = [_Ball({end: 0}, [(0, end)]) for end in (start, goal)]
        self.lines: Lines = {start: {}, goal: {}}  # all at hand
        self.inner: Lines = {start: {}, goal: {}}  # those between nodes that anybody may see
        self.loaded: set[int] = set()
        self.gone: set[int] = set()  # nobody may see them
        self.count = self.statements = self.looked_at = 0
        self.batch = FIRST_BATCH
        self.paths: list[Path] = []
        self.met = math.inf  # the length of a shortest path over these
        self.deadline = time.monotonic() + bounds.seconds

    def run(self) -> Found:
        stopped = ""
        try:
            while not self.is_done() and not (stopped := self.spent()):
                self.grow()
            if stopped:
                self.deadline = max(self.deadline, time.monotonic() + self.bounds.seconds / LAST_LOOK)
                self.look(self.lines)
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
    def size(self) -> int:
        """It grows with every load."""
        return len(self.inner) + len(self.loaded)

    @property
    def reach(self) -> float:
        """Every path shorter than this lies in the lines at hand."""
        return self.balls[0].radius + self.balls[1].radius

    @property
    def last(self) -> float:
        """The length of the k-th path known."""
        if self.k == 1:
            return self.met
        return self.paths[-1].length if len(self.paths) == self.k else math.inf

    def is_done(self) -> bool:
        """Whether the k shortest paths are known; looks for them when they may be."""
        if self.reach == math.inf:
            self.look(self.inner)
            return True
        if self.may_look():
            self.look(self.inner)
        return self.last <= self.reach

    def may_look(self) -> bool:
        """Early, because a path known lets long lines be passed over, and whenever the answer may be complete."""
        if self.last <= self.reach:
            return self.size > self.looked_at
        return self.k > 1 and self.size > GROWTH * self.looked_at and self.met < math.inf

    @property
    def longest(self) -> float:
        """A line longer than this is on no path shorter than the k-th known.

        Neither of its ends has been loaded, so each is farther from both sides than they reach.
        """
        return self.last - self.reach if self.last < math.inf else math.inf

    def look(self, lines: Lines) -> None:
        self.looked_at = self.size
        self.paths = shortest_simple(lines, self.start, self.goal, self.k, self.deadline)

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
        """Load the lines of the nearest nodes of one search, and ask about those that both have met.

        As soon as k paths are known, lines too long for a shorter one are passed over: so that comes first.
        """
        met = self.doubtful()
        wanted = [] if met and self.last == math.inf else self.wanted()
        most = self.bounds.lines - self.count
        rows, gone = self.load(wanted, met, self.longest, most)
        self.statements += 1
        self.count += len(rows)
        self.gone.update(gone)
        for node in gone:
            self.forget(node)
        for node, neighbour, length in rows:
            if node not in self.gone and neighbour not in self.gone:
                self.lines.setdefault(node, {})[neighbour] = length
                self.lines.setdefault(neighbour, {})[node] = length
        self.trust(met)
        if len(rows) < most:
            self.trust(wanted)
            self.loaded.update(node for node in wanted if node not in self.gone)
        self.advance()

    def doubtful(self) -> list[int]:
        """Nodes that both searches have met, and that make a path shorter than the k-th known if one may see them."""
        near, far = (ball.distance for ball in self.balls)
        length = {node: near[node] + far[node] for node in near if node in far and node not in self.inner}
        return sorted((node for node in length if length[node] < self.last), key=lambda node: (length[node], node))[
            :MET
        ]

    def wanted(self) -> list[int]:
        """Nodes to load, the nearest first, of the search that has seen less or has less before it.

        Where k paths are known, a node on a shorter one is nearer than what their length leaves to this side.
        """
        near, far = self.balls
        if self.last < math.inf:
            waiting = min(near.waiting(self.last - far.radius), far.waiting(self.last - near.radius), key=len)
        else:
            waiting = min(self.balls, key=lambda ball: len(ball.distance)).waiting(math.inf)
        batch = min(self.batch, self.bounds.nodes - len(self.loaded))
        self.batch = min(2 * self.batch, LARGEST_BATCH)
        return waiting[:batch]

    def trust(self, nodes: list[int]) -> None:
        """Let paths lead over those that anybody may see."""
        for node in nodes:
            if node not in self.gone:
                known = {other: length for other, length in self.lines[node].items() if other in self.inner}
                self.inner[node] = known
                for other, length in known.items():
                    self.inner[other][node] = length

    def advance(self) -> None:
        near, far = self.balls
        for ball in self.balls:
            ball.advance(self.lines, self.loaded)
        both = (node for node in self.inner if node in near.distance and node in far.distance)
        self.met = min((near.distance[node] + far.distance[node] for node in both), default=math.inf)

    def forget(self, node: int) -> None:
        """Nobody may see it: no path leads over it."""
        for other in self.lines.pop(node, {}):
            self.lines[other].pop(node, None)
        for ball in self.balls:
            ball.forget(node)
