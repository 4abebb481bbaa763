"""Limits on what an attacker would repeat, counted in the database so that they hold without a cache (S25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, Min
from django.utils import timezone

from bzpeer.kit.keyed import keyed_hash
from profiles.account import limit_cache
from profiles.models import Attempt

LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    period: timedelta


LIMITS = {
    "open-claim": Limit(10, timedelta(days=1)),
    "send-code": Limit(6, timedelta(hours=1)),  # per claim's account, and per address
    "send-code-today": Limit(15, timedelta(days=1)),  # so that guessing hour after hour comes to nothing
    "try-code": Limit(20, timedelta(hours=1)),
    "try-code-today": Limit(60, timedelta(days=1)),
    "check-page": Limit(20, timedelta(hours=1)),
    "check-orcid": Limit(20, timedelta(hours=1)),
    "resend-confirmation": Limit(10, timedelta(hours=1)),
    "export": Limit(10, timedelta(days=1)),
    "objection": Limit(5, timedelta(days=1)),
    "statement": Limit(20, timedelta(days=1)),
    "fediverse-actor": Limit(600, timedelta(hours=1)),  # documents asked of one server
    "fediverse-follow": Limit(5_000, timedelta(days=1)),  # follows from one server
    "invite": Limit(60, timedelta(days=1)),  # tries; how many go out is profiles.collaborating.quotas
    "send-message": Limit(120, timedelta(hours=1)),
    "report": Limit(20, timedelta(days=1)),
}


class LimitReached(Exception):
    """Tried too often; `retry_after` in whole seconds."""

    def __init__(self, action: str, retry_after: int) -> None:
        super().__init__(f"Too many attempts ({action}); again in {retry_after} seconds.")
        self.action = action
        self.retry_after = retry_after


def spend(action: str, *keys: str) -> None:
    """Count one attempt for each key (an account, an address, a network address); raises LimitReached.

    Attempts of one key wait for each other, so that parallel ones are all counted.
    """
    limit, now = LIMITS[action], timezone.now()
    hashes = sorted({keyed_hash("attempt", f"{action}:{key}") for key in keys})
    with transaction.atomic():
        for key_hash in hashes:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key_hash])
            recent = Attempt.objects.filter(action=action, key_hash=key_hash, at__gt=now - limit.period)
            counted = recent.aggregate(n=Count("pk"), first=Min("at"))
            if counted["n"] >= limit.most:
                wait = counted["first"] + limit.period - now
                raise LimitReached(action, max(1, int(wait.total_seconds()) + 1))
        Attempt.objects.bulk_create(Attempt(action=action, key_hash=key_hash, at=now) for key_hash in hashes)


def forget_old() -> int:
    """Delete attempts that no limit counts any more."""
    limit_cache.forget_old()
    return Attempt.objects.filter(at__lt=timezone.now() - LONGEST).delete()[0]
