"""How often a client may do something: a count for each client and window of time.

Counts stand in Valkey, whose cache raises when it is unreachable: what is limited is refused then (503), not opened.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Final

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bzpeer.kit.api.problems import Problem
from bzpeer.kit.keyed import keyed_hash

_IPV6_NETWORK: Final = 64  # bits: what one household or server usually has


def client_of(request: HttpRequest) -> str:
    """The address that reached us, as our own proxies tell it; what a client claims beyond them is not believed."""
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    hops: int = settings.TRUSTED_PROXIES
    text: str = told[-hops] if 0 < hops <= len(told) and told[-hops] else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:64]
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
    return str(address)


def take(what: str, client: str, *, most: int, seconds: int) -> None:
    """Count one more; raises a Problem that says when to come back. Addresses are not kept, only their keyed hash."""
    now = int(time.time())
    window, left = now // seconds, seconds - now % seconds
    key = f"allowance:{what}:{window}:{keyed_hash('allowance', client)[:20]}"
    counts = caches["valkey"]
    counts.add(key, 0, timeout=seconds)
    try:
        count = counts.incr(key)
    except ValueError:  # it ran out between the two
        return
    if count > most:
        raise Problem("throttled", _("Too many requests."), headers={"Retry-After": str(left)})
