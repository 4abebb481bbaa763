"""The inbox: who is heard, what is dropped, and what hostile servers send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from profiles import limits
from profiles.fediverse import addresses, inbox, remote
from profiles.limits import Limit
from profiles.models import (
    Delivery,
    FollowCount,
    IncomingActivity,
    OutgoingActivity,
    RemoteActor,
    RemoteFollow,
    RemoteServer,
)
from publications.models import Author
from tests.bzpeer.tls_site import moved, page
from tests.corpus import make_author, make_topic
from tests.profiles.fediverse_steps import BASE, INBOX, author, deliver, follow, say, site, undo
from tests.profiles.mastodon_site import HOST, Mastodon, key

__all__ = ["author", "site"]  # fixtures

pytestmark = pytest.mark.django_db


def follows() -> list[tuple[str, str]]:
    return [(row.actor.uri.rpartition("/")[2], row.target) for row in RemoteFollow.objects.select_related("actor")]


def answers() -> list[tuple[str, str]]:
    rows = Delivery.objects.order_by("pk").select_related("activity")
    return [(row.activity.body["type"], row.inbox) for row in rows if row.activity.body]


def test_a_follow_is_noted_and_accepted_and_its_undoing_ends_it(site: Mastodon, author: Author) -> None:
    said = follow(author)

    assert say(site, said) == 202
    assert follows() == [("ada", author.short_id)]
    assert answers() == [("Accept", f"https://{HOST}/users/ada/inbox")]
    assert (OutgoingActivity.objects.get().body or {})["object"] == said
    assert FollowCount.objects.get().remote == 1

    assert say(site, undo(said)) == 202
    assert (follows(), FollowCount.objects.get().remote) == ([], 0)


def test_the_actor_is_asked_for_once_with_a_signed_request(site: Mastodon, author: Author) -> None:
    say(site, follow(author))
    say(site, follow(make_topic()))

    assert site.requests == ["GET /users/ada"]
    known = RemoteActor.objects.get()
    assert (known.host, known.inbox, known.shared_inbox) == (
        HOST,
        f"https://{HOST}/users/ada/inbox",
        f"https://{HOST}/inbox",
    )


def test_a_replay_changes_nothing_and_a_follow_that_stands_is_accepted_again(site: Mastodon, author: Author) -> None:
    said = follow(author)
    body = json.dumps(said).encode()
    headers = site.signed(INBOX, body)
    for _twice in range(2):
        assert deliver(headers, body) == 202
        inbox.check_due()
        Delivery.objects.update(due_at=None)
    assert deliver(headers, body) == 202
    assert (follows(), len(answers())) == ([("ada", author.short_id)], 1)
    assert Delivery.objects.get().due_at is not None

    say(site, undo(said))
    assert deliver(headers, body) == 202
    inbox.check_due()

    assert follows() == []


def test_undoing_is_understood_by_the_id_of_the_follow_alone(site: Mastodon, author: Author) -> None:
    said = follow(author)
    say(site, said)
    say(site, {"id": f"https://{HOST}/u/2", "type": "Undo", "actor": said["actor"], "object": said["id"]})

    assert follows() == []


def test_nobody_ends_what_somebody_else_follows(site: Mastodon, author: Author) -> None:
    said = follow(author)
    say(site, said)
    say(site, follow(make_author("Other"), "ben"))
    theirs = {"id": f"https://{HOST}/u/3", "type": "Undo", "actor": f"https://{HOST}/users/ben", "object": said}

    say(site, theirs, "ben")
    assert ("ada", author.short_id) in follows()
    forged = undo(said)
    body = json.dumps(forged).encode()
    assert deliver(site.signed(INBOX, body, "ben"), body) == 202  # ada's words under ben's key
    inbox.check_due()

    assert ("ada", author.short_id) in follows()


@pytest.mark.parametrize("kind", ["Block", "Delete"])
def test_who_blocks_or_leaves_follows_no_more(site: Mastodon, author: Author, kind: str) -> None:
    said = follow(author)
    say(site, said)
    object = said["actor"] if kind == "Delete" else said["object"]

    assert say(site, {"id": f"https://{HOST}/d", "type": kind, "actor": said["actor"], "object": object}) == 202

    assert (follows(), RemoteActor.objects.exists()) == ([], kind == "Block")


def test_what_concerns_nobody_here_is_dropped_without_asking_anybody(site: Mastodon, author: Author) -> None:
    ada = f"https://{HOST}/users/ada"
    others: list[dict[str, Any]] = [
        {"type": "Create", "object": {"type": "Note", "content": "Hello"}},
        {"type": "Like", "object": addresses.actor(author.short_id)},
        {"type": "Follow", "object": "https://elsewhere.example/ap/A1"},
        {"type": "Delete", "object": ada},
        {"type": "Undo", "object": {"type": "Like", "id": f"https://{HOST}/1"}},
        {"type": "Undo", "object": 5},
        {"type": ["Follow"], "object": addresses.actor(author.short_id)},
    ]
    for number, said in enumerate(others):
        assert say(site, {"id": f"https://{HOST}/{number}", "actor": ada, **said}) == 202

    assert (site.requests, IncomingActivity.objects.count(), RemoteActor.objects.count()) == ([], 0, 0)


def test_a_follow_of_who_is_hidden_or_missing_is_not_answered(site: Mastodon, author: Author) -> None:
    Author.objects.update(hidden=True)
    missing = {**follow(author, number=2), "object": f"{BASE}/ap/A999999"}

    assert (say(site, follow(author)), say(site, missing)) == (202, 202)

    assert (follows(), answers()) == ([], [])


def test_who_was_merged_is_refused_and_says_where_to_go(site: Mastodon, author: Author) -> None:
    gone = make_author("J. Example", merged_into=author)

    say(site, follow(gone))

    assert (follows(), answers()) == ([], [("Reject", f"https://{HOST}/users/ada/inbox")])


# Hostile


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400),
        (b"nonsense", 400),
        (b'{"type": "Follow"}', 400),
        (b'{"type":"Follow","id":"x","actor":"y","object":"\xff"}', 400),
        (b"[" * 60_000, 400),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
        (b'{"id": "\\ud800", "type": "Follow", "actor": "https://social.example/users/ada"}', 400),
        (b'{"type": "Follow", "id": "' + b"a" * 65_536 + b'"}', 413),
    ],
)
def test_bodies_that_are_no_activity_are_refused(site: Mastodon, body: bytes, status: int) -> None:
    assert deliver(site.signed(INBOX, body), body) == status
    assert not IncomingActivity.objects.exists()


def test_requests_without_a_good_signature_are_refused_at_once(site: Mastodon, author: Author) -> None:
    body = json.dumps(follow(author)).encode()
    good = site.signed(INBOX, body)
    late = site.signed(INBOX, body, at=datetime.now(UTC) - timedelta(hours=2))

    assert deliver({}, body) == 401
    assert deliver({**good, "Signature": ""}, body) == 401
    assert deliver(good, body + b" ") == 401
    assert deliver(late, body) == 401
    assert deliver({**good, "Content-Type": "text/plain"}, body) == 415
    assert Client(HTTP_HOST="bzpeer.example").get("/ap/inbox", secure=True).status_code == 405
    assert (site.requests, IncomingActivity.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": "https://evil.example/users/ada"},
        {"id": "https://evil.example/1"},
        {"actor": "http://social.example/users/ada"},
        {"actor": "https://127.0.0.1/users/ada"},
        {"actor": "https://localhost/users/ada"},
    ],
)
def test_key_actor_and_activity_are_of_one_public_host(site: Mastodon, author: Author, changed: dict[str, str]) -> None:
    assert say(site, follow(author) | changed) == 401
    assert site.requests == []


def test_a_host_on_this_machine_is_never_asked(site: Mastodon, author: Author) -> None:
    site.addresses = {HOST: ["127.0.0.1"]}

    assert say(site, follow(author)) == 202

    assert (site.connected, follows()) == ([], [])
    assert IncomingActivity.objects.get().due_at is not None  # for later: the name may be put right


def spoiled(**changed: Any) -> bytes:
    return json.dumps(Mastodon().document("ada") | changed).encode()


LONG = {"id": f"https://{HOST}/users/ada#main-key", "owner": f"https://{HOST}/users/ada"}


@pytest.mark.parametrize(
    "answer",
    [
        page("", status="404 Not Found"),
        page("", status="410 Gone"),
        page("{broken"),
        page("[]"),
        page("[" * 100_000),
        page(spoiled(id=f"https://{HOST}/users/ben")),
        page(spoiled(type="Note")),
        page(spoiled(type=["Person"])),
        page(spoiled(publicKey=None)),
        page(spoiled(publicKey={**LONG, "publicKeyPem": "none"})),
        page(spoiled(publicKey={**LONG, "publicKeyPem": 5})),
        page(spoiled(publicKey={"id": LONG["id"], "owner": f"https://{HOST}/users/ben", "publicKeyPem": ""})),
        page(spoiled(inbox="https://evil.example/inbox")),
        page(spoiled(inbox="https://127.0.0.1/inbox")),
        page(spoiled(inbox=5)),
        page(spoiled(endpoints={"sharedInbox": "https://evil.example/inbox"})),
        moved("https://evil.example/users/ada"),
    ],
)
def test_actors_that_say_something_impossible_are_not_believed(site: Mastodon, author: Author, answer: bytes) -> None:
    site.pages[f"{HOST}/users/ada"] = answer
    site.pages["evil.example/users/ada"] = page(spoiled())

    assert say(site, follow(author)) == 202

    assert (follows(), RemoteActor.objects.count(), IncomingActivity.objects.count()) == ([], 0, 0)


def test_an_answer_without_end_is_not_read_to_its_end(site: Mastodon, author: Author) -> None:
    site.pages[f"{HOST}/users/ada"] = page(spoiled(name="a" * remote.LARGEST))

    say(site, follow(author))

    assert (follows(), IncomingActivity.objects.get().attempts) == ([], 1)


def test_another_key_than_the_actors_is_not_believed(site: Mastodon, author: Author) -> None:
    body = json.dumps(follow(author)).encode()
    headers = site.signed(INBOX, body)
    site.users["ada"] = key("another")  # what its server says now

    assert deliver(headers, body) == 202
    inbox.check_due()

    assert (follows(), RemoteActor.objects.count(), IncomingActivity.objects.count()) == ([], 0, 0)


def test_a_key_that_was_changed_is_asked_for_again_but_not_all_the_time(site: Mastodon, author: Author) -> None:
    say(site, follow(author))
    site.users["ada"] = key("another")
    assert say(site, follow(make_topic(), number=2)) == 202
    assert (len(follows()), len(site.requests)) == (1, 1)  # just asked: dropped

    RemoteActor.objects.update(fetched_at=timezone.now() - timedelta(hours=1))
    say(site, follow(make_topic(), number=3))

    assert (len(follows()), len(site.requests)) == (2, 2)


def test_a_server_that_does_not_answer_is_asked_a_few_times(site: Mastodon, author: Author) -> None:
    site.pages[f"{HOST}/users/ada"] = page("", status="503 No")
    say(site, follow(author))
    for _again in range(inbox.MOST_ATTEMPTS):
        IncomingActivity.objects.update(due_at=timezone.now())
        inbox.check_due()

    assert (len(site.requests), IncomingActivity.objects.count()) == (inbox.MOST_ATTEMPTS, 0)


def test_what_stopped_every_worker_is_dropped(site: Mastodon, author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*_arguments: object) -> None:
        raise RuntimeError

    body = json.dumps(follow(author)).encode()
    deliver(site.signed(INBOX, body), body)
    monkeypatch.setattr(remote, "fetch", stops)
    for _turn in range(inbox.MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            inbox.check_due()
        assert inbox.due_count() == 0  # held for a while
        IncomingActivity.objects.update(due_at=timezone.now())

    inbox.check_due()

    assert not IncomingActivity.objects.exists()


def test_servers_are_asked_and_heard_so_often_only(
    site: Mastodon, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "fediverse-actor", Limit(1, timedelta(hours=1)))
    monkeypatch.setitem(limits.LIMITS, "fediverse-follow", Limit(1, timedelta(hours=1)))

    assert (say(site, follow(author)), say(site, follow(author, "ben"))) == (202, 202)
    assert site.requests == ["GET /users/ada"]
    assert say(site, follow(make_topic(), number=2)) == 429
    assert follows() == [("ada", author.short_id)]


def test_a_client_that_posts_without_end_is_throttled(site: Mastodon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiles.fediverse.views.PER_CLIENT", 1)

    assert [deliver({}, b"{}") for _turn in range(2)] == [401, 429]


def test_a_server_that_speaks_is_no_longer_held_back(site: Mastodon, author: Author) -> None:
    RemoteServer.objects.create(host=HOST, failures=3, failing_since=timezone.now(), paused_until=timezone.now())

    say(site, follow(author))

    assert not RemoteServer.objects.exists()


def test_what_was_done_is_forgotten_after_a_day_and_who_follows_nobody(site: Mastodon, author: Author) -> None:
    said = follow(author)
    say(site, said)
    say(site, undo(said))
    IncomingActivity.objects.update(received_at=timezone.now() - timedelta(hours=25))
    RemoteActor.objects.update(fetched_at=timezone.now() - timedelta(hours=25))

    inbox.forget_old()

    assert (IncomingActivity.objects.count(), RemoteActor.objects.count()) == (0, 0)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "actor", "object"]),
        st.sampled_from(["Follow", "Undo", "Delete", "Block", "https://social.example/1", f"{BASE}/ap/A1"])
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "type", "object", "actor", "x"]), inner, max_size=3)
            ),
            max_leaves=5,
        ),
    )
)
def test_whatever_an_activity_looks_like_it_is_answered(site: Mastodon, said: dict[str, Any]) -> None:
    body = json.dumps(said).encode()
    assert deliver(site.signed(INBOX, body), body) in {202, 400, 401}
