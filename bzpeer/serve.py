"""`manage.py serve`: stores, web, worker and beat of a local site under one supervisor, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from bzpeer import site_processes
from bzpeer.embedded import addresses, locks, places
from bzpeer.embedded.errors import ServiceError
from bzpeer.embedded.processes import Process, end
from bzpeer.embedded.services import Services
from bzpeer.embedded.signals import Requests
from bzpeer.standins import demo

STORES_END_WITHIN = 20  # seconds, after a supervisor was killed
ALREADY_RUNNING = 3


class Stopped(Exception):
    """Somebody asked us to end."""


class Site:
    """One supervised site; `run` returns when it is asked to end or one of its processes ended."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.requests = Requests()
        self.processes: dict[str, Process] = {}
        self.began = time.monotonic()
        self._stores: Services | None = None

    def run(self, prepare: Callable[[Site], None]) -> int:
        """`prepare` is called when the web server accepts connections; it may run steps."""
        with ExitStack() as stack:
            stack.enter_context(self._lock_site())
            stores_lock = stack.enter_context(self._lock_stores())
            site_processes.require_free(self.port)
            stack.callback(self._stop)
            try:
                self._start(stores_lock)
                prepare(self)
                while True:
                    self.pause(0.3)
            except Stopped:
                self.say(f"{self.requests.name()}: stopping")
        return 0

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:6.1f} s] {text}", flush=True)  # noqa: T201

    def step(self, text: str, *arguments: str) -> None:
        """One `manage.py` command, printing where we print; ends with us."""
        self.say(text)
        process = site_processes.start(["manage.py", *arguments], self.environ)
        try:
            while process.poll() is None:
                self.pause(0.05)
        finally:
            end({"step": process})
        if process.returncode:
            raise ServiceError(f"`manage.py {' '.join(arguments)}` failed (exit {process.returncode}).")

    def pause(self, seconds: float) -> None:
        """Let time pass; raises when we are asked to end or a process of ours is gone."""
        time.sleep(seconds)
        if self.requests:
            raise Stopped
        stores = self._stores.processes if self._stores else {}
        for name, process in {**self.processes, **stores}.items():
            if process.poll() is not None:
                raise ServiceError(f"{name} ended unexpectedly (exit {process.returncode}); all are stopped.")

    def _start(self, stores_lock: IO[str]) -> None:
        wanted = addresses.missing()
        if wanted:
            self._stores = Services(self.data, wanted=wanted, lock=stores_lock.fileno())
            self._stores.start()
            self.say(f"ready: {', '.join(sorted(wanted))}")
        urls = addresses.current()
        self.environ = site_processes.environment(urls, self.data, self.port)
        self.environ |= demo.environment(self.data, self.port)
        self.step("bringing the tables up to date", "migrate", "--verbosity", "0")
        if not site_processes.static_is_current():
            self.step("collecting static files", "collectstatic", "--noinput", "--verbosity", "0")
            site_processes.note_static()
        self.processes = site_processes.start_all(self.data, self.port, self.environ)
        while not site_processes.accepts(self.port):
            self.pause(0.05)

    def _stop(self) -> None:
        killed = end(self.processes, patience=12)
        if killed:
            self.say(f"had to kill: {', '.join(killed)}")
        if self._stores:
            self._stores.stop()
        self.say("all stopped")

    def _lock_site(self) -> IO[str]:
        path = self.data / locks.SERVE
        lock = locks.attempt(path)
        if lock is None:
            owner = path.read_text().strip()
            raise ServiceError(f"Already running in {self.data} (process {owner}).", status=ALREADY_RUNNING)
        locks.note_pid(lock)
        return lock

    def _lock_stores(self) -> IO[str]:
        deadline = time.monotonic() + STORES_END_WITHIN
        told = False
        while (lock := locks.attempt(self.data / locks.SERVICES)) is None:
            if self.requests or time.monotonic() > deadline:
                raise ServiceError(f"The services in {self.data} are in use by another command; wait for its end.")
            if not told:
                self.say("waiting for services of an earlier run to end")
                told = True
            time.sleep(0.1)
        return lock


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py serve", description=__doc__)
    parser.add_argument("--port", type=site_processes.port, default=os.environ.get("PORT") or "8000")
    options = parser.parse_args(arguments)
    return Site(places.data_dir(), options.port).run(
        lambda site: site.say(f"ready: http://localhost:{site.port}/ (Ctrl-C stops everything)")
    )
