"""The embedded stores: they start, end, survive what kills them, and say what is wrong."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bzpeer.embedded import addresses, identity, locks, places, postgres, valkey
from bzpeer.embedded.errors import ServiceError
from bzpeer.embedded.services import Services
from tests.bzpeer import processes

KEEPS_RUNNING = """
import sys, time
from pathlib import Path
from bzpeer.embedded import locks
from bzpeer.embedded.services import Services
data = Path(sys.argv[1])
lock = locks.attempt(data / locks.SERVICES)
Services(data, lock=lock.fileno(), throwaway=True).start()
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that the user of PostgreSQL may enter when tests run as root (pytest's tmp_path is closed)."""
    base = Path(tempfile.mkdtemp(prefix="bzpeer-embedded-"))
    base.chmod(0o755)
    yield base / "data"
    assert processes.eventually(lambda: not processes.alive(base)), processes.alive(base)
    shutil.rmtree(base)


@pytest.fixture
def services(data: Path) -> Iterator[Services]:
    started = Services(data, throwaway=True)
    yield started
    started.stop()


def test_stores_answer_after_the_start_and_are_gone_after_the_stop(services: Services, data: Path) -> None:
    services.start()
    assert postgres.answers(services.sockets)
    assert valkey.answers(services.sockets / "cache.sock")
    assert valkey.answers(services.sockets / "broker.sock")
    assert set(addresses.read(data)) == {"DATABASE_URL", "REDIS_URL", "BROKER_URL"}
    services.stop()
    assert addresses.read(data) == {}
    assert not processes.alive(data)


def test_a_second_start_finds_what_the_first_wrote(services: Services, data: Path) -> None:
    services.start()
    with postgres.connect(services.sockets, postgres.DATABASE) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    services.stop()
    again = Services(data, throwaway=True)
    again.start()
    try:
        with postgres.connect(again.sockets, postgres.DATABASE) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        again.stop()


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(services: Services, data: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", KEEPS_RUNNING, str(data)], cwd=processes.CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "started\n"
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert processes.eventually(lambda: _free(data / locks.SERVICES))
    assert not processes.alive(data)
    services.start()
    assert postgres.answers(services.sockets)


def _free(path: Path) -> bool:
    lock = locks.attempt(path)
    if lock:
        lock.close()
    return lock is not None


def test_a_pid_file_that_names_a_stranger_does_not_block_the_start(services: Services, data: Path) -> None:
    services.start()
    services.stop()
    home = services.sockets.parent if services.sockets.name == "run" else data
    (home / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'pg'}\n")
    services.start()
    assert postgres.answers(services.sockets)


def test_a_store_that_cannot_start_is_named_with_its_last_words(services: Services, data: Path) -> None:
    services.start()
    services.stop()
    (data / "pg" / "postgresql.conf").write_text("nonsense = on\n")
    with pytest.raises(ServiceError, match=r"(?s)postgres ended at once.*nonsense"):
        Services(data, throwaway=True).start()


def test_names_in_every_script_sort_and_fold(services: Services) -> None:
    services.start()
    with postgres.connect(services.sockets, postgres.DATABASE) as connection:
        assert connection.execute("SELECT lower('ÉŁ'), upper('ß'), version()").fetchone()[0] == "éł"  # type: ignore[index]


def test_a_path_too_long_for_a_socket_moves_the_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 90)
    assert places.run_dir(tmp_path / "var") == tmp_path / "var" / "run" or len(str(tmp_path)) > 80
    elsewhere = places.run_dir(deep)
    assert len(os.fsencode(str(elsewhere / places.LONGEST_SOCKET))) <= places.SOCKET_PATH_LIMIT
    assert elsewhere != places.run_dir(tmp_path / ("y" * 90))


def test_as_root_the_owner_of_the_data_runs_postgres(tmp_path: Path) -> None:
    who = identity.for_data(tmp_path)
    if os.geteuid() == 0:
        assert who.uid not in {None, 0}
        (tmp_path / "pg").mkdir()
        os.chown(tmp_path / "pg", 12345, 12345)
        assert identity.for_data(tmp_path).uid == 12345
    else:
        assert who == identity.Identity()


@pytest.mark.as_root
def test_as_root_a_closed_folder_keeps_its_database_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    who = identity.for_data(tmp_path)
    assert not who.reaches(tmp_path)
    home = identity.home(tmp_path, who)
    assert home.is_relative_to(identity.SHARED_HOME)
    assert who.reaches(home)
    home.rmdir()


@pytest.mark.as_root
def test_what_root_started_in_a_folder_of_another_stays_usable_for_them(services: Services, data: Path) -> None:
    other = pwd.getpwnam("daemon").pw_uid
    data.mkdir()
    os.chown(data, other, other)
    services.start()
    assert (data / "pg").stat().st_uid == other
    services.stop()
    assert {path.stat().st_uid for path in data.rglob("*")} == {other}


def test_a_folder_that_is_not_ours_is_refused_with_what_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    before = os.geteuid()
    os.seteuid(before or pwd.getpwnam("daemon").pw_uid)  # root may write everywhere
    try:
        with pytest.raises(ServiceError, match="DATA_DIR"):
            locks.open_file(tmp_path / "var" / "serve.lock")
    finally:
        os.seteuid(before)


def test_a_child_that_will_not_end_is_killed() -> None:
    from bzpeer.embedded.processes import end, spawn

    stubborn = spawn([sys.executable, "-c", "import signal,time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
    assert processes.eventually(lambda: b"SIG_IGN" in Path(f"/proc/{stubborn.pid}/cmdline").read_bytes())
    import time

    time.sleep(0.3)  # until the handler is set
    assert end({"stubborn": stubborn}, by=signal.SIGTERM, patience=0.5) == ["stubborn"]
    assert stubborn.returncode == -signal.SIGKILL
