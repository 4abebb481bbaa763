"""Throw-away PostgreSQL and Valkeys for one pytest run, before settings are read; addopts names it with `-p`.

DATABASE_URL and REDIS_URL of the environment are honoured. Processes of xdist share the servers: each has a
test database of its own (pytest-django) and a numbered database in cache and broker.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from bzpeer.embedded import addresses
from bzpeer.embedded.services import Services

NEEDS_NOTHING = {"--help", "-h", "--version", "-V", "--collect-only", "--co", "--fixtures", "--markers"}
OF_A_DEVELOPER = (
    "BASE_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "DEBUG",
    "PORT",
    "STATIC_ROOT",
    "TRUSTED_PROXIES",
    "PROCESS",
)
_running: list[tuple[Services, Path]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _use_own_databases(int(worker.removeprefix("gw")) + 1)
    elif not NEEDS_NOTHING & set(args):
        _start()


def _start() -> None:
    base = Path(tempfile.mkdtemp(prefix="bzpeer-test-"))
    base.chmod(0o755)  # as root, PostgreSQL's user must be able to pass
    services = Services(base / "data", wanted=addresses.missing(), throwaway=True)
    _running.append((services, base))
    atexit.register(pytest_unconfigure)  # settings that cannot be loaded end the run before it is configured
    services.start()
    os.environ.update(addresses.read(services.data))
    os.environ["DATA_DIR"] = str(services.data)
    os.environ["STATIC_MANIFEST"] = "off"  # pages of tests need no collectstatic
    for name in ("API_RATE_ANONYMOUS", "API_RATE_TOKEN", "PAGE_RATE"):
        os.environ[name] = "off"  # all of a run is one client
    for name in OF_A_DEVELOPER:  # tests see the defaults, whoever runs them
        os.environ.pop(name, None)


def _use_own_databases(number: int) -> None:
    for name, key in (("REDIS_URL", "db"), ("BROKER_URL", "virtual_host")):
        url = os.environ.get(name, "")
        os.environ[name] = re.sub(rf"\b{key}=\d+", f"{key}={number}", url) if url else url


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    while _running:
        services, base = _running.pop()
        services.stop()
        shutil.rmtree(base, ignore_errors=True)
