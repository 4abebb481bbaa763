"""Moderators' pages of reports: the queue, what they may read, decisions with their reasons."""

from __future__ import annotations

import pytest
from django.test import Client

from profiles.collaborating import reports
from profiles.models import Conversation, Message, Report
from tests.profiles.claim_steps import read, text
from tests.profiles.collaboration_steps import invited, says, side_of, talking, verified
from tests.profiles.moderation_steps import logged_in, told
from tests.profiles.people import make_moderator, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def judge() -> Client:
    return logged_in(make_moderator())


@pytest.fixture
def talk() -> Conversation:
    """Olive invited Joan; twenty messages, the tenth of them advertises."""
    joan, author = verified("Joan Example")
    olive, _record = verified("Olive Other")
    begun = talking(olive, joan, author)
    for number in range(20):
        says(olive, begun, "Buy my *journal*" if number == 10 else f"Line {number:02}")
    return begun


def reported(talk: Conversation, words: str = "I did not ask.") -> Report:
    receiver = talk.invitation.receiver
    assert receiver is not None
    message = Message.objects.get(conversation=talk, text__contains="journal")
    return reports.report(by=receiver, reason="spam", text=words, message=message)


def test_a_moderator_reads_the_reported_message_and_its_neighbours_only(judge: Client, talk: Conversation) -> None:
    row = reported(talk)

    queue, page = read(judge, "/moderation/reports/"), read(judge, f"/moderation/reports/{row.pk}/")

    assert "Reports 1" in queue
    assert "Advertising or mass mail Message about Olive Other" in queue
    assert "I did not ask." in page
    assert "Buy my journal" in page
    assert [f"Line {n:02}" in page for n in (4, 5, 9, 11, 15, 16)] == [False, True, True, True, True, False]
    assert "mail.example" not in page


@pytest.mark.parametrize("path", ["/moderation/reports/", "/moderation/reports/1/"])
def test_nobody_else_finds_reports(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert logged_in(make_user("Else")).get(path).status_code == 404


def test_a_moderator_who_has_a_part_in_it_does_not_find_the_report(talk: Conversation) -> None:
    row = reported(talk)
    judge = make_moderator()
    Report.objects.update(about=judge)

    assert logged_in(judge).get(f"/moderation/reports/{row.pk}/").status_code == 404


def test_removing_empties_the_message_and_tells_both(judge: Client, talk: Conversation) -> None:
    row = reported(talk)

    page = read(judge, f"/moderation/reports/{row.pk}/", verdict="remove", text="Advertising.", days="")

    assert "Decided. Who reported it was told." in page
    assert "Remove the text. Advertising." in page
    assert row.message is not None
    row.message.refresh_from_db()
    assert row.message.text == ""
    assert "report-decided" in told(row.reporter)
    assert "text-removed" in told(row.about)
    assert "No report waits." in read(judge, "/moderation/reports/")
    assert "Remove the text" in read(judge, "/moderation/reports/?state=decided")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": "Why"}, "This field is required."),
        ({"verdict": "dismiss"}, "This field is required."),
        ({"verdict": "suspend", "text": "Why", "days": "4000"}, "less than or equal to 365"),
        ({"verdict": "promote", "text": "Why"}, "Select a valid choice."),
    ],
)
def test_what_does_not_decide_says_why(form: dict[str, str], said: str, judge: Client, talk: Conversation) -> None:
    row = reported(talk)

    page = text(judge.post(f"/moderation/reports/{row.pk}/", form).content.decode())

    row.refresh_from_db()
    assert said in page
    assert row.verdict == ""


def test_a_suspension_is_said_where_invitations_are_sent(judge: Client) -> None:
    joan, author = verified("Joan Example")
    olive, _record = verified("Olive Other")
    row = reports.report(by=joan, reason="harassment", invitation=invited(olive, author))

    read(judge, f"/moderation/reports/{row.pk}/", verdict="suspend", text="Twice now.", days="7")

    assert "A moderator decided that you send no invitations until" in read(logged_in(olive), "/collaboration/")


def test_whole_conversations_cannot_be_removed(judge: Client, talk: Conversation) -> None:
    receiver = talk.invitation.receiver
    assert receiver is not None
    row = reports.report(by=receiver, reason="other", conversation=side_of(receiver, talk).conversation)

    page = judge.post(f"/moderation/reports/{row.pk}/", {"verdict": "remove", "text": "Why"}).content.decode()

    assert 'value="remove"' not in page
    assert "Select a valid choice." in text(page)
    assert "Line 19" in text(page)
    assert "Line 09" not in text(page)


def test_earlier_reports_about_the_same_account_are_listed(judge: Client, talk: Conversation) -> None:
    first = reported(talk)
    read(judge, f"/moderation/reports/{first.pk}/", verdict="dismiss", text="One letter only.")
    second = reported(talk)

    page = read(judge, f"/moderation/reports/{second.pk}/")

    assert "Earlier reports about this account Advertising or mass mail Nothing to be done" in page
