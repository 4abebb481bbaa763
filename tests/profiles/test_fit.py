"""How two people fit: shared topics and collaborators, the path between them, and facts that may stand against it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from graph import edges
from graph.shortest import Bounds
from profiles.collaborating import fit
from publications import counts
from publications.models import Author, AuthorshipInstitution, Institution, Work
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.people import make_institution

pytestmark = pytest.mark.django_db

NOW = timezone.now().year


def settle(*authors: Author) -> None:
    """Edges and figures of what was just written."""
    counts.refresh_authors([author.pk for author in authors])
    edges.refresh([author.pk for author in authors])


def at(work: Work, author: Author, place: Institution) -> None:
    authorship = work.authorships.get(author=author)
    AuthorshipInstitution.objects.create(authorship=authorship, institution=place)


def kinds(found: fit.Fit) -> list[tuple[str, list[str]]]:
    return [(row.kind, [work.title for work in row.works]) for row in found.conflicts]


def test_two_who_share_topics_and_a_collaborator() -> None:
    reader, other, between = make_author("Read Er"), make_author("Oth Er"), make_author("Be Tween")
    lines, planes = make_topic("math.LI", "Lines"), make_topic("math.PL", "Planes")
    make_work("A", authors=[reader, between], topics=[lines, planes])
    make_work("B", authors=[other, between], topics=[planes])
    make_work("C", authors=[other], topics=[planes])
    settle(reader, other, between)

    found = fit.between(reader, other)

    assert [(row.topic, row.reader, row.other) for row in found.topics] == [(planes, 1, 2)]
    assert (found.topics_total, found.collaborators, found.collaborators_total) == (1, (between,), 1)
    assert found.path is not None
    assert (found.reach, found.path.authors) == ("found", [reader, between, other])
    assert (found.together, found.conflicts, found.is_empty) == (0, (), False)


def test_two_who_share_nothing() -> None:
    reader, other = make_author("Read Er"), make_author("Oth Er")
    make_work("A", authors=[reader])
    make_work("B", authors=[other])
    settle(reader, other)

    found = fit.between(reader, other, purpose="review")

    assert (found.reach, found.path, found.is_empty, found.conflicts_matter) == ("none", None, True, True)


def test_a_path_beyond_the_bounds_is_not_within_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = [make_author(f"Person {number}") for number in range(8)]
    for one, two in pairwise(chain):
        make_work(f"{one.pk} and {two.pk}", authors=[one, two])
    settle(*chain)
    monkeypatch.setattr(fit, "BOUNDS", Bounds(nodes=2, statements=1))

    assert fit.between(chain[0], chain[-1]).reach == "unknown"


def test_a_hidden_collaborator_is_named_nowhere() -> None:
    reader, other, between = make_author("Read Er"), make_author("Oth Er"), make_author("Sec Ret")
    work = make_work("A", authors=[reader, between], year=NOW)
    make_work("B", authors=[other, between], year=NOW)
    settle(reader, other, between)
    Author.objects.filter(pk=between.pk).update(hidden=True)

    found = fit.between(reader, other, purpose="review", works=[work])

    assert (found.collaborators, found.collaborators_total, found.path) == ((), 0, None)
    assert [row.author for row in found.conflicts] == [None]


@pytest.mark.parametrize(
    ("year", "conflicts"),
    [(NOW, [("coauthors", ["A"])]), (NOW - 4, [("coauthors", ["A"])]), (NOW - 5, [])],
)
def test_a_shared_work_of_late_is_a_conflict_with_the_work_beside_it(
    year: int, conflicts: list[tuple[str, list[str]]]
) -> None:
    reader, other = make_author("Read Er"), make_author("Oth Er")
    make_work("A", authors=[reader, other], year=year)
    make_work("Long ago", authors=[reader, other], year=NOW - 20)
    settle(reader, other)

    found = fit.between(reader, other)

    assert (found.together, kinds(found)) == (2, conflicts)


def test_a_shared_work_without_a_year_may_be_of_late() -> None:
    reader, other = make_author("Read Er"), make_author("Oth Er")
    make_work("Undated", authors=[reader, other], year=None)
    settle(reader, other)

    assert kinds(fit.between(reader, other)) == [("coauthors", ["Undated"])]


def test_the_same_institution_now_is_a_conflict_and_a_former_one_is_not() -> None:
    reader, other = make_author("Read Er"), make_author("Oth Er")
    here, once = make_institution("Institute of Now"), make_institution("Institute of Then", ror="00000then")
    for author in (reader, other):
        now = make_work(f"Now {author.pk}", authors=[author], year=NOW - 1)
        at(now, author, here)
        at(make_work(f"Then {author.pk}", authors=[author], year=NOW - 9), author, once)
    settle(reader, other)

    [conflict] = fit.between(reader, other).conflicts

    assert (conflict.kind, conflict.institution) == ("institution", here)
    assert [work.title for work in conflict.works] == [f"Now {reader.pk}", f"Now {other.pk}"]
    assert "Institute of Now" in conflict.text


def test_for_a_review_the_works_in_question_count() -> None:
    reader, sender, friend, editor = (make_author(f"Person {name}") for name in ("Reader", "Sender", "Friend", "Else"))
    own = make_work("Own", authors=[reader, editor], year=NOW - 10)
    theirs = make_work("Theirs", authors=[friend, editor], year=NOW)
    make_work("With a friend", authors=[reader, friend], year=NOW - 1)
    settle(reader, sender, friend, editor)

    found = fit.between(reader, sender, purpose="review", works=[own, theirs])

    assert kinds(found) == [("own-work", ["Own"]), ("works-author", ["With a friend"])]
    assert found.conflicts[1].author == friend
    assert kinds(fit.between(reader, sender, purpose="talk", works=[own, theirs])) == []


@pytest.mark.parametrize("many", [1, 3])
def test_the_fit_costs_the_same_however_much_two_share(many: int, django_assert_max_num_queries: Any) -> None:
    reader, other = make_author("Read Er"), make_author("Oth Er")
    people = [make_author(f"Person {number}") for number in range(many)]
    for number, person in enumerate(people):
        topic = make_topic(f"x.{number}", f"Topic {number}")
        make_work(f"R {number}", authors=[reader, person], topics=[topic], year=NOW)
        make_work(f"O {number}", authors=[other, person], topics=[topic], year=NOW)
    works = [make_work(f"Shared {number}", authors=[reader, other], year=NOW) for number in range(many)]
    settle(reader, other, *people)

    with django_assert_max_num_queries(26):
        found = fit.between(reader, other, purpose="review", works=works)

    assert (found.topics_total, found.collaborators_total, found.together) == (many, many, many)
