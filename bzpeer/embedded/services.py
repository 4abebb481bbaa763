"""PostgreSQL, the cache and the broker of one data folder, started and stopped together."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from bzpeer.embedded import addresses, identity, places, valkey
from bzpeer.embedded.errors import ServiceError
from bzpeer.embedded.postgres import Postgres
from bzpeer.embedded.processes import Process, end
from bzpeer.embedded.valkey import Valkey

ALL = frozenset({"postgres", "cache", "broker"})
READY_WITHIN = 40  # seconds; initdb and the recovery after a power cut included


class Store(Protocol):
    def start(self, *, keep: tuple[int, ...] = ()) -> Process: ...
    def ready(self) -> bool: ...


class Services:
    """Started by the holder of the lock of the data folder, whose descriptor they keep open while they live."""

    def __init__(
        self, data: Path, *, wanted: Iterable[str] = ALL, lock: int | None = None, throwaway: bool = False
    ) -> None:
        self.data = data
        self.wanted = frozenset(wanted)
        self.throwaway = throwaway
        self.processes: dict[str, Process] = {}
        self._keep = () if lock is None else (lock,)
        self._stores: dict[str, Store] = {}

    def start(self) -> None:
        try:
            self._prepare()
            for name, store in self._stores.items():
                self.processes[name] = store.start(keep=self._keep)
            self._wait()
            postgres = self._stores.get("postgres")
            if isinstance(postgres, Postgres):
                postgres.create_database()
            addresses.write(self.data, addresses.of_sockets(self.sockets, self.wanted))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        addresses.forget(self.data)
        first = {name: process for name, process in self.processes.items() if name != "postgres"}
        last = {name: process for name, process in self.processes.items() if name == "postgres"}
        for process in last.values():
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        end(first)
        end(last, by=signal.SIGINT)
        identity.hand_over(self.data)

    def _prepare(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        who = identity.for_data(self.data)
        home = identity.home(self.data, who)
        self.sockets = places.run_dir(home)
        who.give(self.sockets)
        _require_private(self.sockets, who)
        if "postgres" in self.wanted:
            self._stores["postgres"] = Postgres(
                binaries=identity.binaries(who),
                data=home / "pg",
                sockets=self.sockets,
                log=self.data / "postgres.log",
                identity=who,
                throwaway=self.throwaway,
            )
        for name, options in (("cache", valkey.CACHE), ("broker", valkey.BROKER)):
            if name in self.wanted:
                path = self.sockets / f"{name}.sock"
                self._stores[name] = Valkey(options, self.data / name, path, self.data / f"{name}.log")

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        waiting = dict(self._stores)
        while waiting:
            for name, store in list(waiting.items()):
                self._require_alive(name)
                if store.ready():
                    del waiting[name]
            if waiting and time.monotonic() > deadline:
                raise ServiceError(f"Not ready after {READY_WITHIN} s: {', '.join(waiting)}; see {self.data}/*.log")
            if waiting:
                time.sleep(0.03)

    def _require_alive(self, name: str) -> None:
        code = self.processes[name].poll()
        if code is not None:
            log = self.data / f"{name}.log"
            last = log.read_text(errors="replace")[-600:].strip()
            raise ServiceError(f"{name} ended at once (exit {code}). The end of {log}:\n{last}")


def _require_private(folder: Path, who: identity.Identity) -> None:
    """Whoever made the socket folder in a shared place first must be us, or they could listen there."""
    found = folder.lstat()
    owner = os.getuid() if who.uid is None else who.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise ServiceError(f"{folder} is not a private folder of user {owner}; remove it and start again.")
