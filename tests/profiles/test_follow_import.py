"""Importing thousands of follows: by sets, along merges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import signals

from profiles.following import follow_import
from profiles.models import Follow, User
from tests.corpus import make_author
from tests.profiles.feeds import reader

__all__ = ["reader"]  # a fixture

pytestmark = pytest.mark.django_db


def test_a_list_that_names_every_step_of_a_merge_follows_its_survivor_once(reader: User) -> None:
    kept, hidden = make_author("Kept"), make_author("Hidden", hidden=True)
    between = make_author("Between", merged_into=kept)
    gone, lost = make_author("Gone", merged_into=between), make_author("Lost", merged_into=hidden)
    raw = "\n".join(author.short_id for author in (gone, between, kept, lost, hidden))

    plan = follow_import.plan(raw.encode(), by=reader)
    follow_import.carry_out(plan.token, by=reader)

    assert (plan.new_count, plan.missing_count, [row.target for row in Follow.objects.all()]) == (1, 2, [kept.short_id])


@contextmanager
def post_init_noted(note: Callable[..., None]) -> Iterator[None]:
    """Every object of a model that is made meanwhile."""
    signals.post_init.connect(note)
    yield
    signals.post_init.disconnect(note)


def test_an_import_makes_objects_of_what_it_shows_only(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_import, "SHOWN", 1)
    raw = "\n".join(make_author(f"Author {number}").short_id for number in range(5))
    made: list[str] = []

    def note(sender: type, **_rest: Any) -> None:
        made.append(sender.__name__)

    with post_init_noted(note):
        plan = follow_import.plan(raw.encode(), by=reader)
        shown = made.copy()
        done = follow_import.carry_out(plan.token, by=reader)

    assert (plan.new_count, done.followed, Follow.objects.count()) == (5, 5, 5)
    assert (shown, made[1:]) == (["Author"], ["User"])  # the account is locked
