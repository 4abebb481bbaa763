"""A chain of people as SVG: circles in a row, each line with the number of works it rests on.

Colours and strokes come from classes (static/css/graph.css); screen readers pass over it, the list says the same.
"""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from graph.layout import LETTER
from graph.paths import Chain
from publications.models import Author

WIDTH, HEIGHT, MARGIN = 1000, 110, 90
RADIUS, MIDDLE = 11, 56


def svg(chain: Chain) -> SafeString:
    apart = (WIDTH - 2 * MARGIN) / (len(chain.authors) - 1)
    spots = [MARGIN + apart * place for place in range(len(chain.authors))]
    parts = [_line(left, left + apart, hop.works) for left, hop in zip(spots, chain.hops, strict=False)]
    ends = (0, len(spots) - 1)
    parts += [
        _mark(author, spot, above=place % 2 == 1, is_end=place in ends, room=apart)
        for place, (author, spot) in enumerate(zip(chain.authors, spots, strict=True))
    ]
    return mark_safe(  # noqa: S308 # every text and address in it went through escape()
        f'<svg class="graph-picture path-picture" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        + "".join(parts)
        + "</svg>"
    )


def _line(left: float, right: float, works: int) -> str:
    said = ngettext("{number} work", "{number} works", works).format(number=works)
    if right - left < LETTER * (len(said) + 6):
        said = str(works)
    return (
        f'<line class="line coauthor" x1="{left:.1f}" y1="{MIDDLE}" x2="{right:.1f}" y2="{MIDDLE}" stroke-width="2"/>'
        f'<text class="count" x="{(left + right) / 2:.1f}" y="{MIDDLE - 7}">{escape(said)}</text>'
    )


def _mark(author: Author, x: float, *, above: bool, is_end: bool, room: float) -> str:
    name = author.display_name
    letters = int(min(2 * room, 2 * MARGIN) / LETTER)
    shown = name if len(name) <= letters else name[: letters - 1].rstrip() + "…"
    y = MIDDLE - RADIUS - 16 if above else MIDDLE + RADIUS + 18
    return (
        f'<a class="mark is-author ring-{0 if is_end else 1}" href="{escape(author.get_absolute_url())}" tabindex="-1">'
        f'<title>{escape(name)}</title><circle cx="{x:.1f}" cy="{MIDDLE}" r="{RADIUS}"/>'
        f'<text x="{x:.1f}" y="{y}">{escape(shown)}</text></a>'
    )
