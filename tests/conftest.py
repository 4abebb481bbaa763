"""Fixtures of all tests; PostgreSQL and the Valkeys come from bzpeer.embedded.pytest_plugin."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations
from kombu import Connection
from pytest_django import Settings

from tests import emptying

CHECKOUT = Path(__file__).resolve().parents[1]

# The same examples in every run, so that a red run can be repeated; LONG=1 looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
if os.environ.get("LONG") != "1":
    hypothesis.settings.load_profile("repeatable")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here: tests of minutes without LONG=1, tests of root for others."""
    left_out = [item for item in items if not _belongs_here(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _belongs_here(item: pytest.Item) -> bool:
    if item.get_closest_marker("long") and os.environ.get("LONG") != "1":
        return False
    return os.geteuid() == 0 or not item.get_closest_marker("as_root")


@pytest.fixture(autouse=True, scope="session")
def _emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptying.sql_flush)
        patch.setattr(DatabaseCreation, "_destroy_test_db", emptying.drop)
        yield


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Settings) -> None:
    """Real hashers take a tenth of a second each, by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real samples beside the checkout; they are no part of the repository."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: real samples lie beside the checkout, not in it")
    return folder


@pytest.fixture
def empty_cache() -> Iterator[None]:
    caches["valkey"].clear()
    yield
    caches["valkey"].clear()


@pytest.fixture
def celery_worker_process(transactional_db: None, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker on the test database and the test broker, both its own; ready when it is handed over."""
    with Connection(django_settings.CELERY_BROKER_URL) as broker:
        broker.default_channel.client.flushdb()  # type: ignore[attr-defined] # of the Redis transport
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "bzpeer.celery", "worker", "--pool", "solo", "--loglevel", "INFO"]
    with log.open("wb") as opened:
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": database_address(), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=opened,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for_worker(worker, log)
        yield worker
    finally:
        worker.terminate()
        worker.wait(timeout=120)


def database_address() -> str:
    found = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    given = {name: str(found[key]) for name, key in names.items() if found[key]}
    return f"postgresql:///?{urlencode(given, quote_via=quote)}"


def _wait_for_worker(worker: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while " ready." not in log.read_text(errors="replace"):
        if worker.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the worker did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)
