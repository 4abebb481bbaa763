"""How often a client may do something: a count for each client and window of time.

Counts stand in Valkey. What is limited by `take` is refused (503) when it is unreachable; what is only counted in the
forgiving cache of pages goes through.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Final

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from bzpeer.kit.api.problems import Problem
from bzpeer.kit.cache import ForgivingCache
from bzpeer.kit.keyed import keyed_hash

RETRY_AFTER: Final = 30  # seconds
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
    """Count one more; raises a Problem that says when to come back, also while nobody can count (S25)."""
    if ForgivingCache.is_pausing():  # it did not answer a moment ago
        raise _uncounted()
    try:
        used, left = count(caches["valkey"], what, client, seconds=seconds)
    except (RedisError, OSError) as gone:
        raise _uncounted() from gone
    if used > most:
        raise Problem("throttled", _("Too many requests."), headers={"Retry-After": str(left)})


def _uncounted() -> Problem:
    said = _("This is limited, and what counts it does not answer at the moment. Try again in half a minute.")
    return Problem("upstream-unavailable", said, headers={"Retry-After": str(RETRY_AFTER)})


def count(counts: BaseCache, what: str, client: str, *, seconds: int, cost: int = 1) -> tuple[int, int]:
    """What a client has used in this window of time, this included, and the seconds that are left of it.

    Addresses are not kept, only their keyed hash.
    """
    now = int(time.time())
    window, left = now // seconds, seconds - now % seconds
    key = f"allowance:{what}:{window}:{keyed_hash('allowance', client)[:20]}"
    counts.add(key, 0, timeout=seconds)
    try:
        return counts.incr(key, cost) or 0, left
    except ValueError:  # it ran out between the two
        return cost, left
