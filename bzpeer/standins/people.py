"""Invented people of the stand-in for ORCID, and their public records in the form of ORCID's API 3.0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from stdnum.iso7064 import mod_11_2

PUBLISHER, HOLDER, ON_BEHALF = "publisher", "holder", "on-behalf"
# Blocks from which ORCID assigns iDs: nobody signs in here with one that may be somebody's.
ASSIGNED: Final = ((15_000_000, 35_000_000), (900_000_000_000, 900_100_000_000))
REFUSALS: Final = {
    "deprecated": (301, 9007, "This account is deprecated. Please refer to account: https://orcid.org/{successor}."),
    "deactivated": (409, 9044, "The ORCID record is deactivated and cannot be edited. ORCID https://orcid.org/{orcid}"),
    "locked": (409, 9018, "The ORCID record is locked and cannot be edited. ORCID https://orcid.org/{orcid}"),
    "missing": (404, 9016, "The resource was not found."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A work on the record; `added_by` is PUBLISHER, HOLDER or ON_BEHALF."""

    title: str
    doi: str = ""
    arxiv: str = ""
    added_by: str = PUBLISHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`arxiv` lists the works of the arXiv author page, None: no account there is linked. `email` is a trick (S10)."""

    orcid: str
    name: str
    works: tuple[Entry, ...] = ()
    employers: tuple[tuple[str, str], ...] = ()  # (name, ROR id or nothing)
    arxiv: tuple[str, ...] | None = None
    status: str = "active"
    successor: str = ""
    email: str = ""
    note: str = ""  # what the page of the stand-in says about them


Directory = Callable[[], Sequence[Person]]


def is_invented(orcid: str) -> bool:
    """Whether an iD has a right check digit and lies where ORCID assigns none."""
    digits = orcid.replace("-", "")
    if len(orcid) != 19 or not mod_11_2.is_valid(digits):
        return False
    return not any(first <= int(digits[:15]) < last for first, last in ASSIGNED)


def find(people: Iterable[Person], orcid: str) -> Person | None:
    """Somebody of the directory, else a newcomer without works, if the iD may be used here."""
    known = next((person for person in people if person.orcid == orcid), None)
    if known is None and is_invented(orcid):
        return Person(orcid=orcid, name="Invented Person")
    return known


def answer(person: Person | None, orcid: str) -> tuple[int, dict[str, Any]]:
    """Status and JSON of /v3.0/<iD>/record."""
    status = person.status if person else "missing"
    if person is None or status in REFUSALS:
        code, error, text = REFUSALS[status]
        message = text.format(orcid=orcid, successor=person.successor if person else "")
        return code, {"response-code": code, "developer-message": f"{code} {message}", "error-code": error}
    return 200, record(person)


def record(person: Person) -> dict[str, Any]:
    given, _, family = person.name.rpartition(" ")
    jobs = [_employment(person, number, *employer) for number, employer in enumerate(person.employers, start=1)]
    return {
        "orcid-identifier": {"uri": f"https://orcid.org/{person.orcid}", "path": person.orcid, "host": "orcid.org"},
        "history": {"claimed": True, "deactivation-date": None},
        "person": {
            "name": {"given-names": _value(given), "family-name": _value(family), "credit-name": None},
            "other-names": {"other-name": []},
        },
        "activities-summary": {
            "employments": {"affiliation-group": [{"summaries": [{"employment-summary": job}]} for job in jobs]},
            "works": {"group": [{"work-summary": [_work(person, n, w)]} for n, w in enumerate(person.works, start=1)]},
        },
        "path": f"/{person.orcid}",
    }


def _work(person: Person, number: int, work: Entry) -> dict[str, Any]:
    found = [(scheme, value) for scheme, value in (("doi", work.doi), ("arxiv", work.arxiv)) if value]
    ids = [
        {"external-id-type": scheme, "external-id-value": value, "external-id-relationship": "self"}
        for scheme, value in found
    ]
    return {
        "put-code": number,
        "source": _source(person, work.added_by),
        "title": {"title": _value(work.title)},
        "external-ids": {"external-id": ids},
        "type": "journal-article",
    }


def _employment(person: Person, number: int, name: str, ror: str) -> dict[str, Any]:
    known = {"disambiguated-organization-identifier": f"https://ror.org/{ror}", "disambiguation-source": "ROR"}
    return {
        "put-code": number,
        "source": _source(person, HOLDER),
        "start-date": {"year": _value("2015"), "month": None, "day": None},
        "end-date": None,
        "organization": {"name": name, "disambiguated-organization": known if ror else None},
    }


def _source(person: Person, added_by: str) -> dict[str, Any]:
    holder = {"uri": f"https://orcid.org/{person.orcid}", "path": person.orcid, "host": "orcid.org"}
    client = {"uri": "https://orcid.org/client/APP-STAND-IN", "path": "APP-STAND-IN", "host": "orcid.org"}
    return {
        "source-orcid": holder if added_by == HOLDER else None,
        "source-client-id": None if added_by == HOLDER else client,
        "source-name": _value(person.name if added_by == HOLDER else "Invented Publishers"),
        "assertion-origin-orcid": holder if added_by == ON_BEHALF else None,
    }


def _value(text: str) -> dict[str, str]:
    return {"value": text}
