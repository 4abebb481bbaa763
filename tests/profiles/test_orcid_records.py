"""Public ORCID records: what they say, who added it, and what is not a record."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bzpeer.standins import people
from bzpeer.standins.people import Entry, Person
from profiles.orcid import records
from profiles.orcid.records import Employment, OrcidRecord, OrcidWork, Unreadable

HOLDER = "0000-0000-0000-0028"
SOMEBODY = "0000-0000-0000-0044"
CLIENT = "APP-1"


def source(**paths: str) -> dict[str, Any]:
    return {name.replace("_", "-"): {"path": path} for name, path in paths.items()}


@pytest.mark.parametrize(
    ("given_by", "by_holder"),
    [
        (source(source_client_id=CLIENT), False),
        (source(source_client_id="0000-0002-5982-8983"), False),  # clients of old have iD-like numbers
        (source(source_orcid=HOLDER), True),
        (source(source_client_id=CLIENT, assertion_origin_orcid=HOLDER), True),
        (source(source_client_id=CLIENT, assertion_origin_orcid=SOMEBODY), True),
        (source(source_client_id=CLIENT, assertion_origin_client_id="APP-2"), False),
        (source(source_orcid=SOMEBODY), True),
        (source(source_client_id=CLIENT, source_orcid=HOLDER), True),
        (source(source_client_id=HOLDER), True),
        ({"source-client-id": None, "source-orcid": None}, True),
        ({}, True),
        (None, True),
    ],
)
def test_a_work_counts_only_where_neither_source_nor_assertion_origin_is_a_person(
    given_by: dict[str, Any] | None, by_holder: bool
) -> None:
    assert records.added_by_holder(given_by, HOLDER) is by_holder


def test_a_record_gives_works_with_ids_employments_and_names() -> None:
    person = Person(
        orcid=HOLDER,
        name="Joan Example",
        works=(Entry(title="Lemma", doi="10.5555/A"), Entry(title="Mine", arxiv="2401.00001v2", added_by="holder")),
        employers=(("University of Elsewhere", "03yrm5c26"), ("Somewhere", "")),
    )
    tree = people.record(person)
    tree["person"]["other-names"]["other-name"] = [{"content": "J.  Example"}]

    found = records.parse(json.dumps(tree).encode())

    assert found == OrcidRecord(
        orcid=HOLDER,
        name="Joan Example",
        other_names=("J. Example",),
        works=(
            OrcidWork(title="Lemma", ids=frozenset({("doi", "10.5555/a")}), by_holder=False),
            OrcidWork(title="Mine", ids=frozenset({("arxiv", "2401.00001")}), by_holder=True),
        ),
        employments=(
            Employment(
                organisation="University of Elsewhere",
                ids=frozenset({("ror", "03yrm5c26")}),
                by_holder=True,
                first_year=2015,
            ),
            Employment(organisation="Somewhere", ids=frozenset(), by_holder=True, first_year=2015),
        ),
    )
    assert [job.ror for job in found.employments] == ["03yrm5c26", ""]
    assert found.ids_vouched_for() == {("doi", "10.5555/a")}


def external(scheme: str, value: str, relation: str = "self") -> dict[str, str]:
    return {
        "external-id-type": scheme,
        "external-id-value": value,
        "external-id-relationship": relation,
    }


def test_ids_of_the_journal_or_the_grant_are_not_ids_of_the_work() -> None:
    ids = [
        external("doi", "https://doi.org/10.5555/ABC"),
        external("doi", "10.5555/journal", "part-of"),
        external("doi", "10.5555/grant", "funded-by"),
        external("DOI", "10.48550/arXiv.2401.00002", "version-of"),
        external("arxiv", "arXiv:2401.00001"),
        external("doi", "nonsense"),
        external("issn", "0378-5955"),
    ]
    summary = {"source": source(source_client_id=CLIENT), "external-ids": {"external-id": ids}, "title": None}
    tree = {"works": {"group": [{"work-summary": [summary]}]}}

    assert records.parse(json.dumps(tree).encode()).ids_vouched_for() == {
        ("doi", "10.5555/abc"),
        ("doi", "10.48550/arxiv.2401.00002"),
        ("arxiv", "2401.00001"),
        ("arxiv", "2401.00002"),
    }


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (9007, f"Please refer to account: https://orcid.org/{SOMEBODY}. ORCID https://orcid.org/{HOLDER}",
         OrcidRecord(orcid=HOLDER, status="deprecated", successor=SOMEBODY)),
        (9018, f"The ORCID record is locked. ORCID https://orcid.org/{HOLDER}",
         OrcidRecord(orcid=HOLDER, status="locked")),
        (9044, "The ORCID record is deactivated.", OrcidRecord(orcid=HOLDER, status="deactivated")),
        (9016, "The resource was not found.", OrcidRecord(orcid=HOLDER, status="missing")),
    ],
)  # fmt: skip
def test_what_orcid_answers_in_place_of_a_record_is_its_status(code: int, message: str, expected: OrcidRecord) -> None:
    said = json.dumps({"response-code": 409, "developer-message": message, "error-code": code})
    assert records.parse(said.encode(), HOLDER) == expected


def test_a_deactivated_record_may_come_with_a_date_in_place_of_its_content() -> None:
    tree = people.record(Person(orcid=HOLDER, name="Joan Example"))
    tree["history"]["deactivation-date"] = {"value": 1559917016886}
    assert records.parse(json.dumps(tree).encode()).status == "deactivated"


@pytest.mark.parametrize(
    "text",
    [b"", b"<html><body>Sorry</body></html", b"[]", b'{"error-code": 9999}', b"{", b"\x00", b"\xff\xfe", b"[" * 100_000,
     b"<a>" * 200_000],
)  # fmt: skip
def test_what_is_no_record_is_refused(text: bytes) -> None:
    with pytest.raises(Unreadable):
        records.parse(text)


def test_an_entity_bomb_is_not_expanded_and_nothing_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    bomb = f'<!DOCTYPE r [<!ENTITY a "{"x" * 50}"><!ENTITY f SYSTEM "file://{secret}">]><r><name>&f;&a;</name></r>'
    assert "canary" not in repr(records.parse(bomb.encode()))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["activities-summary", "works", "group", "work-summary", "external-ids", "external-id", "source", "title",
             "external-id-type", "external-id-value", "employments", "affiliation-group", "summaries", "path", "value",
             "employment-summary", "organization", "disambiguated-organization", "person", "name", "error-code"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(ANYTHING)
def test_any_json_is_read_or_refused(tree: Any) -> None:
    try:
        found = records.parse(json.dumps(tree).encode())
    except Unreadable:
        return
    assert isinstance(found, OrcidRecord)


# Real data, beside the checkout


def test_real_summaries_are_read_with_their_works_by_who_added_them(shared_data: Path) -> None:
    found = {}
    with tarfile.open(shared_data / "orcid" / "ORCID_2022_10_summaries.tar.gz") as archive:
        for member in archive:
            if opened := archive.extractfile(member):
                record = records.parse(opened.read())
                own = sum(work.by_holder for work in record.works)
                found[record.orcid] = (len(record.works), own, len(record.employments), record.status)

    assert found == {
        "0000-0001-5078-5000": (0, 0, 0, "locked"),
        "0000-0003-0109-6000": (26, 16, 4, "active"),
        "0000-0003-4803-2004": (60, 60, 1, "active"),
        "0000-0001-6222-3013": (49, 49, 2, "active"),
        "0000-0001-6270-9013": (108, 107, 4, "active"),
        "0000-0001-6281-3013": (20, 20, 3, "active"),
        "0000-0002-5878-603X": (0, 0, 0, "active"),
        "0000-0003-4231-1897": (288, 148, 3, "active"),
    }


def test_every_sample_of_the_schema_is_read(shared_data: Path) -> None:
    """Single sections give what they hold; a bare value (a credit name) is no record."""
    works: dict[str, int] = {}
    jobs: dict[str, int] = {}
    refused = []
    for path in sorted((shared_data / "orcid" / "read_samples").iterdir()):
        try:
            found = records.parse(path.read_bytes())
        except Unreadable:
            refused.append(path.name)
            continue
        works |= {path.name: len(found.works)} if found.works else {}
        jobs |= {path.name: len(found.employments)} if found.employments else {}

    assert refused == ["credit-name-3.0.xml", "error-3.0.xml"]
    assert works == {
        "activities-3.0.xml": 1,
        "record-3.0.xml": 1,
        "record-full-3.0.json": 1,
        "record-no-city-country-for-professional-activities-3.0.xml": 1,
        "works-3.0.xml": 3,
    }
    assert jobs == {
        "activities-3.0.xml": 1,
        "employments-3.0.xml": 2,
        "record-3.0.xml": 1,
        "record-full-3.0.json": 1,
        "record-no-city-country-for-professional-activities-3.0.xml": 1,
    }
