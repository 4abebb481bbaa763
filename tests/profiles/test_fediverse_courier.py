"""What waits for other servers is done by workers of its own, and nothing is left without a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery import current_app
from django.conf import settings

from bzpeer import site_processes
from profiles import tasks
from tests.bzpeer.processes import CHECKOUT

SLOW = {tasks.check_fediverse.name, tasks.deliver_to_fediverse.name}


def queue_of(task: str) -> str:
    return str(current_app.amqp.router.route({}, task)["queue"].name)


def taken_by(command: Sequence[str]) -> set[str]:
    """The queues that a worker with this command consumes."""
    if "--queues" in command:
        return set(command[list(command).index("--queues") + 1].split(","))
    return set(current_app.amqp.queues)


def started(monkeypatch: pytest.MonkeyPatch, **environ: str) -> dict[str, set[str]]:
    """Queues by the name of the process."""

    def start(arguments: Sequence[str], _environ: Mapping[str, str]) -> Any:
        return taken_by(arguments) if "worker" in arguments else set()

    monkeypatch.setattr(site_processes, "start", start)
    found: Any = site_processes.start_all(Path("/tmp"), 8000, environ)
    return {name: queues for name, queues in found.items() if queues}


def test_only_what_asks_other_servers_stands_in_the_queue_of_its_own() -> None:
    beaten = {str(entry["task"]): queue_of(str(entry["task"])) for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {task for task, queue in beaten.items() if queue == "fediverse"} == SLOW
    assert set(beaten.values()) == {"celery", "fediverse"}


def test_a_worker_without_queues_takes_all() -> None:
    assert set(current_app.amqp.queues) == {"celery", "fediverse"}


def test_in_production_the_worker_never_waits_for_other_servers() -> None:
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    workers = {
        name: taken_by(part["command"]) for name, part in services.items() if "worker" in part.get("command", [])
    }

    assert workers == {"worker": {"celery"}, "courier": {"fediverse"}}


def test_a_local_site_has_a_courier_where_it_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = {"worker": {"celery"}, "courier": {"fediverse"}}

    assert started(monkeypatch, BASE_URL="http://localhost:8000") == {"worker": {"celery", "fediverse"}}
    assert started(monkeypatch, BASE_URL="https://people.example") == apart
    assert started(monkeypatch, FEDIVERSE="on") == apart
    assert started(monkeypatch, BASE_URL="https://people.example", FEDIVERSE="off") == {
        "worker": {"celery", "fediverse"}
    }
