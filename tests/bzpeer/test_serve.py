"""`manage.py serve` and commands beside it, as real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bzpeer import processes


@pytest.fixture
def data() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="bzpeer-serve-"))
    base.chmod(0o755)
    yield base / "data"
    assert processes.eventually(lambda: not processes.alive(base)), processes.alive(base)
    shutil.rmtree(base)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return 0


def wait_for(site: subprocess.Popen[str], url: str) -> None:
    """Until the address answers 200; fails with the site's own words when it ended instead."""
    assert processes.eventually(lambda: site.poll() is not None or status(url) == 200)
    assert site.poll() is None, site.communicate()[0]


def test_a_site_starts_serves_commands_join_it_and_ctrl_c_ends_everything(data: Path) -> None:
    port = processes.free_port()
    site = processes.manage(data, "serve", PORT=str(port))
    try:
        wait_for(site, f"http://localhost:{port}/readyz")
        assert set(json.loads((data / "services.json").read_text())) >= {"DATABASE_URL", "REDIS_URL", "BROKER_URL"}

        second = processes.manage(data, "serve", PORT=str(processes.free_port()))
        said, _ = second.communicate(timeout=120)
        assert second.returncode == 3
        assert said == f"bzpeer: Already running in {data} (process {site.pid}).\n"

        joined = processes.manage(data, "migrate", "--check")
        said, _ = joined.communicate(timeout=120)
        assert (joined.returncode, said) == (0, "")
        assert status(f"http://localhost:{port}/readyz") == 200
    finally:
        site.send_signal(signal.SIGINT)
        said, _ = site.communicate(timeout=120)
    assert site.returncode == 0
    assert f"ready: http://localhost:{port}/" in said
    assert "SIGINT: stopping" in said
    assert said.rstrip().endswith("all stopped")
    assert not processes.alive(data)


def test_a_site_whose_broker_is_killed_ends_and_names_it(data: Path) -> None:
    port = processes.free_port()
    site = processes.manage(data, "serve", PORT=str(port))
    try:
        wait_for(site, f"http://localhost:{port}/livez")
        store = next(p for p in Path("/proc").glob("[0-9]*") if _is_broker(p, data))
        os.kill(int(store.name), signal.SIGKILL)
        said, _ = site.communicate(timeout=120)
    finally:
        site.kill()
    assert site.returncode == 1
    assert "broker ended unexpectedly (exit -9)" in said


def test_a_killed_supervisor_leaves_no_process_behind(data: Path) -> None:
    port = processes.free_port()
    site = processes.manage(data, "serve", PORT=str(port))
    try:
        wait_for(site, f"http://localhost:{port}/livez")
        assert len(processes.alive(data)) > 6  # three stores, web, worker, beat and their children
    finally:
        site.kill()
        site.communicate()
    assert processes.eventually(lambda: not processes.alive(data)), processes.alive(data)


def _is_broker(folder: Path, data: Path) -> bool:
    try:
        return f"unixsocket:{data}/run/broker.sock".encode() in (folder / "cmdline").read_bytes()
    except OSError:
        return False


def test_a_port_in_use_is_named_before_anything_starts(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        site = processes.manage(data, "serve", PORT=str(port))
        said, _ = site.communicate(timeout=120)
    assert site.returncode == 4
    assert said == f"bzpeer: Port {port} is in use: choose another with PORT={port + 1}.\n"
    assert not (data / "pg").exists()


def test_commands_start_the_services_for_themselves_and_for_those_who_join(data: Path) -> None:
    first = processes.manage(data, "shell", "--no-imports", "-c", "import time; print('up', flush=True); time.sleep(3)")
    assert first.stdout is not None
    assert first.stdout.readline() == "up\n"
    joined = processes.manage(
        data,
        "shell",
        "--no-imports",
        "-c",
        "from django.db import connection as c; c.ensure_connection(); print('joined')",
    )
    said, _ = joined.communicate(timeout=120)
    assert said == "joined\n"
    first.communicate(timeout=120)
    assert first.returncode == joined.returncode == 0
    assert not (data / "services.json").exists()


def test_a_command_before_the_first_migration_says_what_to_do(data: Path) -> None:
    assessing = processes.manage(data, "assess", "--all")
    said, _ = assessing.communicate(timeout=120)
    assert assessing.returncode == 1
    assert "run `manage.py migrate` first" in said
    assert "Traceback" not in said


def test_help_needs_no_services(data: Path) -> None:
    shown = processes.manage(data, "help", "migrate")
    said, _ = shown.communicate(timeout=120)
    assert shown.returncode == 0
    assert "usage: manage.py migrate" in said
    assert not (data / "pg").exists()
