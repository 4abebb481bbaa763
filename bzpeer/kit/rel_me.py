"""Links with rel="me" of a page: what its author says to be themselves elsewhere. Pure, bounded, unforgiving.

Two parsers must agree on a link: html5ever (in nh3) builds the page as browsers do, libxml2 tells what stands around
it. A page on which they differ was made to be misread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin

import lxml.etree
import nh3

MOST_CHARACTERS: Final = 300_000
MOST_TAGS: Final = 10_000
MOST_AMPERSANDS: Final = 20_000
MOST_ATTRIBUTES: Final = 200  # of one tag
DEEPEST: Final = 200
LONGEST_LINK: Final = 2_000
MOST_LINKS: Final = 200

# What browsers do not show as the page itself.
_ELSEWHERE: Final = frozenset(
    {"applet", "canvas", "frameset", "iframe", "math", "noembed", "noframes", "noscript", "object", "plaintext"}
    | {"audio", "script", "select", "style", "svg", "template", "textarea", "title", "video", "xmp", "dialog", "embed"}
)
_OTHERS: Final = re.compile(  # parts of a page that its readers write
    r"(?:^|[\s_-])(?:comments?|commentlist|respond|replies|reply|disqus|discussion|guestbook|trackbacks?|pingbacks?|"
    r"webmentions?|ugc|user-?content)(?=$|[\s_-])",
    re.IGNORECASE,
)
_DRAWING: Final = re.compile("<(?:svg|math)", re.IGNORECASE)
_RAW: Final = frozenset({"style", "title", "script", "xmp", "textarea", "iframe", "noembed", "noframes", "plaintext"})
_NOT_VOUCHED_FOR: Final = {"ugc", "nofollow", "sponsored"}


class Unreadable(ValueError):
    """The page is too large, too deep or too strange to be read in bounded time."""


def links(html: str, base_url: str) -> list[str]:
    """Where the page's own rel="me" links (`a` and `link`) lead, in their order, absolute, each once.

    Raises Unreadable. Links in comments, in elements that are not shown, among readers' comments, and those that the
    page itself marks as foreign (rel="ugc" or "nofollow") do not count.
    """
    html = re.sub("[\0\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", html)
    if len(html) > MOST_CHARACTERS or html.count("<") > MOST_TAGS or html.count("&") > MOST_AMPERSANDS:
        raise Unreadable("The page is too large.")
    if "<![CDATA[" in html and _DRAWING.search(html):
        raise Unreadable("The page hides its tags where parsers differ.")
    found = _parsed(html, _Links())
    if not found:
        return []
    confirmed = set(_parsed(_cleaned(html), _Links()))
    return list(dict.fromkeys(_absolute(link, base_url) for link in found if link in confirmed))


def _cleaned(html: str) -> str:
    """The page as html5ever reads it, reduced to its links and text."""
    return nh3.clean(
        html,
        tags={"a", "link"},
        attributes={"a": {"href", "rel"}, "link": {"href", "rel"}},
        clean_content_tags=set(_ELSEWHERE),
        link_rel=None,
        url_schemes={"https", "http"},
    )


def _parsed(html: str, target: _Links) -> list[str]:
    options = {"remove_comments": True, "remove_pis": True, "no_network": True}
    parser: Any = lxml.etree.HTMLParser(target=target, **options)
    try:
        parser.feed(f"<!DOCTYPE html>{html}")
        parser.close()
    except lxml.etree.LxmlError:
        return []
    return target.found


class _Links:
    """Follows the tags of a page, and notes links that stand in its own text."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.stack: list[str] = []
        self.closed_at = 0  # depth of the outermost element whose content does not count; 0 outside

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.stack.append(tag)
        if len(self.stack) > DEEPEST or len(attributes) > MOST_ATTRIBUTES:
            raise Unreadable("The page is nested too deeply.")
        if self.closed_at:
            return
        if tag in _ELSEWHERE or _is_by_others(attributes):
            self.closed_at = len(self.stack)
        elif tag in {"a", "link"}:
            self._note(attributes)

    def end(self, tag: str) -> None:
        if len(self.stack) == self.closed_at:
            self.closed_at = 0
        self.stack.pop()

    def data(self, text: str) -> None:
        """Text matters only where libxml2 takes for text what browsers read as tags: in a drawing's style or title."""
        if "<" in text and self.stack and self.stack[-1] in _RAW and not {"svg", "math"}.isdisjoint(self.stack):
            raise Unreadable("The page hides its tags where parsers differ.")

    def close(self) -> list[str]:
        return self.found

    def _note(self, attributes: Mapping[str, str]) -> None:
        rel = set(attributes.get("rel", "").lower().split())
        href = attributes.get("href", "").strip()
        if "me" in rel and not rel & _NOT_VOUCHED_FOR and 0 < len(href) <= LONGEST_LINK:
            self.found.append(href)
        if len(self.found) > MOST_LINKS:
            raise Unreadable("The page has too many links to its author.")


def _is_by_others(attributes: Mapping[str, str]) -> bool:
    marks = " ".join(attributes.get(name, "")[:500] for name in ("class", "id", "role"))
    kind = attributes.get("itemtype", "")
    return bool(_OTHERS.search(marks)) or kind.endswith(("/Comment", "/UserComments"))


def _absolute(link: str, base_url: str) -> str:
    try:
        return urljoin(base_url, link)
    except ValueError:
        return link
