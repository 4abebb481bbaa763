"""Bounded GETs to the services that the settings name (ORCID, arXiv): no redirects, few retries, in tasks only."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

MOST_BYTES: Final = 10_000_000
WITHIN: Final = 40.0  # seconds for one answer, however slowly its bytes come
TRIES: Final = 3
LONGEST_WAIT: Final = 5.0  # seconds that a Retry-After is waited for; longer ones are given back
BUSY: Final = frozenset({429, 500, 502, 503, 504})
AGENT: Final = "bzpeer (checks proofs that people ask for)"

_pool = urllib3.PoolManager(retries=False, timeout=Timeout(connect=5, read=10), maxsize=2)


class Unreachable(Exception):
    """The service did not answer, or not with what can be used; says why, for the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def get(url: str, accept: str) -> Answer:
    """The first answer that is not "come back later"; raises Unreachable."""
    problem = ""
    for attempt in range(TRIES):
        try:
            answer, wait = _once(url, accept)
        except (HTTPError, OSError) as error:
            problem, wait = f"{type(error).__name__}: {error}", 0.5 * 2**attempt
        else:
            if answer.status not in BUSY:
                return answer
            problem, wait = f"status {answer.status}", max(wait, 0.5 * 2**attempt)
        if attempt + 1 == TRIES or wait > LONGEST_WAIT:
            break
        time.sleep(wait)
    raise Unreachable(f"{url}: {problem}")


def _once(url: str, accept: str) -> tuple[Answer, float]:
    """One request: the answer, and how many seconds the service asks us to wait."""
    headers = {"Accept": accept, "User-Agent": AGENT, "Accept-Encoding": "identity"}
    deadline = time.monotonic() + WITHIN
    response = _pool.request("GET", url, headers=headers, redirect=False, preload_content=False, decode_content=False)
    try:
        body = bytearray()
        while chunk := response.read1(65536):
            body += chunk
            if len(body) > MOST_BYTES:
                raise Unreachable(f"{url}: more than {MOST_BYTES} bytes")
            if time.monotonic() > deadline:
                raise Unreachable(f"{url}: not complete after {WITHIN:.0f} s")
        asked = response.headers.get("Retry-After", "")
        return Answer(response.status, bytes(body)), float(asked) if asked.isdigit() else 0.0
    finally:
        response.close()
