"""How many calls of the API a client may make: programs, what our own pages call, and later holders of tokens.

What scripts of our pages ask again and again counts as such a call.

The fields `RateLimit-Policy` and `RateLimit` are those of the IETF's draft on rate limits in HTTP. Counts are kept in
the forgiving cache: when it is gone, reading goes on unlimited (S25); what must not is limited by profiles.limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bzpeer.kit.allowance import client_of, count
from bzpeer.kit.api import problems
from bzpeer.kit.api.views import COSTLY

POLLED: Final = frozenset({"notifications_counts", "conversation_news"})  # what scripts of our pages ask again


@dataclass(frozen=True, slots=True)
class Bucket:
    """Whose calls are counted together, and how many there may be."""

    name: str
    client: str
    rate: tuple[int, int] | None


class RateMiddleware:
    """Stands last: an address that no rule lets through is not counted, and every answer says what is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in getattr(request, "rate_fields", {}).items():
            response[name] = value
        return response

    def process_view(self, request: HttpRequest, view: Any, *_args: Any) -> HttpResponse | None:
        if not is_counted(request) or request.method == "OPTIONS":
            return None
        bucket = bucket_of(request)
        if bucket.rate is None:
            return None
        most, seconds = bucket.rate
        used, left = count(
            caches["pages"], f"api-{bucket.name}", bucket.client, seconds=seconds, cost=cost_of(request, view)
        )
        fields = {
            "RateLimit-Policy": f'"{bucket.name}";q={most};w={seconds}',
            "RateLimit": f'"{bucket.name}";r={max(0, most - used)};t={left}',
        }
        if used > most:
            said = _("Too many calls: %(most)s in %(seconds)s seconds.") % {"most": most, "seconds": seconds}
            return problems.plain(request, 429, said, headers={"Retry-After": str(left), **fields})
        request.rate_fields = fields  # type: ignore[attr-defined]
        return None


def is_counted(request: HttpRequest) -> bool:
    match = request.resolver_match
    return problems.is_api(request) or (match is not None and match.url_name in POLLED)


def bucket_of(request: HttpRequest) -> Bucket:
    """An account's own, wherever it calls from; what pages of this site call; everybody else by network address.

    A program can say that it is a page of ours: it has that page's allowance then, not more.
    """
    if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and request.user.is_authenticated:
        return Bucket("page", f"account:{request.user.pk}", settings.PAGE_RATE)
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return Bucket("page", client_of(request), settings.PAGE_RATE)
    return Bucket("anonymous", client_of(request), settings.API_RATE_ANONYMOUS)


def cost_of(request: HttpRequest, view: Any) -> int:
    """In calls: a search, or what its view says."""
    return COSTLY if "search" in request.GET else int(getattr(getattr(view, "cls", None), "cost", 1))
