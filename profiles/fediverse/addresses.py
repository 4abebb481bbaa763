"""Addresses of actors and what they say: all of them under BASE_URL, whatever host a request came by."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
ANNOUNCES: Final = "#announces/"
SITE: Final = "actor"  # the key of the actor that is the site itself
_ACTOR: Final = re.compile(r"/ap/(?P<key>[AT][1-9][0-9]{0,17})")
_PAGE: Final = re.compile(r"/(?:authors/(?=A)|topics/(?=T))(?P<key>[AT][1-9][0-9]{0,17})(?:/[^/]*)?/?")


def host() -> str:
    """The part behind the @ of a handle."""
    return urlsplit(settings.BASE_URL).netloc


def handle(short_id: str) -> str:
    return f"@{short_id}@{host()}"


def actor(key: str) -> str:
    """Of an author or topic by short id, or of the site."""
    return _absolute("fediverse_site_actor") if key == SITE else _absolute("fediverse_actor", key)


def key_id(key: str) -> str:
    return f"{actor(key)}#main-key"


def inbox(short_id: str) -> str:
    return _absolute("fediverse_inbox", short_id)


def shared_inbox() -> str:
    return _absolute("fediverse_shared_inbox")


def outbox(short_id: str) -> str:
    return _absolute("fediverse_outbox", short_id)


def followers(short_id: str) -> str:
    return _absolute("fediverse_followers", short_id)


def note(short_id: str, work_id: int) -> str:
    return _absolute("fediverse_note", short_id, str(work_id))


def create(short_id: str, work_id: int) -> str:
    """Of the activity that brings a note: the same each time, so that a second delivery is known as one."""
    return f"{note(short_id, work_id)}/activity"


def announce(short_id: str, work_id: int, teller: str) -> str:
    """Of the activity by which one actor shares what another, the teller, posted about the work."""
    return f"{note(short_id, work_id)}{ANNOUNCES}{teller}"


def teller_of(uri: str) -> str:
    """Whose post an activity shares; an empty text if it shares none."""
    return uri.partition(ANNOUNCES)[2]


def subject_of(address: object) -> str:
    """The short id whose actor or page has this address, or an empty text."""
    if not isinstance(address, str) or not address.startswith(f"{settings.BASE_URL}/"):
        return ""
    path = address[len(settings.BASE_URL) :].partition("#")[0].partition("?")[0]
    found = _ACTOR.fullmatch(path) or _PAGE.fullmatch(path)
    return found["key"] if found else ""


def _absolute(name: str, *arguments: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}"
