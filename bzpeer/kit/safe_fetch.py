"""Fetching a page that somebody named, so that nothing but public https servers can ever be reached by it.

What is sent to an address that somebody named goes the same way (`post`).
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

import idna
from django.conf import settings

MOST_REDIRECTS: Final = 3
LONGEST_URL: Final = 2_000
MOST_ADDRESSES: Final = 4  # of a host that are tried
CONNECT_SECONDS: Final = 3.0
PORT: Final = 443
PAGES: Final = "text/html,application/xhtml+xml"
_CHUNK: Final = 1 << 16


class FetchRefused(Exception):
    """Nothing was fetched. `reason` is one of REASONS; the message says more, for a log."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


REASONS: Final = (
    "address",  # no https address of a host by name on the usual port
    "not-public",  # the host, or one of its addresses, is not on the public network
    "unreachable",  # no such host, or nobody answers there
    "certificate",  # no TLS, or a certificate of somebody else
    "too-slow",
    "too-large",
    "too-many-redirects",
    "unreadable",  # no proper HTTP, or an encoding that was not asked for
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is where it was found after redirects; `content_type` as stated, in lower case; `body` unpacked."""

    url: str
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Network:
    """How the world is reached; tests bring one that ends on this machine."""

    resolve: Callable[[str], Sequence[str]]
    connect: Callable[[str, float], socket.socket]  # address, seconds
    trust: Callable[[], ssl.SSLContext]


Headers = Callable[["Target"], Mapping[str, str]]  # what else to send there, such as a signature of the request


def fetch(
    url: str,
    *,
    max_bytes: int = 1_000_000,
    seconds: float = 8.0,
    accept: str = PAGES,
    headers: Headers | None = None,
    stays: bool = False,
) -> Fetched:
    """GET a page; raises FetchRefused. Every redirect is checked as the first address was; with `stays` it may not
    lead to another host."""
    deadline, first = _Deadline(seconds), parse(url).host
    for _turn in range(MOST_REDIRECTS + 1):
        target = parse(url)
        if stays and target.host != first:
            raise FetchRefused("address", "it leads to another host")
        more = {"Accept": accept, "Accept-Encoding": "gzip, deflate", **(headers(target) if headers else {})}
        request = _head("GET", target, more)
        with _opened(target, deadline) as connection:
            answer = _ask(connection, request, deadline)
            location = answer.getheader("Location", "")
            if answer.status not in {301, 302, 303, 307, 308} or not location:
                body = _body(answer, max_bytes)
                return Fetched(target.url, answer.status, answer.getheader("Content-Type", "").lower(), body)
        url = _joined(target.url, location)
    raise FetchRefused("too-many-redirects", f"more than {MOST_REDIRECTS}")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchRefused("address", str(error)) from error


def post(url: str, body: bytes, *, headers: Headers, seconds: float = 10.0) -> int:
    """POST there and return the status; raises FetchRefused. Nothing follows a redirect, no answer is read."""
    deadline, target = _Deadline(seconds), parse(url)
    request = _head("POST", target, {**headers(target), "Content-Length": str(len(body))}) + body
    with _opened(target, deadline) as connection:
        return _ask(connection, request, deadline).status


# ---------------------------------------------------------------- addresses of pages


@dataclass(frozen=True, slots=True)
class Target:
    """A page to fetch; `host` in lower-case ASCII, `path` percent-encoded with its query."""

    host: str
    path: str

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


_SPECIAL: Final = re.compile(
    r"(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|onion|test|invalid|arpa|alt)$"
)
_PATH_SAFE: Final = "/%:@!$&'()*+,;=-._~"


def parse(url: str) -> Target:
    """Take an address apart; raises FetchRefused("address") unless it is plain https on the usual port, by name."""
    if len(url) > LONGEST_URL or re.search(r"[\s\\\x00-\x20\x7f]", url):
        raise FetchRefused("address", "too long, or with blanks or backslashes in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchRefused("address", str(error)) from error
    if parts.scheme != "https" or re.search(r"[@\[\]]", parts.netloc) or port not in {None, PORT}:
        raise FetchRefused("address", "not https, with credentials, or another port")
    query = f"?{quote(parts.query, safe=_PATH_SAFE + '?')}" if parts.query else ""
    return Target(normal_host(parts.hostname or ""), (quote(parts.path, safe=_PATH_SAFE) or "/") + query)


def normal_host(host: str) -> str:
    """A host's name in ASCII (punycode); raises FetchRefused for numbers and for names that normalising would change.

    Only capitals are folded: "①②⑦.0.0.1" would turn into an address, "uni。edu" into another name.
    """
    host = host.lower()
    try:
        unchanged = idna.uts46_remap(host) == host
        ascii_host = idna.encode(host, strict=True, std3_rules=True).decode() if unchanged else ""
    except (idna.IDNAError, UnicodeError, IndexError) as error:
        raise FetchRefused("address", f"{host!r} is no name of a host") from error
    if "." not in ascii_host or ascii_host.endswith(".") or re.search(r"\.(?:[0-9]+|0x[0-9a-f]*)$", ascii_host):
        raise FetchRefused("address", f"{host!r} is no full name of a host")
    if _SPECIAL.search(ascii_host):
        raise FetchRefused("not-public", f"{host!r} is no public name")
    return ascii_host


# ---------------------------------------------------------------- addresses of machines

# Special-purpose registries of IANA: what is not for everybody, and what leads into another address.
_CLOSED_4: Final = [
    *map(IPv4Network, ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12")),
    *map(IPv4Network, ("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24")),
    *map(IPv4Network, ("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24")),
    IPv4Network("224.0.0.0/3"),  # multicast, reserved, broadcast
]
_OPEN_6: Final = IPv6Network("2000::/3")  # outside it: mapped, compatible, NAT64, unique local, site-local, multicast
_CLOSED_6: Final = [  # Teredo, documentation, 6to4, servers of the black hole of reverse lookups, documentation
    *map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
]


def is_public(address: str) -> bool:
    """Whether an address is one of the public network and nothing else; stricter than `ip_address(…).is_global`."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return ip.is_global and not any(ip in network for network in _CLOSED_4)
    return _is_public_6(ip)


def _is_public_6(ip: IPv6Address) -> bool:
    isatap = (int(ip) >> 32) & 0xFDFFFFFF == 0x00005EFE  # the last 32 bits are an IPv4 address
    is_open = ip in _OPEN_6 and not any(ip in network for network in _CLOSED_6)
    return ip.scope_id is None and ip.is_global and is_open and not isatap


def _public_addresses(host: str, deadline: _Deadline) -> Sequence[str]:
    """Every address of the host, asked for once; raises FetchRefused unless all are public."""
    found: list[Sequence[str] | OSError | UnicodeError] = []

    def resolve() -> None:
        try:
            found.append(INTERNET.resolve(host))
        except (OSError, UnicodeError) as error:
            found.append(error)

    asking = threading.Thread(target=resolve, daemon=True)  # getaddrinfo knows no time limit
    asking.start()
    asking.join(deadline.left())
    if not found:
        raise FetchRefused("too-slow", f"the name {host} is not resolved in time")
    addresses = found[0]
    if isinstance(addresses, Exception) or not addresses:
        raise FetchRefused("unreachable", f"no such host: {host}")
    if closed := [address for address in addresses if not is_public(address)]:
        raise FetchRefused("not-public", f"{host} is {closed[0]}")
    return addresses[:MOST_ADDRESSES]


def _system_resolve(host: str) -> list[str]:
    """All addresses by the system's resolver; the dot at the end keeps its search list and hosts file out."""
    found = socket.getaddrinfo(f"{host}.", PORT, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _system_connect(address: str, seconds: float) -> socket.socket:
    return socket.create_connection((address, PORT), timeout=seconds)


@cache
def _system_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


INTERNET: Network = Network(_system_resolve, _system_connect, _system_trust)


# ---------------------------------------------------------------- asking


class _Deadline:
    """The end of the whole fetch, however many pieces it comes in."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise FetchRefused("too-slow")
        return left


class _Timed(io.RawIOBase):
    """A socket to read from that counts against the deadline, as http.client wants it."""

    def __init__(self, connection: ssl.SSLSocket, deadline: _Deadline) -> None:
        self.connection, self.deadline = connection, deadline

    def makefile(self, _mode: str) -> io.BufferedReader[Any]:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(self.deadline.left())
        try:
            return self.connection.recv_into(buffer)
        except TimeoutError as error:
            raise FetchRefused("too-slow") from error
        except ssl.SSLError as error:
            raise FetchRefused("certificate", str(error)) from error
        except OSError as error:
            raise FetchRefused("unreachable", str(error)) from error


def _opened(target: Target, deadline: _Deadline) -> ssl.SSLSocket:
    """A TLS connection to the very address that was checked, with the certificate of the name."""
    addresses = _public_addresses(target.host, deadline)
    error: FetchRefused | None = None
    for address in addresses:
        try:
            return _connect(address, target.host, deadline)
        except FetchRefused as refused:
            error = refused
    assert error is not None
    raise error


def _connect(address: str, host: str, deadline: _Deadline) -> ssl.SSLSocket:
    try:
        plain = INTERNET.connect(address, min(CONNECT_SECONDS, deadline.left()))
    except TimeoutError as error:
        raise FetchRefused("too-slow", f"connecting to {host}") from error
    except OSError as error:
        raise FetchRefused("unreachable", f"{host}: {error}") from error
    try:
        plain.settimeout(deadline.left())
        return INTERNET.trust().wrap_socket(plain, server_hostname=host)
    except BaseException as error:
        plain.close()
        if isinstance(error, TimeoutError):
            raise FetchRefused("too-slow", f"greeting {host}") from error
        if isinstance(error, OSError):
            raise FetchRefused("certificate", f"{host}: {error}") from error
        raise


def _ask(connection: ssl.SSLSocket, request: bytes, deadline: _Deadline) -> http.client.HTTPResponse:
    answer = http.client.HTTPResponse(_Timed(connection, deadline))  # type: ignore[arg-type] # by makefile
    try:
        connection.settimeout(deadline.left())
        connection.sendall(request)
        answer.begin()
    except http.client.HTTPException as error:
        raise FetchRefused("unreadable", repr(error)) from error
    except OSError as error:
        raise FetchRefused("unreachable", str(error)) from error
    return answer


def _head(method: str, target: Target, more: Mapping[str, str]) -> bytes:
    agent = f"bzpeer (+{settings.BASE_URL}/)"
    headers = {"Host": target.host, "User-Agent": agent, **more, "Connection": "close"}
    if any(re.search(r"[\r\n\0]", f"{name}{value}") for name, value in headers.items()):
        raise ValueError("A header is one line.")
    lines = [f"{method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _body(answer: http.client.HTTPResponse, most: int) -> bytes:
    """The body, unpacked as it comes: neither what comes nor what it unpacks to may be larger than `most`."""
    unpack = _unpacker(answer.getheader("Content-Encoding", "").strip().lower())
    received, body = 0, bytearray()
    try:
        while piece := answer.read1(_CHUNK):
            received += len(piece)
            body += unpack(piece, most + 1 - len(body))
            if received > most or len(body) > most:
                raise FetchRefused("too-large", f"more than {most} bytes")
    except (http.client.HTTPException, ValueError, zlib.error) as error:
        raise FetchRefused("unreadable", repr(error)) from error
    if answer.length:
        raise FetchRefused("unreadable", "the answer was cut short")
    return bytes(body)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """A function of a piece and the most bytes to give back."""
    if encoding in {"", "identity"}:
        return lambda piece, _most: piece
    if encoding in {"gzip", "x-gzip"}:
        return zlib.decompressobj(wbits=31).decompress
    if encoding == "deflate":
        return _Deflate().decompress
    raise FetchRefused("unreadable", f"encoded as {encoding[:40]!r}")


class _Deflate:
    """What servers mean by deflate: zlib's format, or bare."""

    def __init__(self) -> None:
        self.inner: Any = None

    def decompress(self, piece: bytes, most: int) -> bytes:
        if self.inner is None:
            self.inner = zlib.decompressobj(wbits=15 if piece[0] & 0x0F == 8 else -15)
        unpacked: bytes = self.inner.decompress(piece, most)
        return unpacked
