"""Health of this process and of what it needs, for proxies and supervisors: /livez and /readyz."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from redis.exceptions import RedisError

RETRY_AFTER = "5"  # seconds


class HealthMiddleware:
    """Answers before anything else, under every host name: who asks stands inside, in front of no proxy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/livez":
            return _answer({}, well=True)
        if request.path_info == "/readyz":
            checks = {"database": database(), "cache": valkey(), "corpus": corpus()}
            return _answer({"checks": checks}, well=checks["database"] == checks["corpus"] == "ok")
        return self.get_response(request)


def _answer(found: dict[str, object], *, well: bool) -> JsonResponse:
    status = {"status": "ok" if well else "unavailable"}
    response = JsonResponse({**status, **found}, status=200 if well else 503, headers={"Cache-Control": "no-store"})
    if not well:
        response["Retry-After"] = RETRY_AFTER
        response._has_been_logged = True  # type: ignore[attr-defined] # Django would log every question as an error
    return response


def database() -> str:
    """Required: no page without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def valkey() -> str:
    """Reported: pages live without it, more slowly."""
    try:
        caches["valkey"].get("health")
    except (RedisError, OSError):
        return "unreachable"
    return "ok"


def corpus() -> str:
    """Not ok during the first import of a demonstration (bzpeer.demo)."""
    return "being imported" if (settings.DATA_DIR / "preparing").exists() else "ok"
