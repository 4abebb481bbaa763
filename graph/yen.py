"""The k shortest simple paths of a small graph in memory: Yen 1971 with Lawler's 1972 rule, and A* with exact bounds.

One Dijkstra from the goal says how far every node is from it. Each turning is then found by A* with these distances,
which are never too long where nodes are closed, so that it goes straight and gives up as soon as it cannot be short.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

Lines = dict[int, dict[int, int]]  # node → neighbour → length, both ways
Left = dict[int, int]  # how far the goal is
Waiting = list[tuple["Path", int]]  # a path and where it turned off
CLOCK = 512  # nodes between two looks at the clock


class OutOfTimeError(Exception):
    """The deadline passed; `paths` were found before, in order and without a gap."""

    def __init__(self, paths: list[Path] | None = None) -> None:
        super().__init__("deadline")
        self.paths = paths or []


@dataclass(frozen=True, slots=True, order=True)
class Path:
    length: int
    nodes: tuple[int, ...]


def shortest_simple(lines: Lines, start: int, goal: int, k: int, deadline: float) -> list[Path]:
    """Up to k paths without a node twice, by length."""
    found: list[Path] = []
    try:
        left = _distances(lines, goal, deadline)
        first = _way(lines, start, goal, left, set(), set(), math.inf, deadline) if start in left else None
        waiting: Waiting = [(first, 0)] if first else []
        while waiting and len(found) < k:
            path, turned_at = heapq.heappop(waiting)
            found.append(path)
            if len(found) < k:
                for turning in _turnings(lines, found, turned_at, waiting, k, left, deadline):
                    heapq.heappush(waiting, turning)
    except OutOfTimeError:
        raise OutOfTimeError(found) from None
    return found


def _distances(lines: Lines, goal: int, deadline: float) -> Left:
    distance, done = {goal: 0}, set()
    heap = [(0, goal)]
    while heap:
        reached, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        _check(done, deadline)
        for neighbour, length in lines[node].items():
            if reached + length < distance.get(neighbour, math.inf):
                distance[neighbour] = reached + length
                heapq.heappush(heap, (reached + length, neighbour))
    return distance


def _turnings(
    lines: Lines, found: list[Path], turned_at: int, waiting: Waiting, k: int, left: Left, deadline: float
) -> Iterator[tuple[Path, int]]:
    """Paths that follow the last one at least to where it turned off, and then go where none of the found ones went.

    Those that turn off earlier are waiting since the path was found that it turned off from.
    """
    last, walked = found[-1].nodes, 0
    for at, node in enumerate(last[:-1]):
        if at >= turned_at:
            same = last[: at + 1]
            taken = {path.nodes[at + 1] for path in found if path.nodes[: at + 1] == same}
            wanted = k - len(found)
            bound = heapq.nsmallest(wanted, waiting)[-1][0].length if len(waiting) >= wanted else math.inf
            turned = _way(lines, node, last[-1], left, set(same[:-1]), taken, bound - walked, deadline)
            if turned is not None:
                yield Path(walked + turned.length, same[:-1] + turned.nodes), at
        walked += lines[node][last[at + 1]]


def _way(
    lines: Lines, start: int, goal: int, left: Left, closed: set[int], taken: set[int], bound: float, deadline: float
) -> Path | None:
    """The shortest way no longer than `bound` that avoids closed nodes and does not begin with a taken one."""
    distance, before = {start: 0}, {start: start}
    heap = [(left[start], start)]
    done = set(closed)
    while heap:
        _least, node = heapq.heappop(heap)
        if node == goal:
            return Path(distance[goal], _traced(before, goal))
        if node in done:
            continue
        done.add(node)
        _check(done, deadline)
        for neighbour, length in lines[node].items():
            if neighbour in done or (node == start and neighbour in taken):
                continue
            reached = distance[node] + length
            if reached < distance.get(neighbour, math.inf) and reached + left[neighbour] <= bound:
                distance[neighbour], before[neighbour] = reached, node
                heapq.heappush(heap, (reached + left[neighbour], neighbour))
    return None


def _check(done: set[int], deadline: float) -> None:
    if len(done) % CLOCK == 0 and time.monotonic() > deadline:
        raise OutOfTimeError


def _traced(before: dict[int, int], goal: int) -> tuple[int, ...]:
    nodes = [goal]
    while before[nodes[-1]] != nodes[-1]:
        nodes.append(before[nodes[-1]])
    return tuple(reversed(nodes))
