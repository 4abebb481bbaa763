"""Actors whose names or ids change: servers of their followers are told once, and only of what is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from profiles import tasks
from profiles.claiming import upkeep
from profiles.fediverse import addresses, deliveries, followers, updates
from profiles.models import Delivery, OutgoingActivity, RemoteFollow, ShownActor
from publications.models import Author, AuthorId, Topic
from publications.signals import corpus_changed
from tests.corpus import make_author, make_topic
from tests.profiles.fediverse_steps import author, follow, say, site, undo
from tests.profiles.mastodon_site import Mastodon
from tests.profiles.mastodon_steps import followed, mastodon, run_queue

__all__ = ["author", "mastodon", "site"]  # fixtures


def touch(author: Author, **changed: Any) -> None:
    """As an import does."""
    Author.objects.filter(pk=author.pk).update(**changed)
    corpus_changed.send(sender=None, author_ids=[author.pk], work_ids=[], cause="import")


def pass_time() -> None:
    ShownActor.objects.filter(due_at__isnull=False).update(due_at=timezone.now())


def told() -> list[str]:
    rows = OutgoingActivity.objects.filter(body__type="Update").order_by("pk")
    return [row.sender for row in rows]


@pytest.mark.django_db(transaction=True)
def test_a_new_name_reaches_followers_once_however_often_it_changed(mastodon: Mastodon) -> None:
    author = make_author()
    followed(mastodon, author)

    touch(author, display_name="J. Example")
    run_queue()
    assert mastodon.names == {}  # changes are gathered for a while
    touch(author, display_name="Joan A. Example")
    for _twice in range(2):
        pass_time()
        run_queue()

    assert mastodon.names == {addresses.actor(author.short_id): "Joan A. Example"}
    assert (mastodon.received.count(("Update", "/inbox")), mastodon.rejected) == (1, [])


@pytest.mark.django_db
def test_what_is_not_shown_is_not_told(site: Mastodon, author: Author) -> None:
    say(site, follow(author))

    touch(author, works_count=5)
    pass_time()
    updates.send_due()
    call_command("fediverse", "--rotate-key")
    upkeep.nightly()
    pass_time()
    updates.send_due()

    assert told() == []
    assert list(ShownActor.objects.values_list("target", "due_at")) == [(author.short_id, None)]


@pytest.mark.django_db
def test_ids_and_merges_and_names_of_topics_are_told(site: Mastodon, author: Author) -> None:
    other, topic = make_author("Other"), make_topic()
    for number, entity in enumerate((author, other, topic)):
        say(site, follow(entity, number=number))
    gone = make_author("O. Other", merged_into=other)

    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")
    touch(author)
    Topic.objects.filter(pk=topic.pk).update(name="Another name")
    upkeep.nightly()
    pass_time()
    updates.send_due()

    assert sorted(told()) == sorted([author.short_id, other.short_id, topic.short_id])
    assert gone.short_id not in told()


@pytest.mark.django_db
def test_nobody_is_told_where_nobody_follows(site: Mastodon, author: Author) -> None:
    touch(author, display_name="J. Example")
    said = follow(author)
    say(site, said)
    say(site, undo(said))
    touch(author, display_name="Joan A. Example")
    pass_time()
    updates.send_due()

    assert (told(), ShownActor.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_later_change_takes_the_place_of_one_that_still_waits_and_a_hidden_record_tells_none(
    site: Mastodon, author: Author
) -> None:
    say(site, follow(author))
    Delivery.objects.all().delete()
    for name in ("J. Example", "Joan A. Example"):
        touch(author, display_name=name)
        pass_time()
        updates.send_due()
    assert (told(), Delivery.objects.filter(due_at__isnull=False).count()) == ([author.short_id] * 2, 1)

    Author.objects.update(hidden=True)
    assert deliveries.send_due() == 0
    tasks.sweep_fediverse()
    pass_time()
    updates.send_due()

    assert not RemoteFollow.objects.exists()
    assert told() == [author.short_id] * 2


@pytest.mark.django_db
def test_who_is_led_to_another_record_is_told_of_its_changes(site: Mastodon, author: Author) -> None:
    say(site, follow(author))
    other = make_author("Joan A. Example")
    Author.objects.filter(pk=author.pk).update(merged_into=other)
    followers.carry_over([author.pk])

    touch(other, display_name="Joan Anne Example")
    pass_time()
    updates.send_due()

    assert told() == [other.short_id]
