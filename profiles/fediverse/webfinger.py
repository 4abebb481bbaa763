"""WebFinger (RFC 7033): from a handle or a page to the actor that can be followed."""

from __future__ import annotations

import re
from typing import Any, Final

from profiles.fediverse import addresses
from profiles.fediverse.subjects import Entity, State, Subject

LONGEST: Final = 1_000
_ACCOUNT: Final = re.compile(r"acct:@?(?P<user>[^@\s/]+)@(?P<host>[^@\s/]+)", re.IGNORECASE)
_SHORT_ID: Final = re.compile(r"[AT][1-9][0-9]{0,17}")


def asked_for(resource: str) -> str:
    """The short id, `addresses.SITE`, or an empty text for what is not ours; raises ValueError for what is none."""
    if not resource or len(resource) > LONGEST:
        raise ValueError("Say what you look for: ?resource=acct:A12@example.org")
    if resource.lower().startswith("acct:"):
        return _of_account(resource)
    if not re.match(r"https?://\S+$", resource):
        raise ValueError("A resource is acct:NAME@HOST or the address of a page.")
    return addresses.SITE if resource == addresses.actor(addresses.SITE) else addresses.subject_of(resource)


def _of_account(resource: str) -> str:
    found = _ACCOUNT.fullmatch(resource)
    if found is None:
        raise ValueError("An account is written acct:NAME@HOST.")
    user, host = found["user"].upper(), addresses.host().lower()
    if found["host"].lower() != host:
        return ""
    if found["user"].lower() == host:
        return addresses.SITE
    return user if _SHORT_ID.fullmatch(user) else ""


def of_subject(subject: Subject, page: str) -> dict[str, Any]:
    """`page` is the address of the page; a record that was merged gives the one that it became."""
    entity: Entity = subject.leads_to if subject.state is State.MOVED and subject.leads_to else subject.entity
    links = [{"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page}]
    return _document(entity.short_id, entity.short_id, page, links)


def of_site() -> dict[str, Any]:
    return _document(addresses.host(), addresses.SITE, "", [])


def _document(name: str, key: str, page: str, links: list[dict[str, str]]) -> dict[str, Any]:
    actor = addresses.actor(key)
    return {
        "subject": f"acct:{name}@{addresses.host()}",
        "aliases": [address for address in (page, actor) if address],
        "links": [*links, {"rel": "self", "type": "application/activity+json", "href": actor}],
    }
