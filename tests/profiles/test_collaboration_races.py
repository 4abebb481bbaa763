"""Invitations and messages at the same time: one answer counts, quotas hold, what is sent twice acts once (R13)."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from profiles.account import account_data
from profiles.collaborating import blocks, collaboration, conversations
from profiles.models import Block, Conversation, Invitation, Message, User
from tests.profiles.collaborators import aged, invite, make_conversation, make_member, side_of
from tests.profiles.test_claim_races import DONE, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_all_answers_at_once_exactly_one_counts() -> None:
    sender, receiver = make_member(), make_member()
    for turn in range(3):
        sent = invite(sender, receiver)
        if turn == 2:
            aged(sent, days=30, minutes=1)

        results = at_once(
            *[partial(collaboration.accept, invitation=sent, by=receiver)] * 2,
            partial(collaboration.decline, invitation=sent, by=receiver),
            partial(collaboration.withdraw, invitation=sent, by=sender),
            collaboration.expire,
        )

        sent.refresh_from_db()
        assert Counter(results[:4]) == ({DONE: 1, "conflict": 3} if turn < 2 else {"conflict": 4})
        assert results[4] == DONE
        assert sent.status in (("accepted", "declined", "withdrawn") if turn < 2 else ("expired",))
        assert Conversation.objects.filter(invitation=sent).count() == (sent.status == "accepted")
        Invitation.objects.filter(pk=sent.pk, status="declined").update(status="withdrawn")


def test_two_who_invite_each_other_at_once_get_one_invitation() -> None:
    one, other = make_member(), make_member()

    results = at_once(
        *[lambda: invite(one, other)] * 4,
        *[lambda: invite(other, one)] * 4,
    )

    assert Counter(results) == {DONE: 1, "conflict": 7}
    assert Invitation.objects.get().status == "pending"


def test_parallel_invitations_do_not_pass_the_quota_and_a_double_click_sends_one() -> None:
    sender = make_member()
    others = [make_member() for _turn in range(8)]

    results = at_once(*(partial(invite, sender, other) for other in others))
    assert Counter(results) == {DONE: 5, "throttled": 3}

    third = make_member()
    assert at_once(*[lambda: invite(third, others[0], key="form-1")] * 6) == [DONE] * 6
    assert Invitation.objects.filter(sender=third).count() == 1


def test_a_message_sent_twice_at_once_is_one_and_none_follows_the_end() -> None:
    sender, receiver = make_member(), make_member()
    talk = make_conversation(sender, receiver)
    mine, theirs = side_of(talk, sender), side_of(talk, receiver)

    at_once(*[lambda: conversations.send(side=mine, text="Once", key="form-1")] * 6)
    assert Message.objects.count() == 1

    results = at_once(
        *[lambda: conversations.send(side=mine, text="Again")] * 5,
        lambda: conversations.leave(side=theirs),
        lambda: blocks.block_other(side=theirs, by=receiver),
    )

    written = results[:5].count(DONE)
    assert (Counter(results[:5]) - Counter({DONE: written}), results[5:]) == (
        Counter({"conflict": 5 - written}) if written < 5 else Counter(),
        [DONE, DONE],
    )
    assert Message.objects.count() == 1 + written
    talk.refresh_from_db()
    assert talk.ended_at is not None


@pytest.mark.parametrize("turn", range(2))
def test_an_account_that_is_deleted_meanwhile_leaves_no_half_of_anything(turn: int) -> None:
    sender, receiver = make_member(), make_member()
    sent = invite(sender, receiver)

    def delete() -> None:
        account_data.delete(by=User.objects.get(pk=(sender if turn else receiver).pk))

    results = at_once(
        lambda: collaboration.accept(invitation=sent, by=receiver),
        delete,
        lambda: blocks.block_sender(invitation=Invitation.objects.get(pk=sent.pk), by=receiver),
    )

    assert results[1] == DONE
    row = Invitation.objects.filter(pk=sent.pk).first()
    talk = Conversation.objects.filter(invitation=sent.pk).first()
    assert (talk is not None) == (row is not None and row.status == "accepted")
    assert talk is None or talk.ended_at is not None
    assert not Block.objects.filter(blocker=None).exists()
