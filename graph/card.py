"""The card that stands for a page where its link is shared: a name, what is to be said of it, and its slice.

1200 × 630 pixels, the size that sites expect of og:image. Places come from the slice; names are set anew, larger and
fewer, because cards are looked at small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from lxml import etree

from graph import layout, lettering, picture, raster, standalone
from graph.lettering import SANS, SERIF
from graph.slices import Slice

WIDTH, HEIGHT = 1200, 630
EDITION = "1"  # raise it when the drawing changes: part of the validator
LEFT, COLUMN, TOP = 56, 430, 84  # the words
STAGE = (530.0, 36.0, 1164.0, 594.0)  # the picture: left, top, right, bottom
SIZES = (64, 54, 46, 38)  # of a name, in the largest that has room
TALLEST = 270  # pixels for the name
LINES = 160
FEW = 24  # things that do not fill the picture
NAMES, NAME_SIZE, NAME_ROOM = 12, 17, 190  # how many marks are named, and how
PAPER, MUTED = "#fbfbf9", "#5b616c"  # of static/css/base.css; a test holds them together
_SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, slots=True)
class Card:
    """What stands beside the picture; `lines` come after the first, which is set heavier."""

    kind: str
    eyebrow: str
    title: str
    lines: tuple[str, ...] = ()


def version(card: Card, found: Slice) -> str:
    """The same for the same card."""
    said = msgspec.json.encode([EDITION, found.version, asdict(card), settings.DEMO, settings.BASE_URL])
    return blake2b(said, digest_size=16).hexdigest()


def png(card: Card, found: Slice) -> bytes:
    return raster.png(drawing(card, found))


def drawing(card: Card, found: Slice) -> etree._Element:
    """The card as SVG."""
    card_ = etree.Element(f"{{{_SVG}}}svg", {"width": str(WIDTH), "height": str(HEIGHT)}, nsmap={None: _SVG})
    _add(card_, "rect", width=WIDTH, height=HEIGHT, fill=PAPER)
    _picture(card_, found)
    _words(card_, card, found.root)
    _footer(card_)
    return card_


def _words(drawn: etree._Element, card: Card, root: str) -> None:
    colour = standalone.COLOURS[card.kind]
    drawn.append(_shape(card.kind, LEFT + 10.0, TOP - 8.0, 10.0, fill=colour))
    _text(drawn, card.eyebrow, LEFT + 32, TOP, 24, fill=colour)
    title = card.title if lettering.can_set(card.title) and lettering.clean(card.title) else root
    size, lines = _title(title)
    y = TOP + 30.0
    for line in lines:
        y += size * 1.12
        _text(drawn, line, LEFT, y, size, family=SERIF)
    y += 34
    _add(drawn, "line", x1=LEFT, y1=y, x2=LEFT + 72, y2=y, stroke=colour, **{"stroke-width": 3})
    y += 12
    for number, line in enumerate(line for line in card.lines if lettering.can_set(line)):
        y += 38
        if y > HEIGHT - 76:
            break
        heavy: dict[str, Any] = {"font-weight": "600", "fill": standalone.INK} if number == 0 else {"fill": MUTED}
        _text(drawn, lettering.fit(line, COLUMN, 26), LEFT, y, 26, **heavy)


def _title(title: str) -> tuple[int, list[str]]:
    """The size at which a name has room, and its lines."""
    for size in SIZES:
        lines = lettering.wrap(title, COLUMN, size, most=int(TALLEST / (size * 1.12)), family=SERIF)
        if not lines[-1].endswith("…"):
            break
    return size, lines


def _footer(drawn: etree._Element) -> None:
    host = urlsplit(settings.BASE_URL).netloc
    _text(drawn, "bzpeer", LEFT, HEIGHT - 44, 26, **{"font-weight": "600", "fill": standalone.INK})
    said = _("a demonstration with invented people") if settings.DEMO else host
    _text(drawn, lettering.fit(said, COLUMN - 96, 20), LEFT + 92, HEIGHT - 44, 20, fill=MUTED)


def _picture(drawn: etree._Element, found: Slice) -> None:
    places = _places(found)
    for edge in _lines(found):
        (x1, y1), (x2, y2) = places[edge["source"]], places[edge["target"]]
        stroke = standalone.line_colour(edge["type"])
        strength = {"stroke": stroke, "stroke-width": picture.thickness(edge)}
        _add(drawn, "line", x1=x1, y1=y1, x2=x2, y2=y2, **strength)
    marks = [layout.mark_of(node["data"]) for node in found.nodes]
    for mark in reversed(marks):
        look: dict[str, Any] = {"fill": standalone.COLOURS[mark.kind]}
        look["stroke"] = standalone.INK if mark.is_root else PAPER
        x, y = places[mark.id]
        drawn.append(_shape(mark.kind, x, y, mark.radius, **look, **{"stroke-width": 2}))
    for x, y, name in _names(marks, places):
        halo: dict[str, Any] = {"paint-order": "stroke", "stroke": PAPER, "stroke-width": 4, "stroke-linejoin": "round"}
        _text(drawn, name, x, y, NAME_SIZE, **halo, **{"fill": standalone.INK, "text-anchor": "middle"})


def _lines(found: Slice) -> list[dict[str, Any]]:
    """As many lines as a small picture bears: those of the root, then people's, the strongest first."""
    edges = [edge["data"] for edge in found.edges]
    edges.sort(key=lambda e: (found.root not in (e["source"], e["target"]), e["type"] != "coauthor", -e["weight"]))
    return edges[LINES - 1 :: -1]  # the strongest on top


def _places(found: Slice) -> dict[str, layout.Spot]:
    """Where everything stands on the card; few things keep closer together than many."""
    left, top, right, bottom = STAGE
    inset = 30 + 90 * max(0.0, 1 - len(found.nodes) / FEW)
    spots = {}
    for node in found.nodes:
        across = (node["position"]["x"] - layout.MARGIN_X) / (layout.WIDTH - 2 * layout.MARGIN_X)
        down = (node["position"]["y"] - layout.MARGIN_Y) / (layout.HEIGHT - 2 * layout.MARGIN_Y)
        x = left + inset + across * (right - left - 2 * inset)
        spots[node["data"]["id"]] = round(x, 1), round(top + inset + down * (bottom - top - 2 * inset), 1)
    return spots


def _names(marks: Sequence[layout.Mark], places: dict[str, layout.Spot]) -> Iterator[tuple[float, float, str]]:
    """Names below their marks that touch nothing else, the most important first; the root's is the title."""
    taken = [_around(mark, places[mark.id]) for mark in marks]
    given = 0
    for mark in sorted((mark for mark in marks if not mark.is_root), key=layout.precedence):
        x, y = places[mark.id]
        name = lettering.fit(mark.label, NAME_ROOM, NAME_SIZE)
        half, base = lettering.width(name, NAME_SIZE) / 2, y + mark.radius + NAME_SIZE
        x = min(max(x, STAGE[0] + half), STAGE[2] - half)
        box = (x - half - 2, base - NAME_SIZE + 3, x + half + 2, base + 5)
        if lettering.can_set(name) and not any(layout.touch(box, other) for other in taken):
            taken.append(box)
            given += 1
            yield x, base, name
        if given == NAMES:
            break


def _around(mark: layout.Mark, place: layout.Spot) -> layout.Box:
    (x, y), reach = place, mark.radius + 1
    return x - reach, y - reach, x + reach, y + reach


def _shape(kind: str, x: float, y: float, radius: float, **look: Any) -> etree._Element:
    shape = etree.fromstring(picture.shape(kind, x, y, radius).replace(" ", f' xmlns="{_SVG}" ', 1))
    shape.attrib.update({name: str(value) for name, value in look.items()})
    return shape


def _text(drawn: etree._Element, text: str, x: float, y: float, size: float, family: str = SANS, **look: Any) -> None:
    said = {"fill": standalone.INK} | look
    _add(drawn, "text", x=x, y=round(y, 1), **{"font-family": family, "font-size": size}, **said).text = text


def _add(drawn: etree._Element, name: str, **attributes: Any) -> etree._Element:
    texts = {attribute: str(value) for attribute, value in attributes.items()}
    return etree.SubElement(drawn, f"{{{_SVG}}}{name}", texts)
