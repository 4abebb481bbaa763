"""Pages of lists: invitations received and sent, conversations, blocks; what they say when empty."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.account import biographies
from profiles.collaborating import collaboration
from profiles.models import Block, User
from publications.models import Author
from tests.profiles.claim_steps import read, text
from tests.profiles.collaboration_steps import invited, joan, olive, talking, verified
from tests.profiles.moderation_steps import logged_in
from tests.profiles.people import make_user

__all__ = ["joan", "olive"]  # fixtures

pytestmark = pytest.mark.django_db


def test_the_four_lists_hold_what_belongs_there(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    user, author = joan
    invited(olive[0], author, "Received and waiting")
    declined = invited(verified("Ben Third")[0], author, "Received and declined")
    collaboration.decline(invitation=declined, by=user)
    invited(user, verified("Cat Fourth")[1], "Sent and waiting")
    client = logged_in(user)

    def lines(query: str = "") -> list[str]:
        page = client.get(f"/collaboration/{query}").context["page"]
        return [line.other.name for line in page]

    assert lines() == ["Olive Other"]
    assert lines("?state=answered") == ["Ben Third"]
    assert lines("?box=sent") == ["Cat Fourth"]
    assert lines("?box=sent&state=answered") == []
    assert lines("?q=OTHER+olive") == ["Olive Other"]
    assert "Nobody of that name is among these." in read(client, "/collaboration/?q=nobody")
    assert "To answer 1 Answered 1 Sent, waiting 1 Sent, answered 0" in read(client, "/collaboration/")


def test_empty_lists_say_what_to_do(joan: tuple[User, Author]) -> None:
    client = logged_in(joan[0])

    assert "No invitation waits for you." in read(client, "/collaboration/")
    assert "choose “Invite to collaborate”" in read(client, "/collaboration/?box=sent")
    assert "find your record" in read(logged_in(make_user("New Comer")), "/collaboration/")
    assert "No conversation yet." in read(client, "/collaboration/conversations/")
    assert "Nothing is archived." in read(client, "/collaboration/archived/")
    assert "You have blocked nobody." in read(client, "/collaboration/blocked/")


@pytest.mark.parametrize("path", ["/collaboration/", "/collaboration/conversations/", "/collaboration/blocked/"])
def test_lists_ask_as_many_questions_for_many_as_for_one(path: str, joan: tuple[User, Author]) -> None:
    client = logged_in(joan[0])

    def questions(rows: int) -> int:
        for number in range(rows):
            other, author = verified(f"Person {number}")
            invited(other, joan[1])
            talking(joan[0], *verified(f"Friend {number}"))
            Block.objects.create(blocker=joan[0], blocked=make_user(), author=author)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    assert questions(1) == questions(2)


def test_a_block_ends_what_waits_and_is_taken_back(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    sent, client = invited(olive[0], joan[1]), logged_in(joan[0])

    page = read(client, f"/collaboration/invitations/{sent.pk}/block/", sure="yes")

    assert "Blocked. They are not told." in page
    assert "Olive Other since" in page
    assert "It was declined." in read(logged_in(olive[0]), f"/collaboration/invitations/{sent.pk}/")
    block = Block.objects.get()
    assert logged_in(olive[0]).post(f"/collaboration/blocked/{block.pk}/unblock/").status_code == 404
    assert "Unblocked." in read(client, f"/collaboration/blocked/{block.pk}/unblock/", sure="yes")
    assert not Block.objects.exists()


def test_the_preference_is_told_and_linked(joan: tuple[User, Author]) -> None:
    biographies.describe(by=joan[0], name="Joan", biography="", links=[], contact="close", time_zone="UTC")

    page = logged_in(joan[0]).get("/collaboration/").content.decode()

    assert "Who may invite you: My collaborators and theirs ( change )" in text(page)
    assert 'href="/settings/profile/"' in page
