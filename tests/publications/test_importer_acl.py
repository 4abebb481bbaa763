"""The reader of the ACL Anthology: papers, persons, venues."""

from __future__ import annotations

import tarfile
from datetime import date
from pathlib import Path

import pytest

from publications.importers import acl, acl_bundle, acl_text
from publications.records import AuthorRef, Rejected, SourceRef, TopicRef, WorkRecord
from tests.publications.anthology import PAPER, VARIANTS, bundle, one, titled, volume


def test_a_paper_of_a_bundle_becomes_a_work(tmp_path: Path) -> None:
    assert one(tmp_path) == WorkRecord(
        provider="acl",
        provider_id="2020.sample-main.1",
        title="A Model of $x^2$ for \\$5 https://a.b",
        ids={"acl": "2020.sample-main.1", "doi": "10.1000/sample.1"},
        authors=(
            AuthorRef(
                name="A. Example",
                ids={"acl": "ada-example"},
                affiliations=("Sample University",),
                variants=("Ada Example", "Ada B. Example"),
            ),
            AuthorRef(name="Li Wei", ids={"acl": "li-wei-south"}, variants=("李伟",)),
            AuthorRef(name="Li Wei"),
            AuthorRef(name="Mono"),
        ),
        abstract="We show $\\alpha$ at \\$5 and \\$10.$\\pm 1$",
        type="proceedings-article",
        publication_year=2020,
        publication_date=date(2020, 7, 1),
        updated_date=date(2020, 9, 10),
        language="fr",
        source=SourceRef(name="Meeting on Samples", kind="conference", ids={"acl": "sample"}),
        topics=(TopicRef(scheme="acl", code="sample", name="SAMPLE"),),
        open_access_url="https://aclanthology.org/2020.sample-main.1",
        published_via="acl",
    )


def test_folder_archive_and_single_volume_find_the_same_persons_and_venues(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "b", volume(PAPER))
    for suffix in ("tar.xz", "tar.gz", "tar"):
        with tarfile.open(tmp_path / f"b.{suffix}", f"w:{suffix[4:]}") as tar:  # type: ignore[call-overload]
            tar.add(folder, "b")
    paths = [folder, folder / "data" / "xml", folder / "data" / "xml" / "2020.sample.xml"]
    paths += [tmp_path / f"b.{suffix}" for suffix in ("tar.xz", "tar.gz", "tar")]

    results = [list(acl.read([path])) for path in paths]

    assert [len(result) for result in results] == [1] * 6
    assert all(result == results[0] for result in results)


def test_without_yaml_only_explicit_ids_and_the_volumes_title_are_known(tmp_path: Path) -> None:
    [work] = acl.read([bundle(tmp_path, volume(PAPER), yaml=False)])

    assert isinstance(work, WorkRecord)
    assert [a.ids for a in work.authors] == [{}, {"acl": "li-wei-south"}, {}, {}]
    assert work.source == SourceRef(name="Proceedings of Samples", kind="conference", ids={"acl": "sample"})
    assert work.topics == (TopicRef(scheme="acl", code="sample", name="SAMPLE"),)


@pytest.mark.parametrize(
    ("collection", "volume_id", "number", "expected"),
    [
        ("2020.acl", "main", "1", "2020.acl-main.1"),
        ("P18", "1", "1", "P18-1001"),
        ("W19", "1", "2", "W19-0102"),
        ("W19", "89", "8", "W19-8908"),
        ("D19", "1", "7", "D19-1007"),
        ("D19", "50", "7", "D19-5007"),
        ("C69", "1", "1", "C69-0101"),
    ],
)
def test_ids_follow_the_anthologys_own_rule(collection: str, volume_id: str, number: str, expected: str) -> None:
    assert acl.anthology_id(collection, volume_id, number) == expected


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("July", 7),
        ("6", 6),
        ("Septempber", 9),
        ("DECEMBER", 12),
        ("29 October--3 November", 10),
        ("May 31–2 June", 5),
        ("Spring", None),
        ("13", None),
    ],
)
def test_months_are_read_as_volumes_write_them(tmp_path: Path, month: str, expected: int | None) -> None:
    meta = f"<booktitle>B</booktitle><month>{month}</month><year>2019</year>"

    assert one(tmp_path, meta=meta).publication_date == (date(2019, expected, 1) if expected else None)


def test_a_journal_gives_articles_and_a_workshop_the_more_telling_venue(tmp_path: Path) -> None:
    meta = "<booktitle>B</booktitle><year>2019</year><venue>ws</venue><venue>sample</venue>"
    record = one(tmp_path, titled(1), meta=meta, kind="journal")

    assert record.type == "article"
    assert record.source == SourceRef(name="Meeting on Samples", kind="conference", ids={"acl": "sample"})
    assert [t.code for t in record.topics] == ["sample"]


def test_retracted_and_removed_papers_are_marked(tmp_path: Path) -> None:
    papers = [
        "<paper id='1'><title>One</title><retracted date='2021-08-09'/></paper>",
        "<paper id='2'><title>Two</title><removed date='2021-10-05'>Duplicate.</removed></paper>",
        titled(3),
    ]

    works = list(acl.read([bundle(tmp_path, volume("".join(papers)))]))

    assert [w.is_retracted for w in works if isinstance(w, WorkRecord)] == [True, True, False]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("昱", "王", "王昱"),
        ("ada.example@example.org", "ada.example@example.org", "Ada Example"),
        ("Ada", "Example1", "Ada Example"),
        ("18437919080@163.com", "18437919080@163.com", None),
    ],
)
def test_names_are_as_people_write_them_and_addresses_are_none(
    tmp_path: Path, first: str, last: str, expected: str | None
) -> None:
    author = f"<author><first>{first}</first><last>{last}</last></author>"
    record = one(tmp_path, f"<paper id='1'><title>T</title>{author}</paper>")

    assert [a.name for a in record.authors] == ([expected] if expected else [])


def test_an_entry_whose_slug_another_entry_has_gives_its_names_but_no_id(tmp_path: Path) -> None:
    folder = bundle(tmp_path, volume(PAPER))
    entry = "\n- canonical: {first: Ada, last: Éxample}\n  variants:\n  - {first: Ádá, last: Exemple}\n"
    (folder / "data" / "yaml" / "name_variants.yaml").write_text(VARIANTS + entry)

    known, refused = acl_bundle.load([folder])

    assert refused == []
    assert known.person(("Ádá", "Exemple"), "") == acl_bundle.Person("", (("Ada", "Éxample"), ("Ádá", "Exemple")))
    assert known.person(("Li", "Wei"), "") is None
    assert known.person(("J.", "Doe"), "") == known.people_by_id["jan-doe-elsewhere"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("costs $5 and $10", "costs \\$5 and \\$10"),
        ("a wait-$k$ policy", "a wait-$k$ policy"),
        ("$\\alpha$ or $a_1$ for 3$", "$\\alpha$ or $a_1$ for 3\\$"),
        ("English$German and Italian$Romanian", "English\\$German and Italian\\$Romanian"),
        ("already \\$5", "already \\$5"),
    ],
)
def test_dollars_of_prices_are_escaped_and_those_of_formulas_stay(text: str, expected: str) -> None:
    assert acl_text._plain(text) == expected


# ---------------------------------------------------------------- real records


def test_every_eighth_volume_of_the_real_bundle_comes_in_whole(shared_data: Path, tmp_path: Path) -> None:
    with tarfile.open(shared_data / "acl" / "acl-anthology-2016plus.tar.xz") as members:
        for number, member in enumerate(members):
            if number % 8 == 0 or not member.name.endswith(".xml"):
                members.extract(member, tmp_path, filter="data")
    papers = sum(path.read_text().count("<paper ") for path in tmp_path.rglob("*.xml"))

    works = [item for item in acl.read([tmp_path]) if isinstance(item, WorkRecord)]

    assert len({work.provider_id for work in works}) == papers > 4_000
    assert all(work.publication_year and work.source and work.topics for work in works)
    assert sum("acl" in author.ids for work in works for author in work.authors) > papers / 3


@pytest.mark.long
def test_the_real_bundle_comes_in_whole(shared_data: Path) -> None:
    path = shared_data / "acl" / "acl-anthology-2016plus.tar.xz"

    refused: list[Rejected] = []
    seen: set[str] = set()
    retracted = authors = with_id = dated = venues = 0
    for item in acl.read([path]):
        if isinstance(item, Rejected):
            refused.append(item)
            continue
        seen.add(item.provider_id)
        retracted += item.is_retracted
        authors += len(item.authors)
        with_id += sum("acl" in a.ids for a in item.authors)
        dated += item.publication_year is not None
        venues += item.source is not None and bool(item.topics)

    assert refused == []
    assert (len(seen), dated, venues) == (55_347, 55_347, 55_347)
    assert retracted == 11  # ten retracted, one removed
    assert authors == 224_947 - 2  # two names are e-mail addresses made of digits
    assert with_id > 20_000
