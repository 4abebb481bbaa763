"""What every reader asks of a record before it may become a work, and how a refusal is worded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final

from bzpeer.kit import ids
from bzpeer.kit.text import one_line
from publications import names
from publications.records import Rejected, WorkRecord

TITLE_LIMIT: Final = 3_000  # characters
ABSTRACT_LIMIT: Final = 200_000
NAME_LIMIT: Final = 300
AFFILIATION_LIMIT: Final = 5_000
AUTHORS_FIELD_LIMIT: Final = 300_000  # a string of 15,000 authors
FIRST_YEAR, LAST_YEAR = 1400, 2100
RAW_LIMIT: Final = 2_000


class Unfit(ValueError):
    """A record cannot become a work; the message says why and, where possible, what to do."""


def guarded(
    build: Callable[[], WorkRecord], *, where: str, raw: Callable[[], bytes | str], provider_id: str
) -> WorkRecord | Rejected:
    """The record that `build` makes, or why it cannot be made: one record never stops a run."""
    try:
        return build()
    except Unfit as error:
        reason = str(error)
    except Exception as error:
        reason = f"The reader failed ({type(error).__name__}: {error}). Please report this record."
    return rejected(where=where, reason=reason, raw=raw(), provider_id=provider_id)


def rejected(*, where: str, reason: str, raw: bytes | str = "", provider_id: str = "") -> Rejected:
    """A refusal whose parts a database can hold."""
    excerpt = raw[: 4 * RAW_LIMIT].decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    clean = [
        part.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
        for part in (reason, excerpt[:RAW_LIMIT], provider_id[:NAME_LIMIT])
    ]
    return Rejected(where=where, reason=clean[0], raw=clean[1], provider_id=clean[2])


# ---------------------------------------------------------------- text


def text(value: str | None, what: str, limit: int) -> str:
    """One clean line; raises Unfit on NUL characters and on lengths that no such text has."""
    if not value:
        return ""
    if "\0" in value:
        raise Unfit(f"The {what} holds a NUL character, a sign of damage: take it out of the file.")
    if len(value) > limit:
        raise Unfit(f"The {what} has {len(value):,} characters, more than the {limit:,} allowed.")
    return one_line(value)


def title(value: str | None) -> str:
    line = text(value, "title", TITLE_LIMIT)
    if not any(char.isalnum() for char in line):
        raise Unfit(f"The title {line!r} has no letter or digit." if line else "The record has no title.")
    return line


def abstract(value: str | None) -> str:
    return text(value, "abstract", ABSTRACT_LIMIT)


_MAIL_ADDRESS: Final = re.compile(r"(?P<person>[^\s@]+)@[^\s@]+\.[^\s@]+(?:\s+(?P=person)@\S+)?", re.IGNORECASE)
_FOOTNOTE_MARK: Final = re.compile(r"(?<=[^\W\d_])[\d*†‡§¶]+$")


@lru_cache(maxsize=1 << 16)  # the same people print many papers
def name(value: str | None, what: str = "name of an author") -> str:
    """A person's name as people read it; an e-mail address in its place gives its local part, empty when no name."""
    line = names.decode(text(value, what, NAME_LIMIT))
    if "@" in line and (match := _MAIL_ADDRESS.fullmatch(line)):
        words = re.findall(r"[^\W\d_]{2,}", match["person"])
        return " ".join(word.capitalize() for word in words)
    line = _FOOTNOTE_MARK.sub("", line)
    return "" if names.is_junk(line) else line


@lru_cache(maxsize=1 << 14)
def affiliation(value: str | None) -> str:
    return names.decode(text(value, "affiliation", AFFILIATION_LIMIT))


# ---------------------------------------------------------------- dates and ids


def year(value: int | None) -> int | None:
    if value is not None and not FIRST_YEAR <= value <= LAST_YEAR:
        raise Unfit(f"The publication year {value} is not between {FIRST_YEAR} and {LAST_YEAR}.")
    return value


def day(value: str | None, what: str) -> date | None:
    """An ISO date, a time behind it left out."""
    if not value:
        return None
    try:
        found = date.fromisoformat(value[:10] if len(value) == 10 or value[10:11] in {"T", " "} else value)
    except ValueError:
        raise Unfit(f"The {what} {value[:40]!r} is no date of the form YYYY-MM-DD.") from None
    year(found.year)
    return found


@lru_cache(maxsize=1 << 14)
def optional_id(scheme: str, value: str | None) -> str:
    """The normalised id, or nothing where the value is no such id: a work does not fail by one of its links."""
    try:
        return ids.normalise(scheme, value) if value else ""
    except ValueError:
        return ""


def web_address(value: str | None) -> str:
    """An http address without blanks, or nothing."""
    value = (value or "").strip()
    return value if re.fullmatch(r"https?://[^\s<>\"\0]{3,2000}", value) else ""
