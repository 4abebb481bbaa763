"""Around a topic or an institution: the best of all its works, whoever wrote them; of very large ones what leads."""

from __future__ import annotations

from typing import Any

import pytest

from graph import ranking, slices
from graph.queries import Within, WorkRow, near_works
from graph.queries.near_works import works_near
from publications.models import Institution, Topic, Work
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import ids, make_institution, place, settle

pytestmark = pytest.mark.django_db
EVER = Within()


def make_hall(topic: Topic, institution: Institution, works: list[dict[str, Any]]) -> list[Work]:
    """Works of one author each, on the topic and from the institution."""
    made = []
    for number, fields in enumerate(works):
        author = make_author(f"Author {number}")
        made.append(make_work(f"Work {number}", authors=[author], topics=[topic], **fields))
        place(made[-1], institution, [author])
    settle()
    for entity in (topic, institution):
        entity.works_count = len(made)
        entity.save()
    return made


@pytest.fixture
def hall() -> tuple[Topic, Institution]:
    return make_topic("math", "Maths"), make_institution()


def numbers(found: tuple[list[WorkRow], int]) -> list[int]:
    return [work.number for work in found[0]]


def test_the_best_work_leads_though_its_author_wrote_nothing_else(hall: tuple[Topic, Institution]) -> None:
    topic, institution = hall
    famous = make_work("Famous", authors=[make_author("Once")], topics=[topic], year=2020, cited_by_count=900)
    place(famous, institution, famous.authors.all())
    prolific = [make_author(f"Prolific {number}") for number in range(near_works.LEADING_PEOPLE + 5)]
    for number in range(3):
        work = make_work(f"Routine {number}", authors=prolific, topics=[topic], year=2024)
        place(work, institution, prolific)
    settle()

    for root in (topic, institution):
        found = slices.around(root.short_id, limit=4, types=["work"])
        assert ids(found)[1] == famous.short_id
        assert found.meta["exact"] is True


def test_of_equal_works_those_by_people_who_lead_come_first() -> None:
    topic, institution = make_topic("math", "Maths"), make_institution()
    leader, guest = make_author("Leader"), make_author("Guest")
    make_work("Guest's", authors=[guest], topics=[topic])
    works = [make_work(f"Leader's {number}", authors=[leader], topics=[topic]) for number in range(3)]
    for work in Work.objects.all():
        place(work, institution, work.authors.all())
    settle()

    for kind, root in (("topic", topic), ("institution", institution)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(near_works, "LEADING_PEOPLE", 1)
            assert {work.shared for work in works_near(kind, root.pk, EVER)[0]} == {0, 1}
            found = slices.around(root.short_id, limit=4, types=["work"])
        assert ids(found, "work") == [work.short_id for work in works]
        assert {edge["data"]["weight"] for edge in found.edges} == {1}


def test_works_come_in_the_order_of_their_score(hall: tuple[Topic, Institution]) -> None:
    facts: list[dict[str, Any]] = [
        {"year": 2024, "cited_by_count": 0}, {"year": 2000, "cited_by_count": 50}, {"year": None, "cited_by_count": 9},
        {"year": 2020, "cited_by_count": 3, "authors_count": 40}, {"year": 2016, "cited_by_count": 3},
        {"year": 1990, "cited_by_count": 5_000}, {"year": 2024, "cited_by_count": 1, "authors_count": 3_000},
    ]  # fmt: skip
    make_hall(*hall, facts)

    for kind, root in (("topic", hall[0].pk), ("institution", hall[1].pk)):
        found, total = works_near(kind, root, EVER)
        scores = [ranking.work_score(cited_by=w.cited_by, team=w.team, year=w.year, newest=2024) for w in found]
        assert (total, len(scores)) == (7, 7)
        assert scores == sorted(scores, reverse=True)


def test_beyond_the_bound_the_last_the_most_cited_the_newest_and_the_leaders_are_ranked(
    hall: tuple[Topic, Institution], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts: list[dict[str, Any]] = [
        {"year": 1999, "cited_by_count": 900}, {"year": 2025}, {"year": 1998}, {"year": 2001},
        *({"year": 2002} for _number in range(4)),
    ]  # fmt: skip
    cited, newest, of_leader, buried, *others = make_hall(*hall, facts)
    leader = of_leader.authors.get()
    for name, bound in (("WHOLE", 2), ("AFFILIATIONS", 2), ("FOREMOST", 1), ("LEADING_PEOPLE", 1)):
        monkeypatch.setattr(near_works, name, bound)
    leader.author_topics.update(works_count=50)
    leader.author_institutions.update(works_count=50)

    for kind, root in (("topic", hall[0]), ("institution", hall[1])):
        found, total = works_near(kind, root.pk, EVER, all_of_it=False)
        assert {work.number for work in found} == {work.pk for work in (cited, newest, of_leader, *others[-2:])}
        assert total == 5
        assert buried.pk not in numbers(works_near(kind, root.pk, EVER))
        met = slices.around(root.short_id)
        assert (met.meta["omitted"]["work"], met.meta["truncated"]) == (8 - 5, True)


def test_only_the_best_of_very_many_count_further_and_the_slice_says_so(
    hall: tuple[Topic, Institution], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_hall(*hall, [{"year": 2000 + number} for number in range(5)])
    monkeypatch.setattr(near_works, "LEADING_WORKS", 3)

    for kind, root in (("topic", hall[0]), ("institution", hall[1])):
        found, total = works_near(kind, root.pk, EVER)
        assert ([work.year for work in found], total) == ([2004, 2003, 2002], 5)
        meta = slices.around(root.short_id).meta
        assert (meta["exact"], meta["omitted"]["work"]) == (False, 2)


def test_years_and_a_topic_narrow_before_the_bound_on_what_is_ranked(hall: tuple[Topic, Institution]) -> None:
    make_hall(*hall, [{"year": 2000 + number} for number in range(5)])

    for kind, root in (("topic", hall[0]), ("institution", hall[1])):
        found, total = works_near(kind, root.pk, Within(2001, 2002))
        assert ([work.year for work in found], total) == ([2002, 2001], 2)
        assert works_near(kind, root.pk, Within(topic=make_topic("none", "None").pk)) == ([], 0)
