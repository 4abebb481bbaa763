"""Public ORCID records (API 3.0, JSON or XML) read into what proofs need; pure, and tolerant of what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml import etree

from bzpeer.kit import ids

MOST_WORKS: Final = 20_000
MOST_TEXT: Final = 500
# Of a work: this very work, or a version of it; "part-of" is the journal, "funded-by" the grant.
OWN_RELATIONS: Final = frozenset({"self", "version-of", ""})
WORK_SCHEMES: Final = frozenset({"doi", "arxiv"})
ORGANISATION_SCHEMES: Final = {"ROR": "ror", "GRID": "grid", "FUNDREF": "fundref", "RINGGOLD": "ringgold"}
ACTIVE, DEPRECATED, DEACTIVATED, LOCKED, MISSING = "active", "deprecated", "deactivated", "locked", "missing"
STATUS_OF_ERROR: Final = {"9007": DEPRECATED, "9044": DEACTIVATED, "9018": LOCKED, "9016": MISSING}


class Unreadable(ValueError):
    """Neither JSON nor XML of an ORCID record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrcidWork:
    """One entry of one source. `by_holder`: the person, or somebody on their behalf, added it, or nobody says who."""

    title: str
    ids: frozenset[tuple[str, str]]  # (doi | arxiv, normalised value)
    by_holder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    organisation: str
    ids: frozenset[tuple[str, str]]  # (ror | grid | fundref | ringgold, value)
    by_holder: bool
    first_year: int | None = None
    last_year: int | None = None  # None: until today, or not said

    @property
    def ror(self) -> str:
        return next((value for scheme, value in self.ids if scheme == "ror"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrcidRecord:
    """`status`: active, or deprecated (in favour of `successor`), deactivated, locked, missing: then nothing else."""

    orcid: str
    name: str = ""
    other_names: tuple[str, ...] = ()
    works: tuple[OrcidWork, ...] = ()
    employments: tuple[Employment, ...] = ()
    status: str = ACTIVE
    successor: str = ""

    def ids_vouched_for(self) -> frozenset[tuple[str, str]]:
        """Ids of works that neither the person nor somebody on their behalf added."""
        return frozenset(pair for work in self.works if not work.by_holder for pair in work.ids)


def parse(text: bytes, asked: str = "") -> OrcidRecord:
    """A record, a part of one, or ORCID's refusal to give the one that was asked for; raises Unreadable."""
    tree = _tree(text)
    if not isinstance(tree, dict):
        raise Unreadable("An ORCID record is an object.")
    if code := _text(tree, "error-code"):
        return _refused(code, _text(tree, "developer-message"), asked)
    holder = _orcid(_text(tree, "orcid-identifier", "path")) or _orcid(_text(tree, "path"))
    activities = _child(tree, "activities-summary") or tree
    left = _text(tree, "history", "deactivation-date")
    return OrcidRecord(
        orcid=holder,
        name=_name(_child(tree, "person", "name") or _child(tree, "name")),
        other_names=tuple(_other_names(_child(tree, "person", "other-names") or _child(tree, "other-names"))),
        works=tuple(islice(_works(activities, holder), MOST_WORKS)),
        employments=tuple(_employments(activities, holder)),
        status=DEACTIVATED if left else ACTIVE,
    )


def _refused(code: str, message: str, asked: str) -> OrcidRecord:
    """ORCID's answer in place of a record; a deprecated one names its successor in the message."""
    if code not in STATUS_OF_ERROR:
        raise Unreadable(f"ORCID answered with error {code}: {message[:MOST_TEXT]}")
    named = [_orcid(found) for found in re.findall(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", message)]
    holder = asked or next(iter(named), "")
    successor = next((other for other in reversed(named) if other and other != holder), "")
    status = STATUS_OF_ERROR[code]
    return OrcidRecord(orcid=holder, status=status, successor=successor if status == DEPRECATED else "")


def added_by_holder(source: Any, holder: str) -> bool:
    """ORCID's own rule: validated only where neither source nor assertion origin is a person.

    What another person added was added on the holder's behalf; an entry without a source is nobody's.
    """
    if not isinstance(source, dict) or not _text(source, "source-client-id", "path"):
        return True
    people = (_text(source, "source-orcid", "path"), _text(source, "assertion-origin-orcid", "path"))
    return any(people) or _text(source, "source-client-id", "path") == holder


# ---------------------------------------------------------------- works and employments


def _works(activities: Any, holder: str) -> Iterator[OrcidWork]:
    for group in _children(_child(activities, "works") or activities, "group"):
        for summary in _children(group, "work-summary"):
            yield OrcidWork(
                title=_text(summary, "title", "title")[:MOST_TEXT],
                ids=frozenset(_work_ids(summary)),
                by_holder=added_by_holder(_child(summary, "source"), holder),
            )


def _work_ids(summary: Any) -> Iterator[tuple[str, str]]:
    for external in _children(_child(summary, "external-ids"), "external-id"):
        if _text(external, "external-id-relationship").lower() not in OWN_RELATIONS:
            continue
        scheme, value = _text(external, "external-id-type").lower(), _text(external, "external-id-value")
        if scheme in WORK_SCHEMES:
            yield from _normal(scheme, value)
        if scheme == "doi":  # DataCite's DOI of an arXiv paper
            yield from _normal("arxiv", value) if "10.48550/arxiv." in value.lower() else ()


def _employments(activities: Any, holder: str) -> Iterator[Employment]:
    for group in _children(_child(activities, "employments") or activities, "affiliation-group"):
        for row in (*_children(group, "summaries"), group):
            for summary in _children(row, "employment-summary"):
                organisation = _child(summary, "organization")
                yield Employment(
                    organisation=_text(organisation, "name")[:MOST_TEXT],
                    ids=frozenset(_organisation_ids(organisation)),
                    by_holder=added_by_holder(_child(summary, "source"), holder),
                    first_year=_year(_text(summary, "start-date", "year")),
                    last_year=_year(_text(summary, "end-date", "year")),
                )


def _organisation_ids(organisation: Any) -> Iterator[tuple[str, str]]:
    for row in _children(organisation, "disambiguated-organization"):
        scheme = ORGANISATION_SCHEMES.get(_text(row, "disambiguation-source").upper(), "")
        value = _text(row, "disambiguated-organization-identifier")
        if scheme == "ror":
            yield from _normal("ror", value)
        elif scheme and value:
            yield scheme, value.rsplit("/", 1)[-1][:MOST_TEXT]


def _name(row: Any) -> str:
    given = " ".join(filter(None, (_text(row, "given-names"), _text(row, "family-name"))))
    return (_text(row, "credit-name") or given)[:200]


def _other_names(rows: Any) -> Iterator[str]:
    for row in _children(rows, "other-name")[:100]:
        if content := _text(row, "content"):
            yield content[:200]


def _normal(scheme: str, value: str) -> Iterator[tuple[str, str]]:
    try:
        yield scheme, ids.normalise(scheme, value)
    except ValueError:
        return


def _orcid(text: str) -> str:
    return next((value for _, value in _normal("orcid", text.strip("/").split("/")[0])), "")


def _year(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{4}", text, re.ASCII) else None


# ---------------------------------------------------------------- one shape for JSON and XML


def _tree(text: bytes) -> Any:
    if text.lstrip()[:1] in (b"{", b"["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Unreadable("The JSON of the record is broken.") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return _from_xml(etree.fromstring(text, parser), 0)
    except (ValueError, etree.XMLSyntaxError) as error:
        raise Unreadable("This is neither JSON nor XML of an ORCID record.") from error


def _from_xml(element: Any, depth: int) -> Any:
    """An element as the JSON would give it, but every child in a list."""
    children = [child for child in element if isinstance(child.tag, str)]
    if depth > 30:
        raise Unreadable("The XML of the record is nested too deeply.")
    if not children:
        return (element.text or "").strip()
    found: dict[str, Any] = dict(element.attrib) if depth == 0 else {}
    for child in children:
        found.setdefault(etree.QName(child).localname, []).append(_from_xml(child, depth + 1))
    return found


def _children(node: Any, name: str) -> list[Any]:
    """The children of a name: an object counts as one, null as none."""
    found = node.get(name) if isinstance(node, dict) else None
    if found is None or found == "":
        return []
    return found if isinstance(found, list) else [found]


def _child(node: Any, *path: str) -> Any:
    for name in path:
        node = next(iter(_children(node, name)), None)
    return node


def _text(node: Any, *path: str) -> str:
    """The text at a path, out of {"value": …} where JSON wraps it; empty where there is none."""
    found = _child(node, *path)
    if isinstance(found, dict):
        found = found.get("value")
    return " ".join(str(found).split()) if isinstance(found, str | int) and not isinstance(found, bool) else ""
