"""Where the things of a slice stand: a pure function of ids, lines and earlier places: the same slice looks the same.

Places come from the spring layout of networkx, started from places that each id's hash decides, then spread to fill
the picture and pushed apart until marks do not touch. Last, names are set where they fit, the most important first.
What was placed before stays. Where that is most of a picture, the new looks for room beside its neighbours, so that a
new work moves little; where it is less, the new springs around what stands.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import networkx as nx
import numpy as np

WIDTH, HEIGHT = 1000.0, 700.0
MARGIN_X, MARGIN_Y = 86.0, 36.0  # at the sides room for half of the longest label
ROUNDS = 20  # of the spring layout
DENSE = (
    499  # marks; from 500 on networkx takes a way that is four times slower, so the least ones stay where they start
)
PUSHES = 80
DOWN = 1.6  # marks keep this much less distance up and down than sideways, because names stand below
SMALLEST, LARGEST, ROOT_SIZE = 6.0, 14.0, 18.0  # radii of marks
ENOUGH_KNOWN = 0.5  # of the marks: then what is new only looks for room
SOME_KNOWN = 0.1  # of the marks: with less, an earlier picture is passed over
NEW_NEAR = 48.0  # how far from the middle of its neighbours a new mark starts
LETTER, LINE, LONGEST_LABEL = 6.9, 16.0, 24  # width of a letter and height of a line; letters shown
SECTORS = {"author": 0, "work": 1, "topic": 2, "institution": 3}  # kinds start out in quarters of their own

Floats = np.ndarray[Any, np.dtype[np.float64]]
Spot = tuple[float, float]
Strand = tuple[str, str, float]  # the ids of a line's ends and how strongly it pulls
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to place; `weight` from 0 to 1 is its size and the order in which names are set."""

    id: str
    kind: str
    label: str
    weight: float
    is_root: bool = False

    @property
    def radius(self) -> float:
        return ROOT_SIZE if self.is_root else SMALLEST + (LARGEST - SMALLEST) * self.weight


@dataclass(frozen=True, slots=True)
class Place:
    x: float
    y: float
    label: str = ""  # "below" or "above" the mark; empty where the name has no room


def arrange(
    marks: Sequence[Mark], lines: Sequence[Strand], known: Mapping[str, Spot] | None = None
) -> dict[str, Place]:
    """The place of every mark in a box of WIDTH × HEIGHT, y downwards; lines are (id, id, strength).

    `known` holds places of an earlier picture. Where it holds some of the marks, they stay, but for what they are
    pushed by new ones.
    """
    marks = sorted(marks, key=lambda mark: mark.id)
    if not marks:
        return {}
    kept = {mark.id: known[mark.id] for mark in marks if mark.id in known} if known else {}
    spots = _placed(marks, lines, kept)
    spots = _push_apart(spots, np.array([mark.radius for mark in marks]))
    named = _named(marks, spots)
    return {
        mark.id: Place(round(float(x), 1), round(float(y), 1), named.get(mark.id, ""))
        for mark, (x, y) in zip(marks, spots, strict=True)
    }


def mark_of(data: Mapping[str, Any]) -> Mark:
    """The mark of a node's data, as it is placed and drawn."""
    return Mark(data.get("id", ""), data["type"], data["label"], data["weight"], is_root=data["ring"] == 0)


def short_label(label: str) -> str:
    """A label as it is set in the picture."""
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def _placed(marks: Sequence[Mark], lines: Sequence[Strand], kept: Mapping[str, Spot]) -> Floats:
    """By how much of the picture is known."""
    if len(kept) >= len(marks) * ENOUGH_KNOWN:
        return _join(marks, lines, kept)
    if len(kept) >= len(marks) * SOME_KNOWN:
        return _around(marks, lines, kept)
    fixed = [mark.id for mark in marks if mark.is_root]
    return _spread(_spring(marks, lines, {mark.id: _start(mark) for mark in marks}, fixed))


def _around(marks: Sequence[Mark], lines: Sequence[Strand], kept: Mapping[str, Spot]) -> Floats:
    """What is known where it was, and the spring layout for the others around it, within the picture."""
    middle = np.array([WIDTH / 2, HEIGHT / 2])
    half = middle - np.array([MARGIN_X, MARGIN_Y])
    start = (_join(marks, lines, kept) - middle) / half
    spots = _spring(marks, lines, {mark.id: spot for mark, spot in zip(marks, start, strict=True)}, list(kept))
    around: Floats = middle + half * spots.clip(-1, 1)
    return around


def _spring(marks: Sequence[Mark], lines: Sequence[Strand], start: Mapping[str, Any], fixed: Sequence[str]) -> Floats:
    placed = {mark.id for mark in sorted(marks, key=lambda mark: (-mark.weight, mark.id))[:DENSE]} | set(fixed)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(mark.id for mark in marks if mark.id in placed)
    graph.add_weighted_edges_from(sorted(line for line in lines if line[0] in placed and line[1] in placed))
    spots = nx.spring_layout(
        graph,
        k=1.6 / math.sqrt(len(marks)),
        pos={id_: start[id_] for id_ in graph},
        fixed=fixed or None,
        iterations=_rounds(len(marks), ROUNDS),
        seed=1,
        method="force",
    )
    return np.array([spots.get(mark.id, start[mark.id]) for mark in marks], dtype=np.float64)


def _start(mark: Mark) -> tuple[float, float]:
    """Around the root at an angle and distance of its own, within the quarter of its kind."""
    if mark.is_root:
        return 0.0, 0.0
    digest = blake2b(mark.id.encode(), digest_size=8).digest()
    turn, reach = (int.from_bytes(part, "big") / 2**32 for part in (digest[:4], digest[4:]))
    angle = (SECTORS.get(mark.kind, 0) + turn) * math.pi / 2
    distance = 0.35 + 0.65 * math.sqrt(reach)
    return distance * math.cos(angle), distance * math.sin(angle)


def _join(marks: Sequence[Mark], lines: Sequence[Strand], kept: Mapping[str, Spot]) -> Floats:
    """What is known where it was; what is new beside the middle of its neighbours, to the side that its id decides."""
    near: dict[str, list[Spot]] = {}
    for one, other, _strength in sorted(lines):
        for end, far in ((one, other), (other, one)):
            if end not in kept and far in kept:
                near.setdefault(end, []).append(kept[far])
    return np.array([kept.get(mark.id) or _beside(mark, near.get(mark.id, [])) for mark in marks], dtype=np.float64)


def _beside(mark: Mark, neighbours: Sequence[Spot]) -> Spot:
    x, y = np.mean(neighbours, axis=0) if neighbours else (WIDTH / 2, HEIGHT / 2)
    across, down = _start(mark)
    return float(x) + NEW_NEAR * across, float(y) + NEW_NEAR * down


def _spread(spots: Floats) -> Floats:
    """Fill the box: half by rank and half by place, so that neither a crowd nor an outlier wastes the paper."""
    box = np.array([WIDTH - 2 * MARGIN_X, HEIGHT - 2 * MARGIN_Y])
    low, span = spots.min(axis=0), np.ptp(spots, axis=0)
    by_place = np.divide(spots - low, span, out=np.full_like(spots, 0.5), where=span > 1e-9)
    ranks = spots.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    by_rank = ranks / (len(spots) - 1) if len(spots) > 1 else np.full_like(spots, 0.5)
    spread: Floats = np.array([MARGIN_X, MARGIN_Y]) + box * (by_place + by_rank) / 2
    return spread


def _push_apart(spots: Floats, radii: Floats) -> Floats:
    """Move marks that touch away from each other."""
    room = math.sqrt(WIDTH * HEIGHT * 0.45 / max(len(spots), 1))  # what each could have
    touching = np.add.outer(radii, radii)
    least = np.maximum(np.minimum(touching + 14.0, room * 1.3), touching + 3.0)
    np.fill_diagonal(least, 0.0)
    x, y = spots[:, 0].copy(), spots[:, 1].copy()
    for _round in range(_rounds(len(spots), PUSHES)):
        across, down = np.subtract.outer(x, x), np.subtract.outer(y, y) * DOWN
        distances = np.sqrt(across * across + down * down) + 1e-6
        overlap = np.maximum(least - distances, 0.0)
        if not overlap.any():
            break
        push = 0.4 * overlap / distances
        x = np.clip(x + np.einsum("ij,ij->i", across, push), MARGIN_X, WIDTH - MARGIN_X)
        y = np.clip(y + np.einsum("ij,ij->i", down, push) / DOWN, MARGIN_Y, HEIGHT - MARGIN_Y)
    return np.column_stack([x, y])


def _rounds(marks: int, most: int) -> int:
    """Fewer rounds for larger pictures: the cost of a round grows with the square."""
    return max(most // 5, min(most, most * 120 // max(marks, 1)))


def _named(marks: Sequence[Mark], spots: Floats) -> dict[str, str]:
    """Where the names stand that fit below or above their marks without touching a mark or another name."""
    boxes = [
        (x - mark.radius, y - mark.radius, x + mark.radius, y + mark.radius)
        for mark, (x, y) in zip(marks, spots, strict=True)
    ]
    named: dict[str, str] = {}
    for index in sorted(range(len(marks)), key=lambda number: precedence(marks[number])):
        mark, (x, y) = marks[index], spots[index]
        for side, box in _label_boxes(mark, float(x), float(y)):
            if mark.is_root or _fits(box, boxes):
                named[mark.id] = side
                boxes.append(box)
                break
    return named


def _label_boxes(mark: Mark, x: float, y: float) -> Iterator[tuple[str, Box]]:
    half = len(short_label(mark.label)) * LETTER / 2
    yield "below", (x - half, y + mark.radius + 2, x + half, y + mark.radius + 2 + LINE)
    yield "above", (x - half, y - mark.radius - 2 - LINE, x + half, y - mark.radius - 2)


def _fits(box: Box, others: Sequence[Box]) -> bool:
    inside = box[0] > 2 and box[1] > 2 and box[2] < WIDTH - 2 and box[3] < HEIGHT - 2
    return inside and not any(touch(box, other) for other in others)


def precedence(mark: Mark) -> tuple[bool, bool, float, str]:
    """The root first, titles of works last: they are long and say little in a picture."""
    return not mark.is_root, mark.kind == "work", -mark.weight, mark.id


def touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
