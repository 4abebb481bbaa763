"""Reports: who can make them, what moderators see of what two people wrote, and what a decision does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils import timezone

from profiles import limits
from profiles.account import account_data
from profiles.collaborating import collaboration, conversations, reports
from profiles.models import Invitation, Message, Notification, Report, User
from profiles.notifying import notices, subscriptions
from tests.profiles.collaborators import (
    invite,
    make_conversation,
    make_member,
    news,
    record_of,
    refused,
    side_of,
    two,
)
from tests.profiles.people import make_moderator, make_user

__all__ = ["two"]  # a fixture

pytestmark = pytest.mark.django_db


def says(talk: Any, user: User, *texts: str) -> list[Message]:
    return [conversations.send(side=side_of(talk, user), text=text) for text in texts]


def test_a_message_is_reported_and_removed(two: tuple[User, User]) -> None:
    sender, receiver = two
    judge, talk = make_moderator(), make_conversation(sender, receiver)
    [message] = says(talk, sender, "Something vile")

    made = reports.report(by=receiver, reason="harassment", text="See\u202e this", message=message)
    again = reports.report(by=receiver, reason="spam", message=message)

    assert (made, made.text, made.about, made.about_author) == (again, "See this", sender, record_of(sender))
    assert list(reports.waiting(judge)) == [made]
    reports.decide(report=made, by=judge, verdict="remove", text="Against the rules.")

    message.refresh_from_db()
    assert (message.text, message.html, message.removed_at is not None) == ("", "", True)
    assert list(reports.waiting(judge)) == []
    assert [row.verdict for row in reports.decided(judge)] == ["remove"]
    assert (news(receiver)[-1], news(sender)[-1]) == ("report-decided", "text-removed")
    notice = Notification.objects.get(kind="report-decided")
    assert notices.text(notice) == "Remove the text. The reason given: Against the rules."
    with refused("conflict"):
        reports.decide(report=made, by=judge, verdict="dismiss", text="No.")


def test_what_moderators_decide_is_always_shown_in_the_app(two: tuple[User, User]) -> None:
    sender, receiver = two
    for group in ("invitations", "messages"):
        subscriptions.wish_for(group, by=sender, in_app=False, by_mail=False)
    with pytest.raises(ValidationError, match="always shown in the app"):
        subscriptions.wish_for("moderation", by=sender, in_app=False, by_mail=False)
    subscriptions.wish_for("moderation", by=sender, in_app=True, by_mail=False)
    talk, judge = make_conversation(sender, receiver), make_moderator()

    for verdict, message in zip(("remove", "suspend"), says(talk, sender, "Vile", "Viler"), strict=True):
        made = reports.report(by=receiver, reason="harassment", message=message)
        reports.decide(report=made, by=judge, verdict=verdict, text="Against the rules.")

    shown = notices.latest(sender, group="moderation")
    assert [(row.kind, row.mail_due_at) for row in shown] == [("inviting-suspended", None), ("text-removed", None)]


def test_moderators_see_five_messages_before_and_after_and_no_more(two: tuple[User, User]) -> None:
    sender, receiver = two
    judge, talk = make_moderator(), make_conversation(sender, receiver)
    written = says(talk, sender, *(f"Message {number}" for number in range(15)))

    of_one = reports.context(reports.report(by=receiver, reason="spam", message=written[7]))
    first = reports.context(reports.report(by=receiver, reason="spam", message=written[0]))
    whole = reports.report(by=receiver, reason="other", conversation=talk)
    says(talk, sender, "Written after the report")
    of_all = reports.context(reports.get(judge, whole.pk))

    assert ([row.text for row in of_one.messages], of_one.reported, of_one.invitation) == (
        [f"Message {number}" for number in range(2, 13)],
        written[7].pk,
        None,
    )
    assert [row.text for row in first.messages] == [f"Message {number}" for number in range(6)]
    assert [row.text for row in of_all.messages] == [f"Message {number}" for number in range(10, 15)]
    assert of_all.reporter == side_of(talk, receiver)


def test_a_suspension_keeps_from_inviting_until_it_is_over(two: tuple[User, User]) -> None:
    sender, receiver = two
    sent = invite(sender, receiver, message="Buy my journal")
    made = reports.report(by=receiver, reason="spam", invitation=sent)
    talk = make_conversation(sender, make_member())

    decided = reports.decide(report=made, by=make_moderator(), verdict="suspend", text="Advertising.", days=7)

    assert decided.suspended_until is not None
    assert timedelta(days=6, hours=23) < decided.suspended_until - timezone.now() <= timedelta(days=7)
    with refused("permission-denied") as refusal:
        invite(sender, make_member())
    assert "suspended" in refusal.value.message
    assert says(talk, sender, "Conversations go on")
    Report.objects.update(suspended_until=timezone.now())
    assert invite(sender, make_member()).status == "pending"


def test_a_dismissed_report_is_told_to_who_made_it_only(two: tuple[User, User]) -> None:
    sender, receiver = two
    sent = invite(sender, receiver)
    made = reports.report(by=receiver, reason="other", invitation=sent)

    reports.decide(report=made, by=make_moderator(), verdict="dismiss", text="A plain invitation.")

    assert (news(sender), news(receiver)[-1]) == ([], "report-decided")
    assert collaboration.get(receiver, sent.pk).message
    assert reports.report(by=receiver, reason="spam", invitation=sent) != made


def test_a_removed_invitation_keeps_its_place(two: tuple[User, User]) -> None:
    sender, receiver = two
    sent = invite(sender, receiver)
    made = reports.report(by=receiver, reason="misconduct", invitation=sent)

    reports.decide(report=made, by=make_moderator(), verdict="remove", text="No.")

    row = Invitation.objects.get(pk=sent.pk)
    assert (row.message, row.message_html, row.removed_at is not None, row.status) == ("", "", True, "pending")


def test_who_can_report_and_what(two: tuple[User, User]) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    [message] = says(talk, sender, "Hello")
    third, item = make_member(), talk.invitation

    for by, what, code in (
        (sender, {"message": message}, "conflict"),
        (sender, {"invitation": item}, "conflict"),
        (third, {"message": message}, "not-found"),
        (third, {"invitation": item}, "not-found"),
        (third, {"conversation": talk}, "not-found"),
        (make_moderator(), {"message": message}, "not-found"),
    ):
        with refused(code):
            reports.report(by=by, reason="spam", **what)
    with refused("reason"):
        reports.report(by=receiver, reason="ugly", message=message)
    with refused("text"):
        reports.report(by=receiver, reason="spam", text="x" * 2001, message=message)
    assert not Report.objects.exists()


def test_a_moderator_who_is_a_party_has_no_say(two: tuple[User, User]) -> None:
    sender, receiver = two
    make_moderator()
    for user in two:
        user.groups.add(Group.objects.get(name="moderators"))
    made = reports.report(by=receiver, reason="spam", invitation=invite(sender, receiver))

    for user in (*two, make_user()):
        assert list(reports.waiting(user)) == []
        with pytest.raises(Report.DoesNotExist):
            reports.get(user, made.pk)
        with refused("not-found"):
            reports.decide(report=made, by=user, verdict="dismiss", text="Mine.")
    assert list(reports.waiting(make_moderator())) == [made]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"verdict": "hang"}, "verdict"), ({"text": " "}, "text"), ({"days": 0}, "days"), ({"days": 366}, "days")],
)
def test_what_a_decision_must_say(two: tuple[User, User], wrong: dict[str, Any], field: str) -> None:
    made = reports.report(by=two[1], reason="spam", invitation=invite(*two))

    with refused(field):
        reports.decide(report=made, by=make_moderator(), **({"verdict": "suspend", "text": "So."} | wrong))


def test_a_whole_conversation_is_not_removed(two: tuple[User, User]) -> None:
    talk = make_conversation(*two)
    made = reports.report(by=two[1], reason="spam", conversation=talk)

    with refused("verdict"):
        reports.decide(report=made, by=make_moderator(), verdict="remove", text="All of it.")
    made.refresh_from_db()
    assert made.decided_at is None


def test_reports_are_limited_and_outlast_what_they_were_about(
    two: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, receiver = two
    talk = make_conversation(sender, receiver)
    first, second = says(talk, sender, "One", "Two")
    monkeypatch.setitem(limits.LIMITS, "report", limits.Limit(1, timedelta(days=1)))
    made = reports.report(by=receiver, reason="spam", message=first)
    with refused("throttled"):
        reports.report(by=receiver, reason="spam", message=second)

    account_data.delete(by=sender)
    account_data.delete(by=receiver)
    conversations.forget_left()
    assert Message.objects.count() == 2
    reports.decide(report=made, by=make_moderator(), verdict="dismiss", text="Both are gone.")
    conversations.forget_left()

    made.refresh_from_db()
    assert (Message.objects.count(), made.message, made.kind, made.about) == (0, None, "message", None)
