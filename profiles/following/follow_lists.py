"""Lists of follows as files: CSV and OPML, written as a stream and read from whatever other systems export."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final
from xml.sax.saxutils import quoteattr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree

from bzpeer.kit.text import one_line
from profiles.following import follows
from profiles.models import Follow, User
from profiles.models.following import FOLLOWABLE
from publications.hits import SINGULAR, external_ids

LARGEST: Final = 4 << 20  # bytes of an upload: the longest list of this site has some 2.5 MB
MOST_LINES: Final = follows.MOST
_CHUNK: Final = 500
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_COLUMNS: Final = ("id", "kind", "name", "url", "external_id", "feed_url", "muted", "followed_at")
_TITLES: Final = {"author": "Authors", "topic": "Topics", "institution": "Institutions", "source": "Sources"}
_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet would compute


# ---------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class _Written:
    """A follow in the words of a file."""

    row: Follow
    kind: str
    name: str
    url: str
    feed_url: str


def as_csv(user: User) -> Iterator[str]:
    """Columns as `_COLUMNS`, UTF-8 with a mark so that spreadsheets read names in every script."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield "\ufeff" + ",".join(_COLUMNS) + "\r\n"
    for chunk in _chunks(user):
        outside = _external_ids(chunk)
        for one in chunk:
            cells = (one.row.target, one.kind, one.name, one.url, outside.get(one.row.target, ""), one.feed_url)
            writer.writerow([_harmless(cell) for cell in (*cells, *_terms(one.row))])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def as_opml(user: User) -> Iterator[str]:
    """OPML 2.0: a feed for each, in a group of its kind; muted ones carry the category /muted."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>bzpeer: following</title>'
    yield f"<dateCreated>{format_datetime(timezone.now())}</dateCreated></head>\n<body>\n"
    for kind, title in _TITLES.items():
        group = f"<outline text={quoteattr(title)}>\n"
        for chunk in _chunks(user, kind):
            yield group + "".join(_outline(one) for one in chunk)
            group = ""
        if not group:
            yield "</outline>\n"
    yield "</body>\n</opml>\n"


WRITERS: Final[dict[str, Callable[[User], Iterator[str]]]] = {"csv": as_csv, "opml": as_opml}
TYPES: Final = {"csv": "text/csv", "opml": "text/x-opml"}


def feed_url(short_id: str) -> str:
    """The address of a target's Atom feed."""
    return f"{_page_url(short_id)}feed.atom"


def _page_url(short_id: str) -> str:
    """Short, and the same whatever the name becomes. Put together here: `reverse` is slow for thousands."""
    return f"{_base()}/{follows.KINDS[short_id[0]]}s/{short_id}/"


def _chunks(user: User, kind: str = "") -> Iterator[list[_Written]]:
    rows = follows.followed_by(user).order_by("pk")
    if kind:
        rows = rows.filter(**{f"{kind}__isnull": False})
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:_CHUNK]):
        yield [_written(row) for row in chunk]
        last = chunk[-1].pk


def _written(row: Follow) -> _Written:
    name, short_id = one_line(follows.target_of(row).label), row.target
    return _Written(row, follows.KINDS[short_id[0]], name, _page_url(short_id), feed_url(short_id))


def _external_ids(chunk: list[_Written]) -> dict[str, str]:
    """ORCID, ROR, OpenAlex… by short id: what another system knows these by."""
    found: dict[str, str] = {}
    for kind, singular in SINGULAR.items():
        if singular in FOLLOWABLE:
            by_number = {int(one.row.target[1:]): one.row.target for one in chunk if one.kind == singular}
            found |= {by_number[pk]: url for pk, url in external_ids(kind, by_number).items()}
    return found


def _terms(row: Follow) -> tuple[str, str]:
    return "true" if row.muted else "false", row.created_at.astimezone(UTC).isoformat()


def _outline(one: _Written) -> str:
    facts = {
        "type": "rss",
        "text": one.name,
        "title": one.name,
        "xmlUrl": one.feed_url,
        "htmlUrl": one.url,
        "created": format_datetime(one.row.created_at),
    }
    if one.row.muted:
        facts["category"] = "/muted"
    return f"<outline {' '.join(f'{name}={quoteattr(value)}' for name, value in facts.items())}/>\n"


def _harmless(cell: str) -> str:
    """No spreadsheet computes a name: what looks like a formula is marked as text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _base() -> str:
    return str(settings.BASE_URL).rstrip("/")


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: what may be an id, by column (numbered where there is no header), and how it was followed."""

    line: int
    cells: tuple[tuple[str, str], ...]
    name: str = ""
    muted: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    entries: list[Entry]
    is_guessed: bool = False  # the text was not UTF-8 and read as Latin-1


def read(raw: bytes) -> Listing:
    """The lines of a CSV or OPML file; raises ValidationError where it is neither."""
    text, is_guessed = _decoded(raw)
    entries = _opml_entries(text) if text.lstrip().startswith("<") else _csv_entries(text)
    if len(entries) > MOST_LINES:
        said = _("The file has more than %(most)s lines. Split it and import its parts one after the other.")
        raise ValidationError(said % {"most": MOST_LINES})
    if not entries:
        raise ValidationError(_("The file is empty."))
    return Listing(entries, is_guessed)


def _decoded(raw: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding was guessed."""
    try:
        text, is_guessed = raw.decode(_encoding(raw)), False
    except UnicodeDecodeError:
        text, is_guessed = raw.decode("latin-1"), True
    text = text.removeprefix("\ufeff")
    if "\0" in text or raw.startswith(b"PK\x03\x04"):
        raise ValidationError(_("This is no text file. Save the list as CSV (UTF-8) or OPML and choose that file."))
    return text, is_guessed


def _encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if raw[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if raw[:1] == b"\0" else "utf-8"


# What an id may stand in, the surest first; these are ids of outside schemes whatever their form
_ID_COLUMNS: Final = (
    *("url", "pageurl", "htmlurl", "xmlurl", "feedurl", "feed", "link", "uri", "id", "shortid"),
    *("orcid", "orcidid", "openalex", "openalexid", "externalid", "authorid", "ror", "rorid", "issn"),
)
_RANKS: Final = {column: rank for rank, column in enumerate(_ID_COLUMNS)}
_WORDS: Final = frozenset(
    ("name", "title", "text", "kind", "type", "muted", "followedat", "created", "note", "notes", "category")
)


def _csv_entries(text: str) -> list[Entry]:
    head, _break, rest = text.partition("\n")
    if head.lower().startswith("sep="):  # a spreadsheet's own line
        text = rest
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    entries: list[Entry] = []
    columns: list[str] | None = None
    try:
        for row in reader:
            cells = [_unmarked(cell) for cell in row]
            if not any(cells):
                continue
            if columns is None:
                columns = _header(cells)
                if columns:
                    continue
            entries.append(_csv_entry(reader.line_num, columns or [], cells))
    except csv.Error as error:
        said = _("Line %(line)s cannot be read as CSV (%(why)s).")
        raise ValidationError(said % {"line": reader.line_num, "why": error}) from error
    return entries


def _header(cells: list[str]) -> list[str]:
    """The columns' names in one spelling; empty where the first line is no header."""
    names = [re.sub(r"[\s_-]+", "", cell).lower() for cell in cells]
    return names if set(names) & {*_ID_COLUMNS, "name"} else []


def _csv_entry(line: int, columns: list[str], cells: list[str]) -> Entry:
    known = dict(zip(columns, cells, strict=False))
    named = columns + [str(place) for place in range(len(columns), len(cells))]
    told = [(name, cell) for name, cell in zip(named, cells, strict=False) if cell and name not in _WORDS]
    told.sort(key=_surety)
    name = known.get("name") or known.get("title") or next(iter(cells), "")
    muted = known.get("muted", "").lower() in ("true", "yes", "1")
    return Entry(line, tuple(told), name, muted, _moment(known.get("followedat", "")))


def _surety(told: tuple[str, str]) -> int:
    return _RANKS.get(told[0], len(_RANKS))


def _unmarked(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _opml_entries(text: str) -> list[Entry]:
    """Nothing is fetched or expanded: a list needs no document type, so that a file with one is refused unread."""
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise ValidationError(_("The file declares a document type or entities. A list needs none: take them out."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), parser)
    except etree.XMLSyntaxError as error:
        said = _("The file breaks in line %(line)s (%(why)s). Export it again, or repair it there.")
        raise ValidationError(
            said % {"line": error.lineno or 1, "why": (error.msg or "").split(", line ")[0]}
        ) from error
    if etree.QName(root).localname.lower() != "opml":
        raise ValidationError(_("This is XML but no OPML. Save the list as CSV (UTF-8) or OPML and choose that file."))
    return [_opml_entry(outline) for outline in root.iter("outline") if _is_entry(outline)]


def _is_entry(outline: etree._Element) -> bool:
    """Groups hold entries and are none, unless they have an address."""
    return len(outline) == 0 or any(name.lower().endswith("url") for name in outline.attrib)


def _opml_entry(outline: etree._Element) -> Entry:
    facts = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
    told = tuple((name, facts[name]) for name in _ID_COLUMNS if facts.get(name))
    muted = "/muted" in [part.strip() for part in facts.get("category", "").split(",")]
    name = facts.get("text") or facts.get("title", "")
    return Entry(outline.sourceline or 0, told, name, muted, _moment(facts.get("created", "")))


def _moment(text: str) -> datetime | None:
    """A moment of the past as CSV (ISO 8601) or OPML (RFC 822) writes it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if _EARLIEST < moment <= timezone.now() else None
