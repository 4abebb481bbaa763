"""Locks on files: gone with the process that holds them, however it ends."""

from __future__ import annotations

import fcntl
import os
import pwd
from pathlib import Path
from typing import IO

from bzpeer.embedded.errors import ServiceError

SERVE = "serve.lock"  # one supervisor for a data folder
SERVICES = "services.lock"  # held by the stores themselves, too: free only when they are gone
USERS = "users.lock"  # shared by commands that joined services of another command


def open_file(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+")
    except PermissionError as error:
        raise ServiceError(_whose(Path(error.filename or path)), status=2) from error
    except OSError as error:
        raise ServiceError(f"DATA_DIR cannot be written: {error}. Set it to another folder.", status=2) from error


def _whose(path: Path) -> str:
    while not os.path.exists(path):  # Path.exists() raises below a folder that may not be entered
        path = path.parent
    try:
        owner = pwd.getpwuid(path.stat().st_uid).pw_name
    except KeyError:
        owner = str(path.stat().st_uid)
    me = pwd.getpwuid(os.geteuid()).pw_name
    return (
        f"{path} belongs to {owner} and {me} may not write there. Run as {owner}, "
        f"or `sudo chown -R {me} {path}`, or set DATA_DIR to another folder."
    )


def attempt(path: Path, *, shared: bool = False) -> IO[str] | None:
    """The open, locked file, or None when another process holds it."""
    file = open_file(path)
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def wait_for(path: Path, *, shared: bool = False) -> IO[str]:
    file = open_file(path)
    fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    return file


def note_pid(file: IO[str]) -> None:
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
