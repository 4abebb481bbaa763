"""What assessments read from the corpus by sets: equal to the method read work by work."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from graph import edges
from profiles.assessing import assessment_inputs, levels, trust
from publications.models import Author, Record, Topic, Work, WorkId
from tests.corpus import make_author, make_topic, make_work
from tests.profiles import method

pytestmark = pytest.mark.django_db


def gathered(author: Author) -> assessment_inputs.Gathered:
    edges.refresh([author.pk])
    found = assessment_inputs.gather([author.pk], timezone.now().date())
    assert list(found.values()) == [[author.pk]]
    return next(iter(found))


def inputs(author: Author) -> trust.Inputs:
    return gathered(author).inputs


def add_record(work: Work, provider: str, via: str) -> None:
    Record.objects.create(
        work=work, provider=provider, provider_id=f"{via}-{work.pk}", published_via=via, content_hash=b"1" * 16, data={}
    )


def test_a_work_weighs_by_its_authors_and_its_best_provider() -> None:
    author = make_author()
    for count in (1, 11, 51, 201):
        make_work(f"By {count}", authors=[author], authors_count=count)
    make_work("Deposit", authors=[author], provider="zenodo")
    make_work("By hand", authors=[author], provider="manual")
    make_work("Retracted", authors=[author], is_retracted=True)

    assert inputs(author).works == Fraction("1") + Fraction("1/2") + Fraction("1/5") + Fraction("1/20") + Fraction(
        "1/4"
    )


def test_an_aggregators_record_counts_as_what_it_was_published_via() -> None:
    author = make_author()
    same, other, unknown = (make_work(title, authors=[author]) for title in ("same", "other", "unknown"))
    add_record(same, "openalex", "arxiv")
    add_record(other, "openalex", "crossref")
    add_record(unknown, "openalex", "")

    found = inputs(author)

    assert (found.works, found.corroborated) == (Fraction(3), Fraction(1))


def test_a_work_merged_into_another_is_not_counted_twice() -> None:
    author = make_author()
    kept = make_work("Kept", authors=[author], topics=[make_topic()])
    merged = make_work("Merged", authors=[author], topics=[make_topic("cs.AI", "AI")])
    Work.objects.filter(pk=merged.pk).update(merged_into=kept)

    found = inputs(author)

    assert (found.works, found.topics) == (Fraction(1), 1)


def test_topics_count_once_and_only_through_moderated_works_that_stand() -> None:
    author = make_author()
    one, two, three = make_topic("a", "A"), make_topic("b", "B"), make_topic("c", "C")
    make_work("First", authors=[author], topics=[one])
    make_work("Second", authors=[author], topics=[one])
    make_work("Deposit", authors=[author], topics=[two], provider="zenodo")
    make_work("Retracted", authors=[author], topics=[three], is_retracted=True)

    assert inputs(author).topics == 1


def test_close_collaborators_are_those_that_the_page_lists() -> None:
    author, seen, hidden = make_author(), make_author("Seen"), make_author("Hidden", hidden=True)
    for number in range(2):
        make_work(f"Work {number}", authors=[author, seen, hidden])

    assert inputs(author).close_collaborators == edges.close_collaborators(author).count() == 1


def test_one_work_on_arxiv_is_l1() -> None:
    author = make_author()
    make_work(authors=[author])

    assert gathered(author).standing == levels.Standing(moderated_id=True, resolved_by="works")
    assert inputs(author).level == 1


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({"is_retracted": True}, 0),
        ({"provider": "zenodo"}, 0),
        ({"provider": "manual"}, 0),
        ({}, 1),
    ],
    ids=["retracted", "deposit", "by hand", "moderated"],
)
def test_l1_needs_a_work_that_stands_from_a_moderated_provider(change: dict[str, Any], level: int) -> None:
    author = make_author(has_provider_id=True)
    make_work(authors=[author], **change)

    assert inputs(author).level == level


def test_l1_needs_a_persistent_id() -> None:
    author = make_author()
    make_work(authors=[author])
    WorkId.objects.update(scheme="openalex", value="W1")

    assert inputs(author).level == 0


def test_works_that_do_not_hang_together_leave_a_record_unresolved() -> None:
    author = make_author()
    for number in range(3):
        make_work(f"Work {number}", authors=[author, make_author(f"Other {number}")], topics=[make_topic(f"t{number}")])

    assert gathered(author).standing.resolved_by == ""
    Author.objects.filter(pk=author.pk).update(has_provider_id=True)
    assert gathered(author).standing.resolved_by == "provider-id"


def test_sixty_percent_of_the_works_in_a_chain_of_topics_and_coauthors_resolve_a_record() -> None:
    author, friend = make_author(), make_author("Friend")
    one, two = make_topic("one"), make_topic("two")
    make_work("First", authors=[author, friend], topics=[])
    make_work("Second", authors=[author, friend], topics=[one], authors_count=3000)
    make_work("Third", authors=[author], topics=[one, two])
    make_work("Stranger", authors=[author], topics=[make_topic("three")])
    last = make_work("Another stranger", authors=[author], topics=[make_topic("four")])

    assert assessment_inputs.connections([author.pk]) == {author.pk: assessment_inputs.Connected(works=3, of=5)}
    assert gathered(author).standing.resolved_by == "works"
    make_work("A third stranger", authors=[author])
    assert gathered(author).standing.resolved_by == ""
    assert last.authors.count() == 1


@pytest.mark.parametrize("seed", range(8))
def test_sets_agree_with_the_method_on_an_invented_corpus(seed: int) -> None:
    random = Random(seed)
    people = [make_author(f"Person {number}", has_provider_id=random.random() < 0.2) for number in range(25)]
    topics = [make_topic(f"t{number}", f"Topic {number}") for number in range(12)]
    rows: dict[int, list[method.Row]] = {person.pk: [] for person in people}
    for number in range(40):
        invent_work(random, number, people, topics, rows)
    edges.refresh(rows)

    today = timezone.now().date()
    found = {pk: item for item, pks in assessment_inputs.gather(list(rows), today).items() for pk in pks}

    assert set(found) == set(rows)
    for person in people:
        facts = method.Facts(rows=tuple(rows[person.pk]), resolved=person.has_provider_id)
        assert found[person.pk].inputs == method.inputs(facts, today)
        assert found[person.pk].standing == method.standing(facts)


def invent_work(
    random: Random, number: int, people: list[Author], topics: list[Topic], rows: dict[int, list[method.Row]]
) -> None:
    team = random.sample(people, random.randint(1, 4))
    about = random.sample(topics, random.randint(0, 2))
    count = random.choice([len(team), 10, 30, 90, 2000])
    providers = random.choices(["arxiv", "crossref", "acl", "zenodo", "manual", ""], k=random.randint(1, 3))
    retracted = random.random() < 0.1
    work = make_work(
        f"Work {number}", authors=team, topics=about, authors_count=max(count, len(team)), is_retracted=retracted,
        provider=providers[0],
    )  # fmt: skip
    for place, provider in enumerate(providers[1:]):
        add_record(work, f"openalex{place}", provider)
    for person in team:
        others = frozenset(str(other.pk) for other in team if other != person)
        marks = frozenset(str(topic.pk) for topic in about)
        for provider in providers:
            row = method.Row(str(work.pk), provider, max(count, len(team)), others, marks, retracted)
            rows[person.pk].append(row)
