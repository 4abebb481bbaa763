"""Stores that are gone or hang: limits refuse in words, one task waits for the broker and the others do not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from kombu.exceptions import OperationalError

from bzpeer.kit import allowance
from bzpeer.kit.api.problems import Problem
from bzpeer.kit.cache import ForgivingCache
from graph.models import SharedView
from profiles import promptly
from profiles.promptly import Broker
from tests.bzpeer.test_environment import production
from tests.corpus import make_author


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    ForgivingCache.resume_at = Broker.resume_at = 0.0
    yield
    ForgivingCache.resume_at = Broker.resume_at = 0.0


@pytest.fixture(params=["gone", "hung"])
def no_valkey(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Valkey refuses, or takes what is said and never answers."""
    path = tmp_path / "cache.sock"
    with socket.socket(socket.AF_UNIX) as silent:
        if request.param == "hung":
            silent.bind(str(path))
            silent.listen()
        params = {"OPTIONS": settings.CACHES["valkey"]["OPTIONS"]}
        known: Any = caches
        monkeypatch.setattr(known._connections, "valkey", RedisCache(f"unix://{path}?db=0", params), raising=False)
        monkeypatch.setattr(known._connections, "pages", ForgivingCache(f"unix://{path}?db=0", params), raising=False)
        yield


@pytest.mark.usefixtures("no_valkey")
def test_what_is_limited_is_refused_while_nobody_counts() -> None:
    with pytest.raises(Problem) as refused:
        allowance.take("anything", "192.0.2.1", most=10, seconds=60)

    problem = refused.value
    assert (problem.kind, problem.status_code, problem.headers) == ("upstream-unavailable", 503, {"Retry-After": "30"})
    assert "what counts it does not answer" in str(problem.detail)


def test_a_server_that_did_not_answer_a_moment_ago_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "count", lambda *_args, **_more: pytest.fail("asked"))
    ForgivingCache.resume_at = float("inf")

    with pytest.raises(Problem):
        allowance.take("anything", "192.0.2.1", most=10, seconds=60)


@pytest.mark.django_db
@pytest.mark.usefixtures("no_valkey")
def test_a_short_link_says_that_it_must_wait_and_those_there_are_lead_on(client: Client) -> None:
    author = make_author()
    SharedView.objects.create(code="abcdefghij", state=f"root={author.short_id}")

    page = client.post("/graph/share/", {"query": f"root={author.short_id}&limit=50"})
    api = client.post("/api/v1/graph/links", {"query": f"root={author.short_id}&limit=50"}, "application/json")

    assert (page.status_code, page["Retry-After"]) == (api.status_code, api["Retry-After"]) == (503, "30")
    assert "Try again in half a minute." in page.content.decode()
    assert "Try again in half a minute." in api.json()["detail"]
    assert SharedView.objects.count() == 1
    assert client.get("/g/abcdefghij/").status_code == 302


class Task:
    """Of a queue that cannot be reached."""

    def __init__(self) -> None:
        self.tried: list[tuple[Any, ...]] = []

    def delay(self, *arguments: Any) -> None:
        self.tried.append(arguments)
        raise OperationalError("The broker does not answer.")


def test_one_request_waits_for_a_broker_that_hangs_and_not_each_of_its_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task()
    for number in range(5):
        Broker.send(task, number)
    monkeypatch.setattr(promptly, "PAUSE", 0.0)
    Broker.resume_at = 0.0
    for number in range(2):
        Broker.send(task, number)

    assert task.tried == [(0,), (0,), (1,)]


def test_a_page_waits_half_a_second_for_the_broker_and_a_worker_five(tmp_path: Path) -> None:
    program = "from django.conf import settings as s; print(s.CELERY_BROKER_TRANSPORT_OPTIONS['socket_timeout'])"
    asked = [production(tmp_path, "shell", "--no-imports", "-c", program, PROCESS=name) for name in ("web", "worker")]

    assert [shown.stdout.strip() for shown in asked] == ["0.5", "5"]
