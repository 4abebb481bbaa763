"""The reader of OpenAlex works, in the schemas of 2023 and 2026, and its cleaning of markup."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from publications.importers import markup, openalex
from publications.records import AuthorRef, InstitutionRef, Item, Rejected, SourceRef, TopicRef, WorkRecord

WORK: dict[str, Any] = {
    "id": "https://openalex.org/W100",
    "doi": "https://doi.org/10.1000/ABC",
    "title": "Water <i>and</i> H<sub>2</sub>O &amp; a &lt; b",
    "display_name": "Water",
    "publication_year": 2021,
    "publication_date": "2021-05-06",
    "ids": {"openalex": "https://openalex.org/W100", "pmid": "https://pubmed.ncbi.nlm.nih.gov/1"},
    "language": "en",
    "type": "article",
    "indexed_in": ["crossref"],
    "primary_location": {
        "landing_page_url": "https://doi.org/10.1000/abc",
        "source": {
            "id": "https://openalex.org/S7",
            "display_name": "Journal of Water",
            "issn_l": "0378-5955",
            "type": "journal",
        },
        "raw_type": "journal-article",
    },
    "locations": [{"landing_page_url": "http://arxiv.org/abs/2101.00001v2", "source": None}],
    "open_access": {"is_oa": True, "oa_url": "https://example.org/abc.pdf"},
    "authorships": [
        {
            "author": {
                "id": "https://openalex.org/A1",
                "display_name": "Ada Example",
                "orcid": "https://orcid.org/0000-0002-1825-0097",
            },
            "raw_author_name": "A. Example",
            "raw_affiliation_strings": ["Dept. of Water, Sample University", None, "Dept. of Water, Sample University"],
            "institutions": [
                {
                    "id": "https://openalex.org/I5",
                    "display_name": "Sample University",
                    "ror": "https://ror.org/03yrm5c26",
                    "country_code": "fr",
                },
                {"id": None, "display_name": "Nowhere", "ror": None},
            ],
        },
        {"author": {"id": "https://openalex.org/A9999999999", "display_name": "Jan Doe"}, "institutions": []},
        {"author": {"id": None, "display_name": None}, "raw_author_name": None},
    ],
    "abstract_inverted_index": {"Water": [0, 3], "is": [1], "wet.": [2]},
    "topics": [
        {"id": "https://openalex.org/T10320", "display_name": "Neural Networks", "field": {"display_name": "Computing"}}
    ],
    "concepts": [{"id": "https://openalex.org/C1", "display_name": "Chemistry", "level": 0}],
    "referenced_works": ["https://openalex.org/W3", "https://openalex.org/W2", "https://openalex.org/W3", "https://x"],
    "is_retracted": True,
    "cited_by_count": 12,
}
ARXIV = {"id": "https://openalex.org/S4306400194", "display_name": "arXiv (Cornell University)", "type": "repository"}


def read(folder: Path, *works: Any) -> list[Item]:
    path = folder / "works.jsonl"
    path.write_text("".join(json.dumps(w) + "\n" for w in works))
    return list(openalex.read([path]))


def work(folder: Path, **changes: Any) -> WorkRecord:
    [item] = read(folder, WORK | changes)
    assert isinstance(item, WorkRecord), item
    return item


def test_a_work_with_everything(tmp_path: Path) -> None:
    assert work(tmp_path) == WorkRecord(
        provider="openalex",
        provider_id="W100",
        title="Water and H$_{2}$O & a < b",
        ids={"openalex": "W100", "doi": "10.1000/abc", "arxiv": "2101.00001"},
        authors=(
            AuthorRef(
                name="A. Example",
                ids={"openalex": "A1", "orcid": "0000-0002-1825-0097"},
                affiliations=("Dept. of Water, Sample University",),
                institutions=(
                    InstitutionRef(
                        name="Sample University", ids={"openalex": "I5", "ror": "03yrm5c26"}, country_code="FR"
                    ),
                ),
                variants=("Ada Example",),
            ),
            AuthorRef(name="Jan Doe"),
        ),
        abstract="Water is wet. Water",
        type="article",
        publication_year=2021,
        publication_date=date(2021, 5, 6),
        language="en",
        source=SourceRef(name="Journal of Water", kind="journal", ids={"openalex": "S7", "issn": "0378-5955"}),
        topics=(TopicRef(scheme="openalex", code="T10320", name="Neural Networks", field_name="Computing"),),
        references=(("openalex", "W3"), ("openalex", "W2")),
        is_retracted=True,
        cited_by_count=12,
        open_access_url="https://example.org/abc.pdf",
        published_via="crossref",
    )


def test_a_stub_without_authors_dates_or_source_is_a_work(tmp_path: Path) -> None:
    [item] = read(tmp_path, {"id": "https://openalex.org/W5", "display_name": "Only a title", "type": "grant"})

    assert item == WorkRecord(
        provider="openalex", provider_id="W5", title="Only a title", ids={"openalex": "W5"}, type="other"
    )


def test_the_schema_of_2023_has_one_affiliation_string_and_its_own_types(tmp_path: Path) -> None:
    authorship = {"author": {"display_name": "Ada Example"}, "raw_affiliation_string": "Sample University"}
    record = work(
        tmp_path,
        type="journal-article",
        indexed_in=None,
        doi_registration_agency="Crossref",
        authorships=[authorship],
        topics=None,
    )

    assert record.authors == (AuthorRef(name="Ada Example", affiliations=("Sample University",)),)
    assert (record.type, record.topics, record.published_via) == ("article", (), "crossref")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"type": "posted-content"}, "preprint"),
        ({"type": "preprint"}, "preprint"),
        ({"type": "review"}, "article"),
        ({"type": "proceedings-article"}, "proceedings-article"),
        ({"type": "article", "type_crossref": "proceedings-article"}, "proceedings-article"),
        ({"primary_location": {"source": {"type": "conference"}}}, "proceedings-article"),
        ({"primary_location": {"raw_type": "proceedings-article"}}, "proceedings-article"),
        ({"type": "dissertation"}, "thesis"),
        ({"type": "book-section"}, "book-chapter"),
        ({"type": "monograph"}, "book"),
        ({"type": "dataset"}, "dataset"),
        ({"type": "erratum"}, "other"),
        ({"type": None}, "other"),
    ],
)
def test_types_of_both_schemas_are_mapped(tmp_path: Path, given: dict[str, Any], expected: str) -> None:
    assert work(tmp_path, **given).type == expected


@pytest.mark.parametrize(
    ("changes", "via", "arxiv_id"),
    [
        ({"primary_location": {"source": ARXIV}}, "arxiv", "2101.00001"),
        ({"doi": "https://doi.org/10.48550/arXiv.2101.00002", "primary_location": None}, "arxiv", "2101.00002"),
        ({"doi": "10.5281/zenodo.77", "locations": None}, "zenodo", None),
        ({"doi": "10.6084/m9.figshare.77", "locations": None}, "figshare", None),
        ({"doi": "10.2139/ssrn.77", "locations": None}, "ssrn", None),
        ({"indexed_in": ["pubmed"], "doi": None, "locations": None}, "", None),
        ({"primary_location": {"source": {"id": "https://openalex.org/S4306525036", "display_name": "PubMed",
                                          "type": "metadata"}}, "doi": None, "locations": None}, "pubmed", None),
        ({"indexed_in": [], "locations": None}, "", None),
        ({"doi": None, "ids": None, "locations": None}, "", None),
        ({"indexed_in": None, "doi_registration_agency": "DataCite", "locations": None}, "", None),
    ],
)  # fmt: skip
def test_what_stands_behind_the_row_is_its_primary_location(
    tmp_path: Path, changes: dict[str, Any], via: str, arxiv_id: str | None
) -> None:
    record = work(tmp_path, **changes)

    assert (record.published_via, record.ids.get("arxiv")) == (via, arxiv_id)


def test_the_doi_that_arxiv_made_is_no_doi_of_its_own(tmp_path: Path) -> None:
    record = work(tmp_path, doi="https://doi.org/10.48550/arxiv.2101.00002", primary_location={"source": ARXIV})

    assert record.ids == {"openalex": "W100", "arxiv": "2101.00002"}
    assert record.source == SourceRef(
        name="arXiv (Cornell University)", kind="repository", ids={"openalex": "S4306400194", "arxiv": "arxiv"}
    )


def test_a_bad_link_costs_the_link_and_not_the_work(tmp_path: Path) -> None:
    record = work(
        tmp_path,
        doi="not a doi",
        ids=None,
        locations=[None, {"landing_page_url": "https://arxiv.org/abs/nonsense"}],
        open_access={"oa_url": "javascript:alert(1)"},
        authorships=[
            {"author": {"id": "https://openalex.org/A1", "display_name": "Ada", "orcid": "0000-0000-0000-0002"}}
        ],
    )

    assert (record.ids, record.open_access_url) == ({"openalex": "W100"}, "")
    assert record.authors == (AuthorRef(name="Ada", ids={"openalex": "A1"}),)


def test_a_printed_name_that_is_no_name_gives_way_to_the_known_one(tmp_path: Path) -> None:
    author = {"display_name": "Ada Example"}
    names = ["x" * 400, "…", "ada.example@example.org", "1"]
    record = work(tmp_path, authorships=[{"author": author, "raw_author_name": name} for name in names])

    assert [a.name for a in record.authors] == ["Ada Example"] * 4
    assert not any("@" in a.name for a in record.authors)


def test_the_old_snapshots_abstract_is_json_within_json(tmp_path: Path) -> None:
    index = json.dumps({"IndexLength": 2, "InvertedIndex": {"world": [1], "Hello": [0]}})

    assert work(tmp_path, abstract_inverted_index=index).abstract == "Hello world"


@pytest.mark.parametrize(
    ("poison", "word"),
    [
        ({"title": None, "display_name": None}, "has no title"),
        ({"id": "https://openalex.org/A5"}, "is an OpenAlex author, no work"),
        ({"id": "https://openalex.org/I5"}, "is an OpenAlex institution, no work"),
        ({"id": None}, "no OpenAlex work id"),
        ({"id": 5}, "$.id"),
        ({"publication_year": 99999}, "99999 is not between 1400 and 2100"),
        ({"publication_date": "99999-01-01"}, "is no date"),
        ({"publication_date": "2021-13-45"}, "is no date"),
        ({"cited_by_count": -5}, "-5 is no count"),
        ({"cited_by_count": 1 << 40}, "is no count"),
        ({"cited_by_count": "many"}, "$.cited_by_count"),
        ({"title": "a\0b"}, "title holds a NUL"),
        ({"abstract_inverted_index": {"word\0": [0]}}, "abstract holds a NUL"),
        ({"abstract_inverted_index": {"word " * 10: list(range(40_000))}}, "abstract is longer"),
        ({"abstract_inverted_index": "{"}, "inverted index is not well-formed"),
        ({"abstract_inverted_index": {"a": ["b"]}}, "$.abstract_inverted_index"),
        ({"authorships": "nobody"}, "$.authorships"),
    ],
)
def test_a_poisoned_work_is_refused_with_its_reason_and_its_neighbours_are_read(
    tmp_path: Path, poison: dict[str, Any], word: str
) -> None:
    before, refused, after = read(tmp_path, WORK, WORK | poison, WORK)

    assert isinstance(before, WorkRecord)
    assert before == after
    assert isinstance(refused, Rejected)
    assert word in refused.reason
    assert refused.where == f"{tmp_path}/works.jsonl, line 2"


def test_a_record_of_millions_of_values_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "works.jsonl"
    path.write_bytes(b'{"id": "W1", "title": "T", "authorships": [' + b"{}," * 1_000_001 + b"{}]}\n{}\n")

    first, second = openalex.read([path])

    assert isinstance(first, Rejected)
    assert "more than 1,000,000 values" in first.reason
    assert isinstance(second, Rejected)
    assert "no OpenAlex work id" in second.reason


def test_places_far_away_in_an_inverted_index_cost_nothing(tmp_path: Path) -> None:
    assert work(tmp_path, abstract_inverted_index={"far": [10**15], "near": [0]}).abstract == "near far"


# ---------------------------------------------------------------- markup


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("plain", "plain"),
        ("a < b and c > d", "a < b and c > d"),
        ("for $a<b$ and $c>d$", "for $a<b$ and $c>d$"),
        ("if a <b and c> d", "if a <b and c> d"),
        ("the <b> tag alone", "the <b> tag alone"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("<i onclick='x'>hi", "<i onclick='x'>hi"),
        ("the <mask> token", "the <mask> token"),
        ("<i>Danio rerio</i> fins", "Danio rerio fins"),
        ('<span class="small">ABC</span>', "ABC"),
        ("10<sup>-5</sup> m", "10$^{-5}$ m"),
        ("H<SUB>2</SUB>O", "H$_{2}$O"),
        ("x<sub><i>a</i></sub>", "xa"),
        ("one<br/>two", "one two"),
        ("<jats:title>Abstract</jats:title><jats:p>We show.</jats:p>", "  We show. "),
        ("<jats:sec><jats:title>Methods</jats:title><jats:p>A</jats:p></jats:sec>", "  Methods  A  "),
        ("<mml:math><mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mn>1</mml:mn></mml:math>", "x=1"),
        ("R&amp;D &#8211; &lt;i&gt;in vivo&lt;/i&gt;", "R&D – in vivo"),
        ("AT&T; and &unknown;", "AT&T; and &unknown;"),
        ("<![CDATA[x]]>", "x"),
        (r"of \documentclass[12pt]{minimal} \begin{document}$$\alpha$$\end{document} here", r"of  $\alpha$  here"),
        (r"open \documentclass{minimal} \begin{document}", r"open \documentclass{minimal} \begin{document}"),
    ],
)
def test_markup_becomes_text_and_text_in_angle_brackets_stays(given: str, expected: str) -> None:
    assert markup.to_text(given) == expected


# ---------------------------------------------------------------- real records


def test_every_real_work_is_imported_or_truly_has_no_title(shared_data: Path) -> None:
    folder = shared_data / "openalex"
    names = ["works.jsonl.gz", "work-W2741809807.json", "entity_list_samples.derived.json"]

    items = list(openalex.read([folder / name for name in names]))
    refused = [item for item in items if isinstance(item, Rejected)]

    assert len(items) == 27 + 1 + 3
    assert {item.reason for item in refused} == {"The record has no title."}
    assert all('"title": null' in item.raw or len(item.raw) == 2_000 for item in refused)
    assert len(items) - len(refused) == 15


def test_both_schemas_of_real_works_are_read_in_full(shared_data: Path) -> None:
    folder = shared_data / "openalex"
    [old] = openalex.read([folder / "work-W2741809807.json"])
    new = next(openalex.read([folder / "entity_list_samples.derived.json"]))
    assert isinstance(old, WorkRecord)
    assert isinstance(new, WorkRecord)

    assert (len(old.authors), len(old.references), len(old.topics), old.cited_by_count) == (9, 35, 0, 562)
    assert old.abstract.startswith("Despite growing interest in Open Access (OA) to scholarly literature, there is")
    assert old.authors[3].name == "Juan Pablo Alperin"
    assert {i.country_code for a in old.authors for i in a.institutions} == {"CA", "US"}
    assert (len(new.authors), len(new.references), len(new.topics)) == (14, 22, 3)
    assert new.topics[0].field_name == "Biochemistry, Genetics and Molecular Biology"
