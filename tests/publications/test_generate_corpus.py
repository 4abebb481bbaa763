"""The invented corpus as files: same seed, same bytes; in the real forms, with real defects; read by the importers."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command
from stdnum import isni, issn

from publications.generator import arxiv_form, corpus
from publications.generator.shard import Shard
from publications.generator.works import invent_corpus
from publications.importers import READERS
from publications.records import Rejected, WorkRecord

WORKS = 3000
Rows = list[dict[str, Any]]


def read_lines(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path) as file:
            yield from file.read().splitlines()


def rows_of(folder: Path) -> tuple[Rows, int]:
    """The rows that parse and have a title, and the number of the other lines."""
    rows: Rows = []
    broken = 0
    for line in read_lines(folder):
        try:
            row = msgspec.json.decode(line)
        except msgspec.DecodeError:
            broken += 1
            continue
        if row["title"] is None:
            broken += 1
        else:
            rows.append(row)
    return rows, broken


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "corpus"
    call_command("generate_corpus", works=WORKS, seed=1, out=out, stdout=StringIO())
    return out


@pytest.fixture(scope="module")
def arxiv(demo: Path) -> Rows:
    return rows_of(demo / "arxiv")[0]


@pytest.fixture(scope="module")
def openalex(demo: Path) -> Rows:
    return rows_of(demo / "openalex")[0]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    for name, seed in (("one", 4), ("two", 4), ("other", 5)):
        call_command("generate_corpus", works=120, seed=seed, out=tmp_path / name, stdout=StringIO())

    one, two, other = (digest(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert len(one) == 3
    assert all(one[name] != other[name] for name in one)


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publications.generator.shard.SIZE", 100)
    monkeypatch.setattr("publications.generator.corpus.SIZE", 100)

    for jobs in (1, 3):
        written = list(corpus.generate(350, 2, tmp_path / str(jobs), jobs=jobs))
        assert [part.works for part in written] == [100, 100, 100, 50]

    assert digest(tmp_path / "1") == digest(tmp_path / "3")


def test_the_manifest_counts_what_is_in_the_files(demo: Path) -> None:
    manifest = json.loads((demo / corpus.MANIFEST).read_text())
    arxiv_rows, arxiv_broken = rows_of(demo / "arxiv")
    openalex_rows, openalex_broken = rows_of(demo / "openalex")

    assert manifest["works"] == WORKS
    assert manifest["arxiv_lines"] == len(arxiv_rows) + arxiv_broken
    assert manifest["openalex_lines"] == len(openalex_rows) + openalex_broken
    assert manifest["malformed_lines"] == arxiv_broken + openalex_broken > 4
    assert len(arxiv_rows) + len(openalex_rows) - manifest["in_both"] == WORKS
    assert manifest["retracted"] == sum(row["is_retracted"] for row in openalex_rows) == 6


def test_arxiv_lines_have_the_keys_of_the_real_snapshot(arxiv: Rows, shared_data: Path) -> None:
    with gzip.open(shared_data / "arxiv" / "sample-author.jsonl.gz") as file:
        real = set(json.loads(file.readline()))

    assert {frozenset(row) for row in arxiv} == {frozenset(real), frozenset(real - {"versions"})}


def test_openalex_lines_have_keys_that_real_works_have(openalex: Rows, shared_data: Path) -> None:
    old = json.loads((shared_data / "openalex" / "work-W2741809807.json").read_text())
    new = json.loads((shared_data / "openalex" / "entity_list_samples.derived.json").read_text())["works"][0]
    real = old.keys() | new.keys()

    assert {key for row in openalex for key in row} <= real
    assert {key for row in openalex for place in row["locations"] for key in place} <= real_keys(old, new, "locations")
    authorship = {key for row in openalex for author in row["authorships"] for key in author}
    assert authorship <= real_keys(old, new, "authorships")


def real_keys(old: dict[str, Any], new: dict[str, Any], name: str) -> set[str]:
    return set(old[name][0]) | set(new[name][0])


def test_ids_are_well_formed_and_belong_to_nobody(openalex: Rows, arxiv: Rows) -> None:
    authors = [author["author"] for row in openalex for author in row["authorships"]]
    homes = [home for row in openalex for author in row["authorships"] for home in author["institutions"]]
    venues = [place["source"] for row in openalex for place in row["locations"] if place["source"]]

    iris = {author["orcid"].rpartition("/")[2] for author in authors if author["orcid"]}
    assert all(isni.is_valid(iri) and iri.startswith("0000-0000-") for iri in iris)
    assert len(iris) > 300
    assert all(re.fullmatch(r"https://ror\.org/0yyy[0-9a-hjkmnp-tv-z]{3}[0-9]{2}", home["ror"]) for home in homes)
    assert all(issn.is_valid(venue["issn_l"]) for venue in venues if venue["issn_l"])
    dois = [row["doi"] for row in openalex + arxiv if row["doi"]]
    assert all(doi.lower().removeprefix("https://doi.org/").startswith("10.5555/") for doi in dois)


def test_works_in_both_files_share_a_doi_an_arxiv_id_or_only_title_and_year(arxiv: Rows, openalex: Rows) -> None:
    dois = {row["doi"].lower().split()[0] for row in arxiv if row["doi"]}
    numbers = {str(row["id"]) for row in arxiv}
    titles = {(key(row["title"]), row["versions"][0]["created"][-17:-13]) for row in arxiv if "versions" in row}

    by_doi = [row for row in openalex if row["doi"] and row["doi"].removeprefix("https://doi.org/") in dois]
    by_arxiv = [row for row in openalex if numbers & set(arxiv_ids(row))]
    by_id = {row["id"] for row in [*by_doi, *by_arxiv]}
    others = [row for row in openalex if row["id"] not in by_id]
    by_title = [row for row in others if (key(row["title"]), str(row["publication_year"])) in titles]

    assert len(by_doi) > 400
    assert len(by_arxiv) > 400
    assert len(by_title) > 100


def key(title: str) -> str:
    return re.sub(r"\W+", "", title).casefold()


def arxiv_ids(row: dict[str, Any]) -> list[str]:
    urls = (place["landing_page_url"] for place in row["locations"])
    return [url.partition("/abs/")[2] for url in urls if "arxiv.org/abs/" in url]


def test_the_corpus_has_the_defects_of_real_ones(arxiv: Rows, openalex: Rows) -> None:
    authors = [row["authors"] for row in arxiv]
    numbers = [str(row["id"]) for row in arxiv]

    assert any(isinstance(row["id"], float) for row in arxiv)
    assert any(re.fullmatch(r"\d{4}\.\d{3,4}", n) and n[:2] > "14" and n[:2] < "90" for n in numbers)
    assert any("\n" in row["title"] for row in arxiv)
    assert any("\n" in text for text in authors)
    assert any("\\" in text for text in authors)
    assert any(unicodedata.normalize("NFC", text) != text for text in authors)
    assert any(doubled(text) for text in authors)
    assert any("Collaboration" in text for text in authors)
    assert any(re.search(r"\(\D+\)", text) for text in authors)
    assert any("I.2.6" in row["categories"] or "68T05" in row["categories"] for row in more_arxiv_rows())
    strings = [text for row in openalex for author in row["authorships"] for text in author["raw_affiliation_strings"]]
    assert any("@" in text for text in strings)


def doubled(text: str) -> bool:
    listed = re.split(r",? and |,\s*", text)
    half = len(listed) // 2
    return half > 0 and listed[:half] == listed[half:]


def more_arxiv_rows() -> Rows:
    """Rows of a larger corpus, made without files: rare defects need more works."""
    shard = Shard(invent_corpus(6000, 3), 0)
    return [msgspec.json.decode(line) for line, broken in arxiv_form.lines(shard, shard.papers()) if not broken]


def test_about_a_third_of_abstracts_and_a_few_titles_carry_tex(arxiv: Rows) -> None:
    abstracts = sum(("$" in row["abstract"]) or ("\\" in row["abstract"]) for row in arxiv) / len(arxiv)
    titles = sum("$" in row["title"] or "\\" in row["title"] for row in arxiv) / len(arxiv)
    commands = Counter(re.findall(r"\\[a-zA-Z]+", " ".join(row["abstract"] for row in arxiv)))

    assert 0.25 < abstracts < 0.42
    assert 0.015 < titles < 0.05
    assert {"\\frac", "\\sum", "\\mathcal", "\\begin", "\\emph", "\\sqrt", "\\int"} <= commands.keys()


def test_inverted_abstracts_are_the_abstracts(arxiv: Rows, openalex: Rows) -> None:
    printed = {row["abstract"].strip() for row in arxiv}
    read = {upright(row["abstract_inverted_index"]) for row in openalex if row["abstract_inverted_index"]}

    assert len(printed & read) > 700


def upright(index: dict[str, list[int]]) -> str:
    words = sorted((place, word) for word, places_ in index.items() for place in places_)
    return " ".join(word for _, word in words)


def test_no_slot_of_a_pattern_is_left_open_and_braces_are_balanced(arxiv: Rows) -> None:
    for row in arxiv:
        text = f"{row['title']} {row['abstract']}"
        assert not re.search(r"<[a-zA-Z]{1,2}>|%\(", text)
        assert text.count("{") == text.count("}")
        assert text.count("$") % 2 == 0


def test_references_go_to_earlier_works_that_the_second_file_holds(openalex: Rows) -> None:
    dates = {row["id"]: row["publication_date"] for row in openalex}
    inside = [(row, cited) for row in openalex for cited in row["referenced_works"] if cited in dates]
    outside = sum(cited not in dates for row in openalex for cited in row["referenced_works"])

    assert len(inside) > 5000
    assert outside > 2000
    assert all(dates[cited] <= row["publication_date"] for row, cited in inside)
    assert all(len(set(row["referenced_works"])) == row["referenced_works_count"] for row in openalex)


def test_namesakes_are_different_people_with_one_name(openalex: Rows) -> None:
    holders: dict[str, set[str]] = {}
    for row in openalex:
        for author in row["authorships"]:
            holders.setdefault(author["author"]["display_name"], set()).add(author["author"]["id"])

    assert sum(len(held) > 1 for held in holders.values()) > 20


def test_names_come_from_many_cultures_and_scripts(openalex: Rows) -> None:
    printed = {author["raw_author_name"] for row in openalex for author in row["authorships"]}
    scripts = {unicodedata.name(letter).split()[0] for name in printed for letter in name if letter.isalpha()}

    assert {"LATIN", "CYRILLIC", "CJK", "ARABIC", "HANGUL", "GREEK"} <= scripts
    assert any(re.fullmatch(r"(\w\. )+\w+", name) for name in printed)
    assert any(", " in name for name in printed)
    assert any(" " not in name and name.isascii() for name in printed)


@pytest.mark.parametrize("form", ["arxiv", "openalex"])
def test_the_importers_read_every_line_and_refuse_the_broken_ones(demo: Path, form: str) -> None:
    broken = rows_of(demo / form)[1]

    found = list(READERS[form]([demo / form]))

    refused = [item for item in found if isinstance(item, Rejected)]
    assert len(found) == sum(1 for _ in read_lines(demo / form))
    assert len(refused) == broken
    assert all(item.reason for item in refused)
    assert all(item.authors and item.title for item in found if isinstance(item, WorkRecord))


def test_huge_collaborations_are_read_as_such(demo: Path) -> None:
    records = [item for item in READERS["arxiv"]([demo / "arxiv"]) if isinstance(item, WorkRecord)]
    huge = [record for record in records if len(record.authors) >= 300]

    assert len(huge) == 2
    assert all("Collaboration" in record.collaborations[0] for record in huge)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--works", "0"], "from 1 to"),
        (["--works", "many"], "whole number"),
        (["--works", "10.5"], "whole number"),
        (["--works", "9", "--seed", "-1"], "from 0 upwards"),
    ],
)
def test_wrong_arguments_are_named(tmp_path: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("generate_corpus", *arguments, "--out", str(tmp_path / "out"))


def test_a_folder_with_other_files_is_left_alone_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(CommandError, match="--force"):
        call_command("generate_corpus", works=30, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

    call_command("generate_corpus", works=30, out=tmp_path, force=True, stdout=StringIO())
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    assert (tmp_path / corpus.MANIFEST).is_file()


def test_a_smaller_corpus_replaces_a_larger_one_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as small_files:
        small_files.setattr("publications.generator.shard.SIZE", 100)
        small_files.setattr("publications.generator.corpus.SIZE", 100)
        call_command("generate_corpus", works=150, out=tmp_path, stdout=StringIO())
    assert len(list((tmp_path / "arxiv").iterdir())) == 2

    call_command("generate_corpus", works=40, out=tmp_path, stdout=StringIO())

    assert [path.name for path in (tmp_path / "arxiv").iterdir()] == ["works-00000.jsonl.gz"]


@pytest.mark.parametrize("works", [1, 2, 25])
def test_tiny_corpora_can_be_made(tmp_path: Path, works: int) -> None:
    call_command("generate_corpus", works=works, out=tmp_path, stdout=StringIO())

    assert json.loads((tmp_path / corpus.MANIFEST).read_text())["works"] == works
