"""One PostgreSQL on a Unix socket: made, started, asked whether it is ready."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bzpeer.embedded.errors import ServiceError
from bzpeer.embedded.identity import Identity
from bzpeer.embedded.processes import Process, spawn

USER = DATABASE = "app"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "jit": "off",
    "max_wal_size": "2GB",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Postgres:
    binaries: Path
    data: Path
    sockets: Path
    log: Path
    identity: Identity
    throwaway: bool = False

    def start(self, *, keep: tuple[int, ...] = ()) -> Process:
        """Create the cluster when there is none, clear a stale pid file, start; the caller holds the lock."""
        self.identity.give(self.data)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._end_leftover()
        settings = SETTINGS | (THROWAWAY if self.throwaway else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            return spawn(
                [self.binaries / "postgres", "-D", self.data, "-k", self.sockets, *options],
                log=log,
                end_with=signal.SIGINT,
                keep=keep,
                uid=self.identity.uid,
                gid=self.identity.gid,
            )

    def _create(self) -> None:
        command: list[str | Path] = [
            self.binaries / "initdb",
            "-D",
            self.data,
            "-U",
            USER,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        command += ["--auth-local=trust", "--auth-host=reject", *(["--no-sync"] if self.throwaway else [])]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            user=self.identity.uid,
            group=self.identity.gid,
            extra_groups=None if self.identity.uid is None else [],
            check=False,
        )
        if made.returncode:
            raise ServiceError(f"initdb failed in {self.data}: {made.stderr.strip()}")

    def _end_leftover(self) -> None:
        """A pid file names a live process: ours only if that one works in this very folder (pids are reused)."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if not _works_in(pid, self.data):
            pid_file.unlink()
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 15
        while _works_in(pid, self.data):
            if time.monotonic() > deadline:
                raise ServiceError(f"An old PostgreSQL (process {pid}) in {self.data} does not end; stop it by hand.")
            time.sleep(0.1)

    def ready(self) -> bool:
        return answers(self.sockets)

    def create_database(self) -> None:
        with connect(self.sockets, "postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")


def connect(sockets: Path, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(sockets), user=USER, dbname=database, connect_timeout=2, autocommit=True)


def answers(sockets: Path) -> bool:
    """Whether a PostgreSQL listens there and takes connections."""
    try:
        connect(sockets, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return False
