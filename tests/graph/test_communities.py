"""Communities of the people in a slice: who belongs together without the root, numbered, the same every time."""

from __future__ import annotations

import random
from itertools import combinations

from graph.communities import MOST, Tie, communities


def clique(*people: str) -> list[Tie]:
    return [(one, other, 1.0) for one, other in combinations(people, 2)]


def test_groups_that_only_the_root_connects_are_told_apart() -> None:
    people = ["A1", "A2", "A3", "A4", "A5", "A6"]
    ties = clique("A2", "A3", "A4") + clique("A5", "A6") + [("A1", person, 9.0) for person in people[1:]]

    assert communities(people, ties, root="A1") == {"A2": 1, "A3": 1, "A4": 1, "A5": 2, "A6": 2}


def test_who_writes_with_nobody_but_the_root_belongs_to_none() -> None:
    assert communities(["A1", "A2", "A3"], [("A1", "A2", 1.0), ("A1", "A3", 1.0)], root="A1") == {}


def test_there_are_no_more_numbers_than_colours() -> None:
    pairs = [(f"A{number}", f"A{number + 1}", 1.0) for number in range(10, 30, 2)]
    found = communities([f"A{number}" for number in range(10, 30)], pairs, root="A1")

    assert sorted(set(found.values())) == list(range(1, MOST + 1))
    assert len(found) == 2 * MOST


def test_the_order_of_the_input_does_not_matter() -> None:
    chance = random.Random(3)
    people = [f"A{number}" for number in range(60)]
    ties: list[Tie] = [(*chance.sample(people, 2), chance.random()) for _tie in range(150)]  # type: ignore[misc] # two
    first = communities(people, ties, root="A0")
    chance.shuffle(people)
    chance.shuffle(ties)

    assert communities(people, ties, root="A0") == first
    assert len(set(first.values())) > 1
