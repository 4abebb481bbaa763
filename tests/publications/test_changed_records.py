"""Records that change between imports: the corpus ends as if their last form had come first, and no figure is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from publications.models import (
    Author,
    Authorship,
    AuthorTopic,
    Citation,
    Institution,
    Source,
    Topic,
    Work,
    WorkId,
    WorkTopic,
)
from publications.records import AuthorRef, InstitutionRef, SourceRef, TopicRef
from tests.publications.test_ingest import content, record, run

pytestmark = pytest.mark.django_db

LEARNING = TopicRef(scheme="arxiv", code="cs.LG", name="Machine Learning")
VISION = TopicRef(scheme="arxiv", code="cs.CV", name="Vision")
LILLE = InstitutionRef(name="Institute of Invention", ids={"ror": "00demo001"}, country_code="FR")
JOURNAL = SourceRef(name="Journal of Trials", kind="journal", ids={"issn": "1234-5679"})


def test_a_dropped_reference_is_no_longer_counted(tmp_path: Path) -> None:
    run([record("2401.00001", "A One"), record("2401.00002", "B Two", references=(("arxiv", "2401.00001"),))], tmp_path)

    run([record("2401.00002", "B Two")], tmp_path)

    assert Work.objects.get(ids__value="2401.00001").cited_by_count == 0
    assert Author.objects.get(display_name="A One").cited_by_count == 0


def test_what_a_record_no_longer_names_is_counted_afresh(tmp_path: Path) -> None:
    here = AuthorRef(name="Joan Example", institutions=(LILLE,))
    run([record("2401.00001", here, topics=(LEARNING, VISION), source=JOURNAL), record("2401.00002", here)], tmp_path)

    run([record("2401.00001", "Joan Example", topics=(LEARNING,))], tmp_path)

    vision, lille, journal = Topic.objects.get(code="cs.CV"), Institution.objects.get(), Source.objects.get()
    assert (vision.works_count, vision.authors_count) == (0, 0)
    assert (lille.works_count, lille.authors_count, journal.works_count) == (1, 1, 0)


def test_authors_of_a_topic_are_counted_afresh_when_two_prove_to_be_one(tmp_path: Path) -> None:
    here = (LILLE,)
    run(
        [
            record("2401.00001", AuthorRef(name="J. Example", institutions=here), "Ben Two", topics=(LEARNING,)),
            record("2401.00002", AuthorRef(name="Joan Example", institutions=here), topics=(LEARNING,)),
        ],
        tmp_path,
    )

    run([record("2401.00003", "Joan Example", "Ben Two")], tmp_path)

    assert Topic.objects.get().authors_count == AuthorTopic.objects.count() == 2
    assert Institution.objects.get().authors_count == 1


def test_a_record_whose_id_was_wrong_leaves_no_work_without_records(tmp_path: Path) -> None:
    run([record("w1", "Joan Example", provider="openalex", ids={"openalex": "w1", "arxiv": "2401.00001"})], tmp_path)

    run([record("w1", "Joan Example", provider="openalex", ids={"openalex": "w1", "arxiv": "2401.00002"})], tmp_path)

    assert Work.objects.get().records.count() == 1
    assert set(WorkId.objects.values_list("scheme", "value")) == {("openalex", "w1"), ("arxiv", "2401.00002")}
    assert Author.objects.visible().get().works_count == 1


@pytest.mark.parametrize("corrected", [{"arxiv": "2401.00002"}, {"doi": "10.5555/two"}])
def test_a_record_joined_by_a_wrong_id_leaves_when_the_id_is_corrected(
    tmp_path: Path, corrected: dict[str, str]
) -> None:
    titles = {"title": "What the first of the works is all about"}
    ours = record("2401.00001", "Joan Example", ids={"arxiv": "2401.00001", "doi": "10.5555/one"})
    theirs = record("2401.00002", "Ann Other", ids={"arxiv": "2401.00002", "doi": "10.5555/two"})
    citing = record("2401.00003", "C Three", references=(("openalex", "w1"),))
    astray = {"provider": "openalex", **titles}
    run([ours, theirs, citing], tmp_path)
    first, second = Work.objects.order_by("pk")[:2]
    run([record("w1", "Ann Other", ids={"openalex": "w1", "arxiv": "2401.00001"}, **astray)], tmp_path)
    assert Citation.objects.get().cited == first

    run([record("w1", "Ann Other", ids={"openalex": "w1", **corrected}, **astray)], tmp_path)

    assert (first.records.count(), second.records.count()) == (1, 2)
    assert WorkId.objects.get(value="w1").work == Citation.objects.get().cited == second
    assert list(Work.objects.order_by("pk").values_list("cited_by_count", flat=True)) == [0, 1, 0]
    assert content()["authors"] == [("Ann Other", 1, 0), ("C Three", 1, 0), ("Joan Example", 1, 0)]


def test_a_person_printed_twice_in_a_joined_list_does_not_stop_the_record(tmp_path: Path) -> None:
    orcid = {"orcid": "0000-0002-1825-0097"}
    run(
        [
            record("2401.00001", AuthorRef(name="Ann Bee", ids=orcid)),
            record("x1", AuthorRef(name="Anna Cee", ids=orcid), provider="crossref", ids={"doi": "10.5555/one"}),
        ],
        tmp_path,
    )

    bridge = {"arxiv": "2401.00001", "doi": "10.5555/one"}
    done = run([record("w1", "Ann Bee", "Anna Cee", provider="openalex", ids=bridge)], tmp_path)

    assert done.quarantined == 0
    assert Work.objects.visible().get().authorships.values("author").distinct().count() == 2


def test_names_and_ids_an_author_has_elsewhere_outlive_a_change_in_one_block(tmp_path: Path) -> None:
    mine = {"openalex": "a1"}
    run(
        [
            record("w1", AuthorRef(name="Maria Lopez", ids=mine), provider="openalex", ids={"openalex": "w1"}),
            record("w2", AuthorRef(name="Maria Garcia", ids=mine), provider="openalex", ids={"openalex": "w2"}),
        ],
        tmp_path,
    )

    run([record("w2", AuthorRef(name="Maria Garcia"), provider="openalex", ids={"openalex": "w2"})], tmp_path)

    kept = Author.objects.visible().get(display_name="Maria Lopez")
    assert list(kept.names.values_list("name", flat=True)) == ["Maria Lopez"]
    assert list(kept.ids.values_list("scheme", "value")) == [("openalex", "a1")]
    assert Author.objects.visible().get(display_name="Maria Garcia").has_provider_id is False


@pytest.mark.parametrize("stage", ["resolution.resolve_due", "counts._touched_authors"])
def test_the_figures_of_a_run_that_was_cut_off_come_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    run([record("2401.00001", "Ada One")], tmp_path)
    citing = record("2401.00002", "Joan Example", topics=(LEARNING,), references=(("arxiv", "2401.00001"),))
    with monkeypatch.context() as patch:
        patch.setattr(f"publications.{stage}", dies)
        with pytest.raises(KeyboardInterrupt):
            run([citing], tmp_path)

    run([record("2401.00003", "Ben Two")], tmp_path)

    assert list(Work.objects.order_by("pk").values_list("cited_by_count", flat=True)) == [1, 0, 0]
    assert list(Author.objects.order_by("pk").values_list("works_count", flat=True)) == [1, 1, 1]
    assert (Topic.objects.get().works_count, Topic.objects.get().authors_count) == (1, 1)


def test_a_work_may_cite_itself_and_works_each_other(tmp_path: Path) -> None:
    both = (("arxiv", "2401.00001"), ("arxiv", "2401.00002"))
    run([record("2401.00001", "A One", references=both), record("2401.00002", "B Two", references=both)], tmp_path)

    assert list(Work.objects.values_list("cited_by_count", flat=True)) == [2, 2]


def test_old_addresses_of_a_work_merged_twice_lead_to_the_last(tmp_path: Path) -> None:
    run([record(f"2401.0000{n}", "Joan Example", ids={"doi": f"10.5555/{n}"}) for n in (3, 2, 1)], tmp_path)
    numbers = list(Work.objects.order_by("pk").values_list("pk", flat=True))
    run([record("x", "Joan Example", ids={"doi": "10.5555/1", "openalex": "w2"}, provider="openalex")], tmp_path)
    run([record("w2", ids={"doi": "10.5555/2", "openalex": "w2"}, provider="crossref")], tmp_path)
    run([record("w3", ids={"doi": "10.5555/3", "openalex": "w2"}, provider="acl")], tmp_path)

    assert set(Work.objects.values_list("pk", "merged_into")) == {(numbers[0], None)} | {
        (n, numbers[0]) for n in numbers[1:]
    }
    assert not Authorship.objects.exclude(work=numbers[0]).exists()
    assert not WorkTopic.objects.exclude(work=numbers[0]).exists()


def test_an_author_whose_name_is_corrected_keeps_the_address(tmp_path: Path) -> None:
    run([record("2401.00001", "Jon Example", "Ben Two")], tmp_path)
    jon = Author.objects.get(display_name="Jon Example")

    run([record("2401.00001", "John Example", "Ben Two")], tmp_path)

    assert Author.objects.visible().get(sort_key__endswith="example") == jon
    assert list(jon.names.values_list("name", flat=True)) == ["John Example"]


def test_whoever_proves_to_be_a_hidden_person_is_hidden(tmp_path: Path) -> None:
    run([record("2401.00001", "J. Example", "Ben Two")], tmp_path)
    Author.objects.filter(display_name="J. Example").update(hidden=True)
    run([record("2401.00002", "Joan Example"), record("2401.00003", "Joan Example")], tmp_path)
    assert Author.objects.visible().filter(display_name="Joan Example").exists()

    run([record("2401.00004", "Joan Example", "Ben Two")], tmp_path)

    assert not Author.objects.visible().filter(sort_key__endswith="example").exists()


def test_a_hidden_person_who_proves_to_be_two_stays_hidden(tmp_path: Path) -> None:
    one, two = ({"openalex": name} for name in ("a1", "a2"))
    run([record("2401.00001", "Joan Example"), record("2401.00002", "Joan Example")], tmp_path)
    Author.objects.update(hidden=True)

    run(
        [record(f"2401.0000{n}", AuthorRef(name="Joan Example", ids=own)) for n, own in ((1, one), (2, two))],
        tmp_path,
    )

    assert list(Author.objects.values_list("hidden", flat=True)) == [True, True]


def test_names_are_counted_afresh_when_works_become_one(tmp_path: Path) -> None:
    run([record("2401.00001", "Joan P. Example"), record("2401.00002", "Joan P. Example", "Ben Two")], tmp_path)
    for number in ("x", "y"):
        run([record(number, "Joan P. Example", provider="crossref", ids={"doi": f"10.5555/{number}"})], tmp_path)

    run(
        [
            record(f"w{n}", provider="openalex", ids={"arxiv": f"2401.0000{n}", "doi": f"10.5555/{doi}"})
            for n, doi in ((1, "x"), (2, "y"))
        ],
        tmp_path,
    )

    joan = Author.objects.visible().get(display_name="Joan P. Example")
    assert list(joan.names.values_list("name", "works_count")) == [("Joan P. Example", joan.works_count)]
    assert joan.works_count == 2


def test_a_list_in_another_spelling_keeps_its_authors(tmp_path: Path) -> None:
    ids = {"openalex": "w1", "arxiv": "2401.00001"}
    run([record("w1", "Jijin Han", "Ben Two", provider="openalex", ids=ids)], tmp_path)
    before = list(Authorship.objects.order_by("position").values_list("author", flat=True))

    run([record("2401.00001", "Han Ji-jin", "Ben Two")], tmp_path)

    assert list(Authorship.objects.order_by("position").values_list("author", flat=True)) == before
    assert Author.objects.visible().count() == 2


def test_people_whom_a_coauthor_joined_part_when_the_coauthor_goes(tmp_path: Path) -> None:
    run([record("2401.00001", "J. Example", "Ben Two"), record("2401.00002", "Joan Example", "Ben Two")], tmp_path)
    assert Author.objects.visible().filter(sort_key__endswith="example").count() == 1

    run([record("2401.00002", "Joan Example")], tmp_path)

    assert Author.objects.visible().filter(sort_key__endswith="example").count() == 2
    assert not Authorship.objects.exclude(reason="name").exists()
