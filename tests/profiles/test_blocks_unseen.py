"""Whoever is blocked cannot tell it from having been declined: the same words, statuses, steps and quota everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.collaborating import blocks, collaboration, quotas
from profiles.models import Invitation, Notification, User
from tests.profiles.collaborators import aged, invite, make_member, prefer, record_of
from tests.profiles.moderation_steps import logged_in
from tests.profiles.people import make_record
from tests.profiles.test_api_claims import api, post

pytestmark = pytest.mark.django_db

End = Callable[[Invitation, User], Any]


def decline(sent: Invitation, by: User) -> None:
    collaboration.decline(invitation=sent, by=by)


def block(sent: Invitation, by: User) -> None:
    blocks.block_sender(invitation=sent, by=by)


def decline_and_block(sent: Invitation, by: User) -> None:
    decline(sent, by)
    block(sent, by)


def told(end: End) -> tuple[User, User, Invitation]:
    """Two people of the same names, after the one ended the other's invitation like this."""
    sender = make_member(author=make_record("Ada Sender"))
    receiver = make_member(author=make_record("Ben Receiver"))
    sent = invite(sender, receiver)
    end(sent, receiver)
    return sender, receiver, sent


def without_numbers(said: str) -> str:
    """Rows of two stories differ in their numbers and instants, and forms in their tokens."""
    said = re.sub(r'name="(csrfmiddlewaretoken|key)" value="[^"]*"', "", said)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|urn:uuid:[\w-]+|\d+", "#", said)


def seen_by(sender: User, receiver: User, sent: Invitation) -> dict[str, Any]:
    """Everything that the sender can learn: pages, the API, notices, the quota, and the steps that an answer takes."""
    page, program = logged_in(sender), api(sender)
    record = record_of(receiver)
    form = {"purpose": "data", "message": "Once more?", "act": "send"}
    again = {"author": record.short_id, "purpose": "data", "message": "Once more?"}
    answers: dict[str, Callable[[], Any]] = {
        "author": lambda: page.get(record.get_absolute_url()),
        "invitation": lambda: page.get(f"/collaboration/invitations/{sent.pk}/"),
        "list": lambda: page.get("/collaboration/?box=sent&state=answered"),
        "form": lambda: page.get(f"/collaboration/invite/A{record.pk}/"),
        "sending": lambda: page.post(f"/collaboration/invite/A{record.pk}/", form),
        "api invitation": lambda: program.get(f"/api/v1/invitations/{sent.pk}"),
        "api list": lambda: program.get("/api/v1/invitations?box=sent"),
        "api sending": lambda: post(program, "/invitations", again),
    }
    seen: dict[str, Any] = {}
    for name, ask in answers.items():
        with CaptureQueriesContext(connection) as steps:
            answer = ask()
        seen[name] = (answer.status_code, without_numbers(answer.content.decode()), len(steps))
    with pytest.raises(ValidationError) as refusal:
        invite(sender, receiver)
    seen["refusal"] = (refusal.value.code, refusal.value.message, sorted(refusal.value.params or ()))
    seen["notices"] = [
        (row.kind, without_numbers(str(row.params))) for row in Notification.objects.filter(user=sender).order_by("pk")
    ]
    left = quotas.allowance(sender)
    seen["quota"] = (left.sent_today, left.waiting, left.left_today)
    sent.refresh_from_db()
    seen["row"] = (sent.status, sent.decline_reason, sent.decline_text, sent.answered_at is not None)
    return seen


@pytest.mark.parametrize("end", [block, decline_and_block])
def test_a_second_invitation_after_a_block_is_answered_like_one_after_a_decline(end: End) -> None:
    declined, blocked = seen_by(*told(decline)), seen_by(*told(end))

    assert blocked == declined
    assert declined["sending"][0] == declined["api sending"][0] == 409
    assert "declined an invitation of yours. You can ask again from" in declined["refusal"][1]


def test_once_a_decline_is_over_a_block_reads_like_a_receiver_who_takes_no_invitations() -> None:
    sender, receiver, sent = told(block)
    unwilling = told(decline)
    prefer(unwilling[1], "nobody")
    for row in (sent, unwilling[2]):
        aged(row, days=91)

    assert seen_by(sender, receiver, sent) == seen_by(*unwilling)
