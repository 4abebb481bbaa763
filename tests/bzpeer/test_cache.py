"""The cache of pages: lost without harm, and asked again only after a pause."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from bzpeer.kit import cache
from bzpeer.kit.cache import ForgivingCache

TIMEOUTS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}  # seconds; a try and one more


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    ForgivingCache.resume_at = 0.0
    yield
    ForgivingCache.resume_at = 0.0


def at(path: Path) -> ForgivingCache:
    return ForgivingCache(f"unix://{path}?db=0", {"OPTIONS": settings.CACHES["pages"]["OPTIONS"]})


def test_it_keeps_what_it_is_given() -> None:
    pages = caches["pages"]
    pages.set("one", {"a": 1}, 60)
    assert pages.get("one") == {"a": 1}
    assert pages.get_many(["one", "two"]) == {"one": {"a": 1}}
    assert pages.add("one", 2) is False
    assert pages.delete("one") is True
    assert pages.get("one", "none") == "none"


def test_without_a_server_it_is_empty(tmp_path: Path) -> None:
    gone = at(tmp_path / "none.sock")
    gone.set("one", 1)
    assert gone.get("one", "none") == "none"
    assert gone.get_many(["one"]) == {}
    assert gone.add("one", 1) is False


def test_a_server_that_hangs_costs_one_short_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    get = RedisCache.get

    def noted(self: RedisCache, key: str, *rest: Any) -> Any:
        asked.append(key)
        return get(self, key, *rest)

    monkeypatch.setattr(RedisCache, "get", noted)
    monkeypatch.setattr(cache, "PAUSE", 600.0)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "hung.sock"))
        silent.listen()
        hung = at(tmp_path / "hung.sock")
        assert [hung.get(f"key-{n}") for n in range(20)] == [None] * 20

    assert asked == ["key-0"]
    assert {name: settings.CACHES["pages"]["OPTIONS"][name] for name in TIMEOUTS} == TIMEOUTS


def test_what_asks_valkey_itself_notices_that_it_is_gone(tmp_path: Path) -> None:
    assert settings.CACHES["valkey"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    strict = RedisCache(f"unix://{tmp_path / 'none.sock'}?db=0", {})
    with pytest.raises(RedisError):
        strict.get("one")
