"""Pages that must wait say so: a 503 with a time to come back, where a view raised it for the graph."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bzpeer.kit.api.problems import carry
from graph.turns import TooBusyError


class BusyMiddleware:
    """The API answers the same as problem details by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooBusyError):
            return None
        said = {"said": exception.detail, "address": request.get_full_path()}
        return carry(exception, render(request, "503.html", said, status=exception.status_code))
