"""Helpers of the tests that start real supervisors: a clean environment, and what is still alive."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
OF_THE_RUN = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "DATA_DIR", "STATIC_MANIFEST", "PORT", "CORPUS")


def environment(data: Path, **extra: str) -> dict[str, str]:
    """Ours without what the test run set, so that services of their own are started under `data`."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_RUN}
    return {**kept, "DATA_DIR": str(data), **extra}


def manage(data: Path, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=environment(data, **extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def alive(data: Path) -> list[str]:
    """Command lines of processes that name this data folder in their arguments or environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "cmdline").read_bytes() + b"\0" + (folder / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(str(data)) in text and int(folder.name) != os.getpid():
            found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def eventually(condition: Callable[[], object], *, within: float = 120) -> bool:
    """Whether it comes to be; only what never does takes that many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
