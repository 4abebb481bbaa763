"""What a line of a list names: ids and addresses recognised, and the pages they lead to, found many at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bzpeer.kit import ids
from bzpeer.kit.text import without_controls
from profiles.following import follows
from profiles.following.follow_lists import Entry
from publications.models import AuthorId, InstitutionId, SourceId, Topic

OWN: Final = "own"
_SCHEMES: Final = ("orcid", "openalex", "ror", "issn", "acl")
_OF_COLUMN: Final = {
    "orcid": "orcid",
    "orcidid": "orcid",
    "openalex": "openalex",
    "openalexid": "openalex",
    "ror": "ror",
    "rorid": "ror",
    "issn": "issn",
}
_PAGE: Final = re.compile(r"/(?:authors/A|topics/T|institutions/I|sources/S)[1-9][0-9]{0,17}(?:/.*)?")
_ADDRESS: Final = re.compile(r"[a-z]+://", re.IGNORECASE)
_SHORT_ID: Final = re.compile(r"[ATIS][1-9][0-9]{0,17}", re.ASCII)
_LETTERS: Final = {kind: prefix for prefix, kind in follows.KINDS.items()}
_LONG_NUMBER: Final = re.compile(r"[ATIS][0-9]{8,}")  # as OpenAlex gives them
_LONGEST: Final = 2_000
_ID_TABLES: Final[tuple[tuple[Any, str, str], ...]] = (
    (AuthorId, "author_id", "A"),
    (InstitutionId, "institution_id", "I"),
    (SourceId, "source_id", "S"),
    (Topic, "pk", "T"),
)

REASONS: Final[dict[str, Promise]] = {
    "empty": _("There is no id and no address in this line."),
    "work": _("This names a work. Works cannot be followed; follow its authors or topics."),
    "scholar": _("Google Scholar’s ids are not known here. Give an ORCID iD or the address of the page here."),
    "elsewhere": _("This is the address of a page on another site, and nothing else in the line is known here."),
    "form": _("No id that is known here: give A12, an ORCID iD, an OpenAlex, ROR or ISSN id, or a page’s address."),
    "unknown": _("Nothing here has this id, or its page is no longer available."),
}


class Ref(NamedTuple):
    """An id of a scheme in its normal form; the scheme of our own short ids is `OWN`."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a line may mean, the surest first, or why it means nothing."""

    refs: tuple[Ref, ...]
    reason: str


def of_entry(entry: Entry) -> Named:
    """Short ids count only in a line that has no page of another site: there they name somebody else."""
    found: dict[Ref, None] = {}
    reasons = set()
    for column, text in entry.cells:
        seen = _recognised(column, (text if text.isprintable() else without_controls(text))[:_LONGEST].strip())
        if isinstance(seen, str):
            reasons.add(seen)
        else:
            found |= dict.fromkeys(seen)
    if "elsewhere" in reasons:
        found = {ref: None for ref in found if ref.scheme != OWN}
    if found:
        return Named(tuple(found), "unknown")
    return Named((), next((reason for reason in REASONS if reason in reasons), "empty"))


def resolve(refs: Iterable[Ref]) -> dict[Ref, str]:
    """Short ids of what can be followed of these, of survivors in place of who was merged away.

    The same few queries for any number, without a row made into an object: there may be ten thousand.
    """
    wanted = set(refs)
    found = {ref: ref.value for ref in wanted if ref.scheme == OWN}
    outside = [ref for ref in wanted if ref.scheme != OWN]
    if outside:
        values = {ref.value for ref in outside}
        asked = {"scheme__in": {ref.scheme for ref in outside}}
        for table, owner, prefix in _ID_TABLES:
            column = "code" if table is Topic else "value"
            rows = table.objects.filter(follows.among(column, values), **asked)
            known = {
                Ref(scheme, value): f"{prefix}{pk}" for scheme, value, pk in rows.values_list("scheme", column, owner)
            }
            found |= {ref: short_id for ref, short_id in known.items() if ref in wanted}
    there = follows.shown(found.values())
    return {ref: there[short_id] for ref, short_id in found.items() if short_id in there}


def _recognised(column: str, text: str) -> list[Ref] | str:
    """Ids in a cell, or why it holds none."""
    if not text:
        return "empty"
    if column in _OF_COLUMN and (value := _normal(_OF_COLUMN[column], text)):
        return _unless_work(_OF_COLUMN[column], value)
    if _ADDRESS.match(text):
        return _of_address(text)
    if _SHORT_ID.fullmatch(text):  # the quick way for thousands
        return _own(text)
    parsed = ids.parse(text)
    if parsed is None:
        return "form"
    scheme, value = parsed
    letter = _LETTERS.get(scheme)
    if letter is None:
        return _unless_work(scheme, value)
    return _own(f"{letter}{value}")


def _own(short_id: str) -> list[Ref]:
    own = Ref(OWN, short_id)
    return [own, Ref("openalex", short_id)] if _LONG_NUMBER.fullmatch(short_id) else [own]


def _of_address(text: str) -> list[Ref] | str:
    site = str(settings.BASE_URL).rstrip("/")
    if text.startswith(f"{site}/") and _PAGE.fullmatch(text, len(site)):  # the quick way for thousands
        return [Ref(OWN, text[len(site) :].split("/")[2])]
    try:
        parts = urlsplit(text)
    except ValueError:
        return "form"
    host, is_page = parts.netloc.lower(), _PAGE.fullmatch(parts.path)
    if is_page and host == urlsplit(str(settings.BASE_URL)).netloc.lower():
        return [Ref(OWN, parts.path.split("/")[2])]
    for scheme in _SCHEMES:
        if value := _normal(scheme, text):
            return _unless_work(scheme, value)
    if host.startswith("scholar.google."):
        return "scholar"
    parsed = ids.parse(text)
    return "work" if parsed and parsed[0] in ("doi", "arxiv", "work") else "elsewhere"


def _normal(scheme: str, text: str) -> str:
    try:
        return ids.normalise(scheme, text)
    except ValueError:
        return ""


def _unless_work(scheme: str, value: str) -> list[Ref] | str:
    is_work = scheme in ("doi", "arxiv", "work") or (scheme == "openalex" and value.startswith("W"))
    return "work" if is_work else [Ref(scheme, value)]
