"""Addresses of the services: from the environment, else those that run under the data folder (services.json)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from bzpeer.embedded import places
from bzpeer.embedded.postgres import DATABASE, USER

FILE = "services.json"
STORES = {"DATABASE_URL": "postgres", "REDIS_URL": "cache", "BROKER_URL": "broker"}


def of_sockets(sockets: Path, wanted: Iterable[str] = STORES.values()) -> dict[str, str]:
    """The three URLs of services that listen in this folder."""
    folder = quote(str(sockets))
    found = {
        "DATABASE_URL": f"postgresql:///{DATABASE}?host={folder}&user={USER}",
        "REDIS_URL": f"unix://{folder}/cache.sock?db=0",
        "BROKER_URL": f"redis+socket://{folder}/broker.sock?virtual_host=0",
    }
    return {name: url for name, url in found.items() if STORES[name] in set(wanted)}


def missing() -> frozenset[str]:
    """The stores that the environment does not name; the broker is the cache's server unless it has its own."""
    given = {name for name in STORES if os.environ.get(name)}
    if "REDIS_URL" in given:
        given.add("BROKER_URL")
    return frozenset(store for name, store in STORES.items() if name not in given)


def current() -> dict[str, str]:
    """What settings use: the environment, else services.json, else where the services would listen."""
    data = places.data_dir()
    found = of_sockets(places.run_dir(data)) | read(data)
    given = {name: os.environ[name] for name in STORES if os.environ.get(name)}
    if "REDIS_URL" in given:
        found["BROKER_URL"] = given["REDIS_URL"]
    return found | given


def read(data: Path) -> dict[str, str]:
    try:
        found = json.loads((data / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(found[name]) for name in STORES if name in found}


def write(data: Path, urls: dict[str, str]) -> None:
    target = data / FILE
    partial = target.with_suffix(".new")
    partial.write_text(json.dumps({**urls, "pid": os.getpid()}, indent=2) + "\n")
    partial.replace(target)


def forget(data: Path) -> None:
    (data / FILE).unlink(missing_ok=True)
