"""One Valkey on a Unix socket, as a cache that forgets or as a broker that does not."""

from __future__ import annotations

import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from bzpeer.embedded import places
from bzpeer.embedded.processes import Process, spawn

DATABASES = 64  # one for each process of a parallel test run
CACHE = ("--save", "", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
BROKER = ("--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction")


@dataclass(frozen=True)
class Valkey:
    options: tuple[str, ...]
    data: Path
    socket: Path
    log: Path

    def start(self, *, keep: tuple[int, ...] = ()) -> Process:
        self.data.mkdir(mode=0o700, exist_ok=True)
        command: list[str | Path] = [
            places.valkey_server(),
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
        ]
        command += ["--dir", self.data, "--daemonize", "no", "--databases", str(DATABASES)]
        with self.log.open("ab") as log:
            return spawn([*command, *self.options], log=log, end_with=signal.SIGTERM, keep=keep)

    def ready(self) -> bool:
        return answers(self.socket)


def answers(path: Path) -> bool:
    """Whether a Valkey listens there and is not still loading."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
