"""manage.py moderate: what waits, decisions as a named moderator, and who moderates."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from profiles.collaborating import reports
from profiles.models import Claim, Decision
from profiles.moderating import moderation
from tests.profiles.collaborators import invite, make_member
from tests.profiles.moderation_steps import told, waiting
from tests.profiles.people import make_moderator, make_record, make_user, own

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("moderate", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_what_waits_is_listed_without_addresses() -> None:
    claim = waiting(make_record("Joan Example"), make_user("Ada Else", "ada.canary@gmail.com"))

    listed = run("waiting")

    assert listed.splitlines() == [
        f"{claim.pk}  {claim.submitted_at:%Y-%m-%d}  A{claim.author_id} Joan Example  by Ada Else: "
        "name differs, public address a…@gmail.com, no proof, account 0 days old",
        "Waiting: 1 of claims, 0 of disputes, 0 of authorities' proofs, 0 of reports. All but claims are decided on "
        "the pages of moderation.",
    ]


def test_reports_that_wait_are_listed_without_what_was_written() -> None:
    sender, receiver = make_member("Ada Sender"), make_member("Ben Receiver")
    sent = invite(sender, receiver, message="Canary words")
    made = reports.report(by=receiver, reason="spam", text="Canary complaint", invitation=sent)

    listed = run("waiting").splitlines()

    assert listed[0] == (
        f"report {made.pk}  {made.made_at:%Y-%m-%d}  Invitation by Ada Sender "
        f"(A{made.about_author_id} Ada Sender): Advertising or mass mail"
    )
    assert "1 of reports." in listed[1]
    reports.decide(report=made, by=make_moderator(), verdict="dismiss", text="It is none.")
    assert [line for line in run("waiting").splitlines() if line.startswith("report")] == []


@pytest.mark.parametrize(
    ("verdict", "reason", "status", "notice"),
    [("approve", "shown", "approved", "claim-approved"), ("reject", "name", "rejected", "claim-rejected")],
)
def test_a_claim_is_decided_as_a_named_moderator(verdict: str, reason: str, status: str, notice: str) -> None:
    claim, judge = waiting(), make_moderator()

    run(verdict, str(claim.pk), "--by", judge.email.upper(), "--reason", reason, "--text", "As asked.")

    claim.refresh_from_db()
    decision = Decision.objects.get()
    assert (claim.status, told(claim.user)[-1]) == (status, notice)
    assert (decision.moderator, decision.verdict, decision.template, decision.text) == (
        judge,
        verdict,
        reason,
        "As asked.",
    )


def test_an_approved_claim_is_ended() -> None:
    claim = own(make_record())

    run("revoke", str(claim.pk), "--by", make_moderator().email, "--reason", "other", "--text", "A mistake.")

    claim.refresh_from_db()
    assert (claim.status, claim.reason) == ("revoked", "A mistake.")


def test_what_cannot_be_decided_says_why_and_the_others_are() -> None:
    judge = make_moderator()
    mine, good = waiting(make_record("Mo Derator"), judge), waiting(make_record("Else"))

    with pytest.raises(CommandError, match="1 of 2 claims were not decided"):
        run("approve", str(mine.pk), str(good.pk), "--by", judge.email, "--reason", "shown")

    assert sorted(Claim.objects.values_list("pk", "status")) == [(mine.pk, "pending"), (good.pk, "approved")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("approve", "999999", "--by", "{judge}", "--reason", "shown"), "No such claim was handed in: 999999"),
        (("approve", "{claim}", "--by", "nobody@mail.example", "--reason", "shown"), "No account here has"),
        (("approve", "{claim}", "--by", "{user}", "--reason", "shown"), "were not decided"),
        (("reject", "{claim}", "--by", "{judge}", "--reason", "other"), "were not decided"),
        (("reject", "{claim}", "--by", "{judge}", "--reason", "whim"), "invalid choice"),
        (("add", "nobody@mail.example"), "No account here has"),
    ],
)
def test_mistakes_say_what_is_wrong(arguments: tuple[str, ...], said: str) -> None:
    claim, known = waiting(), {"judge": make_moderator().email, "user": make_user().email}

    with pytest.raises(CommandError, match=said):
        run(*(one.format(claim=claim.pk, **known) for one in arguments))

    claim.refresh_from_db()
    assert claim.status == "pending"


def test_moderators_are_added_listed_and_removed() -> None:
    user = make_user("Mo Derator", "mo@mail.example")

    assert run("add", "MO@mail.example") == "mo@mail.example is a moderator.\n"
    assert run("moderators") == "Mo Derator <mo@mail.example>\n"
    assert moderation.is_moderator(user)
    assert run("remove", "mo@mail.example") == "mo@mail.example is no moderator any more.\n"

    assert not moderation.is_moderator(user)
    assert run("moderators") == ""


def test_an_account_without_a_confirmed_address_does_not_moderate() -> None:
    user = make_user("Mo Derator", "mo@mail.example")
    EmailAddress.objects.update(verified=False)

    with pytest.raises(CommandError, match="not confirmed"):
        run("add", "mo@mail.example")

    assert not moderation.is_moderator(user)
