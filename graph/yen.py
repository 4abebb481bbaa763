"""The k shortest simple paths of a small graph in memory (Yen 1971), each found by A* with a bound from below."""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Lines = dict[int, dict[int, int]]  # node → neighbour → length, both ways
Left = Callable[[int], float]  # no way from the node to the goal is shorter
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


def shortest_simple(lines: Lines, start: int, goal: int, k: int, left: Left, deadline: float) -> list[Path]:
    """Up to k paths without a node twice, by length; `left` never overestimates and is consistent."""
    found: list[Path] = []
    waiting: list[Path] = []
    seen: set[tuple[int, ...]] = set()
    try:
        first = _way(lines, start, goal, left, set(), set(), math.inf, deadline)
        following = first
        while following is not None:
            found.append(following)
            if len(found) == k:
                break
            for path in _turnings(lines, found, waiting, k, left, deadline):
                if path.nodes not in seen:
                    seen.add(path.nodes)
                    heapq.heappush(waiting, path)
            following = heapq.heappop(waiting) if waiting else None
    except OutOfTimeError:
        raise OutOfTimeError(found) from None
    return found


def _turnings(
    lines: Lines, found: list[Path], waiting: list[Path], k: int, left: Left, deadline: float
) -> Iterator[Path]:
    """Paths that follow the last one for a while and then turn off where none of the found ones went."""
    last, walked = found[-1].nodes, 0
    for at, node in enumerate(last[:-1]):
        same = last[: at + 1]
        taken = {path.nodes[at + 1] for path in found if path.nodes[: at + 1] == same}
        wanted = k - len(found)
        bound = heapq.nsmallest(wanted, waiting)[-1].length if len(waiting) >= wanted else math.inf
        turned = _way(lines, node, last[-1], left, set(same[:-1]), taken, bound - walked, deadline)
        if turned is not None:
            yield Path(walked + turned.length, same[:-1] + turned.nodes)
        walked += lines[node][last[at + 1]]


def _way(
    lines: Lines, start: int, goal: int, left: Left, closed: set[int], taken: set[int], bound: float, deadline: float
) -> Path | None:
    """The shortest way no longer than `bound` that avoids closed nodes and does not begin with a taken one."""
    distance, before = {start: 0}, {start: start}
    heap = [(left(start), start)]
    done = set(closed)
    while heap:
        _least, node = heapq.heappop(heap)
        if node == goal:
            return Path(distance[goal], _traced(before, goal))
        if node in done:
            continue
        done.add(node)
        if len(done) % CLOCK == 0 and time.monotonic() > deadline:
            raise OutOfTimeError
        for neighbour, length in lines[node].items():
            if neighbour in done or (node == start and neighbour in taken):
                continue
            reached = distance[node] + length
            least = reached + left(neighbour)
            if reached < distance.get(neighbour, math.inf) and least <= bound and least < math.inf:
                distance[neighbour], before[neighbour] = reached, node
                heapq.heappush(heap, (least, neighbour))
    return None


def _traced(before: dict[int, int], goal: int) -> tuple[int, ...]:
    nodes = [goal]
    while before[nodes[-1]] != nodes[-1]:
        nodes.append(before[nodes[-1]])
    return tuple(reversed(nodes))
