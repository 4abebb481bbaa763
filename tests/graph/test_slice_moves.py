"""The same author looks the same tomorrow: what a kept slice placed stays when a work is added."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

import pytest

from graph import layout, slices, stored
from graph.document import places_of
from graph.layout import Mark
from graph.models import GraphSlice
from publications.models import Author, Topic, Work
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import settle

pytestmark = pytest.mark.django_db


def make_root() -> Author:
    """An author of fifteen works with fourteen others, in four topics."""
    root, others = make_author("Root"), [make_author(f"Other {number}") for number in range(14)]
    topics = [make_topic(f"cs.{letter}", f"Topic {letter}") for letter in "ABCD"]
    for number in range(15):
        authors = [root, *others[number % 14 : number % 14 + 3]]
        make_work(f"Work {number}", authors=authors, topics=topics[number % 4 :][:2], year=2005 + number)
    settle()
    return root


def add_work(root: Author) -> Work:
    work = make_work("A new work", authors=[root, make_author("Somebody new")], year=2021)
    settle()
    stored.mark_stale(author_ids=[root.pk], work_ids=[work.pk])
    return work


def test_a_new_work_moves_a_kept_picture_by_less_than_thirty_of_a_thousand() -> None:
    root = make_root()
    before = places_of(slices.around(root.short_id).document)

    work = add_work(root)
    after = places_of(slices.around(root.short_id).document)

    assert work.short_id in after
    moves = [math.dist(before[id_], after[id_]) for id_ in before.keys() & after.keys()]
    assert len(moves) > 30
    assert median(moves) < 30
    assert median(moves) == 0  # what has room does not move at all


def test_without_a_kept_picture_the_places_are_those_of_any_other_machine() -> None:
    root = make_root()
    add_work(root)
    first = slices.around(root.short_id)
    GraphSlice.objects.all().delete()

    assert slices.around(root.short_id).body == first.body


@pytest.mark.parametrize(
    "filters", [{"from_year": 2012}, {"types": ("author", "work")}, {"strength": 2}, {"topic": 1}, {"limit": 25}]
)
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_filtered_picture_stands_where_the_whole_one_does(filters: dict[str, Any], is_kept: bool) -> None:
    root = make_root()
    if "topic" in filters:
        filters = {"topic": Topic.objects.get(code="cs.A").pk}
    before = places_of(slices.around(root.short_id).document)
    if not is_kept:
        GraphSlice.objects.all().delete()

    after = places_of(slices.around(root.short_id, **filters).document)

    moves = [math.dist(before[id_], after[id_]) for id_ in before.keys() & after.keys()]
    assert len(moves) > 15
    assert (median(moves), max(moves) < 20) == (0, True)


def test_where_little_is_known_the_new_springs_around_it() -> None:
    marks = [Mark(f"A{number}", "author", f"Person {number}", 0.5, is_root=number == 1) for number in range(1, 61)]
    lines = [("A1", mark.id, 1.0) for mark in marks[1:]]
    known = {"A1": (500.0, 350.0), **{f"A{number}": (100.0 + 30 * number, 200.0) for number in range(2, 13)}}

    places = layout.arrange(marks, lines, known)

    moves = [math.dist(known[id_], (places[id_].x, places[id_].y)) for id_ in known]
    spread = [places[mark.id].x for mark in marks if mark.id not in known]
    assert median(moves) < 20
    assert max(spread) - min(spread) > 400
    assert layout.arrange(marks, lines, known) == places


def test_years_leave_the_kept_picture_as_it_is() -> None:
    root = make_root()
    kept = slices.around(root.short_id)

    slices.around(root.short_id, from_year=2010)

    assert slices.around(root.short_id).body == kept.body
