"""The sessions of an account: when, where, in which browser; ending one, or all others."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.models import User

# The first that stands in a user agent names it: browsers claim to be each other.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class OwnSession:
    row: UserSession
    is_current: bool

    @property
    def browser(self) -> str:
        return browser_name(self.row.user_agent)


def of(user: User, current_key: str | None) -> list[OwnSession]:
    """The one asking first, then those seen last; ended ones are forgotten on the way."""
    rows = UserSession.objects.purge_and_list(user)
    found = [OwnSession(row, row.session_key == current_key) for row in rows]
    return sorted(found, key=lambda one: (not one.is_current, -one.row.last_seen_at.timestamp()))


def end(*, by: User, number: int) -> bool:
    """End one session of one's own; False when there is none of this number."""
    row = UserSession.objects.filter(user=by, pk=number).first()
    if row is None:
        return False
    row.end()
    return True


def end_others(*, by: User, current_key: str | None) -> int:
    """End every session but the one asking; returns how many."""
    rows = list(UserSession.objects.filter(user=by).exclude(session_key=current_key or ""))
    for row in rows:
        row.end()
    return len(rows)


def forget_ended() -> int:
    """Delete sessions that have expired, and what was noted of those that are gone; returns how many."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    deleted, _rows = UserSession.objects.filter(~Exists(alive)).delete()
    return int(deleted)


def browser_name(user_agent: str) -> str:
    """“Firefox on Linux”, as far as the user agent says."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), _("An unknown browser"))
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
