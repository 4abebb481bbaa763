"""No input crashes a reader: random bytes, random JSON in the shape of records, files with bytes turned."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publications.importers import READERS, markup
from publications.records import Item, Rejected, WorkRecord
from tests.patience import patience
from tests.publications import anthology, test_importer_arxiv, test_importer_openalex

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = st.text(max_size=40) | st.sampled_from(["\0", "\ud800", "$x$", "<i>", "&amp;", "10.1/x", "\u202e", "9" * 400])
NUMBER = st.integers() | st.floats() | st.sampled_from([10**30, -1, 99999, 1e308])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
SAMPLES: dict[str, dict[str, Any]] = {"arxiv": test_importer_arxiv.PAPER, "openalex": test_importer_openalex.WORK}


def items(source: str, content: bytes, name: str) -> list[Item]:
    """What the reader yields; every item sound enough for a database, no failure of the reader's own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        found = list(READERS[source]([path]))
        assert found == list(READERS[source]([path]))
    for item in found:
        assert isinstance(item, WorkRecord | Rejected)
        assert "\0" not in repr(item)
        assert "The reader failed" not in getattr(item, "reason", "")
        repr(item).encode()
        if isinstance(item, Rejected):
            assert item.where
            assert item.reason
            assert len(item.raw) <= 2_000
        else:
            assert item.title
            assert item.provider_id
            assert item.ids
    return found


@pytest.mark.parametrize("source", ["arxiv", "openalex"])
@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.jsonl.gz", "x.jsonl.xz", "x.tar", "x.tar.gz"])
@given(content=st.binary(max_size=300) | st.text('[]{}",:\\ \n\t0aé', max_size=60).map(str.encode))
@FUZZ
def test_random_bytes_give_items_and_no_crash(source: str, name: str, content: bytes) -> None:
    items(source, content, name)


@given(content=st.binary(max_size=300) | st.text("<>/&;'\"= collectionvolumepaper![]-?x", max_size=90).map(str.encode))
@FUZZ
def test_random_bytes_as_xml_give_items_and_no_crash(content: bytes) -> None:
    items("acl", content, "x.xml")


@pytest.mark.parametrize("source", ["arxiv", "openalex"])
@given(lines=st.lists(st.binary(max_size=60).map(lambda line: line.replace(b"\n", b"")), max_size=6))
@FUZZ
def test_every_line_that_is_not_blank_gives_exactly_one_item(source: str, lines: list[bytes]) -> None:
    content = b"{}\n" + b"\n".join(lines)

    assert len(items(source, content, "x.jsonl")) == 1 + sum(bool(line.strip()) for line in lines)


@pytest.mark.parametrize("source", ["arxiv", "openalex"])
@given(data=st.data())
@FUZZ
def test_records_with_random_values_give_one_item_each_in_every_packing(source: str, data: st.DataObject) -> None:
    sample = SAMPLES[source]
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(sample)), JSON, min_size=1, max_size=4))
    records = [sample, sample | changes, sample]
    lines = b"".join(json.dumps(record).encode() + b"\n" for record in records)

    by_line = items(source, lines, "x.jsonl")

    assert len(by_line) == 3
    assert isinstance(by_line[0], WorkRecord)
    assert by_line[0] == by_line[2]
    packed = items(source, gzip.compress(lines), "x.jsonl.gz")
    in_array = items(source, json.dumps(records).encode(), "x.json")
    assert [i for i in packed if isinstance(i, WorkRecord)] == [i for i in by_line if isinstance(i, WorkRecord)]
    assert [i for i in in_array if isinstance(i, WorkRecord)] == [i for i in by_line if isinstance(i, WorkRecord)]


def turned(content: bytes, changes: Sequence[tuple[int, int]]) -> bytes:
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    return bytes(damaged)


CHANGES = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=6)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
@pytest.mark.parametrize("source", ["arxiv", "openalex"])
@given(changes=CHANGES)
@FUZZ
def test_turned_bytes_in_a_file_of_records_cost_records_and_not_the_run(
    source: str, pack: Callable[[bytes], bytes], changes: list[tuple[int, int]]
) -> None:
    content = b"".join(json.dumps(SAMPLES[source]).encode() + b"\n" for _ in range(5))

    items(source, turned(pack(content), changes), "x.jsonl.gz" if pack is gzip.compress else "x.jsonl")


@given(changes=CHANGES)
@FUZZ
def test_turned_bytes_in_a_volume_cost_papers_and_not_the_run(changes: list[tuple[int, int]]) -> None:
    content = anthology.volume(anthology.PAPER + anthology.titled(2)).encode()

    items("acl", turned(content, changes), "x.xml")


@given(text=st.text("<>/ibsup &;amlt=\"'$\\", max_size=80) | st.text())
@FUZZ
def test_markup_never_fails_and_leaves_text_without_tags_alone(text: str) -> None:
    cleaned = markup.to_text(text)

    if not set(text) & set("<&\\]"):
        assert cleaned == text


@pytest.mark.parametrize(
    "text",
    ["<" * 100_000, "<i>" * 60_000, "<sub>" * 40_000, "&lt;" * 50_000, "<i " + 'a="b" ' * 30_000, "<![CDATA[" * 20_000,
     r"\documentclass" * 14_000, r"\documentclass\begin{document}" * 6_000, "<jats:title>" * 16_000 + " " * 1_000,
     "<title>" + " " * 200_000, "<sub>" + "a" * 200_000],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_markup_takes_time_in_proportion_to_the_text(text: str) -> None:
    with patience():
        markup.to_text(text * 3)
