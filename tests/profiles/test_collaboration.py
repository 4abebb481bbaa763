"""Invitations: who may send them to whom, what is refused and how, and how they end."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from graph import edges
from profiles.claiming import claims, upkeep
from profiles.collaborating import collaboration, inviting
from profiles.models import Claim, Invitation
from profiles.notifying import notices
from publications.models import Author
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.collaborators import (
    TEXT,
    aged,
    invite,
    make_member,
    news,
    prefer,
    record_of,
    refused,
)
from tests.profiles.moderation_steps import rival_to
from tests.profiles.people import approved_on, make_record, make_user, prove

pytestmark = pytest.mark.django_db


def test_an_invitation_is_sent_read_and_accepted() -> None:
    sender, receiver = make_member("Ada Sender"), make_member("Ben Receiver")
    work, topic = make_work("On lines"), make_topic()

    sent = invite(sender, receiver, purpose="review", works=[work, work], topics=[topic])

    assert (sent.status, sent.message, (sent.expires_at - sent.created_at).days) == ("pending", TEXT, 30)
    assert "<math>" in sent.message_html
    [received] = collaboration.box(receiver)
    assert received == sent == collaboration.get(receiver, sent.pk) == collaboration.box(sender, "sent").get()
    assert [party.name for party in collaboration.sides(received)] == ["Ada Sender", "Ben Receiver"]
    assert (list(received.works.all()), list(received.topics.all())) == ([work], [topic])
    assert collaboration.waiting_count(receiver) == 1
    assert notices.title(notices.unread(receiver).get(kind="invitation-received")) == "Ada Sender invites you: Review"

    begun = collaboration.accept(invitation=sent, by=receiver)

    sent.refresh_from_db()
    assert (sent.status, sent.conversation, collaboration.waiting_count(receiver)) == ("accepted", begun, 0)
    assert (news(sender), news(receiver)) == (["invitation-accepted"], ["invitation-received"])
    assert not notices.unread(receiver).filter(kind="invitation-received").exists()
    with refused("conflict"):
        collaboration.decline(invitation=sent, by=receiver)


def test_who_owns_no_verified_record_can_neither_invite_nor_accept() -> None:
    receiver, sender = make_member(), make_member()
    stranger, claimant, fresh = make_user(), make_user(), make_member("Fresh One", "C")
    claims.open_claim(author=make_record("Claim Ant"), by=claimant)
    sent = invite(sender, fresh)
    approved_on(Claim.objects.get(user=fresh), timezone.now())  # level 1 until others had time to object

    for user in (stranger, claimant, fresh):
        with refused("permission-denied"):
            invite(user, receiver)
    with refused("permission-denied"):
        collaboration.accept(invitation=sent, by=fresh)
    assert collaboration.decline(invitation=sent, by=fresh).status == "declined"
    assert Invitation.objects.count() == 1


def test_an_invitation_reaches_only_a_verified_owner_of_an_open_record() -> None:
    sender = make_member()
    unclaimed, hidden, merged = make_record("Nobody Yet"), record_of(make_member()), make_author("Mer Ged")
    low, contested = make_member("Low Level", "C"), record_of(make_member())
    approved_on(Claim.objects.get(user=low), timezone.now())
    Author.objects.filter(pk=hidden.pk).update(hidden=True)
    Author.objects.filter(pk=merged.pk).update(merged_into=unclaimed)
    rival_to(contested)

    codes = []
    for author in (unclaimed, hidden, merged, record_of(low), contested, record_of(sender)):
        author.refresh_from_db()
        with pytest.raises(ValidationError) as found:
            collaboration.invite(author=author, by=sender, purpose="talk", message="Hello")
        codes.append(found.value.code)
        assert collaboration.may_invite(author, sender) == found.value.message

    assert codes == ["author-unclaimed", "gone", "gone", "author-unclaimed", "conflict", "conflict"]
    assert not Invitation.objects.exists()


def test_a_contested_record_neither_invites_nor_accepts() -> None:
    sender, receiver = make_member(), make_member()
    sent = invite(sender, receiver)
    rival_to(record_of(sender))
    rival_to(record_of(receiver))

    with refused("permission-denied"):
        invite(sender, make_member())
    with refused("permission-denied"):
        collaboration.accept(invitation=sent, by=receiver)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purpose": "money"}, "purpose"),
        ({"message": " \n\u200b "}, "required"),
        ({"message": "x" * 10_001}, "too-long"),
        ({"key": "k" * 101}, "key"),
    ],
)
def test_what_an_invitation_must_say(wrong: dict[str, str], field: str) -> None:
    sender, receiver = make_member(), make_member()

    with refused(field):
        invite(sender, receiver, **wrong)


def test_an_invitation_refers_to_five_works_and_five_topics_at_most() -> None:
    sender, receiver = make_member(), make_member()
    works = [make_work(f"Work {number}") for number in range(6)]
    topics = [make_topic(f"cs.T{number}", f"Topic {number}") for number in range(6)]

    with refused("works"):
        invite(sender, receiver, works=works)
    with refused("topics"):
        invite(sender, receiver, topics=topics)
    sent = invite(sender, receiver, works=works[:5], topics=topics[:5])
    assert (sent.works.count(), sent.topics.count()) == (5, 5)


# Inbox preferences


def test_the_receiver_chooses_who_may_invite() -> None:
    one, other, between = make_record("One One"), make_record("Other Other"), make_record("Be Tween")
    sender, receiver, stranger = make_member(author=one), make_member(author=other), make_member()

    prefer(receiver, "nobody")
    refusals = [collaboration.may_invite(other, user) for user in (sender, stranger)]
    prefer(receiver, "close")
    refusals += [collaboration.may_invite(other, user) for user in (sender, stranger)]
    assert len(set(refusals)) == 1
    with refused("permission-denied"):
        invite(sender, receiver)

    make_work("First", authors=[one, between])
    make_work("Second", authors=[between, other])
    edges.refresh([one.pk, between.pk, other.pk])

    assert inviting.are_close(one.pk, other.pk)
    assert [collaboration.may_invite(other, user) for user in (sender, stranger)] == ["", refusals[0]]
    assert invite(sender, receiver).status == "pending"


def test_a_hidden_person_makes_nobody_close() -> None:
    one, other, between = make_record("One One"), make_record("Other Other"), make_record("Be Tween")
    make_work("First", authors=[one, between])
    make_work("Second", authors=[between, other])
    edges.refresh([one.pk, between.pk, other.pk])
    Author.objects.filter(pk=between.pk).update(hidden=True)

    assert not inviting.are_close(one.pk, other.pk)


# Once


def test_what_is_sent_twice_with_one_key_acts_once() -> None:
    sender, receiver, third = make_member(), make_member(), make_member()

    first, second = (invite(sender, receiver, key="form-1") for _ in range(2))

    assert (first, Invitation.objects.count(), news(receiver)) == (second, 1, ["invitation-received"])
    with refused("conflict"):
        invite(sender, third, key="form-1")


def test_one_invitation_waits_between_two_people_whoever_sent_it() -> None:
    sender, receiver = make_member("Ada Sender"), make_member("Ben Receiver")
    sent = invite(sender, receiver)

    with refused("conflict") as again:
        invite(sender, receiver, purpose="data")
    with refused("conflict") as back:
        invite(receiver, sender)

    assert "still waits" in again.value.message
    assert "has invited you already" in back.value.message
    assert again.value.params == back.value.params == {"invitation": sent.pk}


def test_who_declined_is_not_asked_again_for_ninety_days() -> None:
    sender, receiver = make_member(), make_member()
    sent = invite(sender, receiver)
    declined = collaboration.decline(invitation=sent, by=receiver, reason="no-time", text="Next year.\u202e")
    assert (declined.status, declined.decline_reason, declined.decline_text) == ("declined", "no-time", "Next year.")
    assert notices.text(notices.latest(sender).get(kind="invitation-declined")) == "No time at present"

    aged(sent, days=89)
    with refused("conflict"):
        invite(sender, receiver)
    aged(sent, days=91)

    assert invite(sender, receiver).status == "pending"


def test_who_declined_can_invite_at_once() -> None:
    sender, receiver = make_member(), make_member()
    collaboration.decline(invitation=invite(sender, receiver), by=receiver)

    assert invite(receiver, sender).status == "pending"


def test_nobody_is_asked_again_and_again() -> None:
    sender, receiver = make_member(), make_member()
    for _turn in range(3):
        collaboration.withdraw(invitation=invite(sender, receiver), by=sender)

    with refused("conflict"):
        invite(sender, receiver)
    aged(Invitation.objects.earliest("pk"), days=31)
    assert invite(sender, receiver).status == "pending"


# Ends


def test_a_withdrawn_invitation_cannot_be_answered_and_is_mailed_no_more() -> None:
    sender, receiver = make_member(), make_member()
    sent = invite(sender, receiver)

    collaboration.withdraw(invitation=sent, by=sender)

    notice = notices.latest(receiver).get(kind="invitation-received")
    assert (notice.read_at is not None, notice.mail_due_at) == (True, None)
    for step in (collaboration.accept, collaboration.decline):
        with refused("conflict"):
            step(invitation=sent, by=receiver)
    assert news(sender) == []


def test_only_the_two_sides_act_on_it_each_their_part() -> None:
    sender, receiver, third = make_member(), make_member(), make_member()
    sent = invite(sender, receiver)

    for step, user in (
        (collaboration.accept, sender),
        (collaboration.decline, third),
        (collaboration.withdraw, receiver),
    ):
        with refused("not-found"):
            step(invitation=sent, by=user)
    with pytest.raises(Invitation.DoesNotExist):
        collaboration.get(third, sent.pk)


def test_an_invitation_expires_after_thirty_days() -> None:
    sender, receiver = make_member(), make_member()
    sent = invite(sender, receiver)
    aged(sent, days=30, minutes=1)

    with refused("conflict"):
        collaboration.accept(invitation=sent, by=receiver)
    assert (collaboration.waiting_count(receiver), collaboration.box(receiver, status="expired").count()) == (0, 1)
    upkeep.nightly()
    upkeep.nightly()

    sent.refresh_from_db()
    assert (sent.status, news(sender)) == ("expired", ["invitation-expired"])
    assert invite(sender, receiver).status == "pending"


def test_an_invitation_that_expired_today_stands_in_no_ones_way() -> None:
    sender, receiver = make_member(), make_member()
    sent = invite(sender, receiver)
    aged(sent, days=30, minutes=1)

    again = invite(receiver, sender)

    sent.refresh_from_db()
    assert (sent.status, again.status) == ("expired", "pending")


def test_what_a_former_owner_sent_or_was_sent_is_not_accepted() -> None:
    sender, receiver, other = make_member(), make_member(), make_member()
    to_former, from_former = invite(sender, other), invite(other, receiver)
    claims.release(claim=Claim.objects.get(user=other, status="approved"), by=other)

    with refused("permission-denied"):
        collaboration.accept(invitation=to_former, by=other)
    with refused("conflict"):
        collaboration.accept(invitation=from_former, by=receiver)
    assert [party.is_owner for party in collaboration.sides(collaboration.get(receiver, from_former.pk))] == [
        False,
        True,
    ]


def test_an_invitation_goes_with_the_record_that_is_merged() -> None:
    sender, receiver = make_member("Sen Der"), make_member("Rec Eiver")
    sent, before, after = invite(sender, receiver), record_of(sender), make_author("Sen Der")
    prove(Claim.objects.get(user=sender), "B")
    Author.objects.filter(pk=before.pk).update(merged_into=after)

    claims.carry_over([before.pk])
    collaboration.carry_over([before.pk])

    row: Any = collaboration.get(receiver, sent.pk)  # with what `with_facts` adds
    assert (row.sender_author, row.sender_owns) == (after, True)
    assert collaboration.accept(invitation=sent, by=receiver).participants.filter(author=after).exists()


# Lists


@pytest.mark.parametrize("many", [1, 3])
def test_a_box_costs_the_same_however_full(many: int, django_assert_num_queries: object) -> None:
    receiver = make_member()
    for _turn in range(many):
        invite(make_member(), receiver, works=[make_work()], topics=[make_topic()])

    with django_assert_num_queries(3):  # type: ignore[operator]
        rows = list(collaboration.box(receiver))
        assert [collaboration.sides(row)[1].name for row in rows] == [receiver.name] * many
        assert all(len(row.works.all()) == len(row.topics.all()) == 1 for row in rows)


def test_a_hidden_records_name_is_shown_to_nobody() -> None:
    sender, receiver = make_member("Sec Ret"), make_member()
    sent = invite(sender, receiver)
    Author.objects.filter(pk=record_of(sender).pk).update(hidden=True)

    shown = collaboration.sides(collaboration.get(receiver, sent.pk))[0]

    assert (shown.name, shown.author, shown.url) == ("Member", None, "")
    assert not notices.latest(receiver).filter(kind="invitation-received").exists()
