"""Who runs PostgreSQL when we are root, which it refuses to be run by, and where that user can reach its files."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bzpeer.embedded import places
from bzpeer.embedded.errors import ServiceError

SHARED_HOME = Path("/var/lib/bzpeer")  # for root only, when the checkout is closed to others
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """The user of the PostgreSQL processes; None is ourselves."""

    uid: int | None = None
    gid: int | None = None

    def give(self, path: Path) -> None:
        """Make the folder, private and theirs."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        if self.uid is None:
            return True
        probe = subprocess.run(
            ["/usr/bin/test", "-x", path], user=self.uid, group=self.gid, extra_groups=[], cwd="/", check=False
        )
        return probe.returncode == 0


def for_data(data: Path) -> Identity:
    """Ourselves; as root the owner of the existing database or data folder, else an unprivileged account."""
    if os.geteuid() != 0:
        return Identity()
    if (data / "pg").exists() and (owner := (data / "pg").stat()).st_uid != 0:
        return Identity(owner.st_uid, owner.st_gid)
    if data.exists() and (owner := data.stat()).st_uid != 0 and _has_account(owner.st_uid):  # initdb asks for its name
        return Identity(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(account.pw_uid, account.pw_gid)
    raise ServiceError("PostgreSQL cannot run as root and there is no account 'nobody': run as an ordinary user.")


def _has_account(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def home(data: Path, identity: Identity) -> Path:
    """The folder that holds pg/ and the sockets: the data folder, or a shared one when theirs is out of reach."""
    if identity.reaches(data):
        return data
    SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    shared = SHARED_HOME / places.fingerprint(data)
    shared.mkdir(mode=0o755, exist_ok=True)
    return shared


def hand_over(data: Path) -> None:
    """What root wrote into somebody's data folder becomes theirs, so that their next start finds it usable."""
    owner = data.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for path in data.rglob("*"):
        if path.lstat().st_uid == 0:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def binaries(identity: Identity) -> Path:
    """The folder of initdb and postgres, copied once to where the user can execute them if need be."""
    wheel = places.postgres_wheel()
    if identity.reaches(wheel / "pginstall" / "bin" / "postgres"):
        return wheel / "pginstall" / "bin"
    libraries = wheel.with_name(wheel.name + ".libs")
    version = f"postgres-{int((wheel / 'pginstall/bin/postgres').stat().st_mtime)}-{places.fingerprint(wheel)}"
    target = SHARED_HOME / version
    if not target.exists():
        _copy(wheel / "pginstall", libraries, target)
    return target / wheel.name / "pginstall" / "bin"


def _copy(install: Path, libraries: Path, target: Path) -> None:
    """Whole or not at all: copied beside, then renamed."""
    SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    package = partial / libraries.name.removesuffix(".libs")
    shutil.copytree(install, package / "pginstall", symlinks=True)
    shutil.copytree(libraries, partial / libraries.name, symlinks=True)
    try:
        partial.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(partial)
