"""In a storm the graph is shed first (S26): one computes at a time, the rest hear when to come back, pages go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from graph import compare, paths, slices, turns
from graph.models import GraphSlice
from graph.questions import Question
from publications.models import Author
from tests.corpus import make_author, make_work
from tests.graph.factories import settle

MANY = 8
SOON = 30.0  # seconds after which a test gives up waiting for a thread
BUSY = "Many readers ask for graphs just now"

Ask = Callable[[Client, Author, Author], Any]
API: dict[str, Ask] = {
    "slice": lambda client, one, _other: client.get(f"/api/v1/graph?root={one.short_id}"),
    "slices": lambda client, one, other: client.get(f"/api/v1/graph/slices?roots={one.short_id},{other.short_id}"),
    "path": lambda client, one, other: client.get(f"/api/v1/graph/path?from={one.short_id}&to={other.short_id}"),
    "compare": lambda client, one, other: client.get(f"/api/v1/graph/compare?a={one.short_id}&b={other.short_id}"),
    "picture": lambda client, one, _other: client.get(f"/api/v1/graph?root={one.short_id}&format=png"),
}
PAGES: dict[str, Ask] = {
    "explorer": lambda client, one, _other: client.get(f"/graph/?root={one.short_id}"),
    "path": lambda client, one, other: client.get(f"/graph/path/?from={one.short_id}&to={other.short_id}"),
    "compare": lambda client, one, other: client.get(f"/graph/compare/?a={one.short_id}&b={other.short_id}"),
    "embed": lambda client, one, _other: client.get(f"/graph/embed/?root={one.short_id}"),
    "share": lambda client, one, _other: client.get(f"/graph/share/?root={one.short_id}"),
    "card": lambda client, one, _other: client.get(f"/authors/A{one.pk}/graph.png"),
}


class Computing:
    """Holds up whoever computes a slice until it is told to go on, and counts them."""

    def __init__(self, compute: Callable[..., Any]) -> None:
        self.compute, self.go_on = compute, threading.Event()
        self.lock, self.now, self.most, self.begun = threading.Lock(), 0, 0, threading.Semaphore(0)

    def __call__(self, *args: Any) -> Any:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        assert self.go_on.wait(SOON)
        try:
            return self.compute(*args)
        finally:
            with self.lock:
                self.now -= 1


@pytest.fixture
def computing(monkeypatch: pytest.MonkeyPatch) -> Computing:
    held = Computing(slices.gather)
    monkeypatch.setattr(slices, "gather", held)
    return held


@contextmanager
def taken() -> Iterator[None]:
    """All places are taken by others, as far as this thread can tell."""
    places = [turns._places.acquire(blocking=False) for _ in range(turns.AT_ONCE + turns.WAITING)]
    try:
        assert all(places)
        yield
    finally:
        for _ in places:
            turns._places.release()


def in_a_thread(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    finally:
        connection.close()


def root_of(author: Author) -> str:
    return slices.around(author.short_id).root


@pytest.fixture
def pair() -> tuple[Author, Author]:
    one, other = make_author("One One"), make_author("Other Other")
    make_work("Together", authors=[one, other])
    settle()
    return one, other


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_at_once_one_computes_and_the_rest_are_told_to_come_back(computing: Computing) -> None:
    people = [make_author(f"Person {number}") for number in range(MANY)]
    with ThreadPoolExecutor(MANY) as pool:
        answers: list[Future[Any]] = []
        for person in people[: turns.AT_ONCE]:
            answers.append(pool.submit(in_a_thread, partial(API["slice"], Client(), person, person)))
        for _ in range(turns.AT_ONCE):
            assert computing.begun.acquire(timeout=SOON)
        for person in people[turns.AT_ONCE :]:
            answers.append(pool.submit(in_a_thread, partial(API["slice"], Client(), person, person)))
        late = [answer.result(SOON) for answer in answers[turns.AT_ONCE :]]
        page = in_a_thread(lambda: Client().get("/search/?q=person"))
        computing.go_on.set()
        first = [answer.result(SOON) for answer in answers[: turns.AT_ONCE]]

    assert [answer.status_code for answer in first] == [200] * turns.AT_ONCE
    assert {(answer.status_code, answer["Retry-After"], answer.json()["type"][-12:]) for answer in late} == {
        (503, "3", "/overloaded/")
    }
    assert (computing.most, page.status_code) == (turns.AT_ONCE, 200)
    assert GraphSlice.objects.count() == turns.AT_ONCE
    again = [API["slice"](Client(), person, person).status_code for person in people]
    assert again == [200] * MANY


@pytest.mark.django_db(transaction=True)
def test_who_waits_gets_a_turn_when_one_ends(computing: Computing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT", SOON)
    people = [make_author(f"Person {number}") for number in range(turns.AT_ONCE + turns.WAITING)]
    with ThreadPoolExecutor(len(people)) as pool:
        asked = [pool.submit(in_a_thread, partial(root_of, person)) for person in people]
        for _ in range(turns.AT_ONCE):
            assert computing.begun.acquire(timeout=SOON)
        computing.go_on.set()
        roots = [answer.result(SOON) for answer in asked]

    assert roots == [person.short_id for person in people]
    assert computing.most == turns.AT_ONCE


@pytest.mark.django_db
@pytest.mark.parametrize("name", API)
def test_a_program_is_told_when_to_come_back(client: Client, pair: tuple[Author, Author], name: str) -> None:
    with taken():
        refused = API[name](client, *pair)
    answered = API[name](client, *pair)

    assert (refused.status_code, refused["Retry-After"], refused["Cache-Control"]) == (
        503,
        str(turns.RETRY_AFTER),
        "no-store",
    )
    assert BUSY in refused.json()["detail"]
    assert answered.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_reader_is_told_in_words(client: Client, pair: tuple[Author, Author], name: str) -> None:
    with taken():
        refused = PAGES[name](client, *pair)

    assert (refused.status_code, refused["Retry-After"]) == (503, str(turns.RETRY_AFTER))
    assert BUSY in refused.content.decode()
    assert PAGES[name](client, *pair).status_code == 200


@pytest.mark.django_db
def test_the_author_page_goes_on_without_its_graph(client: Client, pair: tuple[Author, Author]) -> None:
    address = pair[0].get_absolute_url()
    with taken():
        without = client.get(address)
    whole = client.get(address)
    with taken():
        stored = client.get(address)

    assert [page.status_code for page in (without, whole, stored)] == [200, 200, 200]
    assert [BUSY in page.content.decode() for page in (without, whole, stored)] == [True, False, False]
    assert f'href="/graph/?root={pair[0].short_id}' in without.content.decode()
    assert "Together" in without.content.decode()


@pytest.mark.django_db
def test_what_stands_ready_needs_no_turn(pair: tuple[Author, Author]) -> None:
    before = slices.around(pair[0].short_id)
    with taken():
        assert slices.around(pair[0].short_id) == before
        for ask in (
            lambda: slices.answer(Question(kind="author", number=pair[0].pk, strength=2)),
            lambda: paths.between(*pair),
            lambda: compare.compare(*pair),
        ):
            with pytest.raises(turns.TooBusyError):
                ask()


@pytest.mark.django_db
def test_a_turn_is_given_back_whatever_happens(pair: tuple[Author, Author]) -> None:
    for _ in range(turns.AT_ONCE + turns.WAITING + 1):
        with pytest.raises(slices.UnknownRootError):
            slices.around("A999999999")

    assert slices.around(pair[0].short_id).nodes
