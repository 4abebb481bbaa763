"""A cache that pages may lose: when Valkey is gone or hangs, it is empty, at the price of one short wait."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE = 5.0  # seconds without another try after a failure


class ForgivingCache(RedisCache):
    """For what is only kept to save work. Limits belong in the default cache, locks in "valkey": these raise."""

    resume_at: ClassVar[float] = 0.0  # of the process: threads have connections of their own

    @classmethod
    def is_pausing(cls) -> bool:
        """Whether Valkey did not answer a moment ago."""
        return time.monotonic() < cls.resume_at

    def _try(self, name: str, fallback: Any, *args: Any, **kwargs: Any) -> Any:
        if self.is_pausing():
            return fallback
        try:
            return getattr(super(), name)(*args, **kwargs)
        except (RedisError, OSError):
            ForgivingCache.resume_at = time.monotonic() + PAUSE
            return fallback

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try("get", default, key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._try("set", None, key, value, timeout, version)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._try("add", False, key, value, timeout, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """0 while Valkey is gone. Raises ValueError for a key that is not there, as every cache does."""
        return int(self._try("incr", 0, key, delta, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._try("delete", False, key, version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self._try("get_many", {}, keys, version)
        return found
