"""Fetching what people name: what is fetched, and that nothing leaves for anything that is not public."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from bzpeer.kit import safe_fetch
from bzpeer.kit.safe_fetch import Fetched, FetchRefused, Target, fetch, is_public, parse, post
from tests.bzpeer.tls_site import PUBLIC, Site, moved, page, running

HOME = "https://uni.example/~joan/"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with running(monkeypatch, "uni.example", "other.example") as site:
        yield site


def refusal(url: str, **limits: float) -> str:
    with pytest.raises(FetchRefused) as refused:
        fetch(url, **limits)  # type: ignore[arg-type]
    assert refused.value.reason in safe_fetch.REASONS
    return refused.value.reason


def test_a_page_is_fetched_with_its_certificate_and_says_who_asks(site: Site, settings: Settings) -> None:
    settings.BASE_URL = "https://bzpeer.example"
    site.pages["uni.example/~joan/?a=b%20c"] = page("<p>Joan</p>")

    found = fetch(f"{HOME}?a=b%20c#top")

    assert found == Fetched(f"{HOME}?a=b%20c", 200, "text/html; charset=utf-8", b"<p>Joan</p>")
    assert (site.resolved, site.connected) == (["uni.example"], [PUBLIC])
    assert site.requests == [
        "GET /~joan/?a=b%20c HTTP/1.1\r\nHost: uni.example\r\nUser-Agent: bzpeer (+https://bzpeer.example/)\r\n"
        "Accept: text/html,application/xhtml+xml\r\nAccept-Encoding: gzip, deflate\r\nConnection: close\r\n\r\n"
    ]


def test_proxies_of_the_environment_are_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["uni.example/~joan/"] = page("direct", "Set-Cookie: a=b")

    assert fetch(HOME).body == b"direct"
    assert fetch(HOME).body == b"direct"
    assert "Cookie" not in site.requests[1]


@pytest.mark.parametrize(
    "url",
    [
        "http://uni.example/", "ftp://uni.example/", "//uni.example/", "uni.example", "", "https:///x",
        "file:///etc/passwd",
        "https://joan@uni.example/", "https://a:b@uni.example/", "https://@uni.example/",
        "https://uni.example:8443/",
        "https://uni.example:80/", "https://uni.example:x/", "https://127.0.0.1/", "https://[::1]/",
        "https://0x7f.1/",
        "https://2130706433/", "https://0177.0.0.1/", "https://127.1/", "https://①②⑦.0.0.1/",
        "https://uni。example/",
        "https://ｕni.example/", "https://uni.example./", "https://localhost/", "https://box/",
        "https://a_b.example/",
        "https://db.internal/", "https://nas.local/", "https://x.localhost/", "https://-a.example/",
        "https://a..example/",
        "https://uni.example\\@evil.example/", "https://uni.example /", "https://uni.example/a b",
        "https://uni.ex\tample/",
        "https://uni.example/\r\nHost: evil", "https://uni.example/\0", "https://[fe80::1%25eth0]/",
        "https://x.home.arpa/",
        "https://93.184.216.34/", "https://1.2.3.0x4/", "https://xn--0.example/", "https://[v1.x]/", "https://]/",
        "https://uni.example/" + "a" * 2000, "https://" + "a." * 140 + "example/", "https://uni\u00ad.example/",
    ],
)  # fmt: skip
def test_no_packet_leaves_for_what_is_no_page_of_a_public_name(site: Site, url: str) -> None:
    assert refusal(url) in {"address", "not-public"}
    assert (site.resolved, site.connected, site.requests) == ([], [], [])


CLOSED = """
    127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
    100.127.255.255 192.0.0.1 192.0.0.8 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1
    239.255.255.250 240.0.0.1 255.255.255.255 192.88.99.1 192.31.196.1 192.52.193.1 192.175.48.1
    ::1 :: ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:93.184.216.34 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
    64:ff9b::a00:1 64:ff9b::5db8:d822 64:ff9b:1::7f00:1 64:ff9b:1:ffff::1 100::1 2001::1 2001:0:4136:e378::1 2001:2::1
    2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:a00:1::1 2002:5db8:d822::1 3fff::1 5f00::1 fc00::1 fd12::1
    fe80::1 fe80::1%eth0 2606:4700::1%eth0 febf::1 fec0::1 feff::1 ff02::1 ff0e::1 2620:4f:8000::1
    2606:4700::5efe:7f00:1 2606:4700::200:5efe:a00:1 4000::1 nonsense 127.1 0x7f000001
""".split()  # noqa: SIM905 - a table


@pytest.mark.parametrize("address", CLOSED)
def test_no_packet_leaves_for_an_address_that_is_not_public(site: Site, address: str) -> None:
    for addresses in ([address], [PUBLIC, address], [address, PUBLIC]):
        site.addresses = {"uni.example": addresses}
        assert refusal(HOME) == "not-public"

    assert (site.connected, site.requests) == ([], [])


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001::1", "100.128.0.1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_private(address: object) -> None:
    if is_public(str(address)):
        ip = ip_address(str(address))
        assert ip.is_global
        assert not any((ip.is_private, ip.is_loopback, ip.is_link_local, ip.is_multicast, ip.is_reserved))


def test_the_address_that_was_checked_is_the_one_connected_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that changes its mind is asked once only."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    network = safe_fetch.INTERNET
    changing = safe_fetch.Network(lambda _host: next(answers), network.connect, network.trust)
    monkeypatch.setattr(safe_fetch, "INTERNET", changing)
    site.pages["uni.example/~joan/"] = page("once")

    assert fetch(HOME).body == b"once"
    assert refusal(HOME) == "not-public"
    assert site.connected == [PUBLIC]


def test_redirects_are_followed_three_times_and_checked_each(site: Site) -> None:
    site.pages |= {
        "uni.example/1": moved("/2"),
        "uni.example/2": moved("https://other.example/3"),
        "other.example/3": moved("4?x"),
        "other.example/4?x": page("there"),
        "uni.example/0": moved("/1"),
    }

    assert fetch("https://uni.example/1") == Fetched(
        "https://other.example/4?x", 200, "text/html; charset=utf-8", b"there"
    )
    assert refusal("https://uni.example/0") == "too-many-redirects"
    assert site.resolved[:4] == ["uni.example", "uni.example", "other.example", "other.example"]


@pytest.mark.parametrize(
    "to",
    ["http://uni.example/", "https://127.0.0.1/", "https://inside.example/", "https://u@uni.example/", "//localhost/"],
)
def test_redirects_to_what_is_not_public_are_not_followed(site: Site, to: str) -> None:
    site.addresses = {"inside.example": ["10.0.0.1"]}
    site.pages["uni.example/~joan/"] = moved(to)

    assert refusal(HOME) in {"address", "not-public"}
    assert len(site.connected) == 1


def test_a_certificate_of_another_name_is_refused(site: Site) -> None:
    assert refusal("https://third.example/") == "certificate"
    assert site.requests == []


def test_an_authority_that_nobody_knows_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    network = safe_fetch.INTERNET
    usual = safe_fetch.Network(network.resolve, network.connect, ssl.create_default_context)
    monkeypatch.setattr(safe_fetch, "INTERNET", usual)

    assert refusal(HOME) == "certificate"


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", lambda raw: zlib.compress(raw)[2:-4])],
)
def test_packed_pages_are_unpacked_within_the_limit(site: Site, encoding: str, pack: object) -> None:
    text, bomb = b"<p>Joan</p>" * 1000, b"0" * 50_000_000
    site.pages["uni.example/~joan/"] = page(pack(text), f"Content-Encoding: {encoding}")  # type: ignore[operator]
    site.pages["uni.example/bomb"] = page(pack(bomb), f"Content-Encoding: {encoding}")  # type: ignore[operator]

    assert fetch(HOME).body == text
    assert refusal("https://uni.example/bomb") == "too-large"


def test_large_pages_are_refused_whatever_they_say_of_their_length(site: Site) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    site.pages["uni.example/stated"] = page(b"x" * 2_000_000)
    site.pages["uni.example/chunked"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 40
    site.pages["uni.example/endless"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000_000
    site.pages["uni.example/fits"] = page(b"x" * 1_000_000)

    assert [refusal(f"https://uni.example/{name}") for name in ("stated", "chunked", "endless")] == ["too-large"] * 3
    assert len(fetch("https://uni.example/fits").body) == 1_000_000


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n",
        page(b"x", "Content-Encoding: br"), page(b"not packed", "Content-Encoding: gzip"),
        page(b"x", "Content-Encoding: gzip, gzip"), b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_answers_that_are_no_proper_http_are_refused(site: Site, answer: bytes) -> None:
    site.pages["uni.example/~joan/"] = answer

    assert refusal(HOME) in {"unreadable", "unreachable"}


def _slowly(pieces: bytes) -> object:
    def answer(connection: ssl.SSLSocket) -> None:
        for piece in pieces:
            connection.sendall(bytes([piece]))
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n" * 20, b"HTTP/1.1 100 Continue\r\n\r\n" * 20, page("x" * 500)])
def test_slow_bytes_do_not_hold_us_up(site: Site, head: bytes) -> None:
    """Read to its end, each of these answers would be no HTTP, or a page."""
    site.pages["uni.example/~joan/"] = _slowly(head)  # type: ignore[assignment]

    assert refusal(HOME, seconds=0.6) == "too-slow"


def test_a_name_server_that_does_not_answer_does_not_hold_us_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = threading.Event()

    def asleep(_host: str) -> list[str]:
        refused.wait(60)
        return [PUBLIC]

    network = safe_fetch.INTERNET
    monkeypatch.setattr(safe_fetch, "INTERNET", safe_fetch.Network(asleep, network.connect, network.trust))

    assert refusal(HOME, seconds=0.3) == "too-slow"
    refused.set()
    assert site.connected == []


def test_what_is_sent_arrives_with_its_headers(site: Site, settings: Settings) -> None:
    settings.BASE_URL = "https://bzpeer.example"
    site.pages["uni.example/inbox"] = page("taken", status="202 Accepted")

    assert post("https://uni.example/inbox", b"{}", headers=lambda target: {"X-To": target.path}) == 202

    assert site.requests == [
        "POST /inbox HTTP/1.1\r\nHost: uni.example\r\nUser-Agent: bzpeer (+https://bzpeer.example/)\r\n"
        "X-To: /inbox\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    ]


def test_what_is_sent_follows_no_redirect_and_goes_nowhere_but_to_the_public_network(site: Site) -> None:
    site.pages["uni.example/inbox"] = moved("https://other.example/inbox")
    site.addresses = {"inside.example": ["10.0.0.1"]}

    assert post("https://uni.example/inbox", b"{}", headers=lambda _target: {}) == 302
    for url in ("https://inside.example/", "https://127.0.0.1/", "http://uni.example/"):
        with pytest.raises(FetchRefused):
            post(url, b"{}", headers=lambda _target: {})

    assert [line.split(" HTTP")[0] for line in site.requests] == ["POST /inbox"]


def test_a_header_of_two_lines_is_never_sent(site: Site) -> None:
    with pytest.raises(ValueError, match="one line"):
        post("https://uni.example/inbox", b"{}", headers=lambda _target: {"X-To": "a\r\nHost: evil.example"})
    assert site.connected == []


def test_names_in_every_script_become_ascii() -> None:
    assert parse("https://MÜNCHEN.example/ü?q=ö") == Target("xn--mnchen-3ya.example", "/%C3%BC?q=%C3%B6")
    assert parse("https://xn--mnchen-3ya.example").url == "https://xn--mnchen-3ya.example/"


@given(st.one_of(st.text(), st.text().map("https://{}".format), st.text().map("https://uni.example/{}".format)))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        target = parse(text)
    except FetchRefused:
        return
    assert target.url.isascii()
    assert not set(target.url) & set(" \r\n\\@") - set("@")
    assert parse(target.url) == target
