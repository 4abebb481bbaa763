"""Verified people for tests of direct collaboration: what passes between them, what is refused, what they are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from profiles.collaborating import collaboration, conversations
from profiles.models import Claim, Conversation, Invitation, Notification, Participant, ResearcherProfile, User
from profiles.models.collaboration import VALID
from publications.models import Author
from tests.profiles.people import make_record, make_user, own

TEXT = "Shall we write about $x^2$ together?"
_numbers = count(1)


def make_member(name: str = "", *kinds: str, author: Author | None = None) -> User:
    """An account that owns a record at L2, or by more kinds of proof at a higher level."""
    author = author or make_record(name or f"Member {next(_numbers)}")
    user = make_user(author.display_name)
    own(author, user, *kinds)
    return user


@pytest.fixture
def two() -> tuple[User, User]:
    """Who sends and who receives."""
    return make_member("Ada Sender"), make_member("Ben Receiver")


def record_of(user: User) -> Author:
    return Claim.objects.select_related("author").get(user=user, status="approved").author


def prefer(user: User, contact: str) -> None:
    ResearcherProfile.objects.update_or_create(user=user, defaults={"contact": contact})


def invite(sender: User, receiver: User, **fields: Any) -> Invitation:
    said = {"purpose": "co-authoring", "message": TEXT} | fields
    return collaboration.invite(author=record_of(receiver), by=sender, **said)


def make_conversation(sender: User | None = None, receiver: User | None = None) -> Conversation:
    sender, receiver = sender or make_member(), receiver or make_member()
    return collaboration.accept(invitation=invite(sender, receiver), by=receiver)


def side_of(conversation: Conversation, user: User) -> Participant:
    return conversations.get(user, conversation.pk)


def news(user: User) -> list[str]:
    """The kinds of notices about collaboration that an account has, in order."""
    kinds = Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True)
    return [kind for kind in kinds if kind.startswith(("invitation-", "message", "report-", "text-", "inviting-"))]


def aged(invitation: Invitation, **ago: int) -> None:
    """As if it had been sent, and answered, that long ago."""
    past = timezone.now() - timedelta(**ago)
    Invitation.objects.filter(pk=invitation.pk).update(created_at=past, expires_at=past + VALID)
    Invitation.objects.filter(pk=invitation.pk, answered_at__isnull=False).update(answered_at=past)


@contextmanager
def refused(code: str) -> Iterator[Any]:
    """The step inside is refused with this code, or with mistakes in these fields."""
    with pytest.raises(ValidationError) as found:
        yield found
    refusal: Any = found.value
    assert code == (refusal.code if hasattr(refusal, "code") else ",".join(sorted(refusal.error_dict)))
