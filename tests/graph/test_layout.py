"""Where the marks of a slice stand: stable, inside the box, apart from each other."""

from __future__ import annotations

import math
import random
from collections import Counter
from itertools import combinations
from statistics import median
from typing import Any

import networkx as nx
import numpy as np
import pytest

from graph import layout
from graph.layout import HEIGHT, WIDTH, Mark, Place
from tests.patience import patience

KINDS = ("author", "work", "topic", "institution")


def star(size: int, seed: int = 5) -> tuple[list[Mark], list[tuple[str, str, float]]]:
    """A root with many things around it, some of them connected among themselves."""
    chance = random.Random(seed)
    marks = [Mark("A1", "author", "Ada Example", 1.0, is_root=True)]
    for number in range(2, size + 1):
        kind = KINDS[number % 4]
        marks.append(Mark(f"{kind[0].upper()}{number}", kind, f"Name of {kind} {number}", chance.random()))
    lines = [("A1", mark.id, 1.0) for mark in marks[1:]]
    for _line in range(size):
        one, other = chance.sample(marks[1:], 2)
        lines.append((one.id, other.id, 0.6))
    return marks, lines


def test_the_order_of_the_input_does_not_matter() -> None:
    marks, lines = star(60)

    again = layout.arrange(list(reversed(marks)), list(reversed(lines)))

    assert layout.arrange(marks, lines) == again


@pytest.mark.parametrize("size", [1, 2, 3, 40, 80, 300])
def test_everything_stands_inside_the_box(size: int) -> None:
    marks, lines = star(size) if size > 2 else ([Mark(f"A{n}", "author", "Ada", 1.0, n == 0) for n in range(size)], [])

    places = layout.arrange(marks, lines)

    assert set(places) == {mark.id for mark in marks}
    assert all(0 < place.x < WIDTH and 0 < place.y < HEIGHT for place in places.values())


def test_no_marks_have_no_places() -> None:
    assert layout.arrange([], []) == {}


def test_marks_do_not_cover_each_other() -> None:
    marks, lines = star(80)
    places = layout.arrange(marks, lines)

    for one, other in combinations(marks, 2):
        a, b = places[one.id], places[other.id]
        distance = ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5
        assert distance > (one.radius + other.radius) * 0.9, (one.id, other.id)


def test_names_in_the_picture_do_not_cover_each_other() -> None:
    marks, lines = star(80)
    places = layout.arrange(marks, lines)
    boxes = []
    for mark in marks:
        place = places[mark.id]
        if place.label:
            half = len(layout.short_label(mark.label)) * layout.LETTER / 2
            down = mark.radius + 2 if place.label == "below" else -mark.radius - 2 - layout.LINE
            boxes.append((mark.id, place.x - half, place.y + down, place.x + half, place.y + down + layout.LINE))

    assert places["A1"].label == "below"
    assert len(boxes) > 20
    for one, other in combinations([box for box in boxes if box[0] != "A1"], 2):
        apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
        assert apart, (one[0], other[0])


def moves(before: dict[str, Place], after: dict[str, Place]) -> list[float]:
    """How far everything moved that is in both pictures, the shortest way first; a picture is 1,000 wide."""
    both = before.keys() & after.keys()
    return sorted(math.dist((before[id_].x, before[id_].y), (after[id_].x, after[id_].y)) for id_ in both)


def spots(places: dict[str, Place]) -> dict[str, layout.Spot]:
    return {id_: (place.x, place.y) for id_, place in places.items()}


NEW = Mark("W999", "work", "New", 0.5)


def test_a_new_work_moves_the_others_little_even_where_no_picture_is_kept() -> None:
    marks, lines = star(80)
    before = layout.arrange(marks, lines)

    after = layout.arrange([*marks, NEW], [*lines, ("A1", "W999", 1.0)])

    assert median(moves(before, after)) < 80


@pytest.mark.parametrize("size", [3, 20, 80, 300])
def test_beside_a_kept_picture_a_new_work_moves_hardly_anything(size: int) -> None:
    marks, lines = star(size)
    before = layout.arrange(marks, lines)

    after = layout.arrange([*marks, NEW], [*lines, ("A1", "W999", 1.0), ("W999", marks[-1].id, 1.0)], spots(before))

    assert set(after) == set(before) | {"W999"}
    assert median(moves(before, after)) < 5
    assert max(moves(before, after)) < 60


def test_a_picture_of_other_things_is_passed_over() -> None:
    marks, lines = star(40)
    elsewhere = {f"A{number}": (1.0, 1.0) for number in range(5000, 5100)} | {marks[1].id: (1.0, 1.0)}

    assert layout.arrange(marks, lines, elsewhere) == layout.arrange(marks, lines)


@pytest.mark.parametrize(("size", "springs", "pushes"), [(80, 20, 80), (500, 4, 19), (1_000, 4, 16)])
def test_the_rounds_of_a_picture_are_bounded(
    size: int, springs: int, pushes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is that of its rounds, which cost the square of the marks: so larger pictures get fewer of them."""
    done: Counter[str] = Counter()
    spring, push = nx.spring_layout, np.einsum

    def noted_spring(*given: Any, **options: Any) -> Any:
        done["springs"] += options["iterations"]
        return spring(*given, **options)

    def noted_push(*given: Any) -> Any:
        done["moves"] += 1
        return push(*given)

    monkeypatch.setattr(nx, "spring_layout", noted_spring)
    monkeypatch.setattr(np, "einsum", noted_push)

    with patience():
        layout.arrange(*star(size))

    assert done["springs"] <= springs
    assert done["moves"] <= 2 * (springs + pushes)  # either kind of round moves the marks with two calls


def test_long_names_are_cut_with_an_ellipsis() -> None:
    assert layout.short_label("Short") == "Short"
    assert layout.short_label("A very long title of a work") == "A very long title of a…"
    assert len(layout.short_label("x" * 500)) == layout.LONGEST_LABEL
