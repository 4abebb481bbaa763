"""Asking ORCID and arXiv: bounded, without redirects, and unreachable rather than wrong."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django import Settings

from bzpeer.standins.people import Entry, Person
from profiles.orcid import client, fetch
from profiles.orcid.client import OrcidRecord, Unreachable
from tests.profiles.orcid_site import JOAN, OTHER, stand_in

RECORD = b'{"orcid-identifier": {"path": "%s"}}'
Behave = Callable[[BaseHTTPRequestHandler, int], None]


@contextmanager
def server(behave: Behave) -> Iterator[tuple[str, list[str]]]:
    """A server that answers its n-th request as told; its address and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            behave(self, len(asked))

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}", asked
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def say(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiles.orcid.fetch.time.sleep", lambda seconds: None)


def test_a_record_is_fetched_and_read(settings: Settings) -> None:
    joan = Person(orcid=JOAN, name="Joan Example", works=(Entry(title="Lemma", doi="10.5555/1"),))
    with stand_in(settings, joan):
        found = client.record(f"https://orcid.org/{JOAN}")
    assert (found.orcid, found.name, found.ids_vouched_for()) == (
        JOAN,
        "Joan Example",
        frozenset({("doi", "10.5555/1")}),
    )


@pytest.mark.parametrize("status", ["deprecated", "deactivated", "locked", "missing"])
def test_an_id_that_is_no_longer_used_is_told_apart_from_a_service_that_is_down(
    settings: Settings, status: str
) -> None:
    person = Person(orcid=JOAN, name="Joan Example", status=status, successor=OTHER)
    with stand_in(settings, person):
        found = client.record(JOAN)
    assert found == OrcidRecord(orcid=JOAN, status=status, successor=OTHER if status == "deprecated" else "")


def test_a_busy_service_is_asked_again(settings: Settings) -> None:
    def behave(handler: BaseHTTPRequestHandler, n: int) -> None:
        say(handler, 503, Retry_After="1") if n < 3 else say(handler, 200, RECORD % JOAN.encode())

    with server(behave) as (base, asked):
        settings.ORCID_API_URL = base
        assert client.record(JOAN) == OrcidRecord(orcid=JOAN)
        assert asked == [f"/{JOAN}/record"] * 3


@pytest.mark.parametrize(
    ("behave", "requests"),
    [
        (lambda h, n: say(h, 503), 3),
        (lambda h, n: say(h, 429, Retry_After="3600"), 1),  # not waited for
        (lambda h, n: say(h, 200, b"<html>maintenance</html>"), 1),
        (lambda h, n: say(h, 200, b"{}"), 1),
        (lambda h, n: say(h, 200, RECORD % OTHER.encode()), 1),  # about somebody else
        (lambda h, n: say(h, 404, b"<html>not here</html>"), 1),  # a proxy's, not ORCID's own word
        (lambda h, n: say(h, 302, Location="http://127.0.0.1:1/elsewhere"), 1),
        (lambda h, n: say(h, 301, Location="/elsewhere"), 1),
        (lambda h, n: say(h, 200, gzip.compress(RECORD % JOAN.encode()), Content_Encoding="gzip"), 1),
        (lambda h, n: h.connection.close(), 3),
    ],
)
def test_anything_else_is_unreachable(settings: Settings, behave: Behave, requests: int) -> None:
    with server(behave) as (base, asked):
        settings.ORCID_API_URL = base
        with pytest.raises(Unreachable):
            client.record(JOAN)
        assert asked == [f"/{JOAN}/record"] * requests


def test_nobody_listening_is_unreachable(settings: Settings) -> None:
    settings.ORCID_API_URL = "http://127.0.0.1:9"
    with pytest.raises(Unreachable):
        client.record(JOAN)


def test_an_endless_answer_is_cut_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 100_000)

    def behave(handler: BaseHTTPRequestHandler, n: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65536)
        except OSError:
            return

    with server(behave) as (base, _):
        settings.ORCID_API_URL = base
        with pytest.raises(Unreachable, match="more than"):
            client.record(JOAN)


def test_slow_bytes_are_not_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "WITHIN", 0.3)
    over = threading.Event()

    def behave(handler: BaseHTTPRequestHandler, n: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not over.wait(0.05):
                handler.wfile.write(b" ")  # for ever, unless the client goes
        except OSError:
            return

    with server(behave) as (base, _):
        settings.ORCID_API_URL = base
        with pytest.raises(Unreachable, match="not complete"):
            client.record(JOAN)
        over.set()


def test_what_is_no_id_is_never_asked_for() -> None:
    for text in ("", "../../oauth", f"{JOAN}/../x", "0000-0000-0000-0029"):
        with pytest.raises(ValueError, match="ORCID"):
            client.record(text)
