"""/settings/news/, ending mails with one click, and the wishes that notices keep to."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from profiles.account import account_data
from profiles.models import Digest, NoticePreference, Notification, Subscription, User
from profiles.notifying import notices, subscriptions
from profiles.notifying.notice_kinds import GROUPS, KINDS
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def joan(client: Client) -> User:
    user = make_user("Joan Example")
    client.force_login(user)
    return user


def vouched(user: User) -> None:
    notices.tell(user, "vouched", author="Joan Example", count=1)


def path_of(address: str) -> str:
    return address.removeprefix("http://localhost:8000")


# The page


def test_the_page_shows_what_holds_and_stores_what_is_chosen(client: Client, joan: User) -> None:
    before = client.get("/settings/news/").content.decode()
    chosen = {"digest": "weekly", "messages-app": "on", "vouches-mail": "on", "claims-mail": "on"}
    page = client.post("/settings/news/", chosen, follow=True).content.decode()

    assert re.search(r'value="off" checked', before)
    boxes = sum(1 if group.always_in_app else 2 for group in GROUPS.values())
    assert before.count(" checked") == 1 + before.count('type="checkbox"') == 1 + boxes
    assert "Your choices are saved." in page
    assert "The next one:" in page
    stored = Subscription.objects.get()
    assert (stored.digest, stored.digest_due_at is not None) == ("weekly", True)
    assert {wish.name: (wish.in_app, wish.by_mail) for wish in subscriptions.wishes(joan)} == {
        "claims": (True, True),
        "proofs": (True, False),
        "vouches": (False, True),
        "collaborators": (False, False),
        "invitations": (False, False),
        "messages": (True, False),
        "moderation": (True, False),
    }


def test_nonsense_changes_nothing(client: Client, joan: User) -> None:
    page = client.post("/settings/news/", {"digest": "hourly"}, follow=True).content.decode()

    assert "Choose one of: off, daily, weekly, monthly." in page
    assert not Subscription.objects.exists()
    assert not NoticePreference.objects.exists()


def test_the_settings_lead_there_and_strangers_log_in_first(client: Client, joan: User) -> None:
    assert 'href="/settings/news/"' in client.get("/settings/").content.decode()
    assert Client().get("/settings/news/")["Location"].startswith("/accounts/login/")


# What notices keep to


def test_every_kind_has_a_group() -> None:
    assert {kind.group for kind in KINDS.values()} <= set(GROUPS)


@pytest.mark.parametrize(
    ("in_app", "by_mail", "shown", "mails"),
    [(True, True, 1, 1), (True, False, 1, 0), (False, True, 0, 1), (False, False, 0, 0)],
)
def test_a_notice_comes_as_its_group_is_wanted(
    joan: User, mailoutbox: list[Any], in_app: bool, by_mail: bool, shown: int, mails: int
) -> None:
    subscriptions.wish_for("vouches", by=joan, in_app=in_app, by_mail=by_mail)
    vouched(joan)
    notices.send_due()

    assert (notices.unread_count(joan), notices.latest(joan).count(), len(mailoutbox)) == (shown, shown, mails)


def test_what_happens_to_claims_is_always_shown(joan: User) -> None:
    with pytest.raises(ValidationError, match="always shown"):
        subscriptions.wish_for("claims", by=joan, in_app=False, by_mail=False)
    subscriptions.wish_for("claims", by=joan, in_app=True, by_mail=False)
    notices.tell(joan, "claim-rejected", author="Joan Example", reason="Because.")

    assert (notices.unread_count(joan), notices.due_count()) == (1, 0)


def test_mails_that_wait_are_not_sent_once_they_are_switched_off(joan: User, mailoutbox: list[Any]) -> None:
    vouched(joan)
    notices.tell(joan, "claim-rejected", author="Joan Example", reason="Because.")
    subscriptions.wish_for("vouches", by=joan, in_app=True, by_mail=False)

    assert notices.send_due() == 1
    assert "rejected" in mailoutbox[0].subject


def test_messages_are_one_notice_until_it_is_read_and_then_another(joan: User, mailoutbox: list[Any]) -> None:
    def write(conversation: int) -> None:
        notices.tell(joan, "message", key=f"conversation:{conversation}", again_when_read=True, author="Ann Other")
        notices.send_due()

    for _ in range(3):
        write(1)
    write(2)
    first = (notices.unread_count(joan), len(mailoutbox))
    notices.mark_told(joan, "message", "conversation:1")
    write(1)
    write(1)

    assert first == (2, 2)
    assert (notices.unread_count(joan), len(mailoutbox)) == (2, 3)
    assert len({mail.message()["Message-ID"] for mail in mailoutbox}) == 3


def test_what_was_seen_before_its_mail_went_out_is_not_mailed(joan: User, mailoutbox: list[Any]) -> None:
    notices.tell(joan, "message", key="conversation:1", again_when_read=True, author="Ann Other")
    notices.mark_told(joan, "message", "conversation:1")

    assert (notices.send_due(), notices.unread_count(joan)) == (0, 0)


# One click


def test_looking_at_the_address_ends_nothing_and_one_click_ends_the_digest(joan: User) -> None:
    subscriptions.choose_digest("daily", by=joan)
    program = Client(enforce_csrf_checks=True)
    path = path_of(subscriptions.stop_address(joan, "digest"))

    looked = [program.get(path), program.head(path)]
    still = Subscription.objects.get().digest
    answers = [program.post(path, {"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [answer.status_code for answer in looked + answers] == [200] * 4
    assert "One click, without logging in: no more mails about the digest." in looked[0].content.decode()
    assert "You get no more of these mails" in answers[1].content.decode()
    assert (still, Subscription.objects.get().digest) == ("daily", "off")
    assert looked[0]["Referrer-Policy"] == "no-referrer"
    assert "no-store" in looked[0]["Cache-Control"]


def test_one_click_ends_the_mails_of_one_group_only(joan: User, mailoutbox: list[Any]) -> None:
    vouched(joan)
    notices.send_due()
    [address] = re.findall(r"<(.*)>", mailoutbox[0].message()["List-Unsubscribe"])

    Client(enforce_csrf_checks=True).post(path_of(address), {"List-Unsubscribe": "One-Click"})
    vouched(joan)
    notices.tell(joan, "claim-rejected", author="Joan Example", reason="Because.")

    assert address in mailoutbox[0].body
    assert (notices.send_due(), notices.unread_count(joan)) == (1, 3)


def test_an_address_is_bound_to_its_account_and_its_mails(client: Client, joan: User) -> None:
    other = make_user()
    subscriptions.choose_digest("daily", by=other)
    address = path_of(subscriptions.stop_address(joan, "digest"))
    forged = [
        address.replace(f"{joan.pk}:", f"{other.pk}:"),
        address.replace(":digest:", ":claims:"),
        f"/mail/stop/{other.pk}:digest/",
        "/mail/stop/x/",
    ]

    assert [client.post(path).status_code for path in forged] == [404] * 4
    assert client.post(address).status_code == 200
    assert Subscription.objects.get(user=other).digest == "daily"


def test_the_address_of_a_deleted_account_leads_nowhere(client: Client, joan: User) -> None:
    address = path_of(subscriptions.stop_address(joan, "digest"))
    account_data.delete(by=joan)

    assert client.get(address).status_code == 404


# My data


def test_choices_and_digests_are_handed_out_and_go_with_the_account(joan: User) -> None:
    subscriptions.choose_digest("daily", by=joan)
    subscriptions.wish_for("vouches", by=joan, in_app=False, by_mail=True)
    Digest.objects.create(user=joan, slot="2026-03-02T07:00:00Z")
    vouched(joan)

    data = json.loads(json.dumps(account_data.export(joan), default=str))
    account_data.delete(by=joan)

    assert [row["digest"] for row in data["subscription"]] == ["daily"]
    assert data["notice_preferences"] == [{"group": "vouches", "in_app": False, "by_mail": True}]
    assert [(row["slot"], row["pieces"]) for row in data["digests"]] == [("2026-03-02 07:00:00+00:00", 0)]
    for model in (Digest, NoticePreference, Notification, Subscription):
        assert not model.objects.exists()
