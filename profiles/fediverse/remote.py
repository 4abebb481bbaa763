"""Actors of other servers: fetched by the address of their key, checked, and kept as far as deliveries need them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urldefrag

from django.utils import timezone

from bzpeer.kit import safe_fetch
from bzpeer.kit.safe_fetch import FetchRefused, Target
from profiles import limits
from profiles.claiming.domains import registry_domain
from profiles.fediverse import addresses, keys, signatures
from profiles.models import RemoteActor, RemoteServer

ACCEPT: Final = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
LARGEST: Final = 256_000  # bytes of an actor's document
LONGEST: Final = 1_000  # characters of an address
TYPES: Final = {"Application", "Group", "Organization", "Person", "Service"}


class ActorRefused(Exception):
    """There is no such actor, or it says something impossible: asking again would change nothing."""


def parsed(raw: bytes | str) -> dict[str, Any]:
    """A JSON object; raises ValueError for anything else, however deep it goes."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError("This is no JSON that can be read.") from error
    if not isinstance(found, dict):
        raise ValueError("This is no JSON object.")
    return found


def host_of(address: object) -> str:
    """The host of an https address, in lower-case ASCII; raises ValueError for any other text."""
    if not isinstance(address, str) or len(address) > LONGEST:
        raise ValueError("No address, or a very long one.")
    try:
        return safe_fetch.parse(address).host
    except FetchRefused as refused:
        raise ValueError("Addresses begin with https:// and name a public host.") from refused


def domain_of(host: str) -> str:
    """What limits count: whoever has a domain has as many hosts below it as they like."""
    return registry_domain(host)


def known(key_id: str, actor_uri: str) -> RemoteActor | None:
    return RemoteActor.objects.filter(uri=actor_uri, key_id=key_id).first()


def fetch(key_id: str, actor_uri: str) -> RemoteActor:
    """Ask the server of a key for its actor, and keep it.

    Raises ActorRefused (for good), FetchRefused (for now) or LimitReached (of one domain in an hour).
    """
    host = host_of(key_id)
    limits.spend("fediverse-actor", domain_of(host))
    document = _document(key_id)
    owner = document.get("owner") if "publicKeyPem" in document else document.get("id")
    if owner != actor_uri:
        raise ActorRefused("The key belongs to another actor.")
    if owner != urldefrag(key_id).url:
        document = _document(actor_uri)
    kind = document.get("type")
    if document.get("id") != actor_uri or not isinstance(kind, str) or kind not in TYPES:
        raise ActorRefused("The document is not that of the actor.")
    return _store(document, key_id, host)


def _document(address: str) -> dict[str, Any]:
    """The JSON that an address gives; redirects stay on its host."""
    try:
        found = safe_fetch.fetch(
            urldefrag(address).url, max_bytes=LARGEST, seconds=6.0, accept=ACCEPT, headers=_signed_get, stays=True
        )
    except FetchRefused as refused:
        if refused.reason == "address":
            raise ActorRefused(f"The address leads nowhere or to another host. {refused}") from refused
        raise
    if found.status in {404, 410}:
        raise ActorRefused("The actor is gone.")
    if found.status != 200:
        raise FetchRefused("unreadable", f"status {found.status}")
    try:
        return parsed(found.body)
    except ValueError as error:
        raise ActorRefused(str(error)) from error


def _signed_get(target: Target) -> dict[str, str]:
    """Servers in “secure mode” tell their actors to signed requests only."""
    return signatures.sign(
        "GET",
        target.host,
        target.path,
        None,
        key_id=addresses.key_id(addresses.SITE),
        key=keys.current().private,
        at=timezone.now(),
    )


def _store(document: dict[str, Any], key_id: str, host: str) -> RemoteActor:
    endpoints = document.get("endpoints")
    shared = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    facts = {
        "host": host,
        "key_id": key_id,
        "public_key": _public_key(document, key_id),
        "inbox": _inbox(document.get("inbox"), host),
        "shared_inbox": _inbox(shared, host) if shared else "",
        "fetched_at": timezone.now(),
    }
    return RemoteActor.objects.update_or_create(uri=document["id"], defaults=facts)[0]


def _public_key(document: dict[str, Any], key_id: str) -> str:
    """The PEM of the key that was named, which the actor must list as its own."""
    listed = document.get("publicKey")
    for entry in listed if isinstance(listed, list) else [listed]:
        if isinstance(entry, dict) and entry.get("id") == key_id and entry.get("owner") == document["id"]:
            pem = entry.get("publicKeyPem")
            try:
                text = pem if isinstance(pem, str) and len(pem) < 5_000 else ""
                signatures.public_key("" if "\0" in text else text)
            except ValueError as error:
                raise ActorRefused(str(error)) from error
            return str(pem)
    raise ActorRefused("The actor has no such key.")


def _inbox(address: object, host: str) -> str:
    """An inbox stands on the actor's own host: nobody else is sent anything for having been named."""
    try:
        if host_of(address) == host:
            return str(address)
    except ValueError as error:
        raise ActorRefused(f"The inbox cannot be used. {error}") from error
    raise ActorRefused("The inbox is on another host.")


# How servers answer


def spoke(*hosts: str) -> None:
    """Servers that speak to us are there: what is for them is no longer held back."""
    RemoteServer.objects.filter(host__in=hosts).delete()


def forget_unused(actor: RemoteActor | None = None) -> None:
    """Nothing is kept of actors that follow nobody here: of this one, or of all that were not fetched just now."""
    chosen = {"fetched_at__lt": timezone.now() - timedelta(hours=1)} if actor is None else {"pk": actor.pk}
    RemoteActor.objects.filter(follows=None, **chosen).delete()
