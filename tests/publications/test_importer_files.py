"""Opening files: order, compression, archives, damage, bombs, progress, and what is refused before a run."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import tracemalloc
import zlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from publications.importers import files, jsonrecords
from publications.importers.files import Progress, documents
from publications.importers.jsonrecords import Raw
from publications.records import Rejected

JSON = (".jsonl", ".json")


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def found(*paths: Path) -> list[tuple[str, bytes]]:
    return [(Path(d.name).name, d.stream.read()) for d in documents(paths, JSON)]


def split(path: Path) -> tuple[list[Any], list[Rejected]]:
    """Decoded records and refusals of a path."""
    items = [item for document in documents([path], JSON) for item in jsonrecords.records(document)]
    return [json.loads(i.data) for i in items if isinstance(i, Raw)], [i for i in items if isinstance(i, Rejected)]


def archive(path: Path, members: Sequence[tuple[str, bytes]]) -> Path:
    modes = {".gz": "w:gz", ".xz": "w:xz"}
    with tarfile.open(path, modes.get(path.suffix, "w")) as tar:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_a_folder_is_read_at_every_depth_in_sorted_order_without_hidden_and_foreign_files(tmp_path: Path) -> None:
    for name in ("b/2.jsonl", "b/1.jsonl", "a.json", ".hidden.jsonl", ".git/x.jsonl", "notes.txt", "b/10.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    assert [content for _, content in found(tmp_path)] == [b"a.json", b"b/1.jsonl", b"b/10.jsonl", b"b/2.jsonl"]


def test_every_packing_gives_the_same_content(tmp_path: Path) -> None:
    content = lines({"n": 1}, {"n": 2})
    (tmp_path / "1.jsonl").write_bytes(content)
    (tmp_path / "2.jsonl.gz").write_bytes(gzip.compress(content))
    (tmp_path / "3.jsonl.xz").write_bytes(lzma.compress(content))
    (tmp_path / "part_000.gz").write_bytes(gzip.compress(content[:9]) + gzip.compress(content[9:]))
    (tmp_path / "part_001.xz").write_bytes(lzma.compress(content[:9]) + b"\0" * 8 + lzma.compress(content[9:]))
    archive(tmp_path / "4.tar", [("x/y.jsonl", content), ("x/other.txt", b"no")])
    archive(tmp_path / "5.tar.gz", [("y.jsonl.gz", gzip.compress(content))])
    archive(tmp_path / "6.tar.xz", [("y.jsonl", content), ("./._y.jsonl", b"a Mac's shadow")])
    archive(tmp_path / "7.tar.gz", [("y.json", content)]).rename(tmp_path / "7.tgz")

    assert [unpacked for _, unpacked in found(tmp_path)] == [content] * 9


def test_what_cannot_be_read_at_all_is_said_before_the_run_starts(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()

    with pytest.raises(ValueError, match="does not exist"):
        documents([tmp_path / "missing.jsonl"], JSON)
    with pytest.raises(ValueError, match=r"notes\.txt is of no known form: its name should end in \.jsonl"):
        documents([tmp_path / "notes.txt"], JSON)
    with pytest.raises(ValueError, match=r"empty holds no file that ends in"):
        documents([tmp_path / "empty"], JSON)


def test_a_dangling_link_in_a_folder_is_said_before_the_run_starts(tmp_path: Path) -> None:
    (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nowhere.jsonl")

    with pytest.raises(ValueError, match=r"gone\.jsonl cannot be read"):
        documents([tmp_path], JSON)


def test_progress_counts_bytes_on_disk_to_the_end(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl.gz").write_bytes(gzip.compress(lines(*({"n": i} for i in range(9_000)))))
    (tmp_path / "2.jsonl").write_bytes(lines({"n": 1}))
    progress = Progress()

    reading = documents([tmp_path], JSON, progress)
    total, before = progress.bytes_total, progress.bytes_done
    for document in reading:
        document.stream.read(10)

    assert total == sum(f.stat().st_size for f in tmp_path.iterdir())
    assert (before, progress.bytes_done) == (0, total)


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_truncated_file_gives_its_whole_lines_and_one_refusal_and_the_next_file_is_read(
    tmp_path: Path, suffix: str, pack: Any
) -> None:
    packed = pack(b"".join(lines({"n": i, "noise": f"{zlib.crc32(b'%d' % i):x}" * 9}) for i in range(20_000)))
    (tmp_path / f"1.jsonl{suffix}").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "2.jsonl").write_bytes(lines({"n": "next"}))

    records, refused = split(tmp_path)

    read = len(records) - 1
    assert records[-1] == {"n": "next"}
    assert [record["n"] for record in records[:-1]] == list(range(read))
    assert read > 1_000
    assert [r.where for r in refused] == [f"{tmp_path}/1.jsonl{suffix}, line {read + 1}"]
    assert "damaged or cut short" in refused[0].reason


@pytest.mark.parametrize("name", ["1.jsonl.gz", "1.jsonl.xz", "1.tar.xz", "1.tar", "1.tar.gz"])
def test_a_file_that_is_not_what_its_name_says_is_one_refusal(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<html>404 Not Found</html>" * 40)
    (tmp_path / "2.jsonl").write_bytes(lines({"n": "next"}))

    records, refused = split(tmp_path)

    assert records == [{"n": "next"}]
    assert len(refused) == 1
    assert name in refused[0].where
    assert "damaged" in refused[0].reason


@pytest.mark.parametrize("cut", [512 * 2 + 100, 512 * 2, 512 * 3, 512])
def test_an_archive_that_was_cut_short_anywhere_is_refused_from_there(tmp_path: Path, cut: int) -> None:
    whole = archive(tmp_path / "1.tar", [("1.jsonl", lines({"n": 1})), ("2.jsonl", lines({"n": 2}))])
    whole.write_bytes(whole.read_bytes()[:cut])

    records, refused = split(tmp_path)

    assert records in ([], [{"n": 1}])
    assert len(refused) == 1
    assert "damaged" in refused[0].reason


@pytest.mark.parametrize("pack", [gzip.compress, partial(lzma.compress, preset=0)], ids=["gz", "xz"])
def test_a_decompression_bomb_is_stopped_in_constant_memory(
    tmp_path: Path, pack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FREE_EXPANSION", 1 << 20)
    bomb = tmp_path / ("1.jsonl.gz" if pack is gzip.compress else "1.jsonl.xz")
    bomb.write_bytes(pack(b"0" * (100 << 20)))

    tracemalloc.start()
    records, refused = split(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert records == []
    assert ["decompression bomb" in r.reason for r in refused] == [True]
    assert peak < 60 << 20


def test_an_archive_header_of_gigabytes_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 33
    (tmp_path / "1.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)

    records, refused = split(tmp_path)

    assert (records, len(refused)) == ([], 1)
    assert "too large" in refused[0].reason


# ---------------------------------------------------------------- records of a document


def test_blank_lines_a_byte_order_mark_and_a_missing_last_newline_are_no_records(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"n": 1}\r\n\n  \n{"n": 2}')

    items = [item for document in documents([path], JSON) for item in jsonrecords.records(document)]

    assert items == [Raw(f"{path}, line 1", b'{"n": 1}'), Raw(f"{path}, line 4", b'{"n": 2}')]


def test_a_line_beyond_the_limit_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonrecords, "RECORD_LIMIT", 1_000)
    path = tmp_path / "1.jsonl"
    path.write_bytes(lines({"n": 1}, {"long": "x" * 500_000}, {"n": 3}))

    records, refused = split(path)

    assert records == [{"n": 1}, {"n": 3}]
    assert [r.where for r in refused] == [f"{path}, line 2"]
    assert "longer than" in refused[0].reason


@pytest.mark.parametrize(
    "content",
    [
        b'[{"n": 1}, {"n": "a, ]}\\""},\n {"n": [1, {"m": []}]}]',
        b'{"n": 1}\n{"n": "a, ]}\\""}\n\n{"n": [1, {"m": []}]}\n',
        b'{"meta": {}, "results": [{"n": 1}, {"n": "a, ]}\\""}, {"n": [1, {"m": []}]}]}',
        b'{\n "works": [{"n": 1},\n {"n": "a, ]}\\""}, {"n": [1, {"m": []}]}]\n}',
    ],
    ids=["array", "lines", "answer of an API", "collection"],
)
def test_a_json_file_may_hold_its_records_in_any_way(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "1.json").write_bytes(content)

    assert split(tmp_path) == ([{"n": 1}, {"n": 'a, ]}"'}, {"n": [1, {"m": []}]}], [])


def test_one_object_over_many_lines_is_one_record(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(json.dumps({"id": 1, "results": [{}, {}]}, indent=2))

    assert split(tmp_path) == ([{"id": 1, "results": [{}, {}]}], [])


@pytest.mark.parametrize("buffer", [1, 2, 3, 7, 64])
def test_an_array_is_split_alike_wherever_the_stream_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, buffer: int
) -> None:
    monkeypatch.setattr(jsonrecords, "BUFFER", buffer)
    values = [{"a": '\\"],[{'}, {"b": [["\\\\"], {}]}, {"c": "\n"}, {}]
    (tmp_path / "1.json").write_text("[\n" + ",".join(json.dumps(value) for value in values) + "]\n")

    assert split(tmp_path) == (values, [])


def test_an_array_that_does_not_end_gives_its_elements_and_one_refusal(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text('[{"n": 1}, {"n": 2}, {"n": ')

    records, refused = split(tmp_path)

    assert records == [{"n": 1}, {"n": 2}]
    assert [r.where for r in refused] == [f"{tmp_path}/1.json, element 3"]
    assert "cut short" in refused[0].reason
