"""What Django answers when no view did: pages for readers, problem details for programs."""

from __future__ import annotations

import sys
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults
from redis.exceptions import RedisError

from bzpeer.kit.api import problems

RETRY_AFTER: Final = "30"  # seconds


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.plain(request, 400)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.plain(request, 403)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.plain(request, 404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with a time to come back while the database, or what counts attempts to log in, does not answer."""
    is_down = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError, RedisError))
    status = 503 if is_down else 500
    response = problems.plain(request, status) if problems.is_api(request) else defaults.server_error(request)
    response.status_code = status
    if is_down:
        response["Retry-After"] = RETRY_AFTER
    return response
