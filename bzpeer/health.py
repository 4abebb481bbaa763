"""Health of this process and of what it needs, for proxies and supervisors."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served: the database answers and no first import is running; Valkey is reported."""
    checks = {"database": database(), "cache": valkey()}
    marker = settings.DATA_DIR / "preparing"  # written by `manage.py demo` during the first import
    try:
        checks["corpus"] = marker.read_text().strip() or "preparing"
    except OSError:
        checks["corpus"] = "ok"
    well = checks["database"] == checks["corpus"] == "ok"
    response = JsonResponse({"status": "ok" if well else "unavailable", "checks": checks}, status=200 if well else 503)
    if not well:
        response["Retry-After"] = "5"
    return response


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def valkey() -> str:
    """Pages live without it, more slowly."""
    try:
        cache.get("health")
    except (RedisError, OSError):
        return "unreachable"
    return "ok"
