"""What the demonstration shows of people with each other: made once, by the site's own functions."""

from __future__ import annotations

import pytest

from graph import edges
from profiles.collaborating import conversations
from profiles.demo import demo_together
from profiles.models import FeedItem, Follow, Invitation, Message
from publications.models import AuthorTopic
from tests.corpus import make_topic, make_work
from tests.profiles.collaboration_steps import verified
from tests.profiles.people import assess, make_record, make_user

pytestmark = pytest.mark.django_db


def test_the_owner_has_somebody_to_answer_and_to_talk_with_and_the_reader_has_news() -> None:
    owner, record = verified("Joan Example")
    _friend, near = verified("Near Friend", make_record("Near Friend", coauthors=(record,)))
    far = make_record("Far Colleague", coauthors=(near,))
    assess(record, near, far)
    edges.refresh([record.pk, near.pk, far.pk])
    topic = make_topic()
    AuthorTopic.objects.create(author=record, topic=topic, works_count=3)
    make_work("Brand new", authors=[record], topics=[topic])
    reader = make_user("Rea Der")

    for _time in range(2):
        demo_together.settle(owner, reader)

    rows = Invitation.objects.order_by("pk").values_list("sender_author__display_name", "status", "purpose")
    assert list(rows) == [("Near Friend", "accepted", "data"), ("Far Colleague", "pending", "co-authoring")]
    unread = [line.unread for line in conversations.lines(list(conversations.listed(owner)))]
    assert (unread, Message.objects.count()) == ([1], 5)
    assert list(Follow.objects.filter(user=reader).order_by("target").values_list("target", flat=True)) == sorted(
        [record.short_id, near.short_id, topic.short_id]
    )
    assert "Brand new" in FeedItem.objects.filter(user=reader).values_list("event__work__title", flat=True)
    assert set(FeedItem.objects.values_list("kind", flat=True)) >= {"late", "claim"}


def test_without_an_owner_nothing_is_made() -> None:
    demo_together.settle(make_user(), make_user())

    assert not Invitation.objects.exists()
    assert not Follow.objects.exists()
