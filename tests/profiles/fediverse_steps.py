"""What other servers do, for tests: asking, following, posting to an inbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from profiles.fediverse import addresses, inbox
from profiles.models import RemoteActor, RemoteFollow
from publications.models import Author, Topic
from tests.bzpeer.tls_site import running
from tests.corpus import make_author
from tests.profiles.mastodon_site import ACTIVITY as AP
from tests.profiles.mastodon_site import HOST, Mastodon

BASE = "https://bzpeer.example"
INBOX = f"{BASE}/ap/inbox"


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch, empty_cache: None) -> Iterator[Mastodon]:
    """A server of the Fediverse beside ours, reached by two names."""
    settings.BASE_URL, settings.FEDIVERSE, settings.ALLOWED_HOSTS = BASE, True, ["bzpeer.example"]
    with running(monkeypatch, HOST, "evil.example", site=Mastodon()) as site:
        assert isinstance(site, Mastodon)
        yield site


@pytest.fixture
def author() -> Author:
    return make_author()


def finger(client: Client, resource: str) -> Any:
    return client.get("/.well-known/webfinger", {"resource": resource})


def fetched(client: Client, path: str, accept: str = AP) -> Any:
    return client.get(path.removeprefix(BASE), headers={"Accept": accept})


def remote_follow(entity: Author | Topic, host: str = "social.example", name: str = "ada") -> RemoteFollow:
    uri = f"https://{host}/users/{name}"
    facts = {
        "host": host,
        "key_id": f"{uri}#main-key",
        "inbox": f"{uri}/inbox",
        "shared_inbox": f"https://{host}/inbox",
    }
    actor = RemoteActor.objects.get_or_create(uri=uri, defaults=facts)[0]
    key = "author" if isinstance(entity, Author) else "topic"
    return RemoteFollow.objects.create(actor=actor, activity_uri=f"{uri}/1", **{key: entity})


def deliver(headers: dict[str, str], body: bytes, path: str = "/ap/inbox") -> int:
    sent = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if name != "Content-Type"
    }
    kind = headers.get("Content-Type", AP)
    client = Client(HTTP_HOST="bzpeer.example")
    return client.generic("POST", path, body, content_type=kind, **sent).status_code  # type: ignore[arg-type]


def say(site: Mastodon, said: dict[str, Any], user: str = "ada") -> int:
    body = json.dumps(said).encode()
    status = deliver(site.signed(INBOX, body, user), body)
    inbox.check_due()
    return status


def follow(author: Any, user: str = "ada", number: int = 1) -> dict[str, Any]:
    actor = f"https://{HOST}/users/{user}"
    return {
        "id": f"https://{HOST}/{user}/{number}",
        "type": "Follow",
        "actor": actor,
        "object": addresses.actor(author.short_id),
    }


def undo(said: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"{said['id']}/undo", "type": "Undo", "actor": said["actor"], "object": said}
