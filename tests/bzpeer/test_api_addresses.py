"""Every address of the API under every method, without an account: open by list, closed by default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from graph import shares
from publications.models import Institution, Source
from tests.corpus import make_author, make_topic, make_work

OPEN = {
    tuple(line.split())
    for line in Path(__file__).with_name("open_api_addresses.txt").read_text().splitlines()
    if line and not line.startswith("#")
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, entry.namespace or namespace)
        else:
            yield namespace, entry


def api_names() -> set[str]:
    found = [entry for namespace, entry in patterns(get_resolver()) if namespace == "api"]
    assert all(entry.name for entry in found)
    return {str(entry.name) for entry in found}


@pytest.fixture
def addresses(db: None) -> dict[str, str]:
    """An address that leads somewhere for every name."""
    author = make_author()
    work, topic = make_work(authors=[author]), make_topic()
    place = Institution.objects.create(name="Institute", sort_key="institute")
    venue = Source.objects.create(name="Journal", sort_key="journal")
    keys: dict[str, list[Any]] = {
        "work": [work.short_id],
        "topic": [topic.short_id],
        "institution": [place.short_id],
        "source": [venue.short_id],
        "autocomplete": ["authors"],
        "claim": [1],
        "claim-evidence": [1],
        "claim-decision": [1],
        "invitation": [1],
        "invitation-fit": [1],
        "invitation-decline": [1],
        "conversation": [1],
        "conversation-messages": [1],
        "conversation-read": [1],
        "conversation-archive": [1],
        "block": [1],
        "report-decision": [1],
        "topic-follow": [topic.short_id],
        "institution-follow": [place.short_id],
        "source-follow": [venue.short_id],
        "my-feed-saved": [1],
    }
    found = {}
    for name in api_names() - {"unknown"}:
        args = keys.get(name, [author.short_id] if name.startswith("author") and name != "authors" else [])
        found[name] = reverse(f"api:{name}", args=args)
    found["graph"] += f"?root={author.short_id}"
    found["graph-slices"] += f"?roots={author.short_id}"
    found["graph-edge"] += f"?source={author.short_id}&target={topic.short_id}"
    found["graph-links"] += f"?code={shares.share(f'root={author.short_id}', client='one')[0].code}"
    found["graph-compare"] += f"?a={author.short_id}&b={make_author().short_id}"
    found["graph-path"] += f"?from={author.short_id}&to={make_author().short_id}"
    return found | {"unknown": "/api/v1/no/such/address"}


def test_only_what_is_listed_answers_without_an_account(client: Client, addresses: dict[str, str]) -> None:
    answered = set()
    for name, address in addresses.items():
        for method in METHODS:
            if method in ("HEAD", "OPTIONS"):
                continue
            status = client.generic(method, address).status_code
            assert status < 500, (method, address)
            if status < 300:
                answered.add((method, name))

    assert answered == OPEN


def test_every_refusal_is_a_problem(client: Client, addresses: dict[str, str]) -> None:
    for address in addresses.values():
        for method in METHODS:
            answer = client.generic(method, address)
            if answer.status_code >= 400 and method != "HEAD":
                assert answer["Content-Type"] == "application/problem+json", (method, address, answer.status_code)


@pytest.mark.parametrize("query", ["owner=me", "user__email=a", "group=1", "per_page=1000000000", "hidden=true"])
def test_no_address_takes_a_parameter_that_it_does_not_know(
    client: Client, addresses: dict[str, str], query: str
) -> None:
    for name, address in addresses.items():
        if name != "unknown":
            sign = "&" if "?" in address else "?"
            answer = client.get(f"{address}{sign}{query}")
            expected = (400,) if ("GET", name) in OPEN else (401, 405)
            assert answer.status_code in expected, (address, query)
