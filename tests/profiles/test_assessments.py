"""Assessments of a corpus by sets: kept as history, taken once by each task."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection, transaction

from graph import edges
from graph.models import CoauthorEdge
from profiles.assessing import assessments, trust
from profiles.assessing.assessments import Summary
from profiles.models import Assessment, AssessmentDue
from publications.models import Author, Work
from publications.signals import corpus_changed
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


def sample_author() -> Author:
    """The sample page: 21 works, 18 topics, 4 close collaborators."""
    author = make_author()
    friends = [make_author(f"Friend {number}") for number in range(4)]
    topics = [make_topic(f"cs.{number}", f"Topic {number}") for number in range(18)]
    for number in range(21):
        coauthors = [friends[number % 4], friends[(number + 1) % 4]]
        make_work(f"Work {number}", authors=[author, *coauthors], topics=[topics[number % 18]])
    edges.refresh(Author.objects.values_list("pk", flat=True))
    return author


# What comes out


def test_the_sample_page_comes_out_as_21_emerging_l1() -> None:
    author = sample_author()

    assessments.assess([author.pk], "import")

    found = assessments.current(author)
    assert found is not None
    assert (found.score, found.band, found.level, found.formula_version) == (21, "Emerging", 1, "1.0")
    assert found.inputs == {
        "level": 1,
        "works": "21",
        "corroborated": "0",
        "topics": 18,
        "close_collaborators": 4,
        "collaborator_organisations": 0,
        "follower_organisations": 0,
        "months": 0,
        "standing": {"moderated_id": True, "resolved_by": "works"},
    }
    assert sum(found.factors.values()) == 210
    assert trust.recompute(found.inputs, found.formula_version).score == found.score


def test_an_author_without_works_is_sparse_and_unresolved() -> None:
    author = make_author(has_provider_id=True)

    assessments.assess([author.pk], "on-demand")

    found = assessments.current(author)
    assert found is not None
    assert (found.score, found.band, found.level) == (0, "Sparse", 0)


def test_the_number_of_statements_does_not_grow_with_authors(django_assert_num_queries: object) -> None:
    for number in range(3):
        pair = [make_author(f"One {number}"), make_author(f"Two {number}")]
        make_work(f"Work {number}", authors=pair, topics=[make_topic(f"a{number}")])
        make_work(f"Other {number}", authors=pair[:1], topics=[make_topic(f"b{number}")])
        make_work(f"Third {number}", authors=pair[:1], topics=[make_topic(f"c{number}")])

    everybody = list(Author.objects.values_list("pk", flat=True))
    for batch in (everybody[:1], everybody):
        with django_assert_num_queries(11):  # type: ignore[operator]  # savepoint pair, mark, memory, 4 to read, 2 to write, delete
            assessments.assess(batch, "import")


# History


def test_a_second_assessment_without_news_writes_nothing() -> None:
    author = sample_author()
    first = assessments.assess([author.pk], "import")
    second = assessments.assess([author.pk], "on-demand")

    assert (first, second) == (Summary(taken=1, assessed=1, first=1), Summary(taken=1, assessed=1))
    assert second.unchanged == 1
    assert author.assessments.count() == 1


def test_new_inputs_keep_the_old_snapshot_and_move_the_current_one() -> None:
    author = make_author()
    assessments.assess([author.pk], "import")
    make_work(authors=[author])

    summary = assessments.assess([author.pk], "import")

    assert summary == Summary(taken=1, assessed=1, changed=1, score_changed=1, level_changed=1)
    assert list(author.assessments.order_by("pk").values_list("score", "level", "is_current")) == [
        (0, 0, False),
        (6, 1, True),
    ]


def test_inputs_that_leave_the_score_alone_are_news_too() -> None:
    author = make_author()
    works = [make_work(f"Work {number}", authors=[author], topics=[make_topic()]) for number in range(300)]
    assessments.assess([author.pk], "import")
    Work.objects.filter(pk=works[0].pk).update(is_retracted=True)

    assert assessments.assess([author.pk], "import") == Summary(taken=1, assessed=1, changed=1)


def test_another_formula_version_is_news(monkeypatch: pytest.MonkeyPatch) -> None:
    author = make_author()
    assessments.assess([author.pk], "import")
    monkeypatch.setattr(trust, "VERSION", "1.1")

    assert assessments.assess([author.pk], "import").changed == 1
    assert list(author.assessments.order_by("pk").values_list("formula_version", flat=True)) == ["1.0", "1.1"]


def test_everything_deleted_and_made_again_gives_the_same() -> None:
    author = sample_author()
    assessments.assess([author.pk], "import")
    before = assessments.current(author)
    Assessment.objects.all().delete()
    CoauthorEdge.objects.all().delete()
    Work.objects.all().delete()
    Author.objects.all().delete()

    again = sample_author()
    assessments.assess([again.pk], "import")

    after = assessments.current(again)
    assert before is not None
    assert after is not None
    assert (after.inputs, after.factors, after.score) == (before.inputs, before.factors, before.score)


# Who is due


def test_a_change_of_the_corpus_makes_its_authors_due() -> None:
    author, other = make_author(), make_author("Other")

    corpus_changed.send(sender=None, author_ids=[author.pk], work_ids=[], cause="import")

    assert list(AssessmentDue.objects.values_list("author", "cause")) == [(author.pk, "import")]
    assert assessments.assess_due() == Summary(taken=1, assessed=1, first=1)
    assert assessments.due_count() == 0
    assert assessments.current(other) is None


def test_marking_twice_keeps_one_row_with_the_latest_cause_and_leaves_out_who_does_not_exist() -> None:
    author = make_author()

    assert assessments.mark_due([author.pk, author.pk, author.pk + 99], "import") == 1
    assessments.mark_due([author.pk], "follow")

    assert [row.cause for row in AssessmentDue.objects.all()] == ["follow"]
    assessments.assess_due()
    found = assessments.current(author)
    assert found is not None
    assert found.cause == "follow"


def test_due_authors_are_taken_in_batches() -> None:
    assessments.mark_due([make_author(f"Person {number}").pk for number in range(5)], "import")

    assert [assessments.assess_due(batch=2).taken for _ in range(4)] == [2, 2, 1, 0]


def test_an_author_merged_into_another_is_taken_but_not_assessed() -> None:
    survivor = make_author()
    merged = make_author("Joan M. Example", merged_into=survivor)
    assessments.mark_due([merged.pk], "import")

    assert assessments.assess_due() == Summary(taken=1)
    assert assessments.current(merged) is None


@pytest.mark.django_db(transaction=True)
def test_two_tasks_share_the_work_without_doing_any_of_it_twice() -> None:
    ids = [make_author(f"Person {number}").pk for number in range(6)]
    assessments.mark_due(ids, "import")

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(assessments.TAKE, [3])
        held = {author for (author,) in cursor.fetchall()}
        in_thread(assessments.assess_due)

    assert set(Assessment.objects.values_list("author", flat=True)) == set(ids) - held
    assert set(AssessmentDue.objects.values_list("author", flat=True)) == held


@pytest.mark.django_db(transaction=True)
def test_a_change_that_arrives_while_an_author_is_assessed_stays_due() -> None:
    author = make_author()
    assessments.mark_due([author.pk], "import")

    with transaction.atomic():
        assert assessments.assess_due().assessed == 1
        marker = Thread(target=closing, args=(assessments.mark_due, [author.pk], "follow"))
        marker.start()
        marker.join(0.3)
        assert marker.is_alive()  # it waits for this transaction instead of being lost
    marker.join(120)

    assert [(row.author_id, row.cause) for row in AssessmentDue.objects.all()] == [(author.pk, "follow")]


@pytest.mark.django_db(transaction=True)
def test_two_assessments_of_one_author_at_once_leave_one_current_snapshot() -> None:
    author = make_author()
    make_work(authors=[author])
    threads = [Thread(target=closing, args=(assessments.assess, [author.pk], "on-demand")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert author.assessments.count() == 1


def in_thread(function: object) -> None:
    thread = Thread(target=closing, args=(function,))
    thread.start()
    thread.join(120)


def closing(function: object, *arguments: object) -> None:
    """Run with a connection of this thread's own."""
    try:
        function(*arguments)  # type: ignore[operator]
    finally:
        connection.close()
