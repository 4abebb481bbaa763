"""The picture of a slice as a file of its own: what classes say on a page stands in attributes here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from lxml import etree

from graph import picture
from graph.layout import HEIGHT, WIDTH

# The light colours of static/css/base.css; a test holds them together.
COLOURS = {"work": "#855700", "author": "#0d6b62", "topic": "#83357f", "institution": "#a03d22"}
INK, RAISED, LINE = "#1b1e24", "#ffffff", "#d9dad5"
FONT = "Noto Sans, Helvetica Neue, Arial, sans-serif"
_SVG = "http://www.w3.org/2000/svg"
_TEXT = {
    "fill": INK, "font-family": FONT, "font-size": "13", "text-anchor": "middle", "paint-order": "stroke",
    "stroke": RAISED, "stroke-width": "3", "stroke-linejoin": "round",
}  # fmt: skip


def svg(document: dict[str, Any]) -> bytes:
    """A well-formed SVG file that needs no style sheet, font or script and links to whole addresses."""
    return etree.tostring(drawing(document), encoding="utf-8", xml_declaration=True)


def drawing(document: dict[str, Any]) -> etree._Element:
    """The root element of that file."""
    drawn = etree.fromstring(picture.svg(document).replace("<svg ", f'<svg xmlns="{_SVG}" ', 1))
    for name in ("class", "aria-hidden", "focusable"):
        drawn.attrib.pop(name, None)
    drawn.attrib.update({"width": f"{WIDTH:.0f}", "height": f"{HEIGHT:.0f}", "role": "img"})
    for part in drawn.iter(etree.Element):
        classes = part.attrib.pop("class", "").split()
        if part.tag == f"{{{_SVG}}}line":
            part.set("stroke", line_colour(classes[1] if len(classes) > 1 else ""))
        elif part.tag == f"{{{_SVG}}}a":
            _paint_mark(part, classes)
    drawn.insert(0, etree.Element(f"{{{_SVG}}}rect", {"width": "100%", "height": "100%", "fill": RAISED}))
    drawn.insert(0, _title(document))
    return drawn


def rgb(kind: str) -> dict[str, int]:
    """The colour of a kind as r, g and b from 0 to 255."""
    return {name: int(COLOURS[kind][at : at + 2], 16) for name, at in (("r", 1), ("g", 3), ("b", 5))}


def line_colour(relation: str) -> str:
    """Light: 38 hundredths of the colour of a kind on white, as on the page."""
    kind = {"coauthor": "author", "cites": "work"}.get(relation)
    if kind is None:
        return LINE
    return "#" + "".join(f"{round(255 - 0.38 * (255 - part)):02x}" for part in rgb(kind).values())


def _title(document: dict[str, Any]) -> etree._Element:
    title = etree.Element(f"{{{_SVG}}}title")
    title.text = document["elements"]["nodes"][0]["data"]["label"]
    return title


def _paint_mark(mark: etree._Element, classes: list[str]) -> None:
    kind = next(kind for kind in COLOURS if f"is-{kind}" in classes)
    is_root = "ring-0" in classes
    mark.attrib.pop("tabindex", None)
    mark.set("href", settings.BASE_URL.rstrip("/") + mark.get("href", ""))
    for part in mark:
        if part.tag == f"{{{_SVG}}}text":
            part.attrib.update(_TEXT | ({"font-weight": "600"} if is_root else {}))
        elif part.tag != f"{{{_SVG}}}title":
            part.attrib.update({"fill": COLOURS[kind], "stroke": INK if is_root else RAISED})
            part.set("stroke-width", "3" if is_root else "1.5")
            if "ring-2" in classes:
                part.set("fill-opacity", "0.62")
