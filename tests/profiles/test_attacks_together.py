"""Attacks on direct collaboration, notices and exports: what is asked by number or text, and who is told what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from profiles.account import account_data
from profiles.collaborating import blocks, collaboration
from profiles.models import Invitation, Notification, User
from publications.models import Author
from tests.corpus import make_author
from tests.profiles.collaboration_steps import invited, joan, olive, says, side_of, talking
from tests.profiles.moderation_steps import logged_in

__all__ = ["joan", "olive"]  # fixtures

pytestmark = pytest.mark.django_db
HUGE = 10**30


def post(client: Client, path: str, body: Any, method: str = "post") -> Any:
    return getattr(client, method)(path, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(
    "path",
    [
        "/collaboration/?q=%00",
        "/collaboration/?q=a%00b&state=answered",
        "/collaboration/conversations/?q=%00",
        "/collaboration/conversations/?q=%F0%9F%98%80+%E2%80%AE",
        "/collaboration/?page=99999999999999999999999",
        f"/collaboration/invitations/{HUGE}/",
        f"/collaboration/conversations/{HUGE}/",
        f"/collaboration/report/message/{HUGE}/",
        "/following/?q=%00",
        "/following/?page=99999999999999999999999",
        "/feed/?of=A%00&type=%00&view=%00&before=99999999999999999999",
        "/feed/?view=saved&before=999999999999999999",
        "/notifications/?group=%00&page=99999999999999999999",
        "/api/v1/me/follows?search=%00",
        "/api/v1/me/feed?of=A999999999999999999",
    ],
)
def test_no_address_makes_a_page_fail(joan: tuple[User, Author], path: str) -> None:
    assert logged_in(joan[0]).get(path).status_code in {200, 400, 404}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/api/v1/me/notifications/read", {"ids": [HUGE]}),
        ("post", "/api/v1/me/notifications/read", {"ids": [-HUGE]}),
        ("post", "/api/v1/me/feed/read", {"up_to": -HUGE}),
        ("post", "/api/v1/invitations", {"author": "A\0", "purpose": "\0", "message": "a\ud800\0"}),
        ("post", "/api/v1/invitations", {"author": "\0", "purpose": "data", "message": "x"}),
        ("post", "/api/v1/invitations", {"author": "\ud800", "purpose": "data", "message": "x"}),
        ("post", "/api/v1/invitations", {"author": "10.1000/\0", "purpose": "data", "message": "x"}),
        ("post", "/api/v1/invitations", {"author": "A9" * 9000, "purpose": "data", "message": "x"}),
        ("post", "/api/v1/invitations", {"author": "A999999999999999999999", "purpose": "data", "message": "x"}),
        ("post", "/api/v1/conversations", {"invitation": HUGE}),
        ("post", "/api/v1/blocks", {"invitation": -HUGE}),
        ("delete", f"/api/v1/blocks/{HUGE}", {}),
        ("put", f"/api/v1/me/feed/{HUGE}/saved", {}),
        ("post", "/api/v1/reports", {"message": HUGE, "reason": "\0"}),
        ("patch", "/api/v1/me/subscription", {"digest": "\0"}),
        ("patch", "/api/v1/me/subscription", {"notices": {"\ud800": {}}}),
        ("post", "/api/v1/reports", {"message": 1, "reason": "\ud800"}),
        ("post", "/api/v1/reports", {"\ud800": 1}),
    ],
)
def test_no_body_makes_the_api_fail(joan: tuple[User, Author], method: str, path: str, body: Any) -> None:
    client = Client(raise_request_exception=True)
    client.force_login(joan[0])
    sent = getattr(client, method)(path, json.dumps(body), content_type="application/json", headers={"If-Match": "*"})
    assert sent.status_code in {200, 204, 400, 401, 403, 404}


def test_references_of_an_invitation_are_ids_or_a_400(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    said = {"author": olive[1].short_id, "purpose": "data", "message": "x"}
    keys: list[Any] = ["\0", "W\0", "\ud800", "W" + "9" * 200, "10.1000/\0", "arXiv:\0", {}, None, HUGE]
    for key in keys:
        client = logged_in(joan[0])
        answer = client.post(
            "/api/v1/invitations", json.dumps(said | {"works": [key]}), content_type="application/json"
        )
        assert answer.status_code == 400, key


def test_searching_in_the_form_takes_any_text(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    path = f"/collaboration/invite/{olive[1].short_id}/"
    for typed in ("\0", "a\0b", "%_\\", "\u202e", "x" * 5000):
        given = {"act": "find", "find": typed, "message": "\0", "key": "\0", "purpose": "\0", "more": "W1\0"}
        assert logged_in(joan[0]).post(path, given).status_code == 200


@pytest.mark.parametrize("wanted", ["conversation", "zzz", "..", "//evil.example", "https:evil", "\\\\evil", "a\r\nb"])
def test_wherever_a_form_wants_to_go_it_stays_here(joan: tuple[User, Author], wanted: str) -> None:
    client, other = logged_in(joan[0]), make_author()
    for path in (f"/follow/{other.short_id}/", "/following/act/", "/feed/read/"):
        answer = client.post(path, {"next": wanted, "target": other.short_id, "act": "mute"})
        if answer.status_code != 404:
            assert answer.status_code == 302
            assert not answer["Location"].startswith(("//", "https:", "\\"))


# Who is told what


def test_a_declined_invitation_looks_the_same_whether_one_was_blocked(
    joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    row = invited(joan[0], olive[1])
    path = f"/collaboration/invitations/{row.pk}/decline/"

    assert logged_in(olive[0]).post(path, {"reason": "", "text": ""}).status_code == 302
    declined = Invitation.objects.get(pk=row.pk)
    told = Notification.objects.filter(user=joan[0], kind="invitation-declined").values_list("params", flat=True)
    said = [{name: value for name, value in params.items() if "id" not in name and name != "url"} for params in told]

    Invitation.objects.filter(pk=row.pk).update(created_at="2020-01-01T00:00Z", answered_at="2020-01-01T00:00Z")
    again = invited(joan[0], olive[1], key="again")
    blocks.block_sender(invitation=again, by=olive[0])
    blocked = Invitation.objects.get(pk=again.pk)
    newest = Notification.objects.filter(user=joan[0], kind="invitation-declined").latest("pk").params

    assert (blocked.status, blocked.decline_reason) == (declined.status, declined.decline_reason)
    assert [{name: value for name, value in newest.items() if "id" not in name and name != "url"}] == said


def test_an_export_names_nobody_who_was_hidden(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    talk = talking(olive[0], joan[0], joan[1])
    says(olive[0], talk, "Hello")
    blocks.block_other(side=side_of(joan[0], talk), by=joan[0])
    followed = make_author("Canary Followed")
    joan[0].follows.create(author=followed)
    Author.objects.filter(pk=olive[1].pk).update(display_name="Canary Olive")
    Notification.objects.filter(params__author="Olive Other").update(
        params={"author": "Canary Olive", "author_id": olive[1].pk}
    )
    Author.objects.filter(display_name__startswith="Canary").update(hidden=True)

    assert "Canary" not in json.dumps(account_data.export(joan[0]), default=str)


def test_nobody_who_left_for_good_is_found_by_name(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    talking(olive[0], joan[0], joan[1])
    reader = logged_in(joan[0])
    account_data.delete(by=olive[0])

    for path in ("/collaboration/conversations/?q=Olive", "/collaboration/?state=answered&q=Olive"):
        assert "Former member" not in reader.get(path).content.decode()


def test_old_notices_name_nobody_whose_record_was_merged_into_a_hidden_one(
    joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    invited(olive[0], joan[1])
    reader = logged_in(joan[0])
    paths = ("/notifications/", "/api/v1/me/notifications")
    assert [b"Olive Other" in reader.get(path).content for path in paths] == [True, True]

    survivor = make_author("O. Other")
    Author.objects.filter(pk=olive[1].pk).update(merged_into=survivor)
    collaboration.carry_over([olive[1].pk])
    Author.objects.filter(pk=survivor.pk).update(hidden=True)

    assert [b"Olive Other" in reader.get(path).content for path in (*paths, "/collaboration/")] == [False] * 3
    assert "Olive" not in json.dumps(account_data.export(joan[0]), default=str)
