"""The address of an author's or topic's page leads servers of the Fediverse to its actor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers

from profiles import fediverse
from profiles.fediverse import addresses

HTML: Final = "text/html"
ACTIVITY: Final = (
    "application/activity+json",
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    "application/ld+json",
)
_PAGES: Final = re.compile(r"/(?:authors/(?=A)|topics/(?=T))[AT][1-9][0-9]{0,17}/(?:[^/]+/)?")


def prefers_activity(request: HttpRequest) -> bool:
    """Whether the client would rather have the actor than the page; one that takes anything gets the page."""
    return request.get_preferred_type([HTML, *ACTIVITY]) in ACTIVITY


def prefers_page(request: HttpRequest) -> bool:
    """The same where the actor is what stands there."""
    return request.get_preferred_type([*ACTIVITY, HTML]) == HTML


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or not fediverse.is_on() or not _PAGES.fullmatch(request.path_info):
            return self.get_response(request)
        short_id = request.path_info.split("/")[2]
        response: HttpResponse = (
            HttpResponseRedirect(addresses.actor(short_id)) if prefers_activity(request) else self.get_response(request)
        )
        patch_vary_headers(response, ["Accept"])
        return response
