"""People who can invite each other, invitations and conversations as tests of their pages need them."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from profiles.collaborating import collaboration, conversations
from profiles.models import Conversation, Invitation, Participant, User
from publications.models import Author
from tests.profiles.people import make_record, make_user, own, prove

_proofs = count(1)


def verified(name: str = "Joan Example", record: Author | None = None) -> tuple[User, Author]:
    """An account that owns a record at level 2, and the record."""
    author = record or make_record(name)
    user = make_user(f"Account of {name}")
    claim = own(author, user, "C")
    assert claim.user == user
    return user, author


@pytest.fixture
def joan() -> tuple[User, Author]:
    return verified("Joan Example")


@pytest.fixture
def olive() -> tuple[User, Author]:
    return verified("Olive Other")


def invited(by: User, author: Author, message: str = "Shall we *write* about $x^2$?", **fields: Any) -> Invitation:
    given = {"purpose": "co-authoring", "message": message} | fields
    return collaboration.invite(author=author, by=by, **given)


def talking(one: User, other: User, author: Author) -> Conversation:
    """The conversation of two, begun by an invitation to the other's record."""
    return collaboration.accept(invitation=invited(one, author), by=other)


def side_of(user: User, conversation: Conversation) -> Participant:
    return conversations.get(user, conversation.pk)


def says(user: User, conversation: Conversation, text: str) -> int:
    return conversations.send(side=side_of(user, conversation), text=text).pk


__all__ = ["invited", "joan", "olive", "prove", "says", "side_of", "talking", "verified"]
