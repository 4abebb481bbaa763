"""Limits on signing in hold, whatever is away, and tell nobody who has an account (S10-S13, S25, S29)."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCacheClient
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from redis.exceptions import ConnectionError

from profiles.account import limit_cache
from profiles.account.limit_cache import LimitCache
from profiles.models import LimitState, User
from tests.profiles.account_steps import (
    ADDRESS,
    PASSWORD,
    confirmed,
    is_in,
    link_in_mail,
    log_in,
    member,
    sign_up,
    without_token,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def _valkey_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_away(*_: object, **__: object) -> None:
        raise ConnectionError("Valkey is away")

    monkeypatch.setattr(RedisCacheClient, "get_client", is_away)


# What is counted, and where


@pytest.mark.usefixtures("_valkey_is_away")
def test_without_valkey_one_still_logs_in(client: Client) -> None:
    confirmed(client)

    log_in(client)

    assert is_in(client)


@pytest.mark.usefixtures("_valkey_is_away")
def test_without_valkey_wrong_passwords_are_counted(client: Client) -> None:
    confirmed(client)

    pages = [log_in(client, password=f"wrong-password-{n}") for n in range(6)]
    log_in(client)

    assert ["failed too often" in page for page in pages] == [False] * 5 + [True]
    assert not is_in(client)


@pytest.mark.usefixtures("_valkey_is_away")
@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("login/", {"login": "a@example.org", "password": "x"}),
        ("signup/", {"email": "broken", "password1": "x"}),
        ("password/reset/", {"email": "a@example.org"}),
        ("confirm-email/resend/", {"email": "a@example.org"}),
        ("2fa/webauthn/login/", {"credential": "{}"}),
    ],
)
def test_without_valkey_too_many_attempts_are_refused(client: Client, address: str, form: dict[str, str]) -> None:
    answers = [client.post(f"/accounts/{address}", form) for _ in range(40)]

    assert answers[0].status_code in {200, 302}
    assert answers[-1].status_code == 429
    assert "wait a few minutes" in answers[-1].content.decode()


def test_nobody_is_let_in_while_attempts_cannot_be_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(client)

    def fails(*_: object, **__: object) -> bool:
        raise OperationalError("no answer")

    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(LimitCache, "add", fails)
        answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert not is_in(client)


def test_a_limit_of_one_address_does_not_stop_another(client: Client) -> None:
    confirmed(client)
    for n in range(6):
        log_in(client, "somebody.else@example.org", password=f"wrong-password-{n}")

    log_in(client)

    assert is_in(client)


def test_headers_that_a_client_invents_do_not_make_it_another_one(client: Client) -> None:
    form = {"login": "a@example.org", "password": "x"}

    answers = [client.post("/accounts/login/", form, headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(40)]

    assert answers[-1].status_code == 429


def test_what_limits_remember_names_nobody(client: Client) -> None:
    log_in(client, "nobody@example.org")

    kept = [str(row) for row in LimitState.objects.values_list("key_hash", "value")]

    assert kept
    assert not any("example.org" in text or "127.0.0.1" in text for text in kept)


def test_the_cache_of_limits_keeps_json_until_it_expires() -> None:
    cache.set("short", [1.5], 0.001)
    cache.set("long", [1.5, 2.5], 60)
    time.sleep(0.01)

    assert (cache.get("short"), cache.get("long"), cache.get("none", "nothing")) == (None, [1.5, 2.5], "nothing")
    assert (cache.add("long", True, 60), cache.add("short", True, 60), cache.add("short", True, 60)) == (
        False,
        True,
        False,
    )
    assert (cache.delete("long"), cache.delete("long"), cache.get("long")) == (True, False, None)
    with pytest.raises(ValueError, match="timeout"):
        cache.set("for ever", 1, None)
    LimitState.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert (limit_cache.forget_old(), LimitState.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_at_once_one_wins() -> None:
    def add(_: int) -> bool:
        try:
            return cache.add("lock", True, 60)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(add, range(16)))

    assert sum(won) == 1


# Who has an account? (S12)


class Work:
    """What a request costs that takes time: passwords hashed, messages sent, statements."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hashed = 0
        encode = MD5PasswordHasher.encode

        def noted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
            self.hashed += 1
            return encode(hasher, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", noted)

    def of(self, act: Callable[[str], object], email: str) -> tuple[int, int, int]:
        self.hashed, sent = 0, len(mail.outbox)
        with CaptureQueriesContext(connection) as statements:
            act(email)
        return self.hashed, len(mail.outbox) - sent, len(statements)


@pytest.mark.parametrize(("door", "hashes", "messages"), [("login", 1, 0), ("signup", 1, 1), ("reset", 0, 1)])
def test_known_and_unknown_addresses_cost_the_same_work(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, door: str, hashes: int, messages: int
) -> None:
    """What takes a tenth of a second is done for both; a statement more or less is lost in the noise of a network."""
    settings.ACCOUNT_RATE_LIMITS = False
    confirmed(client)
    do: dict[str, Callable[[str], object]] = {
        "login": lambda email: log_in(Client(), email, "wrong-password-1"),
        "signup": lambda email: sign_up(Client(), email),
        "reset": lambda email: Client().post("/accounts/password/reset/", {"email": email}),
    }
    work = Work(monkeypatch)
    work.of(do[door], "first@example.org")  # what is kept from then on, such as the hash for nobody

    known, unknown = work.of(do[door], ADDRESS), work.of(do[door], "nobody@example.org")

    assert (known[:2], unknown[:2]) == ((hashes, messages), (hashes, messages))
    assert abs(known[2] - unknown[2]) <= 1


# Sessions (S13)


def test_an_old_cookie_opens_nothing_after_logging_in(client: Client) -> None:
    confirmed(client)
    client.get("/accounts/login/")
    session = client.session
    session["anything"] = 1
    session.save()
    before = client.cookies["sessionid"].value
    log_in(client)

    other = Client()
    other.cookies["sessionid"] = before

    assert is_in(client)
    assert not is_in(other)


def test_changing_the_password_ends_every_other_session(client: Client) -> None:
    member(client)
    other = Client()
    log_in(other)
    new = "another-cathedral-43"

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert (is_in(client), is_in(other)) == (True, False)
    assert [message.subject for message in mail.outbox] == ["[bzpeer] Your password was changed"]


def test_a_reset_ends_every_session(client: Client) -> None:
    member(client)
    other = Client()
    other.post("/accounts/password/reset/", {"email": ADDRESS})
    form = other.get(link_in_mail(), follow=True)
    new = "another-cathedral-43"

    other.post(form.request["PATH_INFO"], {"password1": new, "password2": new})

    assert not is_in(client)


def test_a_closed_account_is_outside_at_once(client: Client) -> None:
    member(client)

    User.objects.update(is_active=False)

    assert not is_in(client)
    assert "This account is closed" in log_in(Client())


# Where mail goes and links lead (S11, S29)


@pytest.mark.parametrize("typed", ["mıke@example.org", "mike@exampLe.org", "ｍike@example.org", "MİKE@example.org"])
def test_a_reset_goes_to_the_stored_address_only(client: Client, typed: str) -> None:
    confirmed(client, "mike@example.org")
    mail.outbox.clear()

    client.post("/accounts/password/reset/", {"email": typed})

    with_link = [message.to for message in mail.outbox if "Choose it here" in str(message.body)]
    assert with_link in ([], [["mike@example.org"]])


def test_an_address_that_an_account_is_changing_to_cannot_reset_its_password(client: Client) -> None:
    member(client)
    client.post("/accounts/email/", {"email": "mistyped@example.org", "action_add": ""})
    mail.outbox.clear()

    Client().post("/accounts/password/reset/", {"email": "mistyped@example.org"})

    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["mistyped@example.org"], "[bzpeer] No account with this address")
    ]


def test_a_reset_under_another_host_name_is_refused(client: Client) -> None:
    confirmed(client)
    mail.outbox.clear()

    answer = client.post("/accounts/password/reset/", {"email": ADDRESS}, headers={"Host": "evil.example"})

    assert (answer.status_code, mail.outbox) == (400, [])


@pytest.mark.parametrize("evil", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_no_page_of_an_account_leads_to_another_site(client: Client, evil: str) -> None:
    confirmed(client)
    form = {"login": ADDRESS, "password": PASSWORD, "next": evil}

    logged_in = client.post("/accounts/login/", form)
    again = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": evil})
    logged_out = client.post("/accounts/logout/", {"next": evil})

    assert {answer["Location"] for answer in (logged_in, again, logged_out)} == {"/"}


def test_resending_a_link_says_the_same_of_every_address(client: Client) -> None:
    confirmed(client)
    sign_up(client, "waiting@example.org")
    cache.clear()
    mail.outbox.clear()

    pages = [
        without_token(Client().post("/accounts/confirm-email/resend/", {"email": email}, follow=True).content.decode())
        for email in ("waiting@example.org", ADDRESS, "nobody@example.org")
    ]

    assert len(set(pages)) == 1
    assert [(message.to[0], message.subject) for message in mail.outbox] == [
        ("waiting@example.org", "[bzpeer] Confirm your address"),
        (ADDRESS, "[bzpeer] You already have an account"),
        ("nobody@example.org", "[bzpeer] No account with this address"),
    ]
