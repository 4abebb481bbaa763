"""Pages to which everybody is a stranger: what other sites frame and fetch reads no session and sets none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PAGES: Final = ("/graph/embed/", "/oembed")
FILES: Final = ("/graph.png", "/feed.atom", "/feed.json")
PRIVATE_FEEDS: Final = "/feed/private/"  # whose address says whose they are


class StrangerMiddleware:
    """Stands before sessions, and takes away the cookie that they would read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_for_strangers(request.path_info):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)


def is_for_strangers(path: str) -> bool:
    return (
        path in PAGES or path.endswith(FILES) or (path.startswith(PRIVATE_FEEDS) and path.endswith((".atom", ".json")))
    )
