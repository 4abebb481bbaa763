"""A stand-in for ORCID (no real iD): sign-in by OpenID Connect, public records, and arXiv's author pages.

It speaks as much of their protocols as bzpeer uses, listens on the loopback address only, and knows invented people.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from bzpeer.standins import pages, people
from bzpeer.standins.people import Directory, Person

logger = logging.getLogger("stand-in for ORCID, no real iD")

HOST = "127.0.0.1"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
CODE_LIVES = 600  # seconds
ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method")
Answer = tuple[int, str, str]  # status, content type, body


@dataclass(frozen=True, slots=True)
class Grant:
    person: Person
    redirect_uri: str
    challenge: str
    until: float


@dataclass
class Protocol:
    """What the server knows; a code is good once."""

    directory: Directory
    client_id: str
    client_secret: str
    hosts: frozenset[str]  # of sites that may ask
    base: str = ""
    grants: dict[str, Grant] = field(default_factory=dict)

    def problem(self, asked: Mapping[str, str]) -> str:
        """Why no page is shown: such an answer must not lead anywhere."""
        if asked.get("client_id") != self.client_id:
            return "Unknown client_id."
        if asked.get("response_type") != "code":
            return "response_type must be code."
        if urlsplit(asked.get("redirect_uri", "")).hostname not in self.hosts:
            return "redirect_uri must lead to this machine: a stand-in serves nobody else."
        return ""

    def approve(self, asked: Mapping[str, str], person: Person) -> str:
        """Where the browser goes with a code."""
        code = secrets.token_urlsafe(8)
        until = time.time() + CODE_LIVES
        self.grants[code] = Grant(person, asked["redirect_uri"], asked.get("code_challenge", ""), until)
        return _back(asked, code=code)

    def token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        if form.get("client_id") != self.client_id or not compare_digest(
            form.get("client_secret", ""), self.client_secret
        ):
            return 401, {"error": "invalid_client"}
        grant = self.grants.pop(form.get("code", ""), None)
        if grant is None or grant.until < time.time() or grant.redirect_uri != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        if grant.challenge and grant.challenge != _challenge(form.get("code_verifier", "")):
            return 400, {"error": "invalid_grant"}
        person = grant.person
        return 200, {
            "access_token": secrets.token_hex(16),
            "token_type": "bearer",
            "expires_in": 631138518,
            "scope": "openid",
            "name": person.name,
            "orcid": person.orcid,
            "id_token": self.id_token(person),
        }

    def id_token(self, person: Person) -> str:
        now = int(time.time())
        claims = {"iss": self.base, "sub": person.orcid, "aud": self.client_id, "iat": now, "exp": now + 3600}
        if person.email:
            claims |= {"email": person.email, "email_verified": True}
        return jwt.encode(claims, _key(), algorithm="RS256", headers={"kid": "stand-in"})

    def find(self, orcid: str) -> Person | None:
        return people.find(self.directory(), orcid)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, directory: Directory, *, client_id: str, client_secret: str, port: int = 0, also: Collection[str] = ()
    ) -> None:
        """Serves sites on this machine; `also` names a host that only a test client knows."""
        super().__init__((HOST, port), Handler)
        self.protocol = Protocol(directory, client_id, client_secret, LOOPBACK.union(also))
        self.protocol.base = f"http://localhost:{self.server_address[1]}"

    @property
    def base(self) -> str:
        return self.protocol.base

    @contextmanager
    def running(self) -> Iterator[Server]:
        """In a thread, for tests."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "bzpeer-stand-in-for-ORCID"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        segments = [part for part in parts.path.split("/") if part]
        protocol = self.server.protocol
        match segments:
            case []:
                self._html(pages.index(protocol.directory()))
            case ["style.css"]:
                self._send(200, "text/css", pages.STYLE)
            case ["oauth", "authorize"]:
                self._authorize(dict(parse_qsl(parts.query)))
            case ["v3.0", orcid, "record"]:
                status, body = people.answer(protocol.find(orcid), orcid)
                self._json(status, body)
            case ["a", name] if name.endswith(".atom2"):
                self._author_page(name.removesuffix(".atom2"))
            case [orcid] if person := protocol.find(orcid):
                self._html(pages.profile(person))
            case _:
                self._html(pages.page("Not found", "<p>The stand-in has no such page.</p>"), 404)

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), 100_000)
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
        match urlsplit(self.path).path:
            case "/oauth/authorize":
                self._decide(form)
            case "/oauth/token":
                self._json(*self.server.protocol.token(form))
            case _:
                self._json(404, {"error": "not_found"})

    def _authorize(self, query: Mapping[str, str], problem: str = "") -> None:
        protocol = self.server.protocol
        if wrong := protocol.problem(query):
            self._html(pages.page("This cannot be answered", f"<p>{wrong}</p>"), 400)
            return
        asked = {name: query[name] for name in ASKED if name in query}
        self._html(pages.authorize(protocol.directory(), asked, problem))

    def _decide(self, form: Mapping[str, str]) -> None:
        protocol = self.server.protocol
        if protocol.problem(form) or form.get("action") != "approve":
            if protocol.problem(form):
                self._authorize(form)
            else:
                self._redirect(_back(form, error="access_denied", error_description="User denied access"))
            return
        person = protocol.find(form.get("typed", "").strip() or form.get("orcid", ""))
        if person is None:
            self._authorize(
                form, "That is no invented iD: its check digit is wrong, or ORCID may have given it to somebody."
            )
        else:
            self._redirect(protocol.approve(form, person))

    def _author_page(self, orcid: str) -> None:
        person = self.server.protocol.find(orcid)
        if person is None or person.arxiv is None:
            self._html(pages.page("Bad request", "<p>Author not found</p>"), 400)
        else:
            self._send(200, "application/atom+xml", pages.atom(person, self.server.base))

    def _redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _html(self, body: str, status: int = 200) -> None:
        self._send(status, "text/html; charset=utf-8", body)

    def _json(self, status: int, body: Any) -> None:
        self._send(status, "application/json;charset=UTF-8", json.dumps(body))

    def _send(self, status: int, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        logger.info(format, *args)


def _back(asked: Mapping[str, str], **query: str) -> str:
    state = {"state": asked["state"]} if asked.get("state") else {}
    return f"{asked['redirect_uri']}?{urlencode({**query, **state})}"


@cache
def _key() -> rsa.RSAPrivateKey:
    """Of this process; sites that ask the token address itself need not check signatures."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
