"""The reader of arXiv's metadata snapshot."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from publications.importers import READERS, arxiv, categories
from publications.records import AuthorRef, Item, Rejected, SourceRef, TopicRef, WorkRecord

PAPER: dict[str, Any] = {
    "id": "2403.01234",
    "submitter": None,
    "authors": "Ada Example, Lu\\'is Sample (University of Somewhere) and The Foo Collaboration",
    "title": "Learning $\\alpha$-stable\n  laws",
    "comments": "12 pages",
    "journal-ref": None,
    "doi": "10.1234/ABC.1 10.1234/abc.2",
    "categories": "cs.LG math.PR 68T05 I.2.6; cs.ZZ",
    "abstract": "  We learn\n$x < y$.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 4 Mar 2024 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 30 Apr 2024 02:01:00 GMT"},
    ],
    "update_date": "2024-06-01",
}


def read(folder: Path, *papers: Any) -> list[Item]:
    path = folder / "papers.jsonl"
    path.write_bytes(b"".join(p if isinstance(p, bytes) else json.dumps(p).encode() + b"\n" for p in papers))
    return list(arxiv.read([path]))


def work(folder: Path, **changes: Any) -> WorkRecord:
    [item] = read(folder, PAPER | changes)
    assert isinstance(item, WorkRecord), item
    return item


def reason(folder: Path, paper: Any) -> str:
    [item] = read(folder, paper)
    assert isinstance(item, Rejected), item
    return item.reason


def test_a_record_of_the_snapshot_becomes_a_work(tmp_path: Path) -> None:
    assert work(tmp_path) == WorkRecord(
        provider="arxiv",
        provider_id="2403.01234",
        title="Learning $\\alpha$-stable laws",
        ids={"arxiv": "2403.01234", "doi": "10.1234/abc.1"},
        authors=(
            AuthorRef(name="Ada Example"),
            AuthorRef(name="Luís Sample", affiliations=("University of Somewhere",)),
        ),
        collaborations=("The Foo Collaboration",),
        abstract="We learn $x < y$.",
        type="preprint",
        publication_year=2024,
        publication_date=date(2024, 3, 4),
        updated_date=date(2024, 4, 30),
        source=SourceRef(name="arXiv", kind="repository", ids={"arxiv": "arxiv"}),
        topics=(
            TopicRef(scheme="arxiv", code="cs.LG", name="Machine Learning", field_name="Computer Science"),
            TopicRef(scheme="arxiv", code="math.PR", name="Probability", field_name="Mathematics"),
            TopicRef(scheme="arxiv", code="cs.ZZ", name="cs.ZZ", field_name="Computer Science"),
        ),
        open_access_url="https://arxiv.org/abs/2403.01234",
        published_via="arxiv",
    )


@pytest.mark.parametrize(
    ("given", "normal", "month"),
    [
        ("2008.03186", "2008.03186", date(2020, 8, 1)),
        (1406.2080, "1406.2080", date(2014, 6, 1)),
        ("1406.208", "1406.2080", date(2014, 6, 1)),
        (704.0001, "0704.0001", date(2007, 4, 1)),
        ("math/0211159", "math/0211159", date(2002, 11, 1)),
        ("hep-th/9901001v3", "hep-th/9901001", date(1999, 1, 1)),
    ],
)
def test_without_versions_the_month_of_the_id_is_the_date_and_damaged_ids_are_repaired(
    tmp_path: Path, given: Any, normal: str, month: date
) -> None:
    record = work(tmp_path, id=given, versions=None, update_date=None)

    assert (record.provider_id, record.publication_date, record.publication_year) == (normal, month, month.year)
    assert record.updated_date == month


def test_with_one_version_listed_the_last_change_is_what_arxiv_states(tmp_path: Path) -> None:
    record = work(tmp_path, versions=PAPER["versions"][:1])

    assert (record.publication_date, record.updated_date) == (date(2024, 3, 4), date(2024, 6, 1))


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        (None, {}),
        ("not a doi", {}),
        ("https://doi.org/10.1000/X", {"doi": "10.1000/x"}),
        ("10.48550/arXiv.2403.01234", {}),
        ("10.48550/arXiv.2403.01234; 10.1000/x", {"doi": "10.1000/x"}),
    ],
)
def test_the_first_doi_counts_and_arxivs_own_is_the_arxiv_id(tmp_path: Path, field: str, ids: dict[str, str]) -> None:
    assert work(tmp_path, doi=field).ids == {"arxiv": "2403.01234", **ids}


def test_authors_parsed_stands_in_where_the_string_is_missing(tmp_path: Path) -> None:
    record = work(
        tmp_path, authors=None, authors_parsed=[["Example", "Ada", ""], ["Doe", "Jan", "Jr.", "MIT"], ["", "", ""]]
    )

    assert record.authors == (AuthorRef(name="Ada Example"), AuthorRef(name="Jan Doe Jr.", affiliations=("MIT",)))


def test_a_paper_without_authors_is_a_paper(tmp_path: Path) -> None:
    assert work(tmp_path, authors="").authors == ()


@pytest.mark.parametrize(
    "comments",
    [
        "This paper has been withdrawn",
        "This paper has been withdrawn by the author due to a crucial sign error in equation 1",
        "Withdrawn.",
        "12 pages; the article was retracted",
        "Paper withdrawn: see 2404.00001",
        "This submission has been withdrawn by arXiv administrators",
        "arXiv admin note: this submission has been withdrawn",
        "withdrawn due to an error in Lemma 3",
    ],
)
def test_a_withdrawn_paper_is_marked(tmp_path: Path, comments: str) -> None:
    assert work(tmp_path, comments=comments).is_retracted


@pytest.mark.parametrize(
    "comments",
    [
        None,
        "12 pages, on retracted maps",
        "This paper was withdrawn from ICLR 2024",
        "Accepted; an earlier version withdrawn from the workshop",
        "We study why papers are withdrawn",
        "Not withdrawn",
        "Previous version withdrawn, error fixed",
    ],
)
def test_a_paper_that_only_speaks_of_withdrawal_is_not_marked(tmp_path: Path, comments: str | None) -> None:
    assert not work(tmp_path, comments=comments).is_retracted


def test_an_abstract_that_begins_with_the_mark_marks_the_paper(tmp_path: Path) -> None:
    assert work(tmp_path, abstract="This paper has been withdrawn by the authors.").is_retracted
    assert not work(tmp_path, abstract="We show that this paper has been withdrawn.").is_retracted


def test_the_table_of_categories_is_whole() -> None:
    by_field = Counter(topic.field_name for code, topic in categories.CATEGORIES.items() if "." in code or "-" in code)

    assert len(categories.CATEGORIES) == 176
    assert by_field["Computer Science"] == 41  # 40 and the old cmp-lg
    assert categories.topics("cs.lg, hep-th primary I.2 68T05 Secondary") == (
        categories.CATEGORIES["cs.lg"],
        categories.CATEGORIES["hep-th"],
    )


# ---------------------------------------------------------------- poison


@pytest.mark.parametrize(
    ("poison", "word"),
    [
        (b'{"id": "2403.00001", "title"\n', "not well-formed JSON"),
        (b'{"id": "2403.00001", "title": NaN}\n', "not well-formed JSON"),
        (b'{"id": "2403.00001", "title": "\xe9t\xe9"}\n', "not UTF-8"),
        (b'{"id": "2403.00001", "title": "half \\ud800 a character"}\n', "lone surrogate"),
        (b'{"id": "2403.00001", "title": "half \\udc00"}\n', "lone surrogate"),
        (b"<!DOCTYPE html><html><body>503</body></html>\n", "HTML or XML"),
        (b"[" * 200_000 + b"\n", "Expected `object`, got `array`"),
        (b'{"a":' * 200_000 + b"\n", "nested too deeply"),
        (b'{"title":' * 200_000 + b"\n", "$.title"),
        (b"[1, 2]\n", "Expected `object`"),
        (b"\0\0\0\0{}\n", "NUL bytes"),
        (PAPER | {"title": "a \0 b"}, "title holds a NUL"),
        (PAPER | {"abstract": "x\0"}, "abstract holds a NUL"),
        (PAPER | {"authors": "A\0 B"}, "author list holds a NUL"),
        (PAPER | {"abstract": "x" * 10_000_000}, "10,000,000 characters, more than the 200,000 allowed"),
        (PAPER | {"title": None}, "no title"),
        (PAPER | {"title": " \n"}, "no title"),
        (PAPER | {"title": "…"}, "no letter"),
        (PAPER | {"title": 5}, "$.title"),
        (PAPER | {"id": None}, "no arXiv id"),
        (PAPER | {"id": "hello"}, "'hello' is no arXiv id"),
        (PAPER | {"versions": [{"created": "Mon, 4 Mar 99999 19:18:42 GMT"}]}, "no date"),
        (PAPER | {"versions": [{"created": "Mon, 44 Mar 2024 19:18:42 GMT"}]}, "does not exist"),
        (PAPER | {"versions": None, "update_date": "99999-01-01"}, "'99999-01-01' is no date"),
        (PAPER | {"versions": None, "update_date": "0001-01-01"}, "not between 1400 and 2100"),
    ],
    ids=lambda value: value if isinstance(value, str) else "poison",
)
def test_a_poisoned_record_is_refused_with_its_reason_and_its_neighbours_are_read(
    tmp_path: Path, poison: Any, word: str
) -> None:
    before, refused, after = read(tmp_path, PAPER | {"id": "2403.00001"}, poison, PAPER)

    assert [before.provider_id, after.provider_id] == ["2403.00001", "2403.01234"]
    assert isinstance(refused, Rejected)
    assert word in refused.reason
    assert refused.where == f"{tmp_path}/papers.jsonl, line 2"
    assert len(refused.raw) <= 2_000
    assert "\0" not in refused.raw + refused.reason + refused.provider_id
    assert "The reader failed" not in refused.reason


def test_a_refusal_names_the_record(tmp_path: Path) -> None:
    [refused] = read(tmp_path, PAPER | {"title": ""})

    assert refused.provider_id == "2403.01234"


# ---------------------------------------------------------------- real records


@pytest.mark.parametrize(("name", "count"), [("sample-author", 20), ("sample-neighbourhood", 640)])
def test_every_real_sample_becomes_a_work(shared_data: Path, name: str, count: int) -> None:
    items = list(READERS["arxiv"]([shared_data / "arxiv" / f"{name}.jsonl.gz"]))

    assert [item for item in items if isinstance(item, Rejected)] == []
    assert len(items) == len({item.provider_id for item in items}) == count


def test_the_sample_author_has_twenty_works_on_eighteen_topics(shared_data: Path) -> None:
    works = list(arxiv.read([shared_data / "arxiv" / "sample-author.jsonl.gz"]))

    assert all("Joan Bruna" in {a.name for a in w.authors} for w in works if isinstance(w, WorkRecord))
    assert len({t.code for w in works if isinstance(w, WorkRecord) for t in w.topics}) == 18


def test_the_real_snapshot_comes_in_whole(shared_data: Path) -> None:
    path = shared_data / "arxiv" / "snapshot-2026.jsonl.gz"
    with gzip.open(path) as lines:
        given = sum(1 for line in lines if line.strip())

    works, refused, unknown = 0, [], set()
    for item in arxiv.read([path]):
        if isinstance(item, Rejected):
            refused.append(item)
            continue
        works += 1
        unknown |= {topic.code for topic in item.topics if topic.name == topic.code}

    assert (works, refused, unknown) == (given, [], set())
    assert given == 26_809
