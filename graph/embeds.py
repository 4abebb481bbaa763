"""The explorer on other people's pages: the HTML that brings it there, and what oEmbed says of an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from lxml import etree

from bzpeer.kit.api import parameters
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Problem
from graph import card, questions, shares, slices
from graph.shares import State

WIDTH, HEIGHT = 800, 640  # of a frame, where its page does not ask for less
CACHE_AGE = 3_600  # seconds that a page may keep the answer
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame with a graph in it."""

    address: str
    title: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def html(self) -> str:
        return (
            f'<iframe src="{escape(self.address)}" title="{escape(self.title)}" width="{self.width}"'
            f' height="{self.height}" loading="lazy" allowfullscreen></iframe>'
        )


def frame(query: str, name: str, width: int = WIDTH, height: int = HEIGHT) -> Frame:
    """The frame of a state around something of this name."""
    address = f"{settings.BASE_URL}{reverse('graph_embed')}?{query}"
    return Frame(address, _("Research graph around %(name)s") % {"name": name}, width, height)


def state_of(address: str) -> State | None:
    """What a page of this site would show in a frame: an author, work, topic, institution, an explorer's state."""
    parts = shares.local_parts(address)
    if parts is None:
        return None
    try:
        found = resolve(parts.path)
        if found.url_name in ("graph_explorer", "graph_embed"):
            return shares.read_text(parts.query)
        if found.url_name in questions.KINDS:
            root = questions.short_id(found.url_name, found.kwargs["number"])
            return shares.read(QueryDict(f"root={root}&limit={questions.PAGE_LIMIT}"))
        link = shares.find(found.kwargs["code"]) if found.url_name == "graph_link" else None
        return shares.read_text(link.state) if link else None
    except (Resolver404, Problem):
        return None


def oembed(state: State, most_wide: int | None, most_high: int | None) -> dict[str, Any]:
    """The answer for a state; a thumbnail only where it has room, as the specification wants."""
    root = slices.answer(state.question).nodes[0]["data"]
    drawn = frame(state.query, root["label"], _within(WIDTH, most_wide), _within(HEIGHT, most_high))
    said: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": drawn.title,
        "provider_name": "bzpeer",
        "provider_url": settings.BASE_URL + "/",
        "cache_age": CACHE_AGE,
        "html": drawn.html,
        "width": drawn.width,
        "height": drawn.height,
    }
    if (most_wide or card.WIDTH) >= card.WIDTH and (most_high or card.HEIGHT) >= card.HEIGHT:
        address = settings.BASE_URL + reverse(f"{root['type']}_card", args=[state.question.number])
        said |= {"thumbnail_url": address, "thumbnail_width": card.WIDTH, "thumbnail_height": card.HEIGHT}
    return said


def xml(said: dict[str, Any]) -> bytes:
    """The same answer as XML."""
    root = etree.Element("oembed")
    for name, value in said.items():
        etree.SubElement(root, name).text = _NO_XML.sub("\ufffd", str(value))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, standalone=True)


def _within(wanted: int, most: int | None) -> int:
    return wanted if most is None else min(wanted, most)


def _format(text: str) -> str:
    """Any word: which formats there are is told by 501, not by 400."""
    return text.strip().lower()


PARAMETERS = (
    Parameter("url", str, ""),
    parameters.number("maxwidth", 1, 100_000),
    parameters.number("maxheight", 1, 100_000),
    Parameter("format", _format, "json"),
)
