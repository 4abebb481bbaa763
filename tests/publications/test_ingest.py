"""What comes in stands in the corpus, once, in any order, with every record kept."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from publications import batches, ingest
from publications.import_models import ImportRun
from publications.models import Author, Authorship, Citation, Institution, Record, Topic, Work, WorkId
from publications.records import AuthorRef, InstitutionRef, Item, Rejected, SourceRef, TopicRef, WorkRecord

pytestmark = pytest.mark.django_db


def record(number: str, *authors: str | AuthorRef, **fields: Any) -> WorkRecord:
    """An arXiv record of that id, unless `fields` say otherwise."""
    fields.setdefault("provider", "arxiv")
    fields.setdefault("ids", {"arxiv": number})
    fields.setdefault("title", f"On the matter of {number} and its many consequences")
    fields.setdefault("publication_year", 2024)
    fields.setdefault("published_via", fields["provider"])
    people = tuple(a if isinstance(a, AuthorRef) else AuthorRef(name=a) for a in authors)
    return WorkRecord(provider_id=number, authors=people, **fields)


def run(items: Iterable[Item], tmp_path: Path, name: str = "works") -> ImportRun:
    file = tmp_path / f"{name}-{timezone.now().timestamp()}"
    file.write_text("stands for the records")
    return ingest.import_items("arxiv", [file], items)


def content() -> dict[str, Any]:
    """The corpus without its row numbers: equal for equal content."""
    works = {
        (w.title, w.publication_year, w.type, w.cited_by_count): (
            sorted((i.scheme, i.value) for i in w.ids.all()),
            sorted(r.provider_id for r in w.records.all()),
            [
                (a.position, a.raw_name, a.reason, tuple(sorted(persons(a.author))))
                for a in w.authorships.order_by("position")
            ],
        )
        for w in Work.objects.visible()
    }
    authors = sorted((a.display_name, a.works_count, a.topics_count) for a in Author.objects.visible())
    return {"works": works, "authors": authors}


def persons(author: Author | None) -> list[str]:
    assert author is not None
    return [f"{a.work.title}/{a.position}" for a in author.authorships.select_related("work")]


def test_a_record_becomes_a_work_with_authors_topics_source_and_record(tmp_path: Path) -> None:
    lille = InstitutionRef(name="Institute of Invention", ids={"ror": "00demo001"}, country_code="FR")
    item = record(
        "2401.00001",
        AuthorRef(name="Joan Example", affiliations=("Institute of Invention",), institutions=(lille,)),
        "王伟",
        topics=(TopicRef(scheme="arxiv", code="cs.LG", name="Machine Learning"),),
        source=SourceRef(name="arXiv", kind="repository", ids={"arxiv": "arxiv"}),
        publication_date=date(2024, 1, 2),
        references=(("doi", "10.5555/missing"),),
        abstract="We show $x<y$.",
        type="preprint",
    )

    done = run([item], tmp_path)

    assert (done.status, ingest.totals(done)) == ("done", batches.Counts(read=1, created=1))
    work = Work.objects.get()
    assert work.source is not None
    assert (work.source.name, work.type, work.publication_date) == ("arXiv", "preprint", date(2024, 1, 2))
    assert "<math" in work.abstract_html
    assert [a.author.display_name for a in work.authorships.order_by("position") if a.author] == [
        "Joan Example",
        "王伟",
    ]
    assert work.authorships.get(position=1).affiliations == ["Institute of Invention"]
    assert Institution.objects.get().authors_count == 1
    assert (Topic.objects.get().works_count, Topic.objects.get().authors_count) == (1, 2)
    assert (Record.objects.get().provider, Citation.objects.get().cited) == ("arxiv", None)


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    items = [record(f"2401.{n:05d}", "Joan Example", "Wei Wang") for n in range(5)]
    run(items, tmp_path)
    before = content()

    again = run(items, tmp_path)

    assert ingest.totals(again) == batches.Counts(read=5, unchanged=5)
    assert content() == before


@pytest.mark.parametrize("seed", range(3))
def test_order_and_splitting_do_not_change_the_content(tmp_path: Path, seed: int) -> None:
    items = _mixed_corpus()
    shuffled = random.Random(seed).sample(items, len(items))
    run(items, tmp_path)
    expected = content()
    for model in (Citation, Authorship, Record, WorkId):
        model.objects.all().delete()
    Work.objects.all().delete()
    Author.objects.all().delete()

    run(shuffled[:7], tmp_path)
    run(shuffled[7:], tmp_path)

    assert content() == expected


def _mixed_corpus() -> list[Item]:
    """Records of one work over providers, namesakes, initials, ids and a doubled list."""
    with_id = AuthorRef(name="Jane Doe", ids={"openalex": "a1"})
    other_id = AuthorRef(name="Jane Doe", ids={"openalex": "a2"})
    return [
        record("2401.00001", "Joan Example", "Yann Other", ids={"arxiv": "2401.00001", "doi": "10.5555/one"}),
        record("w1", "Joan Example", "Yann Other", provider="openalex", ids={"doi": "10.5555/one", "openalex": "w1"}),
        record("2401.00002", "J. Example", "Yann Other"),
        record("2401.00003", "J. Example", "Somebody Else"),
        record("2401.00004", "Wei Wang", "Wei Wang"),
        record("2401.00005", "Wei Wang", "Yann Other"),
        record("w2", with_id, "Anna Third", provider="openalex", ids={"openalex": "w2"}),
        record("w3", other_id, "Anna Third", provider="openalex", ids={"openalex": "w3"}),
        record("w4", with_id, provider="openalex", ids={"openalex": "w4"}),
        record("2401.00006", "Jane Doe", "Bert Fourth"),
        record("2401.00007", "A One", "B Two", "A One", "B Two"),
        record("2401.00008", "Joan Example", "The LHC Collaboration"),
    ]


def test_two_providers_records_of_one_work_become_one_work_even_when_the_bridge_comes_last(tmp_path: Path) -> None:
    run([record("2401.00001", "Joan Example", title="A preprint of it all at length")], tmp_path)
    run([record("x", "Joan Example", provider="crossref", ids={"doi": "10.5555/one"}, type="article")], tmp_path)
    first, second = Work.objects.order_by("pk")

    run(
        [record("w1", "Joan Example", provider="openalex", ids={"arxiv": "2401.00001", "doi": "10.5555/one"})],
        tmp_path,
    )

    second.refresh_from_db()
    assert second.merged_into == first
    assert Work.objects.visible().get().records.count() == 3
    assert Author.objects.visible().get().works_count == 1
    assert Work.objects.visible().get().type == "article"


def test_title_year_and_an_author_in_common_make_one_work_and_a_differing_arxiv_id_keeps_two(tmp_path: Path) -> None:
    title = "A sufficiently long title about something"
    run(
        [
            record("2401.00001", "Joan Example", title=title),
            record("w1", "J. Example", provider="openalex", ids={"openalex": "w1"}, title=title.upper() + "."),
            record("w2", "Somebody Else", provider="openalex", ids={"openalex": "w2"}, title=title),
            record("2401.00009", "Joan Example", title=title),
        ],
        tmp_path,
    )

    sizes = sorted(w.records.count() for w in Work.objects.visible())
    assert sizes == [1, 1, 2]


def test_a_collaboration_is_no_author_and_a_doubled_list_is_halved(tmp_path: Path) -> None:
    run(
        [
            record("2401.00001", "Ada One", "Ben Two", "Ada One", "Ben Two"),
            record("2401.00002", "Ada One", "The LHC Collaboration"),
            record("2401.00003", "Wei Wang", "Ada One", "Wei Wang"),
        ],
        tmp_path,
    )

    assert [w.authors_count for w in Work.objects.order_by("pk")] == [2, 1, 3]
    assert Work.objects.order_by("pk")[1].collaborations == ["The LHC Collaboration"]
    assert Author.objects.visible().filter(display_name="Wei Wang").count() == 2


def test_bad_records_are_quarantined_with_their_reason_and_the_rest_is_imported(tmp_path: Path) -> None:
    items: list[Item] = [
        record("2401.00001", "Ada One"),
        replace(record("2401.00002"), title=" "),
        replace(record("2401.00003"), publication_year=99999),
        replace(record("2401.00004"), title="A NUL \x00 in the title"),
        replace(record("2401.00005"), title="A surrogate \ud800 in the title"),
        Rejected(where="file.jsonl:7", reason="The line is no JSON.", raw="{\x00"),
        record("2401.00006", "Ada One", language="x" * 300),
        record("2401.00007", "Ada One"),
    ]

    done = run(items, tmp_path)

    assert ingest.totals(done) == batches.Counts(read=8, created=2, quarantined=6)
    reasons = list(done.quarantine.order_by("pk").values_list("reason", flat=True))
    assert [any(word in reason for reason in reasons) for word in ("title", "99999", "NUL", "surrogate", "JSON")] == [
        True
    ] * 5
    assert any("too long" in reason for reason in reasons)


def test_a_killed_import_resumes_after_its_last_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH", 2)
    items = [record(f"2401.{n:05d}", "Joan Example") for n in range(7)]
    file = tmp_path / "works"
    file.write_text("x")

    def dies() -> Iterable[Item]:
        yield from items[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest.import_items("arxiv", [file], dies())
    assert Work.objects.count() == 4
    done = ingest.import_items("arxiv", [file], iter(items))

    assert ingest.totals(done) == batches.Counts(read=7, created=7)
    assert (Work.objects.count(), ImportRun.objects.count()) == (7, 1)
    assert Author.objects.get().works_count == 7


def test_citations_are_joined_whichever_comes_first(tmp_path: Path) -> None:
    run([record("2401.00002", "B Two", references=(("arxiv", "2401.00001"),))], tmp_path)
    run([record("2401.00001", "A One"), record("2401.00003", "C", references=(("arxiv", "2401.00001"),))], tmp_path)

    cited = WorkId.objects.get(value="2401.00001").work
    assert cited.cited_by_count == 2
    assert Citation.objects.filter(cited=cited).count() == 2
    assert Author.objects.get(display_name="A One").cited_by_count == 2


def test_an_author_keeps_the_address_when_a_list_changes(tmp_path: Path) -> None:
    run([record("2401.00001", "Joan Example", "Ben Two")], tmp_path)
    joan = Author.objects.get(display_name="Joan Example")

    run([record("2401.00001", "New First", "Joan Example", "Ben Two")], tmp_path)

    assert Author.objects.get(display_name="Joan Example") == joan
    assert [a.author_id for a in Authorship.objects.order_by("position")][1] == joan.pk


def test_an_author_who_proves_to_be_another_leads_there(tmp_path: Path) -> None:
    run([record("2401.00001", "J. Example", "Ben Two")], tmp_path)
    short = Author.objects.get(display_name="J. Example")

    run([record("2401.00002", "Joan Example", "Ben Two"), record("2401.00003", "Joan Example")], tmp_path)

    assert Author.objects.visible().filter(sort_key__endswith="example").count() == 1
    kept = Author.objects.visible().get(sort_key__endswith="example")
    assert (kept, kept.display_name, kept.works_count) == (short, "Joan Example", 3)


def test_a_preview_counts_and_writes_nothing() -> None:
    item = record("2401.00001", "Ada One")

    total, refused = ingest.preview([item, item, replace(item, provider_id="z", title="")])

    assert (total, len(refused)) == (batches.Counts(read=3, created=1, unchanged=1, quarantined=1), 1)
    assert not Work.objects.exists()
