"""A card as an answer: not drawn for those who have it, drawn once for all others."""

from __future__ import annotations

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control

from bzpeer.kit.api.views import FRESH_FOR
from graph import card
from graph.card import Card
from graph.raster import NotDrawnError
from graph.slices import Slice

KEPT = 24 * 3600  # seconds in the cache, under the version of everything that is drawn


def card_answer(request: HttpRequest, drawn: Card, found: Slice) -> HttpResponse:
    """The PNG of a card with its validator; 503 where it could not be drawn in time."""
    etag = f'"{card.version(drawn, found)}"'
    response = HttpResponse(status=304)
    if get_conditional_response(request, etag=etag) is None:
        try:
            response = HttpResponse(_kept(etag, drawn, found), content_type="image/png")
        except NotDrawnError as failure:
            return HttpResponse(status=failure.status_code, headers=failure.headers)
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response


def _kept(etag: str, drawn: Card, found: Slice) -> bytes:
    pages, key = caches["pages"], f"card:{etag}"
    picture: bytes | None = pages.get(key)
    if picture is None:
        picture = card.png(drawn, found)
        pages.set(key, picture, timeout=KEPT)
    return picture
