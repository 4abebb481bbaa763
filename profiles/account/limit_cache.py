"""A cache in the database for what limits of signing in remember, so that they hold while Valkey is away (S25).

allauth keeps its counts, its locks and the codes already used in Django's default cache: that is this one. Whatever
merely saves work belongs in another cache; values are JSON, and keys are stored as keyed hashes.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.utils import timezone

from bzpeer.kit.keyed import keyed_hash
from profiles.models import LimitState

WRITE = """
INSERT INTO profiles_limitstate AS state (key_hash, value, expires_at) VALUES (%(key)s, %(value)s, %(expires)s)
ON CONFLICT (key_hash) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""
ADD = f"{WRITE} WHERE state.expires_at <= %(now)s"  # of two who add at once, one waits and finds the other's


class LimitCache(BaseCache):
    """Raises DatabaseError while the database is away: who cannot be counted is not let in."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        kept = LimitState.objects.filter(key_hash=self._hash(key, version), expires_at__gt=timezone.now())
        found = kept.values_list("value", flat=True).first()
        return default if found is None else found

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._write(WRITE, key, value, timeout, version)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._write(ADD, key, value, timeout, version) == 1

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(LimitState.objects.filter(key_hash=self._hash(key, version)).delete()[0])

    def clear(self) -> None:
        LimitState.objects.all().delete()

    def _write(self, statement: str, key: str, value: Any, timeout: Any, version: int | None) -> int:
        now = timezone.now()
        row: dict[str, str | datetime] = {
            "key": self._hash(key, version),
            "value": json.dumps(value),
            "now": now,
            "expires": self._expiry(now, timeout),
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, row)
            return int(cursor.rowcount)

    def _expiry(self, now: datetime, timeout: Any) -> datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if seconds is None:
            raise ValueError("What a limit remembers ends some time: give a timeout.")
        return now + timedelta(seconds=float(seconds))

    def _hash(self, key: str, version: int | None) -> str:
        return keyed_hash("limit", self.make_key(key, version))


def forget_old() -> int:
    """Delete what has expired; returns how many."""
    return LimitState.objects.filter(expires_at__lte=timezone.now()).delete()[0]
