"""What each request of an account brings: when it was last seen, and the time zone of what it reads."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from profiles.models import ResearcherProfile, User

SEEN_AT, TIME_ZONE = "seen_at", "time_zone"
EVERY = 600  # seconds between two notes of one session


class VisitMiddleware:
    """Both are kept in the session, which a request of an account reads anyway: no further query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.session.session_key and request.user.is_authenticated):
            return self.get_response(request)
        note(request)
        with timezone.override(zone_of(request)):
            return self.get_response(request)


def begin(request: HttpRequest, user: User) -> None:
    """At signing in."""
    request.session[SEEN_AT] = int(time.time())
    profile = ResearcherProfile.objects.filter(user=user).first()
    request.session[TIME_ZONE] = profile.time_zone if profile else ""


def note(request: HttpRequest) -> None:
    now = int(time.time())
    if now - request.session.get(SEEN_AT, 0) >= EVERY:
        request.session[SEEN_AT] = now
        UserSession.objects.create_from_request(request)


def zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """None leaves the site's own."""
    name = request.session.get(TIME_ZONE)
    return zoneinfo.ZoneInfo(name) if name else None
