"""The queue of unchecked activities: whatever floods it, others keep their place and their turn."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from profiles import limits
from profiles.fediverse import inbox, waiting
from profiles.limits import Limit
from profiles.models import IncomingActivity
from publications.models import Author
from tests.profiles.fediverse_steps import INBOX, author, deliver, follow, remote_follow, site
from tests.profiles.mastodon_site import HOST, Mastodon

__all__ = ["author", "site"]  # fixtures

pytestmark = pytest.mark.django_db


def post(author: Author, host: str, number: int = 1) -> int:
    """A Follow that a server with this name signs, whose key nobody knows yet."""
    said = follow(author, number=number)
    body = json.dumps(said).replace(HOST, host).encode()
    return deliver(Mastodon(host=host).signed(INBOX, body), body)


def waits() -> list[tuple[str, int]]:
    rows = IncomingActivity.objects.order_by("pk").values_list("domain", "uri")
    return [(domain, int(uri.rpartition("/")[2])) for domain, uri in rows]


def test_all_names_below_a_registered_domain_share_its_places(
    site: Mastodon, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_OF_DOMAIN", 2)

    assert [post(author, f"{name}.evil.co.uk") for name in ("a", "b", "c.d")] == [202, 202, 503]
    assert [post(author, f"{name}.duckdns.org") for name in ("a", "b", "c")] == [202, 202, 503]
    assert post(author, "other.co.uk") == 202


def test_a_flood_from_many_domains_shuts_no_other_out(
    site: Mastodon, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST", 5)
    for number in (1, 2, 3):
        assert post(author, "flood.example", number) == 202
    for number in (4, 5):
        assert post(author, "torrent.example", number) == 202

    assert post(author, HOST, 6) == 202
    assert post(author, HOST, 7) == 503  # its share is as large as the others'
    assert post(author, "flood.example", 8) == 503

    assert waits() == [
        ("flood.example", 1),
        ("flood.example", 2),
        ("torrent.example", 4),
        ("torrent.example", 5),
        (HOST, 6),
    ]


def test_whoever_follows_already_has_room_before_any_number_of_strangers(
    site: Mastodon, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST", 3)
    remote_follow(author)
    for number in (1, 2, 3):
        assert post(author, f"stranger{number}.example", number) == 202
    assert post(author, "stranger4.example", 4) == 503

    assert [post(author, HOST, number) for number in (5, 6, 7)] == [202, 202, 202]

    assert waits() == [(HOST, 5), (HOST, 6), (HOST, 7)]
    assert post(author, "stranger1.example", 8) == 503


def test_domains_are_drawn_by_lot_so_nobody_waits_for_the_end_of_a_flood(site: Mastodon, author: Author) -> None:
    rows = [IncomingActivity(kind="Follow", uri=f"{n}", actor_uri="x", domain="flood.example") for n in range(200)]
    IncomingActivity.objects.bulk_create(rows)
    post(author, HOST)

    drawn = [item.domain for item in (waiting.take() for _turn in range(64)) if item]

    assert (len(drawn), drawn.count(HOST)) == (64, 1)  # not at all: once in 2 ** 64 runs


def test_a_worker_that_holds_the_oldest_leaves_the_others_to_be_taken(site: Mastodon, author: Author) -> None:
    post(author, HOST, 1)
    post(author, "other.example", 2)

    assert {item.domain for item in (waiting.take(), waiting.take()) if item} == {HOST, "other.example"}
    assert waiting.take() is None


def test_documents_are_asked_of_a_domain_so_often_only(
    site: Mastodon, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "fediverse-actor", Limit(1, timedelta(hours=1)))
    for name in ("a", "b", "c"):
        assert post(author, f"{name}.evil.example") == 202

    inbox.check_due()

    assert len(site.connected) <= 1
    assert len([host for host in site.resolved if host.endswith("evil.example")]) == 1
