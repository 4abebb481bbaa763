"""A TLS server on this machine with certificates of a test's own authority, reached under public names."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import pytest
import trustme

from bzpeer.kit import safe_fetch
from bzpeer.kit.safe_fetch import Network

PUBLIC = "93.184.216.34"
Answer = bytes | Callable[[ssl.SSLSocket], None]


def page(body: str | bytes, *headers: str, status: str = "200 OK") -> bytes:
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(raw)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def moved(to: str) -> bytes:
    return page("", f"Location: {to}", status="302 Found")


@dataclass
class Site:
    """What it answers, by "host/path"; every request is noted, and every address that was connected to."""

    pages: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    addresses: Mapping[str, list[str]] = field(default_factory=dict)
    port: int = 0

    def serve(self, connection: ssl.SSLSocket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and (piece := connection.recv(65536)):
            request += piece
        text = request.decode("latin-1")
        self.requests.append(text)
        host = next((line[6:] for line in text.splitlines() if line.startswith("Host: ")), "")
        answer = self.pages.get(host + text.split(" ")[1], page("", status="404 Not Found"))
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch, *names: str, site: Site | None = None) -> Iterator[Site]:
    """The only server of a world in which every name is at a public address, unless `addresses` says otherwise."""
    ours, theirs = _contexts(names)
    site, listener = site or Site(), socket.create_server(("127.0.0.1", 0))
    site.port = listener.getsockname()[1]
    ended = threading.Event()

    def connect(address: str, seconds: float) -> socket.socket:
        site.connected.append(address)
        return socket.create_connection(listener.getsockname(), timeout=seconds)

    def resolve(host: str) -> list[str]:
        site.resolved.append(host)
        return list(site.addresses.get(host, [PUBLIC]))

    monkeypatch.setattr(safe_fetch, "INTERNET", Network(resolve, connect, lambda: theirs))
    thread = threading.Thread(target=_accept, args=(listener, ours, site, ended))
    thread.start()
    try:
        yield site
    finally:
        ended.set()
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        listener.close()


@cache
def _contexts(names: tuple[str, ...]) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's, with a certificate of these names, and a client's that trusts the authority."""
    authority = trustme.CA()
    ours, theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(*names).configure_cert(ours)
    authority.configure_trust(theirs)
    return ours, theirs


def _accept(listener: socket.socket, context: ssl.SSLContext, site: Site, ended: threading.Event) -> None:
    while not ended.is_set():
        plain, _peer = listener.accept()
        plain.settimeout(5)
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                site.serve(connection)
        except OSError:
            plain.close()
