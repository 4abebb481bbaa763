"""The reader of the ACL Anthology: papers, persons, venues, and XML that attacks or breaks."""

from __future__ import annotations

import io
import socket
import tarfile
from datetime import date
from pathlib import Path

import pytest

from publications.importers import acl, acl_bundle, acl_text
from publications.records import AuthorRef, Item, Rejected, SourceRef, TopicRef, WorkRecord
from tests.patience import patience

VARIANTS = """
- canonical: {first: Ada, last: Example}
  variants:
  - {first: A., last: Example}
  - {first: Ada B., last: Example}
- canonical: {first: Li, last: Wei}
  id: li-wei-north
- canonical: {first: Li, last: Wei}
  id: li-wei-south
- canonical: {first: Jan, last: Doe}
  id: jan-doe-elsewhere
  variants:
  - {first: J., last: Doe}
"""
PAPER = """
    <paper id="1">
      <title>A <fixed-case>M</fixed-case>odel of <tex-math>x^2</tex-math> for <i>$5</i> <url>https://a.b</url></title>
      <author><first>A.</first><last>Example</last><affiliation>Sample University</affiliation></author>
      <author id="li-wei-south">
        <first>Li</first><last>Wei</last><variant script="hani"><first>伟</first><last>李</last></variant>
      </author>
      <author><first>Li</first><last>Wei</last></author>
      <author><first/><last>Mono</last></author>
      <editor><first>No</first><last>Author</last></editor>
      <abstract>We <b>show</b> $\\alpha$ at $5 and
        $10.<tex-math>\\pm 1</tex-math></abstract>
      <url hash="12345678">2020.sample-main.1</url>
      <doi>10.1000/Sample.1</doi>
      <revision id="1" href="2020.sample-main.1v1" hash="12345678" date="2020-09-10">Typos.</revision>
      <language>fra</language>
    </paper>"""
META = "<booktitle>Proceedings of Samples</booktitle><month>July</month><year>2020</year><venue>sample</venue>"


def volume(papers: str, *, meta: str = META, collection: str = "2020.sample", volume_id: str = "main",
           kind: str = "proceedings", front: str = "<frontmatter><url>x</url></frontmatter>") -> str:  # fmt: skip
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<collection id='{collection}'><volume id='{volume_id}' type='{kind}'>"
        f"<meta>{meta}</meta>{front}{papers}</volume></collection>"
    )


def bundle(folder: Path, xml: str | bytes, *, name: str = "2020.sample.xml", yaml: bool = True) -> Path:
    (folder / "data" / "xml").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "xml" / name).write_bytes(xml.encode() if isinstance(xml, str) else xml)
    if yaml:
        (folder / "data" / "yaml" / "venues").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "yaml" / "name_variants.yaml").write_text(VARIANTS)
        (folder / "data" / "yaml" / "venues" / "sample.yaml").write_text("acronym: SAMPLE\nname: Meeting on Samples\n")
    return folder


def one(folder: Path, paper: str = PAPER, **kwargs: str) -> WorkRecord:
    [item] = acl.read([bundle(folder, volume(paper, **kwargs))])
    assert isinstance(item, WorkRecord), item
    return item


def titled(number: int) -> str:
    return f"<paper id='{number}'><title>Paper {number}</title></paper>"


def numbers(items: list[Item]) -> list[str]:
    return [item.provider_id.rsplit(".")[-1] for item in items if isinstance(item, WorkRecord)]


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


# ---------------------------------------------------------------- attacks and damage


def laughs(levels: int = 9) -> str:
    entities = "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, levels))
    return f"<!DOCTYPE collection [<!ENTITY l0 'ha'>{entities}]>"


def with_doctype(doctype: str, papers: str) -> str:
    return volume(papers).replace("\n", f"\n{doctype}\n", 1)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE collection [<!ENTITY l8 SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE collection [<!ENTITY l8 SYSTEM 'http://127.0.0.1:9/secret'>]>",
        "<!DOCTYPE collection [<!ENTITY l8 'harmless'>]>",
    ],
    ids=["file", "network", "internal"],
)
def test_an_entity_costs_its_paper_and_nothing_is_fetched(
    tmp_path: Path, doctype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the importer opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    papers = f"{titled(1)}<paper id='2'><title>See &l8;</title></paper>{titled(3)}"

    items = list(acl.read([bundle(tmp_path, with_doctype(doctype, papers))]))

    refused = [item for item in items if isinstance(item, Rejected)]
    assert numbers(items) == ["1", "3"]
    assert [r.provider_id for r in refused] == ["2020.sample-main.2"]
    assert "uses the entity &l8;" in refused[0].reason
    assert "root:" not in "".join(str(item) for item in items)


@pytest.mark.parametrize(
    "place", ["<paper id='2'><title>&l8;</title></paper>", "<paper id='&l8;'><title>T</title></paper>"]
)
def test_a_billion_laughs_stop_their_file_alone_and_at_once(tmp_path: Path, place: str) -> None:
    bundle(tmp_path, with_doctype(laughs(), titled(1) + place + titled(3)), name="1.xml")
    bundle(tmp_path, volume(titled(9)), name="2.xml")

    with patience():
        items = list(acl.read([tmp_path]))

    [refused] = [item for item in items if isinstance(item, Rejected)]
    assert numbers(items)[-1] == "9"
    assert "The XML breaks here" in refused.reason
    assert refused.where.startswith(f"{tmp_path}/data/xml/1.xml, line")


def test_a_broken_volume_keeps_the_papers_before_the_break_and_the_next_file_is_read(tmp_path: Path) -> None:
    broken = volume(titled(1) + "\n" + titled(2) + "\n<paper id='3'><title>Un<closed</title></paper>" + titled(4))
    bundle(tmp_path, broken, name="1.xml")
    bundle(tmp_path, volume(titled(9)), name="2.xml")

    items = list(acl.read([tmp_path]))

    [refused] = [item for item in items if isinstance(item, Rejected)]
    assert numbers(items) == ["1", "2", "9"]
    assert refused.where == f"{tmp_path}/data/xml/1.xml, line 4"
    assert "The XML breaks here" in refused.reason


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "breaks here"),
        (b"<html><body><p>503", "breaks here"),
        (b"<html><body><p>503</p></body></html>", "no <collection>"),
        (b"<!DOCTYPE html><html><body><br>503</body></html>", "breaks here"),
        (b'{"this": "is JSON"}', "breaks here"),
        (volume(titled(1))[:-30].encode(), "breaks here"),
        (volume("<paper id='1'><title>caf\xe9</title></paper>").encode("latin-1"), "breaks here"),
        (volume("<paper id='1'><title>nu\0l</title></paper>").encode(), "breaks here"),
        (volume("<x>" * 200_000).encode(), "breaks here"),
        (volume("<x/>" * 2_000_000).encode(), "without a complete <paper>"),
        (volume(f"<paper id='1'><title>{'x' * 10_100_000}</title></paper>").encode(), "without a complete <paper>"),
    ],
    ids=["empty", "HTML cut", "XHTML", "HTML", "JSON", "cut", "charset", "NUL", "nesting", "endless", "huge"],
)
def test_what_is_no_volume_is_one_refusal_and_the_next_file_is_read(tmp_path: Path, content: bytes, word: str) -> None:
    bundle(tmp_path, content, name="1.xml")
    bundle(tmp_path, volume(titled(9)), name="2.xml")

    items = list(acl.read([tmp_path]))

    refused = [item for item in items if isinstance(item, Rejected)]
    assert numbers(items)[-1] == "9"
    assert [(r.where.split(",")[0], word in r.reason) for r in refused] == [(f"{tmp_path}/data/xml/1.xml", True)]


@pytest.mark.parametrize(
    ("paper", "meta", "word"),
    [
        ("<paper id='1'><title/></paper>", META, "has no title"),
        ("<paper id='1'></paper>", META, "has no title"),
        ("<paper><title>T</title></paper>", META, "no Anthology id"),
        ("<paper id='x y'><title>T</title></paper>", META, "no Anthology id"),
        ("<paper id='1'><title>T</title></paper>", "<year>99999</year>", "99999 is not between"),
        ("<paper id='1'><title>T</title></paper>", "<year>MMXX</year>", "'MMXX' is no number"),
        (f"<paper id='1'><title>T</title><abstract>{'x' * 300_000}</abstract></paper>", META, "more than the 200,000"),
        ("<paper id='1'><title>T</title><revision date='soon'/></paper>", META, "'soon' is no date"),
    ],
)
def test_a_bad_paper_is_refused_alone_with_its_reason(tmp_path: Path, paper: str, meta: str, word: str) -> None:
    items = list(acl.read([bundle(tmp_path, volume(paper, meta=meta))]))

    [refused] = items
    assert isinstance(refused, Rejected)
    assert word in refused.reason
    assert refused.where == f"{tmp_path}/data/xml/2020.sample.xml, line 2"


@pytest.mark.parametrize(
    "yaml",
    ["[" * 200_000, "- {a: [}", "\0", "a: &a [*a]\n" * 3, "x" * 9_000_000],
    ids=["deep", "bad", "NUL", "odd", "big"],
)
def test_broken_yaml_is_refused_once_and_the_volumes_are_read_without_it(tmp_path: Path, yaml: str) -> None:
    folder = bundle(tmp_path, volume(titled(1)))
    (folder / "data" / "yaml" / "name_variants.yaml").write_text(yaml)

    items = list(acl.read([folder]))

    refused = [item for item in items if isinstance(item, Rejected)]
    assert numbers(items) == ["1"]
    assert len(refused) <= 1
    assert all("volumes are imported without it" in r.reason for r in refused)


def test_a_truncated_archive_keeps_its_papers_and_says_where_it_ends(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name in ("1.xml", "2.xml"):
            content = volume(titled(1)).encode() + b" " * 5_000
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    (tmp_path / "b.tar").write_bytes(raw.getvalue()[:8_000])

    items = list(acl.read([tmp_path / "b.tar"]))

    refused = [item for item in items if isinstance(item, Rejected)]
    assert numbers(items) == ["1"]
    assert [r.where.split("/")[-1] for r in refused] == ["b.tar: 2.xml"]
    assert "damaged or cut short" in refused[0].reason


# ---------------------------------------------------------------- real records


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
