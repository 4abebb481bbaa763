"""Feeds for reader programs, as Atom (RFC 4287) and JSON Feed 1.1: what they carry, and how it is written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from urllib.parse import urlsplit
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

EDITION: Final = 1  # raised when feeds come to be written otherwise: what readers keep is then out of date
TYPES: Final = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where else it is: a DOI, an arXiv page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`title` and `summary` are plain text, `html` is safe to show, addresses are absolute."""

    id: str
    url: str
    title: str
    updated: datetime
    published: datetime | None
    html: str
    summary: str
    authors: tuple[Person, ...]
    tags: tuple[str, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    id: str
    title: str
    subtitle: str
    home: str
    address: str
    updated: datetime
    author: Person  # of entries that name none
    entries: tuple[Entry, ...]


def write(feed: Feed, form: str) -> str:
    return as_atom(feed) if form == "atom" else as_json(feed)


def site_url(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def host() -> str:
    """The host's name, for ids that are no addresses (RFC 4151)."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=UTC) if day else None


# JSON


def as_json(feed: Feed) -> str:
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "description": feed.subtitle,
        "authors": [_json_person(feed.author)],
        "language": "en",
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _json_person(person: Person) -> dict[str, str]:
    return {"name": person.name} | ({"url": person.url} if person.url else {})


def _json_item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.links[0].url if entry.links else None,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "date_published": entry.published.isoformat() if entry.published else None,
        "date_modified": entry.updated.isoformat(),
        "authors": [_json_person(person) for person in entry.authors],
        "tags": list(entry.tags),
    }
    return {name: value for name, value in item.items() if value}


# Atom


def as_atom(feed: Feed) -> str:
    """Valid XML whatever the texts hold: characters that XML does not know are left out."""
    atom = _Atom(
        title=_xml(feed.title),
        link=feed.home,
        description="",
        subtitle=_xml(feed.subtitle),
        language="en",
        author_name=_xml(feed.author.name),
        author_link=feed.author.url,
        feed_url=feed.address,
        feed_guid=feed.id,
        updated=feed.updated,
    )
    for entry in feed.entries:
        _add(atom, entry)
    return str(atom.writeString("utf-8"))


def _add(atom: _Atom, entry: Entry) -> None:
    atom.add_item(
        _xml(entry.title),
        entry.url,
        description=None,  # type: ignore[arg-type] # None is meant by Django, not by its stubs
        unique_id=entry.id,
        pubdate=entry.published,
        updateddate=entry.updated,
        categories=[_xml(tag) for tag in entry.tags],
        entry=entry,
    )


class _Atom(Atom1Feed):
    """Django's Atom, with several authors, plain summaries, contents, and links to other places."""

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        entry: Entry = item["entry"]
        for person in entry.authors:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", _xml(person.name))
            if person.url:
                handler.addQuickElement("uri", person.url)
            handler.endElement("author")
        for link in entry.links:
            handler.addQuickElement("link", "", {"rel": "related", "href": _xml(link.url), "title": link.label})
        if entry.summary:
            handler.addQuickElement("summary", _xml(entry.summary), {"type": "text"})
        handler.addQuickElement("content", _xml(entry.html), {"type": "html"})


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
