"""The same author looks the same tomorrow: what a kept slice placed stays when a work is added."""

from __future__ import annotations

import math
from statistics import median

import pytest

from graph import slices, stored
from graph.document import places_of
from graph.models import GraphSlice
from publications.models import Author, Work
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


def test_years_leave_the_kept_picture_as_it_is() -> None:
    root = make_root()
    kept = slices.around(root.short_id)

    slices.around(root.short_id, from_year=2010)

    assert slices.around(root.short_id).body == kept.body
