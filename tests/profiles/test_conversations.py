"""Conversations: written in by two, read, put away, left, ended by a block or the end of an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from profiles import limits
from profiles.account import account_data
from profiles.claiming import claims, upkeep
from profiles.collaborating import blocks, collaboration, conversations
from profiles.models import Attempt, Block, Claim, Conversation, Invitation, Message, Notification, Participant, User
from profiles.notifying import notices
from tests.profiles.collaborators import (
    aged,
    invite,
    make_conversation,
    make_member,
    news,
    prefer,
    record_of,
    refused,
    side_of,
    two,
)

__all__ = ["two"]  # a fixture

pytestmark = pytest.mark.django_db


def test_messages_go_to_and_fro_with_what_was_read(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    for text in ("One", "Two **bold**"):
        conversations.send(side=side_of(talk, sender), text=text)

    assert (conversations.unread_count(receiver), conversations.unread_count(sender)) == (1, 0)
    [line] = conversations.lines(list(conversations.listed(receiver)))
    assert (line.other.name, line.unread, line.preview, line.is_mine) == ("Ada Sender", 2, "Two bold", False)
    shown = conversations.messages(side_of(talk, receiver))
    assert [message.text for message in shown] == ["One", "Two **bold**"]
    assert shown[1].html == "<p>Two <strong>bold</strong></p>\n"

    conversations.mark_read(side=side_of(talk, receiver), up_to=shown[0].pk)
    conversations.mark_read(side=side_of(talk, receiver), up_to=0)
    assert conversations.seen_by_other(side_of(talk, sender), shown) == {shown[0].pk}
    conversations.mark_read(side=side_of(talk, receiver), up_to=2**60)

    side = side_of(talk, receiver)
    assert (side.read_up_to, conversations.unread_count(receiver)) == (shown[1].pk, 0)
    assert conversations.messages(side, before=shown[1].pk, most=1) == [shown[0]]
    assert conversations.messages(side, after=shown[0].pk) == [shown[1]]


def test_one_is_told_once_until_one_has_read(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    for text in ("One", "Two", "Three"):
        conversations.send(side=side_of(talk, sender), text=text)

    assert news(receiver) == ["invitation-received", "message"]
    notice = Notification.objects.get(kind="message")
    assert (notices.title(notice), notice.mail_due_at is not None) == ("Ada Sender wrote to you", True)
    assert "One" not in notices.text(notice)

    conversations.mark_read(side=side_of(talk, receiver), up_to=2**60)
    notice.refresh_from_db()
    assert (notice.read_at is not None, notice.mail_due_at) == (True, None)
    conversations.send(side=side_of(talk, sender), text="Four")

    assert notices.unread(receiver).filter(kind="message").count() == 1


def test_what_was_put_away_comes_back_with_the_next_message(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)

    conversations.archive(side=side_of(talk, receiver))
    assert (len(conversations.listed(receiver)), len(conversations.listed(receiver, archived=True))) == (0, 1)
    conversations.send(side=side_of(talk, sender), text="Still there?")
    assert (len(conversations.listed(receiver)), len(conversations.listed(receiver, archived=True))) == (1, 0)
    conversations.archive(side=side_of(talk, receiver))
    conversations.archive(side=side_of(talk, receiver), archived=False)
    assert len(conversations.listed(receiver)) == 1


def test_who_leaves_sees_it_no_more_and_the_other_can_still_read(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    conversations.send(side=side_of(talk, sender), text="Good bye")

    conversations.leave(side=side_of(talk, sender))

    with pytest.raises(Participant.DoesNotExist):
        side_of(talk, sender)
    assert collaboration.conversation_of(collaboration.get(sender, talk.invitation_id), sender) is None
    side = side_of(talk, receiver)
    assert [message.text for message in conversations.messages(side)] == ["Good bye"]
    with refused("conflict") as ended:
        conversations.send(side=side, text="Wait")
    assert ended.value.message == conversations.ended_words()
    assert invite(sender, receiver).status == "pending"

    upkeep.nightly()
    assert Conversation.objects.filter(pk=talk.pk).exists()
    conversations.leave(side=side)
    upkeep.nightly()
    assert not Message.objects.exists()


def test_others_have_no_part_in_it(two: tuple[User, User]) -> None:
    talk = make_conversation(*two)

    with pytest.raises(Participant.DoesNotExist):
        side_of(talk, make_member())


@pytest.mark.parametrize(("text", "code"), [("", "required"), (" \u200b\n", "required"), ("x" * 10_001, "too-long")])
def test_a_message_says_something_and_not_too_much(two: tuple[User, User], text: str, code: str) -> None:
    talk = make_conversation(*two)

    with refused(code):
        conversations.send(side=side_of(talk, two[0]), text=text)


def test_messages_are_limited_by_the_hour(two: tuple[User, User], monkeypatch: pytest.MonkeyPatch) -> None:
    talk = make_conversation(*two)
    monkeypatch.setitem(limits.LIMITS, "send-message", limits.Limit(2, timedelta(hours=1)))
    side = side_of(talk, two[0])
    for text in ("One", "Two"):
        conversations.send(side=side, text=text)

    with refused("throttled") as reached:
        conversations.send(side=side, text="Three")
    assert 3_000 < reached.value.params["retry_after"] <= 3_601
    assert Attempt.objects.filter(action="send-message").count() == 2


def test_losing_the_level_ends_no_conversation(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    claims.release(claim=Claim.objects.get(user=sender, status="approved"), by=sender)

    assert conversations.send(side=side_of(talk, sender), text="Still here").pk
    other = conversations.party(conversations.other_side(side_of(talk, receiver)))
    assert (other.name, other.is_owner) == ("Ada Sender", False)
    with refused("permission-denied"):
        invite(sender, make_member())


# Blocks


def test_a_block_ends_what_is_between_two_and_is_told_to_nobody(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    again = invite(sender, receiver, purpose="talk")
    conversations.send(side=side_of(talk, sender), text="Hello?")

    row = blocks.block_other(side=side_of(talk, receiver), by=receiver)

    again.refresh_from_db()
    assert (again.status, news(sender)) == ("declined", ["invitation-accepted", "invitation-declined"])
    with refused("conflict"):
        conversations.send(side=side_of(talk, sender), text="Why?")
    assert [len(conversations.listed(receiver, archived=archived)) for archived in (False, True)] == [0, 1]
    assert len(conversations.listed(sender)) == 1
    aged(again, days=91)  # until then the decline is what stands against it
    blocked = collaboration.may_invite(record_of(receiver), sender)
    stranger = make_member()
    prefer(receiver, "nobody")
    assert blocked == collaboration.may_invite(record_of(receiver), stranger)
    with refused("conflict"):
        invite(receiver, sender)

    assert blocks.unblock(pk=row.pk, by=sender) is False
    assert blocks.unblock(pk=row.pk, by=receiver) is True
    talk.refresh_from_db()
    assert (talk.ended_at is not None, blocks.listed(receiver).count()) == (True, 0)


def test_a_block_withdraws_ones_own_invitation(two: tuple[User, User]) -> None:
    sender, receiver = two
    sent = invite(sender, receiver)

    blocks.block_sender(invitation=sent, by=sender)
    blocks.block_sender(invitation=sent, by=sender)

    sent.refresh_from_db()
    assert (sent.status, Block.objects.get().author) == ("withdrawn", record_of(receiver))
    with refused("not-found"):
        blocks.block_sender(invitation=sent, by=make_member())


# The end of an account


def test_who_is_deleted_is_a_former_member_and_what_was_sent_stays(two: tuple[User, User]) -> None:
    sender, receiver = two
    other, third = make_member(), make_member()
    talk = make_conversation(sender, receiver)
    conversations.send(side=side_of(talk, sender), text="What I sent stays")
    invite(sender, other)
    received, declined = invite(third, sender), invite(receiver, sender)
    collaboration.decline(invitation=declined, by=sender, text="Private words")

    account_data.delete(by=sender)

    side = side_of(talk, receiver)
    gone = conversations.party(conversations.other_side(side))
    assert (gone.name, gone.author, gone.is_gone) == ("Former member", None, True)
    assert [message.text for message in conversations.messages(side)] == ["What I sent stays"]
    with refused("conflict"):
        conversations.send(side=side, text="Hello?")
    assert not Invitation.objects.filter(receiver=other).exists()
    received.refresh_from_db()
    declined.refresh_from_db()
    assert (received.status, declined.decline_text) == ("expired", "")
    with refused("gone"):
        blocks.block_other(side=side, by=receiver)

    account_data.delete(by=receiver)
    upkeep.nightly()
    assert not Message.objects.exists()
    assert not Invitation.objects.filter(pk=talk.invitation_id).exists()


def test_the_export_holds_what_one_sent_and_was_sent(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    conversations.send(side=side_of(talk, sender), text="From me")
    conversations.send(side=side_of(talk, receiver), text="From the other")
    blocks.block_other(side=side_of(talk, sender), by=sender)

    said: dict[str, Any] = account_data.export(sender)

    assert [(row["with"], row["direction"], row["status"]) for row in said["invitations"]] == [
        ("Ben Receiver", "sent", "accepted")
    ]
    [conversation] = said["conversations"]
    assert [(row["from"], row["text"]) for row in conversation["messages"]] == [
        ("Ada Sender", "From me"),
        ("Ben Receiver", "From the other"),
    ]
    assert [row["author_name"] for row in said["blocks"]] == ["Ben Receiver"]
    assert said["reports"] == []
    assert receiver.email not in repr(said)


# Lists


@pytest.mark.parametrize("many", [1, 3])
def test_a_list_costs_the_same_however_long(many: int, django_assert_num_queries: Any) -> None:
    receiver = make_member()
    for _turn in range(many):
        sender = make_member()
        talk = make_conversation(sender, receiver)
        conversations.send(side=side_of(talk, sender), text="Hello")

    with django_assert_num_queries(3):
        lines = conversations.lines(list(conversations.listed(receiver)))
        assert [(line.unread, line.preview) for line in lines] == [(1, "Hello")] * many
    with django_assert_num_queries(1):
        assert conversations.unread_count(receiver) == many
    assert timezone.now() >= lines[0].conversation.latest_at
