"""Notifications and the digest over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from profiles.models import User
from profiles.notifying import notices, subscriptions
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db

LIST, READ, SUBSCRIPTION = "/api/v1/me/notifications", "/api/v1/me/notifications/read", "/api/v1/me/subscription"


@pytest.fixture
def joan(client: Client) -> User:
    user = make_user("Joan Example")
    client.force_login(user)
    return user


def tell(user: User, count: int = 1) -> list[int]:
    for number in range(count):
        notices.tell(user, "vouched", author=f"Joan {number}", count=1, url="/authors/A1/claim/")
    return [notice.pk for notice in notices.latest(user)]


def patch(client: Client, body: Any, etag: str | None = "") -> Any:
    """With the ETag that holds now, another one, or none."""
    known = client.get(SUBSCRIPTION)["ETag"] if etag == "" else etag
    headers = {"If-Match": known} if known else {}
    return client.patch(SUBSCRIPTION, body, content_type="application/json", headers=headers)


def test_notices_are_read_by_cursor_latest_first(client: Client, joan: User) -> None:
    pks = tell(joan, 3)
    notices.tell(joan, "claim-rejected", author="Ann Other", reason="Because.")
    tell(make_user())

    first = client.get(f"{LIST}?group=vouches&per_page=2&cursor=*").json()
    rest = client.get(f"{LIST}?group=vouches&per_page=2&cursor={first['meta']['next_cursor']}").json()

    assert [row["id"] for row in first["results"] + rest["results"]] == pks
    assert rest["meta"]["next_cursor"] is None
    assert {name: value for name, value in first["results"][0].items() if name not in ("id", "created_date")} == {
        "kind": "vouched",
        "group": "vouches",
        "title": "Somebody vouched for you as Joan 2",
        "text": "1 of 3 vouches hold.",
        "url": "/authors/A1/claim/",
        "read_date": None,
    }


def test_they_are_marked_as_read_and_unread(client: Client, joan: User) -> None:
    pks, others = tell(joan, 3), tell(make_user())

    def mark(**body: Any) -> Any:
        return client.post(READ, body, content_type="application/json").json()

    assert mark(ids=[pks[0], *others]) == {"marked": 1, "unread": 2}
    assert mark() == {"marked": 2, "unread": 0}
    assert mark(ids=pks[:1], read=False) == {"marked": 1, "unread": 1}
    assert [row["id"] for row in client.get(f"{LIST}?unread=true").json()["results"]] == pks[:1]
    assert mark(read=False)["errors"][0]["pointer"] == "#/ids"
    assert mark(ids=["x"])["status"] == 400
    assert mark(ids=list(range(101)))["status"] == 400


def test_unknown_parameters_and_groups_are_refused(client: Client, joan: User) -> None:
    answers = [client.get(f"{LIST}?{query}") for query in ("group=x", "unread=1", "kind=vouched", "cursor=x")]

    assert [answer.status_code for answer in answers] == [400] * 4


def test_the_digest_and_wishes_are_read_and_changed_with_the_version(client: Client, joan: User) -> None:
    before = client.get(SUBSCRIPTION)
    changed = patch(client, {"digest": "weekly", "notices": {"messages": {"by_mail": False}}}, before["ETag"])
    stale = patch(client, {"digest": "off"}, before["ETag"])

    assert (before.json()["digest"], before.json()["digest_due_date"], before.json()["time_zone"]) == (
        "off",
        None,
        "UTC",
    )
    assert (changed.status_code, changed.json()["digest"]) == (200, "weekly")
    assert changed.json()["notices"]["messages"] == {"title": "Messages", "in_app": True, "by_mail": False}
    assert changed["ETag"] == client.get(SUBSCRIPTION)["ETag"]
    assert (stale.status_code, patch(client, {}, None).status_code) == (412, 428)
    assert subscriptions.of(joan).digest == "weekly"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"digest": "hourly"}, "#/digest"),
        ({"digest": 1}, "#/digest"),
        ({"notices": {"x": {}}}, "#/notices/x"),
        ({"notices": {"messages": {"in_app": 1}}}, "#/notices/messages"),
        ({"notices": {"messages": {"sms": True}}}, "#/notices/messages"),
        ({"notices": {"claims": {"in_app": False}}}, "#/notices"),
        ({"time_zone": "UTC"}, "#/time_zone"),
    ],
)
def test_a_wrong_change_is_refused_whole(client: Client, joan: User, body: Any, pointer: str) -> None:
    answer = patch(client, {"digest": "daily"} | body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
    assert subscriptions.of(joan).digest == "off"


def test_changes_need_a_token_of_this_site(joan: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(joan)

    assert careful.post(READ, {}, content_type="application/json").status_code == 403
    assert patch(careful, {"digest": "daily"}).status_code == 403
