"""The processes of a local site beside its stores: web, worker and beat, and one-off steps."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence
from pathlib import Path

from bzpeer.embedded import places
from bzpeer.embedded.errors import ServiceError
from bzpeer.embedded.processes import Process, dies_with_parent
from bzpeer.environment import TRUE

HOST = "127.0.0.1"
WEB = (
    "-m", "gunicorn", "bzpeer.wsgi", "--workers", "2", "--threads", "4", "--no-control-socket",
    "--log-level", "warning", "--graceful-timeout", "5",
)  # fmt: skip
WORKER = (
    "-W", "ignore:You're running the worker with superuser",  # JSON messages only, and root is at home
    "-m", "celery", "-q", "-A", "bzpeer.celery", "worker", "--concurrency", "2", "--loglevel", "WARNING",
    "--without-gossip", "--without-mingle",
)  # fmt: skip
COURIER = ("--queues", "fediverse", "--hostname", "courier@%h")  # waits for other servers, so the worker never does
STAND_IN = ("manage.py", "orcid_stand_in")  # of the demonstration (bzpeer.standins)
BEAT = ("-m", "celery", "-q", "-A", "bzpeer.celery", "beat", "--loglevel", "WARNING", "--pidfile=")


def start(arguments: Sequence[str], environ: Mapping[str, str]) -> Process:
    """A Python child of this supervisor that prints where we print."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=places.CHECKOUT,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )


def start_all(data: Path, port: int, environ: Mapping[str, str]) -> dict[str, Process]:
    stand_in = {"stand-in for ORCID": start(STAND_IN, environ)} if environ.get("ORCID_STAND_IN") else {}
    return {
        **stand_in,
        "web": start([*WEB, "--bind", f"{HOST}:{port}"], environ),
        **_workers(environ),
        "beat": start([*BEAT, "--schedule", str(data / "beat-schedule")], environ),
    }


def port(text: str) -> int:
    """The number of a port, for --port and PORT."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise ArgumentTypeError(f"{text!r} is no port: give PORT or --port a number from 1 to 65535")
    return int(text)


def _workers(environ: Mapping[str, str]) -> dict[str, Process]:
    """One for all queues, or two where other servers may have to be waited for (settings.FEDIVERSE)."""
    given = environ.get("FEDIVERSE")
    if not (environ.get("BASE_URL", "").startswith("https://") if given is None else given.lower() in TRUE):
        return {"worker": start(WORKER, environ)}
    return {
        "worker": start([*WORKER, "--queues", "celery"], environ),
        "courier": start([*WORKER, *COURIER], environ),
    }


def require_free(port: int) -> None:
    """Before anything is started: the address of the web server can be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ServiceError(f"Port {port} is in use: choose another with PORT={port + 1}.", status=4) from error


def accepts(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True


def static_fingerprint() -> str:
    """Changes when a static file of ours, or a package that brings some, changes."""
    files = sorted(path for path in (places.CHECKOUT / "static").rglob("*") if path.is_file())
    files += [places.CHECKOUT / name for name in ("requirements.lock", "package-lock.json", "bzpeer/static_files.py")]
    digest = hashlib.sha256()
    for path in files:
        found = path.stat()
        digest.update(f"{path}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_is_current() -> bool:
    stamp = places.static_root() / ".collected"
    return stamp.is_file() and stamp.read_text() == static_fingerprint()


def note_static() -> None:
    (places.static_root() / ".collected").write_text(static_fingerprint())


def environment(urls: Mapping[str, str], data: Path, port: int) -> dict[str, str]:
    """What the children read: our own environment and the addresses of the services."""
    return {**os.environ, **urls, "DATA_DIR": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
