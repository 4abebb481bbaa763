"""Child processes that never outlive their parent, and how to end them in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_libc = ctypes.CDLL(None, use_errno=True)

Process = subprocess.Popen[bytes]


def dies_with_parent(signum: int) -> Callable[[], None]:
    """A preexec_fn: the kernel sends `signum` to the child when this process is gone, however it went."""
    parent = os.getpid()

    def arrange() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:  # it died before the arrangement held
            os._exit(1)

    return arrange


def spawn(
    command: Sequence[str | Path],
    *,
    log: IO[bytes] | None = None,
    cwd: str | Path = "/",
    environ: Mapping[str, str] | None = None,
    end_with: int = signal.SIGTERM,
    keep: Sequence[int] = (),
    uid: int | None = None,
    gid: int | None = None,
) -> Process:
    """A child in a session of its own, so that Ctrl-C at the terminal reaches only the supervisor."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=cwd,
        env=environ,
        pass_fds=keep,
        start_new_session=True,
        preexec_fn=dies_with_parent(end_with),
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
    )


def end(processes: Mapping[str, Process], *, by: int = signal.SIGTERM, patience: float = 15) -> list[str]:
    """Ask all to end, wait, kill what remains; returns the names of those that had to be killed."""
    for process in processes.values():
        if process.poll() is None:
            process.send_signal(by)
    deadline = time.monotonic() + patience
    killed = []
    for name, process in processes.items():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            killed.append(name)
            _kill_session(process)
    return killed


def _kill_session(process: Process) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)  # start_new_session made it the leader of its group
    except ProcessLookupError:
        process.kill()
    process.wait()
