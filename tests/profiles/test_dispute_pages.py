"""Objections, disputes, appeals and vouches as pages: for their sides, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.claiming import claims, contests
from profiles.models import Claim, Dispute, User, Vouch
from publications.models import Author
from tests.corpus import make_author
from tests.profiles.claim_steps import address, read
from tests.profiles.people import assess, make_moderator, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> Author:
    return make_record()


@pytest.fixture
def owner(author: Author) -> User:
    user = make_user("Joan Example")
    own(author, user, "A")
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rivals(author: Author) -> tuple[Dispute, User]:
    """The second account proves something too."""
    rival = make_user("Joan Example")
    claim = claims.open_claim(author=author, by=rival)
    prove(claim, "C")
    claims.settle(claim)
    return Dispute.objects.get(), rival


# Objections


def test_an_objection_is_made_once_and_heard(client: Client, author: Author, owner: User) -> None:
    objector = logged_in(make_user("Olive Other"))

    for _click in range(2):
        said = read(objector, address(author, "object/"), text="She writes from elsewhere.")

    assert Dispute.objects.count() == 1
    assert "You said that the claim to this record is somebody else’s." in said
    answered = read(logged_in(owner), f"/disputes/{Dispute.objects.get().pk}/", text="I moved.")
    assert "Somebody says that the person of this record is not you." in answered
    assert "She writes from elsewhere." in answered
    assert "Olive" not in answered


def test_an_objection_needs_a_reason(author: Author, owner: User) -> None:
    page = logged_in(make_user()).post(address(author, "object/"), {"text": " "}).content.decode()

    assert "errorlist" in page
    assert not Dispute.objects.exists()


def test_without_a_claim_of_somebody_else_there_is_nothing_to_object_to(author: Author) -> None:
    assert "Is this you?" in read(logged_in(make_user()), address(author, "object/"))
    joan = make_user("Joan Example")
    own(author, joan)

    assert "Your record" in read(logged_in(joan), address(author, "object/"))


# Disputes


def test_both_sides_read_and_speak_and_words_sent_twice_are_said_once(author: Author, owner: User) -> None:
    dispute, rival = rivals(author)
    path = f"/disputes/{dispute.pk}/"

    for _click in range(2):
        first = read(logged_in(owner), path, text="I am Joan.")
    second = read(logged_in(rival), path, text="No, I am.")

    assert "Yours is the first claim." in first
    assert "Both sides are heard until" in first
    assert "Yours is the other claim." in second
    assert "The other side" in second
    assert "I am Joan." in second
    assert dispute.statements.count() == 2
    assert f'href="{path}"' in logged_in(owner).get(address(author)).content.decode()


def test_a_dispute_is_there_for_its_sides_only(author: Author, owner: User) -> None:
    dispute, _rival = rivals(author)
    stranger = logged_in(make_user())

    for path in (f"/disputes/{dispute.pk}/", "/disputes/999999/"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, {"text": "Me too."}).status_code == 404
    assert stranger.post(f"/disputes/{dispute.pk}/appeal/", {"text": "Me too."}).status_code == 404
    assert Client().get(f"/disputes/{dispute.pk}/")["Location"].startswith("/accounts/login/")


def decided(author: Author) -> tuple[Dispute, User]:
    dispute, rival = rivals(author)
    Dispute.objects.update(deadline=timezone.now())
    return contests.decide(dispute=dispute, by=make_moderator(), outcome="keep", reason="The staff page."), rival


def test_who_lost_reads_the_reason_and_appeals_once(author: Author, owner: User) -> None:
    dispute, rival = decided(author)
    path = f"/disputes/{dispute.pk}/"

    assert "The first claim stands. " in read(logged_in(rival), path)
    assert "Appeal" not in read(logged_in(owner), path)
    for _click in range(2):
        appealed = read(logged_in(rival), f"{path}appeal/", text="You overlooked my thesis.")

    dispute.refresh_from_db()
    assert (dispute.status, dispute.statements.count()) == ("appealed", 1)
    assert "another moderator decides anew" in appealed
    assert "The reason given: The staff page." in appealed


def test_an_appeal_that_comes_too_late_is_refused_with_the_reason(author: Author, owner: User) -> None:
    dispute, rival = decided(author)
    Dispute.objects.update(decided_at=timezone.now() - timedelta(days=15))

    page = read(logged_in(rival), f"/disputes/{dispute.pk}/appeal/", text="Wait.")

    assert "You overlooked" not in page
    assert Dispute.objects.get().status == "decided"
    assert "Once, until" not in read(logged_in(rival), f"/disputes/{dispute.pk}/")


# Vouches


def witness(author: Author, friend: Author) -> User:
    """The owner of a record at L3."""
    user = make_user(friend.display_name)
    prove(own(friend, user, "A"), "B", issuer="ror:one")
    assess(friend)
    return user


def test_a_vouch_is_given_and_taken_back(owner: User) -> None:
    friend = make_author("Friend")
    author = make_record("Joan Shared", 3, (friend,))
    claim = own(author, None, "A")
    client = logged_in(witness(friend, friend))

    for _click in range(2):
        said = read(client, address(author, "vouch/"), yes="1")
    assert "You vouch for this person." in said
    assert Vouch.objects.filter(claim=claim, ended_at=None).count() == 1
    assert "Joan Shared" in read(client, "/vouches/")
    assert claim.user is not None
    shared = logged_in(claim.user).get(address(author)).content.decode()
    assert "1 of 3 vouches hold, of 1 organisation." in shared
    assert f'value="http://testserver{address(author, "vouch/")}"' in shared

    for _click in range(2):
        back = read(client, address(author, "vouch/back/"), yes="1")
    assert "Nobody so far." in back
    assert "taken back" in back


def test_who_cannot_vouch_reads_why(author: Author, owner: User) -> None:
    client = logged_in(make_user())

    assert "To vouch you own a record of your own" in read(client, address(author, "vouch/"))
    assert "To vouch you own a record of your own" in read(client, address(author, "vouch/"), yes="1")
    assert "Nobody owns this record" in read(client, address(make_record("Nobody's"), "vouch/"))
    assert "Your record" in read(logged_in(owner), address(author, "vouch/"))
    assert not Vouch.objects.exists()


def test_claims_of_others_stay_as_they_are(author: Author, owner: User) -> None:
    client = logged_in(make_user())

    for rest in ("release/", "withdraw/", "vouch/back/", "merge/back/"):
        client.post(address(author, rest))

    assert [claim.status for claim in Claim.objects.all()] == ["approved"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_vouches_costs_five_queries_however_long(count: int) -> None:
    user = make_user()
    for number in range(count):
        Vouch.objects.create(voucher=user, claim=own(make_record(f"Friend {number}")), organisation="ror:one")
    client = logged_in(user)
    read(client, "/vouches/")

    with CaptureQueriesContext(connection) as queries:
        page = read(client, "/vouches/")

    assert (len(queries), page.count("since")) == (5, count)
