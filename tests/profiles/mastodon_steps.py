"""What people on a Mastodon-shaped server do beside our running site, and what our worker does within a minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from profiles import tasks
from profiles.fediverse import addresses
from profiles.models import Delivery, RemoteServer
from publications.models import Author, Work
from publications.signals import corpus_changed
from tests.bzpeer.tls_site import running
from tests.corpus import make_work
from tests.profiles.mastodon_site import HOST, Mastodon


@pytest.fixture
def mastodon(
    live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, empty_cache: None
) -> Iterator[Mastodon]:
    settings.BASE_URL, settings.FEDIVERSE = live_server.url, True
    with running(monkeypatch, HOST, site=Mastodon()) as site:
        assert isinstance(site, Mastodon)
        yield site


def run_queue() -> None:
    """What the worker does within a minute."""
    for task in (
        tasks.check_fediverse,
        tasks.deliver_news,
        tasks.sweep_fediverse,
        tasks.deliver_to_fediverse,
    ):
        task()


def arrive(title: str, *authors: Author) -> Work:
    work = make_work(title, authors=list(authors), publication_date=timezone.now().date(), year=timezone.now().year)
    corpus_changed.send(sender=None, author_ids=[], work_ids=[work.pk], cause="import")
    return work


def followed(mastodon: Mastodon, author: Author, user: str = "ada") -> str:
    follow = mastodon.follow(mastodon.look_up(addresses.handle(author.short_id)), user)
    run_queue()
    assert mastodon.follows[user, addresses.actor(author.short_id)] == "accepted"
    return follow


def titles(mastodon: Mastodon) -> list[str]:
    return [status["url"].rstrip("/").rpartition("/")[2] for status in mastodon.statuses.values()]


def make_due() -> None:
    Delivery.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    RemoteServer.objects.update(paused_until=timezone.now())
