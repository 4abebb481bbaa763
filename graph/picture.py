"""The picture of a slice as SVG, drawn on the server: for the first paint, for paper, for readers without scripts.

Colours and strokes come from classes (static/css/graph.css); nothing in it is a style or a script.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from graph.layout import HEIGHT, WIDTH, Mark, short_label

Node = dict[str, Any]


def svg(document: dict[str, Any]) -> SafeString:
    """The picture of a slice's document; screen readers pass over it, because the list says the same."""
    nodes = document["elements"]["nodes"]
    places = {node["data"]["id"]: node for node in nodes}
    parts = [_line(edge["data"], places) for edge in document["elements"]["edges"]]
    parts += [_mark(node) for node in reversed(nodes)]  # the root last, on top
    return mark_safe(  # noqa: S308 # every text and address in it went through escape()
        f'<svg class="graph-picture" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" aria-hidden="true" focusable="false">'
        + "".join(parts)
        + "</svg>"
    )


def _line(edge: dict[str, Any], places: dict[str, Node]) -> str:
    source, target = places[edge["source"]], places[edge["target"]]
    kinds = f"is-{source['data']['type']} is-{target['data']['type']}"
    start, end = source["position"], target["position"]
    return (
        f'<line class="line {edge["type"]} {kinds}" x1="{start["x"]}" y1="{start["y"]}" x2="{end["x"]}" y2="{end["y"]}"'
        f' stroke-width="{thickness(edge)}"/>'
    )


def thickness(edge: dict[str, Any]) -> float:
    """How thick a line is drawn."""
    return round(1 + min(3.0, math.log1p(edge["weight"])), 1) if edge["type"] == "coauthor" else 1.0


def _mark(node: Node) -> str:
    data, position = node["data"], node["position"]
    radius = Mark(data["id"], data["type"], "", data["weight"], is_root=data["ring"] == 0).radius
    label = escape(data["label"])
    text = ""
    if data["labelled"]:
        y = round(position["y"] + (radius + 14 if data["labelled"] == "below" else -radius - 6), 1)
        text = f'<text x="{position["x"]}" y="{y}">{escape(short_label(data["label"]))}</text>'
    drawn = shape(data["type"], position["x"], position["y"], radius)
    return (
        f'<a class="mark is-{data["type"]} ring-{data["ring"]}" href="{escape(data["url"])}" tabindex="-1">'
        f"<title>{label}</title>{drawn}{text}</a>"
    )


def shape(kind: str, x: float, y: float, radius: float) -> str:
    """The element that marks a kind: a disc, a square, a diamond or a hexagon."""
    return _SHAPES[kind](x, y, radius)


def _circle(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius:.1f}"/>'


def _square(x: float, y: float, radius: float) -> str:
    half = radius * 0.88
    return f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" height="{2 * half:.1f}"/>'


def _polygon(corners: int, turn: float) -> Callable[[float, float, float], str]:
    """A regular polygon whose first corner stands at `turn`."""
    angles = [turn + 2 * math.pi * corner / corners for corner in range(corners)]

    def draw(x: float, y: float, radius: float) -> str:
        points = " ".join(f"{x + radius * math.cos(angle):.1f},{y + radius * math.sin(angle):.1f}" for angle in angles)
        return f'<polygon points="{points}"/>'

    return draw


_SHAPES: dict[str, Callable[[float, float, float], str]] = {
    "author": _circle,
    "work": _square,
    "topic": _polygon(4, math.pi / 2),
    "institution": _polygon(6, 0),
}
