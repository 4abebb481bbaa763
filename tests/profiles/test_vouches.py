"""Vouching: three people at level 3, of two organisations, who wrote with the claimant; and what ends it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from graph import edges
from profiles.claiming import claims, evidence, vouches
from profiles.models import Claim, User, Vouch
from publications.models import Author
from tests.corpus import make_author, make_work
from tests.profiles.people import assess, level, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db


def setting(places: tuple[str, ...] = ("ror:one", "ror:one", "ror:two")) -> tuple[Claim, list[User]]:
    """A claimant at L2 and people at L3 who share three works of two authors with the claimant."""
    friends = [make_author(f"Friend {number}") for number in range(len(places))]
    author = make_record("Joan Example", 3, tuple(friends))
    claim = own(author, None, "C")
    return claim, [witness(friend, place) for friend, place in zip(friends, places, strict=True)]


def witness(friend: Author, place: str) -> User:
    user = make_user(friend.display_name)
    own_claim = own(friend, user, "A")
    prove(own_claim, "B", issuer=place)
    assess(friend)
    return user


def test_three_vouches_of_two_organisations_are_a_proof() -> None:
    claim, people = setting()

    for person in people[:2]:
        vouches.vouch(claim=claim, by=person)
        assert level(claim.author) == 2
    vouches.vouch(claim=claim, by=people[2])

    assert level(claim.author) == 3
    assert [proof.entry.kind for proof in evidence.holding(claim)] == ["C", "V"]


def test_three_vouches_of_one_organisation_are_none() -> None:
    claim, people = setting(("ror:one", "ror:one", "ror:one"))

    for person in people:
        vouches.vouch(claim=claim, by=person)

    assert level(claim.author) == 2


def test_a_vouch_that_is_taken_back_ends_the_proof() -> None:
    claim, people = setting()
    rows = [vouches.vouch(claim=claim, by=person) for person in people]

    with pytest.raises(ValidationError, match="no such vouch"):
        vouches.take_back(vouch=rows[0], by=people[1])
    vouches.take_back(vouch=rows[0], by=people[0])

    assert level(claim.author) == 2


def test_a_vouch_ends_with_the_level_of_who_gave_it() -> None:
    claim, people = setting()
    for person in people:
        vouches.vouch(claim=claim, by=person)
    assert level(claim.author) == 3

    theirs = Claim.objects.select_related("author").get(user=people[2])
    claims.release(claim=theirs, by=people[2])
    assess(theirs.author)

    assert level(claim.author) == 2
    assert Vouch.objects.get(voucher=people[2]).end_reason == "level-fell"


def test_who_reached_level_3_through_vouches_does_not_vouch() -> None:
    claim, people = setting()
    for person in people:
        vouches.vouch(claim=claim, by=person)
    assert claim.user is not None and level(claim.author) == 3  # noqa: PT018 - one state
    other = make_author("Fay Friend")
    for number in range(2):
        make_work(f"Both {number}", authors=[claim.author, other])
    edges.refresh([claim.author_id, other.pk])
    theirs = own(other, None, "C")

    with pytest.raises(ValidationError, match="without vouches of others"):
        vouches.vouch(claim=theirs, by=claim.user)


def test_only_collaborators_vouch_and_for_three_at_most() -> None:
    claim, people = setting()
    stranger = witness(make_record("Stella Stranger"), "ror:three")

    with pytest.raises(ValidationError, match="two works of at most ten"):
        vouches.vouch(claim=claim, by=stranger)
    with pytest.raises(ValidationError, match="a record of your own"):
        vouches.vouch(claim=claim, by=make_user())
    vouches.vouch(claim=claim, by=people[0])
    with pytest.raises(ValidationError, match="before"):
        vouches.vouch(claim=claim, by=people[0])


def test_nobody_vouches_for_themselves() -> None:
    claim, _people = setting()

    assert claim.user is not None
    with pytest.raises(ValidationError, match="a record of your own"):
        vouches.vouch(claim=claim, by=claim.user)
