"""What templates need to share a slice: its state as a query, as hidden fields, and as a frame."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from django import template
from django.conf import settings
from django.urls import reverse

from graph import embeds, shares
from graph.embeds import Frame
from graph.shares import State
from graph.slices import Slice

register = template.Library()


@dataclass(frozen=True, slots=True)
class Shared:
    """A slice to share; nothing that was done with it since, which only the page's script knows."""

    query: str
    frame: Frame

    @property
    def fields(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query)

    @property
    def address(self) -> str:
        return settings.BASE_URL + shares.explorer_address(self.query)


@register.simple_tag
def graph_share(found: Slice) -> Shared:
    query = shares.query_of(found.meta)
    return Shared(query, embeds.frame(query, found.nodes[0]["data"]["label"]))


@register.simple_tag
def graph_frame(state: State, name: str) -> Frame:
    return embeds.frame(state.query, name)


@register.filter
def oembed_url(address: str) -> str:
    """Where oEmbed answers for an address of ours."""
    return f"{settings.BASE_URL}{reverse('oembed')}?url={quote(address, safe='')}"


@register.filter
def number_of(short_id: str) -> str:
    """12 of A12."""
    return short_id[1:]
