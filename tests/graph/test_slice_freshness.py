"""When a slice is stored, when it is computed afresh, and in how many statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from graph import edges, slices, stored
from graph.models import GraphSlice
from graph.questions import DEFAULT_LIMIT, PAGE_LIMIT, Question
from graph.tasks import warm_slices
from publications.signals import corpus_changed
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import ids, settle, small_corpus

pytestmark = pytest.mark.django_db

STATEMENTS_OF_A_SLICE = 15
STATEMENTS_OF_A_SECOND_RING = 4


def test_the_same_corpus_gives_the_same_bytes() -> None:
    root, *_ = small_corpus()

    first = slices.around(root.short_id, limit=100)
    second = slices.around(root.short_id, limit=100)

    assert (first.version, first.payload) == (second.version, second.payload)


@pytest.mark.parametrize(
    ("depth", "statements"), [(1, STATEMENTS_OF_A_SLICE), (2, STATEMENTS_OF_A_SLICE + STATEMENTS_OF_A_SECOND_RING)]
)
def test_the_number_of_statements_does_not_grow(depth: int, statements: int) -> None:
    root = make_author("Root")
    counts = []
    for size in (1, 30):
        for number in range(size):
            make_work(
                f"Work {number}", authors=[root, make_author(f"Co {size} {number}")], topics=[make_topic(f"t{number}")]
            )
        settle()
        GraphSlice.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            slices.around(root.short_id, depth=depth)
        counts.append(len(queries))

    assert counts == [statements, statements]


def test_a_stored_slice_is_one_statement_and_the_same() -> None:
    root, *_ = small_corpus()
    computed = slices.around(root.short_id)

    with CaptureQueriesContext(connection) as queries:
        kept = slices.around(root.short_id)

    assert len(queries) == 1
    assert (kept.version, kept.document) == (computed.version, computed.document)
    assert GraphSlice.objects.get().members == ids(computed)


def test_a_touched_author_makes_every_slice_stale_that_shows_them() -> None:
    root, bea, cy, first, second, topic = small_corpus()
    stranger = make_author("Stranger")
    shown = [item.short_id for item in (root, bea, cy, first, second, topic)]
    for short_id in (*shown, stranger.short_id):
        slices.around(short_id)

    corpus_changed.send(sender=None, author_ids=[cy.pk], work_ids=[], cause="import")

    stale = set(GraphSlice.objects.filter(stale=True).values_list("root", flat=True))
    assert stale == set(GraphSlice.objects.filter(members__contains=[cy.short_id]).values_list("root", flat=True))
    assert stale > {root.short_id, cy.short_id, second.short_id, topic.short_id}
    assert not GraphSlice.objects.get(root=stranger.short_id).stale


def test_a_new_work_shows_up_in_the_slices_of_its_people_and_topics() -> None:
    root, bea, *_rest, topic = small_corpus()
    before = {short_id: slices.around(short_id).version for short_id in (root.short_id, topic.short_id)}

    work = make_work("New", authors=[root, bea], topics=[topic], year=2025)
    settle()
    corpus_changed.send(sender=None, author_ids=[root.pk, bea.pk], work_ids=[work.pk], cause="import")

    for short_id, version in before.items():
        assert slices.around(short_id).version != version
        assert work.short_id in ids(slices.around(short_id))


def test_hiding_a_person_takes_them_out_of_stored_slices() -> None:
    root, bea, *_ = small_corpus()
    assert bea.short_id in ids(slices.around(root.short_id))

    bea.hidden = True
    bea.save()

    assert bea.short_id not in ids(slices.around(root.short_id))


def test_a_change_of_half_the_corpus_marks_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    root, _bea, *_ = small_corpus()
    slices.around(root.short_id)
    monkeypatch.setattr(stored, "EVERYTHING", 2)

    stored.mark_stale(author_ids=[7_000_001, 7_000_002, 7_000_003])

    assert GraphSlice.objects.get().stale


def test_uncommon_questions_are_answered_but_not_stored() -> None:
    root, *_ = small_corpus()

    for filters in ({"limit": 77}, {"from_year": 2000}, {"types": ["work", "author"]}, {"strength": 2}):
        slices.around(root.short_id, **filters)
    slices.around(root.short_id, topic=make_topic().pk)

    kept = {(kept.params, kept.root) for kept in GraphSlice.objects.all()}
    common = [Question(kind="author", number=root.pk, limit=limit) for limit in (PAGE_LIMIT, DEFAULT_LIMIT)]
    assert kept == {(question.params, question.root) for question in common}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_stored_while_an_import_has_not_committed() -> None:
    root = make_author("Root")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select pg_advisory_xact_lock(%s)", [edges.CORPUS_LOCK])
        assert ids(slices.around(root.short_id)) == [root.short_id]
        assert GraphSlice.objects.count() == 0
        with other.cursor() as cursor:
            cursor.execute("commit")
        slices.around(root.short_id)
        assert GraphSlice.objects.count() == 1
    finally:
        other.close()


def test_the_queue_computes_stale_slices_again() -> None:
    root, bea, *_ = small_corpus()
    for short_id, depth in ((root.short_id, 1), (root.short_id, 2), (bea.short_id, 1)):
        slices.around(short_id, depth=depth)
    stored.mark_stale(author_ids=[root.pk])

    assert warm_slices(2) == 2
    assert GraphSlice.objects.filter(stale=True).count() == 1
    assert warm_slices() == 1
    assert warm_slices() == 0


def test_the_queue_forgets_slices_of_hidden_roots_and_of_older_formulas() -> None:
    root, *_ = small_corpus()
    slices.around(root.short_id)
    GraphSlice.objects.create(root=root.short_id, params="v0 depth=1", version="x", payload=b"")
    root.hidden = True
    root.save()

    assert warm_slices() == 0
    assert not GraphSlice.objects.exists()
