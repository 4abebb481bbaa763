"""Parts of a slice for templates: the picture, the list, the data that the script reads."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from graph import listing, picture, words
from graph import path_picture as draw_path
from graph.paths import Chain
from graph.slices import Slice

register = template.Library()
_FILES = {"svg": "SVG", "png": "PNG", "graphml": "GraphML", "gexf": "GEXF", "csv": "CSV", "json": "Cytoscape JSON"}
_NO_MARKUP = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def graph_picture(found: Slice) -> SafeString:
    return picture.svg(found.document)


@register.simple_tag
def path_picture(chain: Chain) -> SafeString:
    return draw_path.svg(chain)


@register.simple_tag
def graph_groups(found: Slice) -> list[listing.Group]:
    return listing.groups(found.document)


@register.simple_tag
def graph_data(found: Slice) -> SafeString:
    """The stored JSON, as Django's json_script would write it."""
    body = found.body.decode().translate(_NO_MARKUP)
    return mark_safe(f'<script id="graph-data" type="application/json">{body}</script>')  # noqa: S308 # no < is left


@register.simple_tag
def graph_downloads(found: Slice) -> list[tuple[str, str]]:
    """(name, address) of the files that hold what this slice shows."""
    meta = found.meta
    names = ("root", "depth", "from_year", "to_year", "topic", "strength", "limit")
    asked = {name: meta[name] for name in names if meta[name] is not None}
    asked["types"] = ",".join(meta["types"])
    base = f"{reverse('api:graph')}?{urlencode(asked, safe=',')}&format="
    return [(name, base + wanted) for wanted, name in _FILES.items()]


@register.simple_tag
def graph_words() -> SafeString:
    """The words that the script says, in the language of the page."""
    return json_script(words.of_the_script(), "graph-words")


@register.filter
def explorer_url(short_id: str) -> str:
    """The explorer's page around something."""
    return f"{reverse('graph_explorer')}?root={short_id}"
