"""The reader of the ACL Anthology before XML, YAML and archives that attack or break."""

from __future__ import annotations

import io
import socket
import tarfile
from pathlib import Path

import pytest

from publications.importers import acl
from publications.records import Rejected
from tests.patience import patience
from tests.publications.anthology import META, bundle, numbers, titled, volume


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
