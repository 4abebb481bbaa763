"""Fixtures of all tests; PostgreSQL and the Valkeys come from bzpeer.embedded.pytest_plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: object) -> None:
    """Real hashers take a tenth of a second each, by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real samples beside the checkout; they are no part of the repository."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: real samples lie beside the checkout, not in it")
    return folder


@pytest.fixture
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
