"""The services of the data folder for one command: joined when they run, else started for its duration."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from bzpeer.embedded import addresses, locks, places, postgres, valkey
from bzpeer.embedded.errors import ServiceError
from bzpeer.embedded.services import Services

PATIENCE = 60  # seconds for others to start or to end


@contextmanager
def services() -> Iterator[None]:
    """Nothing to do where the environment names all servers."""
    wanted = addresses.missing()
    if not wanted:
        yield
        return
    data = places.data_dir()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        lock = locks.attempt(data / locks.SERVICES)
        if lock is not None:
            with lock, _started(Services(data, wanted=wanted, lock=lock.fileno())):
                yield
            return
        if running(data):
            with locks.wait_for(data / locks.USERS, shared=True):
                if running(data):  # they may have ended while we waited
                    yield
                    return
        time.sleep(0.1)
    raise ServiceError(f"Another process holds {data / locks.SERVICES} but its services do not answer.")


@contextmanager
def _started(own: Services) -> Iterator[None]:
    own.start()
    try:
        yield
    finally:
        with locks.wait_for(own.data / locks.USERS):  # until those who joined have ended
            own.stop()


def running(data: Path) -> bool:
    """Whether every service of services.json answers."""
    urls = addresses.read(data)
    return bool(urls) and all(_answers(name, url) for name, url in urls.items())


def _answers(name: str, url: str) -> bool:
    parts = urlsplit(url)
    if name == "DATABASE_URL":
        return postgres.answers(Path(parse_qs(parts.query)["host"][0]))
    return valkey.answers(Path(unquote(parts.path)))
