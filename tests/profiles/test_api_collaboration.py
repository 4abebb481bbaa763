"""Direct collaboration over the API: invited, answered, written, blocked, reported; nothing of it for others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from graph import edges
from profiles.collaborating import collaboration
from profiles.models import Conversation, Invitation, Message, User
from tests.corpus import make_topic, make_work
from tests.profiles.collaborators import invite, make_conversation, make_member, prefer, record_of
from tests.profiles.people import make_moderator, make_record, make_user
from tests.profiles.test_api_claims import api, post, problem

pytestmark = pytest.mark.django_db


def body(receiver: User, **fields: Any) -> dict[str, Any]:
    said = {"author": record_of(receiver).short_id, "purpose": "data", "message": "May I see your **data**?"}
    return said | fields


def test_two_people_invite_accept_and_write() -> None:
    sender, receiver = make_member("Ada Sender"), make_member("Ben Receiver")
    work, topic = make_work("On lines"), make_topic()

    made = post(api(sender), "/invitations", body(receiver, works=[work.short_id], topics=[topic.short_id]))

    shown = made.json()
    assert (made.status_code, made["Cache-Control"]) == (201, "private, no-store")
    assert made["Location"].endswith(f"/api/v1/invitations/{shown['id']}")
    assert {name: shown[name] for name in ("direction", "status", "purpose", "message", "works", "conversation")} == {
        "direction": "sent",
        "status": "pending",
        "purpose": "data",
        "message": "May I see your **data**?",
        "works": [{"id": work.short_id, "title": "On lines", "publication_year": 2024}],
        "conversation": None,
    }
    assert [shown[side]["display_name"] for side in ("from", "to")] == ["Ada Sender", "Ben Receiver"]
    listed = api(receiver).get("/api/v1/invitations").json()
    assert [row["id"] for row in listed["results"]] == [shown["id"]]
    assert listed["meta"]["allowance"] == {
        "level": 2,
        "per_day": 5,
        "sent_today": 0,
        "most_waiting": 20,
        "waiting": 0,
        "left_today": 5,
    }

    begun = post(api(receiver), "/conversations", {"invitation": shown["id"]})

    assert (begun.status_code, begun.json()["with"]["display_name"]) == (201, "Ada Sender")
    number = begun.json()["id"]
    written = post(api(sender), f"/conversations/{number}/messages", {"text": "Thanks: $x^2$"})
    assert (written.status_code, written.json()["is_mine"], written.json()["is_read"]) == (201, True, False)
    assert "<math>" in written.json()["html"]
    [line] = api(receiver).get("/api/v1/conversations").json()["results"]
    assert (line["unread_count"], line["preview"], line["is_ended"]) == (1, "Thanks: x^2", False)
    read = post(api(receiver), f"/conversations/{number}/read", {"up_to": written.json()["id"]})
    assert read.status_code == 204
    [message] = api(sender).get(f"/api/v1/conversations/{number}/messages").json()["results"]
    assert (message["is_read"], message["text"]) == (True, "Thanks: $x^2$")
    assert api(sender).get(f"/api/v1/invitations/{shown['id']}").json()["conversation"] == number


def test_messages_are_read_by_cursor_latest_first_and_sent_once_by_key() -> None:
    sender, receiver = make_member(), make_member()
    talk = make_conversation(sender, receiver)
    path, client = f"/conversations/{talk.pk}/messages", api(sender)

    keyed = [post(client, path, {"text": "One"}, headers={"Idempotency-Key": "k1"}).json()["id"] for _ in range(2)]
    for text in ("Two", "Three"):
        post(client, path, {"text": text})

    assert (len(set(keyed)), Message.objects.count()) == (1, 3)
    first = api(receiver).get(f"/api/v1{path}?cursor=*&per_page=2").json()
    rest = api(receiver).get(f"/api/v1{path}?cursor={first['meta']['next_cursor']}&per_page=2").json()
    assert [row["text"] for row in first["results"] + rest["results"]] == ["Three", "Two", "One"]
    assert rest["meta"]["next_cursor"] is None


def test_an_invitation_is_sent_once_by_key_and_withdrawn_or_declined() -> None:
    sender, receiver, other = make_member(), make_member(), make_member()
    headers = {"Idempotency-Key": "form-1"}

    twice = [post(api(sender), "/invitations", body(receiver), headers=headers) for _ in range(2)]
    assert [made.json()["id"] for made in twice] == [twice[0].json()["id"]] * 2
    number = twice[0].json()["id"]
    declined = post(api(receiver), f"/invitations/{number}/decline", {"reason": "no-time", "text": "Sorry."})
    assert declined.json()["decline"] == {"reason": "no-time", "text": "Sorry."}
    assert problem(post(api(receiver), "/conversations", {"invitation": number})) == (409, "conflict")
    assert problem(post(api(sender), "/invitations", body(receiver))) == (409, "conflict")

    second = post(api(sender), "/invitations", body(other)).json()["id"]
    assert api(sender).delete(f"/api/v1/invitations/{second}").status_code == 204
    assert [row["status"] for row in api(sender).get("/api/v1/invitations?box=sent").json()["results"]] == [
        "withdrawn",
        "declined",
    ]
    assert api(sender).get("/api/v1/invitations?box=sent&status=declined").json()["meta"]["count"] == 1


def test_refusals_say_what_stands_against_it() -> None:
    sender, receiver = make_member(), make_member()
    prefer(receiver, "nobody")
    answers = {
        "unclaimed": post(api(sender), "/invitations", body(receiver, author=make_record("No Body").short_id)),
        "nobody": post(api(sender), "/invitations", body(receiver)),
        "stranger": post(api(make_user()), "/invitations", body(receiver)),
        "missing": post(api(sender), "/invitations", body(receiver, author="A999999")),
    }

    assert {name: problem(answer) for name, answer in answers.items()} == {
        "unclaimed": (403, "author-unclaimed"),
        "nobody": (403, "permission-denied"),
        "stranger": (403, "permission-denied"),
        "missing": (404, "not-found"),
    }
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "pointers"),
    [
        ({"message": ""}, ["#/message"]),
        ({"purpose": "money"}, ["#/purpose"]),
        ({"works": ["W999999", 7]}, ["#/works/0", "#/works/1"]),
        ({"works": "W1"}, ["#/works"]),
        ({"level": 4}, ["#/level"]),
        ({"receiver": "joan@mail.example"}, ["#/receiver"]),
    ],
)
def test_mistakes_are_pointed_at(wrong: dict[str, Any], pointers: list[str]) -> None:
    sender, receiver = make_member(), make_member()

    refused = post(api(sender), "/invitations", body(receiver) | wrong)

    assert problem(refused) == (400, "invalid")
    assert [mistake["pointer"] for mistake in refused.json()["errors"]] == pointers


def test_beyond_the_quota_one_waits() -> None:
    sender = make_member()
    for _turn in range(5):
        assert post(api(sender), "/invitations", body(make_member())).status_code == 201

    refused = post(api(sender), "/invitations", body(make_member()))

    assert problem(refused) == (429, "throttled")
    assert 86_000 < int(refused["Retry-After"]) <= 86_401


def test_the_fit_of_an_invitation_is_seen_from_ones_own_side() -> None:
    one, other = make_record("One One"), make_record("Other Other")
    work = make_work("Together", authors=[one, other], year=2026)
    edges.refresh([one.pk, other.pk])
    sender, receiver = make_member(author=one), make_member(author=other)
    sent = invite(sender, receiver, purpose="review", works=[work])

    shown = api(receiver).get(f"/api/v1/invitations/{sent.pk}/fit").json()

    assert (shown["with"]["id"], shown["conflicts_matter"]) == (one.short_id, True)
    assert {row["kind"] for row in shown["conflicts"]} == {"own-work", "coauthors"}
    assert shown["path"]["reach"] == "found"
    assert [row["id"] for row in shown["path"]["authors"]] == [other.short_id, one.short_id]
    assert api(sender).get(f"/api/v1/invitations/{sent.pk}/fit").json()["with"]["id"] == other.short_id


def test_blocking_is_listed_for_who_blocks_and_told_to_nobody() -> None:
    sender, receiver = make_member("Ada Sender"), make_member()
    talk = make_conversation(sender, receiver)

    blocked = post(api(receiver), "/blocks", {"conversation": talk.pk})

    assert (blocked.status_code, blocked.json()["author"]["display_name"]) == (201, "Ada Sender")
    assert api(receiver).get("/api/v1/blocks").json()["meta"]["count"] == 1
    assert api(sender).get("/api/v1/blocks").json()["results"] == []
    assert problem(post(api(sender), f"/conversations/{talk.pk}/messages", {"text": "Hello?"})) == (409, "conflict")
    assert api(sender).get(f"/api/v1/conversations/{talk.pk}").json()["is_ended"] is True
    prefer(make_member(), "nobody")
    assert problem(post(api(sender), "/invitations", body(receiver))) == (403, "permission-denied")
    number = blocked.json()["id"]
    assert problem(api(sender).delete(f"/api/v1/blocks/{number}")) == (404, "not-found")
    assert api(receiver).delete(f"/api/v1/blocks/{number}").status_code == 204
    assert post(api(sender), "/invitations", body(receiver)).status_code == 201


def test_a_moderator_decides_what_was_reported() -> None:
    sender, receiver, judge = make_member("Ada Sender"), make_member(), make_moderator()
    sent = invite(sender, receiver, message="Buy authorship from me.")

    made = post(api(receiver), "/reports", {"invitation": sent.pk, "reason": "misconduct", "text": "Look."})

    assert (made.status_code, made.json()["kind"], made.json()["verdict"]) == (201, "invitation", None)
    assert problem(api(receiver).get("/api/v1/reports")) == (403, "permission-denied")
    [row] = api(judge).get("/api/v1/reports").json()["results"]
    assert (row["about"]["display_name"], row["invitation"]["message"]) == ("Ada Sender", "Buy authorship from me.")
    said = {"verdict": "suspend", "text": "Authorship is not for sale.", "days": 7}
    for user in (receiver, sender):
        assert problem(post(api(user), f"/reports/{row['id']}/decision", said)) == (404, "not-found")
    assert post(api(judge), f"/reports/{row['id']}/decision", said).json()["verdict"] == "suspend"
    assert problem(post(api(judge), f"/reports/{row['id']}/decision", said)) == (409, "conflict")
    assert problem(post(api(sender), "/invitations", body(make_member()))) == (403, "permission-denied")


# What one may not see


def test_nothing_of_others_is_told_apart_from_what_is_missing() -> None:
    sender, receiver, third = make_member(), make_member(), make_member()
    talk = make_conversation(sender, receiver)
    waits = invite(sender, make_member())
    message = Message.objects.create(conversation=talk, sender=talk.participants.all()[0], text="Hi", html="Hi")
    calls: list[tuple[str, str, dict[str, Any] | None, int]] = [
        ("get", "/invitations/{}", None, waits.pk),
        ("get", "/invitations/{}/fit", None, waits.pk),
        ("delete", "/invitations/{}", None, waits.pk),
        ("post", "/invitations/{}/decline", {}, waits.pk),
        ("post", "/conversations", {"invitation": 0}, waits.pk),
        ("get", "/conversations/{}", None, talk.pk),
        ("delete", "/conversations/{}", None, talk.pk),
        ("get", "/conversations/{}/messages", None, talk.pk),
        ("post", "/conversations/{}/messages", {"text": "Hi"}, talk.pk),
        ("post", "/conversations/{}/read", {"up_to": 1}, talk.pk),
        ("put", "/conversations/{}/archive", {}, talk.pk),
        ("post", "/blocks", {"conversation": 0}, talk.pk),
        ("post", "/blocks", {"invitation": 0}, waits.pk),
        ("post", "/reports", {"message": 0, "reason": "spam"}, message.pk),
        ("post", "/reports", {"conversation": 0, "reason": "spam"}, talk.pk),
        ("post", "/reports", {"invitation": 0, "reason": "spam"}, waits.pk),
    ]
    for user in (third, make_moderator(), make_user()):
        for method, path, said, number in calls:
            answers = [call(api(user), method, path, said, one) for one in (number, 987654321)]
            assert answers[0] == answers[1], (method, path)
            assert answers[0][0] == 404, (method, path)
    assert Invitation.objects.get(pk=waits.pk).status == "pending"
    assert Conversation.objects.get().ended_at is None


def call(client: Any, method: str, path: str, said: dict[str, Any] | None, number: int) -> tuple[int, str]:
    filled = {name: number if value == 0 else value for name, value in (said or {}).items()}
    send = getattr(client, method)
    address = "/api/v1" + path.format(number)
    response = send(address) if said is None else send(address, filled, content_type="application/json")
    return response.status_code, re.sub(r"\d{3,}|\b\d+\b", "N", response.json()["detail"])


def test_the_sender_of_an_invitation_cannot_answer_it() -> None:
    sender, receiver = make_member(), make_member()
    sent = invite(sender, receiver)

    assert problem(post(api(sender), "/conversations", {"invitation": sent.pk})) == (404, "not-found")
    assert problem(post(api(sender), f"/invitations/{sent.pk}/decline")) == (404, "not-found")
    assert problem(api(receiver).delete(f"/api/v1/invitations/{sent.pk}")) == (404, "not-found")


def test_no_answer_holds_an_address_or_an_accounts_name() -> None:
    sender, receiver = make_member("Ada Sender"), make_member("Ben Receiver")
    User.objects.filter(pk=sender.pk).update(name="Private Name")
    talk = make_conversation(sender, receiver)
    post(api(sender), f"/conversations/{talk.pk}/messages", {"text": "Hello"})
    post(api(receiver), "/blocks", {"conversation": talk.pk})
    waits = collaboration.get(receiver, talk.invitation_id)

    for path in (
        "/invitations",
        f"/invitations/{waits.pk}",
        f"/invitations/{waits.pk}/fit",
        "/conversations?archived=true",
        f"/conversations/{talk.pk}/messages",
        "/blocks",
    ):
        answer = api(receiver).get(f"/api/v1{path}")
        assert answer.status_code == 200
        assert "@" not in answer.content.decode(), path
        assert "Private Name" not in answer.content.decode(), path
