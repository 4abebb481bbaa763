"""Identifiers of works, people and organisations: one normal form each, however a record or a reader writes them."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote

from stdnum import issn as stdnum_issn
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from bzpeer.kit.text import without_controls

_LONGEST: Final = 2_000
_TO_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)  # of a DOI only ASCII folds
_DASHES: Final = str.maketrans("‐‑‒–—−", "------")


def normalise(scheme: str, value: str) -> str:
    """The one form in which an id of this scheme is kept; raises ValueError with what is wrong.

    Schemes: doi, arxiv (without version), orcid, ror, openalex, acl, issn. Idempotent; case does not matter.
    """
    if scheme not in _NORMALISERS:
        raise ValueError(f"{scheme!r} is no known scheme of ids: use one of {', '.join(_NORMALISERS)}.")
    text = without_controls(value).strip() if len(value) <= _LONGEST else ""
    normal = _NORMALISERS[scheme](_without_prefix(scheme, _with_two_slashes(text)))
    if not normal:
        raise ValueError(f"{value[:100]!r} is no {_NAMES[scheme]}.")
    return normal


def parse(text: str) -> tuple[str, str] | None:
    """Scheme and value of an id as it stands in a path or a search box; None where it is none.

    Our own ids (A12, or the address of a page) give `author`, `work`, `topic`, `institution` or `source` and the
    number; others their scheme and normal form: `doi:10.1/x`, `https://orcid.org/…`, `https:/arxiv.org/abs/…`.
    """
    text = _with_two_slashes(without_controls(text[: _LONGEST + 1]).strip())
    if own := _OWN.fullmatch(text):
        return _ENTITIES[own["letter"].upper()], own["number"]
    for scheme, pattern in _RECOGNISED.items():
        if pattern.match(text):
            try:
                return scheme, normalise(scheme, text)
            except ValueError:
                return None
    return None


def url(scheme: str, value: str) -> str:
    """The address at which a normalised id resolves."""
    if scheme == "acl" and not _ACL_PAPER.fullmatch(value):
        return f"https://aclanthology.org/people/{quote(value)}/"
    return _ADDRESSES[scheme] + quote(value, safe="/:;()._-,~!$&'*+=@")


def dois(text: str) -> list[str]:
    """Every DOI of a field that may hold several, in their order, each once."""
    found: dict[str, None] = {}
    for part in _DOI_SEPARATOR.split(text[: 50 * _LONGEST]):
        start = part.lower().find("10.")
        try:
            found[normalise("doi", part if start < 0 or "doi.org/" in part.lower() else part[start:])] = None
        except ValueError:
            continue
    return list(found)


def _with_two_slashes(text: str) -> str:
    """Proxies fold the two slashes of an id in a path into one: "https:/doi.org/…"."""
    return re.sub(r"^(https?):/+", r"\1://", text, flags=re.IGNORECASE)


def _without_prefix(scheme: str, text: str) -> str:
    """What stands behind `doi:` or `https://doi.org/`; behind an address percent-encoding and a query end."""
    prefix = _PREFIXES[scheme].match(text)
    if not prefix:
        return text
    rest = text[prefix.end() :].strip()
    return unquote(re.split(r"[?#]", rest, maxsplit=1)[0]) if prefix["host"] else rest


# ---------------------------------------------------------------- normal forms, empty where there is none

_DOI_SEPARATOR: Final = re.compile(r"\s+|[;,|](?=https?:|doi:|10\.)", re.IGNORECASE)
_DOI: Final = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_ENCODED_DOI: Final = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*%2f", re.IGNORECASE)
_PAIRS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}


def _doi(text: str) -> str:
    if _ENCODED_DOI.match(text):
        text = unquote(text)
    text = text.translate(_TO_LOWER)
    while text and (text[-1] in ".,;:!?'\"’”" or text.count(text[-1]) > text.count(_PAIRS.get(text[-1], text[-1]))):
        text = text[:-1]
    return text if _DOI.fullmatch(text) else ""


_ARXIV: Final = re.compile(r"(?P<month>[0-9]{3,4})\.(?P<number>[0-9]{1,5})(?:v[0-9]+)?", re.IGNORECASE)
_OLD_ARXIV: Final = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2})?/(?P<number>[0-9]{7})(?:v[0-9]+)?", re.IGNORECASE
)
_OLD_ARCHIVE: Final = re.compile(
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga|"
    "funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|"
    "plasm-ph|q-alg|q-bio|quant-ph|solv-int|stat|supr-con"
)
_FIRST_MONTH, _FIVE_DIGITS_FROM = "0704", "1501"


def _arxiv(text: str) -> str:
    """New and old ids; zeros that a number format took away ("1406.208") are put back."""
    text = re.sub(r"(?:\.pdf|\s*\[[^\]]*\])$", "", text.strip("/"), flags=re.IGNORECASE)
    if old := _OLD_ARXIV.fullmatch(text):
        return _old_arxiv(old["archive"].lower(), old["number"])
    new = _ARXIV.fullmatch(text)
    if not new:
        return ""
    month = new["month"].rjust(4, "0")
    width = 5 if month >= _FIVE_DIGITS_FROM else 4
    number = new["number"].ljust(width, "0")
    is_sound = month >= _FIRST_MONTH and _is_month(month[2:]) and len(number) == width and number.strip("0")
    return f"{month}.{number}" if is_sound else ""


def _old_arxiv(archive: str, number: str) -> str:
    is_time = _is_month(number[2:4]) and (number[:2] >= "91" or number[:4] < _FIRST_MONTH)
    return f"{archive}/{number}" if is_time and _OLD_ARCHIVE.fullmatch(archive) else ""


def _is_month(digits: str) -> bool:
    return "01" <= digits <= "12"


def _orcid(text: str) -> str:
    digits = text.translate(_DASHES).replace("-", "").replace(" ", "").strip("/").upper()
    if not re.fullmatch(r"[0-9]{15}[0-9X]", digits) or not mod_11_2.is_valid(digits):
        return ""
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _ror(text: str) -> str:
    ror = text.strip("/").lower()
    return ror if re.fullmatch(r"0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}", ror) else ""


def _openalex(text: str) -> str:
    openalex = text.strip("/").upper()
    return openalex if re.fullmatch(r"[AWIST][1-9][0-9]{0,17}", openalex) else ""


_ACL_OLD: Final = re.compile(r"[A-Z][0-9]{2}-[0-9]{1,6}", re.IGNORECASE)
_ACL_PAPER: Final = re.compile(rf"{_ACL_OLD.pattern}|[0-9]{{4}}\.[a-z0-9_]+(?:-[a-z0-9_]+)*\.[a-z0-9]+", re.IGNORECASE)
_ACL_PERSON: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _acl(text: str) -> str:
    """A paper ("P18-1001", "2023.acl-long.7") or the Anthology's own id of a person ("yang-liu-ict")."""
    acl = re.sub(r"\.(?:pdf|bib|xml)$", "", text.strip("/"), flags=re.IGNORECASE)
    if _ACL_OLD.fullmatch(acl):
        return acl.upper()
    acl = acl.lower()
    return acl if _ACL_PAPER.fullmatch(acl) or _ACL_PERSON.fullmatch(acl) else ""


def _issn(text: str) -> str:
    try:
        return str(stdnum_issn.format(stdnum_issn.validate(text.translate(_DASHES).strip("/"))))
    except ValidationError:
        return ""


# ---------------------------------------------------------------- schemes

_NORMALISERS: Final[dict[str, Callable[[str], str]]] = {
    "doi": _doi,
    "arxiv": _arxiv,
    "orcid": _orcid,
    "ror": _ror,
    "openalex": _openalex,
    "acl": _acl,
    "issn": _issn,
}
_NAMES: Final = {
    "doi": "DOI such as 10.1234/abc",
    "arxiv": "arXiv id such as 2101.01234 or math/0309136",
    "orcid": "ORCID iD such as 0000-0002-1825-0097 (or its check digit is wrong)",
    "ror": "ROR id such as 03yrm5c26",
    "openalex": "OpenAlex id such as W2741809807",
    "acl": "Anthology id such as P18-1001 or 2023.acl-long.7",
    "issn": "ISSN such as 0378-5955 (or its check digit is wrong)",
}
_HOSTS: Final = {
    "doi": r"(?:dx\.|www\.)?doi\.org/",
    "arxiv": r"(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/",
    "orcid": r"(?:www\.|pub\.)?orcid\.org/",
    "ror": r"(?:www\.)?ror\.org/",
    "openalex": r"(?:www\.|api\.)?openalex\.org/(?:(?:authors|works|institutions|sources|topics)/)?",
    "acl": r"(?:www\.)?(?:aclanthology\.org/|aclweb\.org/anthology/)(?:people/(?:[a-z]/)?)?",
    "issn": r"portal\.issn\.org/resource/issn/",
}
_ADDRESSES: Final = {
    "doi": "https://doi.org/",
    "arxiv": "https://arxiv.org/abs/",
    "orcid": "https://orcid.org/",
    "ror": "https://ror.org/",
    "openalex": "https://openalex.org/",
    "acl": "https://aclanthology.org/",
    "issn": "https://portal.issn.org/resource/ISSN/",
}
_BARE: Final = {  # recognised without a prefix: nothing else looks like it
    "doi": r"10\.[0-9]{4,9}(?:\.[0-9]+)*(?:/|%2f)",
    "orcid": r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9x]$",
    "arxiv": r"[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?$",
}
_PREFIXES: Final = {
    scheme: re.compile(
        rf"(?:{scheme}\s*:\s*)?(?P<host>(?:https?://)?{host})|{scheme}(?:\s*:\s*|\s+)"
        + (r"|10\.48550/arxiv\." if scheme == "arxiv" else ""),
        re.IGNORECASE,
    )
    for scheme, host in _HOSTS.items()
}
_RECOGNISED: Final = {
    scheme: re.compile(
        rf"{scheme}:|(?:https?://)?{host}" + (f"|{_BARE[scheme]}" if scheme in _BARE else ""), re.IGNORECASE
    )
    for scheme, host in _HOSTS.items()
}
_ENTITIES: Final = {"A": "author", "W": "work", "T": "topic", "I": "institution", "S": "source"}
_OWN: Final = re.compile(
    r"(?:(?:https?://[^/\s]+)?/(?:authors|works|topics|institutions|sources)/)?"
    r"(?P<letter>[AWTIS])(?P<number>[1-9][0-9]{0,17})(?:/[^/\s]*)?/?",
    re.IGNORECASE,
)
