"""A feed as an answer: not written for readers that have it, and with a date of change that is true."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any, Final

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date

from bzpeer.kit.api.views import FRESH_FOR
from publications.syndication import TYPES, Feed, write

REMEMBERED: Final = 30 * 24 * 3600  # seconds
KEPT: Final = 3600


def feed_answer(
    request: HttpRequest, *, key: str, version: str, form: str, feed: Callable[[], Feed], private: bool = False
) -> HttpResponse:
    """304 for whoever has this version. What is hidden changes the version, so it is gone as fast as `FRESH_FOR`."""
    etag = f'W/"{version}-{form}"'
    changed = _changed_at(key, version)
    response: Any = get_conditional_response(request, etag=etag, last_modified=changed)
    if response is None:
        written = write(feed(), form) if private else _kept(etag, form, feed)
        response = HttpResponse(written, content_type=TYPES[form])
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed)
    patch_cache_control(response, **({"private": True} if private else {"public": True}), max_age=FRESH_FOR)
    return response  # type: ignore[no-any-return]


def _kept(etag: str, form: str, feed: Callable[[], Feed]) -> str:
    """Written once for many readers; what changes has another version."""
    pages, key = caches["pages"], f"feed-text:{etag}"
    written: str | None = pages.get(key)
    if written is None:
        written = write(feed(), form)
        pages.set(key, written, timeout=KEPT)
    return written


def _changed_at(key: str, version: str) -> int:
    """When this version was first seen here: each later one at least a second later, as dates of HTTP count seconds.

    Dates of the rows would not do: hiding somebody, or taking a work out, makes no row younger. Without its memory
    the answer is now, and nobody is told that nothing changed.
    """
    known, now = caches["pages"].get(f"feed:{key}"), int(time())
    if known and known[0] == version:
        return int(known[1])
    changed = max(now, known[1] + 1) if known else now
    caches["pages"].set(f"feed:{key}", (version, changed), timeout=REMEMBERED)
    return changed
