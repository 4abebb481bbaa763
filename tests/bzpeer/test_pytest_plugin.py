"""The plugin that gives a test run its own servers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from bzpeer.embedded import pytest_plugin
from tests.bzpeer.processes import CHECKOUT


def test_processes_of_one_run_share_servers_but_no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "unix:///run/cache.sock?db=0")
    monkeypatch.setenv("BROKER_URL", "redis+socket:///run/broker.sock?virtual_host=0")
    pytest_plugin._use_own_databases(12)
    assert os.environ["REDIS_URL"] == "unix:///run/cache.sock?db=12"
    assert os.environ["BROKER_URL"] == "redis+socket:///run/broker.sock?virtual_host=12"


@pytest.mark.django_db
def test_this_process_has_a_test_database_and_its_own_cache() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = connection.settings_dict["NAME"]
    assert "test" in name
    assert name.endswith(worker)
    location = str(settings.CACHES["valkey"]["LOCATION"])
    if worker and "?db=" in location:
        assert location.endswith(f"?db={int(worker[2:]) + 1}")
    caches["valkey"].set("plugin", 1)
    assert caches["valkey"].get("plugin") == 1


@pytest.mark.django_db
def test_nothing_waits_for_a_disk() -> None:
    if "bzpeer-test-" not in settings.DATABASES["default"]["HOST"]:
        pytest.skip("this run uses the servers of DATABASE_URL")
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("off",)


def nested(tmp_path: Path, *arguments: str, without: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Another pytest of this checkout, whose temporary files lie in tmp_path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_") and name not in without}
    command = [sys.executable, "-m", "pytest", *arguments]
    environ = {**kept, "TMPDIR": str(tmp_path)}
    return subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False)


def test_servers_of_the_environment_are_used(tmp_path: Path) -> None:
    (tmp_path / "test_address.py").write_text("import os\ndef test_it():\n    print(os.environ['DATABASE_URL'])\n")
    run = nested(tmp_path, "-q", "-s", "-n", "0", "--rootdir", str(CHECKOUT), "-c", "pyproject.toml", str(tmp_path))
    assert "1 passed" in run.stdout, run.stdout
    assert os.environ["DATABASE_URL"] in run.stdout


@pytest.mark.parametrize("option", ["--version", "--markers"])
def test_what_runs_no_test_starts_no_server(tmp_path: Path, option: str) -> None:
    run = nested(tmp_path, option, without=("DATABASE_URL", "REDIS_URL", "BROKER_URL"))
    assert run.returncode == 0, run.stderr
    assert not list(tmp_path.glob("bzpeer-test-*"))
