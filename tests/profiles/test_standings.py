"""What verified people near a record add to its trust, and that nobody else adds anything."""

from __future__ import annotations

import pytest

from profiles.assessing import assessments
from profiles.following import follows
from profiles.models import Follow
from publications.models import Author, AuthorInstitution
from tests.corpus import make_author
from tests.profiles.people import assess, level, make_institution, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db


def inputs(author: Author) -> tuple[int, int]:
    """Organisations among close collaborators, and among followers."""
    assess(author)
    current = assessments.current(author)
    assert current is not None
    return current.inputs["collaborator_organisations"], current.inputs["follower_organisations"]


def verified(author: Author, place: str) -> Author:
    prove(own(author, make_user(author.display_name), "A"), "B", issuer=place)
    assess(author)
    return author


def follow(author: Author, place: str) -> None:
    follower = verified(make_record(f"Follower of {place}"), place)
    follows.follow(author, by=follower.claims.get().user)  # type: ignore[arg-type]  # an owned claim has one


def test_organisations_of_verified_collaborators_count_once_each() -> None:
    friends = [make_author(f"Friend {number}") for number in range(3)]
    author = make_record("Joan Example", 3, tuple(friends))
    assert inputs(author) == (0, 0)

    for friend, place in zip(friends, ("ror:one", "ror:one", "ror:two"), strict=True):
        verified(friend, place)

    assert inputs(author) == (2, 0)


def test_followers_count_by_organisation_and_only_when_verified() -> None:
    author = make_record()
    follows.follow(author, by=make_user())
    assert inputs(author) == (0, 0)

    for place in ("ror:one", "ror:two", "ror:two"):
        follow(author, place)
    assert inputs(author) == (0, 2)

    Follow.objects.all().delete()
    assert inputs(author) == (0, 0)


def test_followers_of_ones_own_organisation_do_not_count() -> None:
    author = make_record()
    place = make_institution(ror="05gq02987")
    AuthorInstitution.objects.create(author=author, institution=place, works_count=1)

    follow(author, "ror:05gq02987")
    follow(author, "ror:other")

    assert inputs(author) == (0, 1)


def test_a_verified_person_without_an_organisation_adds_none() -> None:
    author = make_record()
    follower = make_record("Nomad Example")
    claim = own(follower, make_user(), "A")
    follows.follow(author, by=claim.user)  # type: ignore[arg-type]  # an owned claim has a user

    assert inputs(author) == (0, 0)

    place = make_institution()
    AuthorInstitution.objects.create(author=follower, institution=place, works_count=1)
    assert inputs(author) == (0, 1)


def test_a_level_that_changes_makes_those_due_who_count_it() -> None:
    friend = make_author("Fay Friend")
    author = make_record("Joan Example", 3, (friend,))
    assert inputs(author) == (0, 0)

    verified(friend, "ror:one")  # assesses whatever is due, not the author by name

    current = assessments.current(author)
    assert current is not None
    assert (current.inputs["collaborator_organisations"], current.cause) == (1, "collaborator")
    assert level(friend) == 3
