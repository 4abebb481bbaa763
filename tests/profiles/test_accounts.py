"""Accounts: made with an e-mail address, confirmed by mail, and telling strangers nothing."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from profiles.account import accounts
from profiles.models import User
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


def test_an_account_is_made_confirmed_by_mail_and_logged_in_to(client: Client) -> None:
    assert "Confirm your address" in sign_up(client)
    assert (mail.outbox[0].subject, mail.outbox[0].to) == ("[bzpeer] Confirm your address", [ADDRESS])
    log_in(client)
    assert not is_in(client)

    assert f"<strong>{ADDRESS}</strong> yours?" in client.get(link_in_mail()).content.decode()
    client.post(link_in_mail())
    client.post("/accounts/logout/")
    log_in(client)

    assert is_in(client)


def test_an_address_is_one_account_in_whatever_case(client: Client) -> None:
    user = confirmed(client, "Reader@Example.ORG")

    assert user.email == ADDRESS
    log_in(client, " READER@example.org ")
    assert is_in(client)


def test_logging_in_leads_back_to_where_one_was(client: Client) -> None:
    confirmed(client)

    log_in(client, next="/about/")
    response = client.get("/accounts/login/?next=/about/")

    assert (response.status_code, response["Location"]) == (302, "/about/")


def test_logging_in_leads_to_no_other_site(client: Client) -> None:
    confirmed(client)

    response = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD, "next": "//evil.example/"})

    assert response["Location"] == "/"


def test_the_address_changes_once_the_new_one_is_confirmed_and_the_old_one_is_told(client: Client) -> None:
    member(client)

    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    waiting = client.get("/accounts/email/").content.decode()
    before = User.objects.get().email
    client.post(link_in_mail(0))

    assert "changes to <strong>new@example.org</strong>" in waiting
    assert (before, User.objects.get().email) == (ADDRESS, "new@example.org")
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["new@example.org"], "[bzpeer] Confirm your address"),
        ([ADDRESS], "[bzpeer] The address of your account was changed"),
    ]


def test_changing_the_address_asks_for_the_password_first(client: Client) -> None:
    confirmed(client)
    log_in(client)
    mail.outbox.clear()

    asked = client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""}, follow=True)
    assert "Show that it is you" in asked.content.decode()
    assert mail.outbox == []
    client.post(asked.request["PATH_INFO"] + "?next=/accounts/email/", {"password": PASSWORD}, follow=True)

    assert [message.to for message in mail.outbox] == [["new@example.org"]]


def test_a_change_of_address_can_be_called_off_or_sent_again(client: Client) -> None:
    member(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    cache.clear()  # one message every three minutes goes to an address

    client.post("/accounts/email/", {"email": "new@example.org", "action_send": ""})
    client.post("/accounts/email/", {"email": "new@example.org", "action_remove": ""})
    old = client.get(link_in_mail(0))

    assert [message.to for message in mail.outbox] == [["new@example.org"], ["new@example.org"], [ADDRESS]]
    assert old.status_code == 200
    assert "This link no longer works" in old.content.decode()
    assert User.objects.get().email == ADDRESS


def test_a_forgotten_password_is_replaced_by_mail(client: Client) -> None:
    confirmed(client)
    mail.outbox.clear()

    page = client.post("/accounts/password/reset/", {"email": ADDRESS.upper()}, follow=True).content.decode()
    assert "Look into your mail" in page
    assert mail.outbox[0].to == [ADDRESS]
    form = client.get(link_in_mail(), follow=True)
    new = "another-cathedral-43"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})

    log_in(client, password=PASSWORD)
    assert not is_in(client)
    log_in(client, password=new)
    assert is_in(client)


def test_a_reset_link_works_once(client: Client) -> None:
    confirmed(client)
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    link = link_in_mail()
    form = client.get(link, follow=True)
    new = "another-cathedral-43"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    client.post("/accounts/logout/")

    assert "This link no longer works" in Client().get(link, follow=True).content.decode()


def test_signing_up_says_the_same_whether_or_not_the_address_has_an_account(client: Client) -> None:
    confirmed(client)
    mail.outbox.clear()
    cache.clear()  # one message every three minutes goes to an address

    taken, free = sign_up(Client()), sign_up(Client(), "nobody@example.org")

    assert without_token(taken) == without_token(free)
    assert [message.subject for message in mail.outbox] == [
        "[bzpeer] You already have an account",
        "[bzpeer] Confirm your address",
    ]


def test_signing_up_hashes_a_password_whether_or_not_the_address_has_an_account(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)

    for expected in (1, 2):
        sign_up(Client())
        assert hashed == [PASSWORD] * expected


def test_a_reset_says_the_same_whether_or_not_the_address_has_an_account(client: Client) -> None:
    confirmed(client)

    pages = [
        Client().post("/accounts/password/reset/", {"email": email}, follow=True).content.decode()
        for email in (ADDRESS, "nobody@example.org")
    ]

    assert without_token(pages[0]) == without_token(pages[1])


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client) -> None:
    confirmed(client)

    wrong, unknown = log_in(Client(), password="wrong-password-1"), log_in(Client(), "nobody@example.org")

    assert without_token(wrong).replace(ADDRESS, "") == without_token(unknown).replace("nobody@example.org", "")
    assert "not correct" in wrong


def test_logging_out_needs_the_form(client: Client) -> None:
    confirmed(client)
    log_in(client)

    client.get("/accounts/logout/")
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


@pytest.mark.parametrize("address", ["email/", "password/change/", "logout/", "2fa/", "2fa/webauthn/"])
def test_pages_of_an_account_look_like_the_site(client: Client, address: str) -> None:
    confirmed(client)
    log_in(client)

    html = client.get(f"/accounts/{address}", follow=True).content.decode()

    assert 'class="site-header"' in html
    assert not re.search(r"\s(style|onclick)=", html)


@pytest.mark.parametrize(
    "address",
    [
        "login/",
        "signup/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/done/",
        "confirm-email/",
        "confirm-email/no-such-key/",
        "confirm-email/resend/",
        "inactive/",
    ],
)
def test_pages_without_an_account_look_like_the_site(client: Client, address: str) -> None:
    response = client.get(f"/accounts/{address}")

    assert response.status_code == 200
    assert 'class="site-header"' in response.content.decode()


# An address that nobody confirmed


def test_signing_up_again_with_an_unconfirmed_address_works_and_ends_the_first_try(client: Client) -> None:
    sign_up(client, password="somebody-elses-42")
    first = link_in_mail()
    cache.clear()  # one message every three minutes goes to an address
    sign_up(Client())

    stale = client.get(first).content.decode()
    client.post(link_in_mail())
    pages = [log_in(Client(), password=password) for password in ("somebody-elses-42", PASSWORD)]

    assert "This link no longer works" in stale
    assert "Send the link again" in stale
    assert ["not correct" in page for page in pages] == [True, False]
    assert User.objects.count() == 1


def test_an_address_that_somebody_is_changing_to_is_free_for_who_reads_its_mail(client: Client) -> None:
    member(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    cache.clear()

    theirs = confirmed(Client(), "new@example.org")

    assert theirs.email == "new@example.org"
    assert "changes to" not in client.get("/accounts/email/").content.decode()
    assert User.objects.get(pk=client.session["_auth_user_id"]).email == ADDRESS


def test_changing_to_an_address_that_waits_for_confirmation_elsewhere_works(client: Client) -> None:
    sign_up(Client(), "new@example.org")
    cache.clear()
    user = member(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})

    client.post(link_in_mail(0))

    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert User.objects.count() == 1


def test_an_account_without_a_confirmed_address_that_an_operator_made_is_not_replaced(client: Client) -> None:
    operator = User.objects.create_superuser(ADDRESS, PASSWORD)

    sign_up(client)

    assert [message.subject for message in mail.outbox] == ["[bzpeer] You already have an account"]
    assert User.objects.get() == operator


def test_a_link_ends_after_three_days_and_the_page_says_what_to_do(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(client)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3 * 24 * 3600 + 60)

    page = client.get(link_in_mail()).content.decode()

    assert "older than three days" in page
    assert "/accounts/confirm-email/resend/" in page


def test_accounts_that_were_never_opened_are_forgotten_after_a_week(client: Client) -> None:
    kept = confirmed(client)
    sign_up(Client(), "waiting@example.org")
    sign_up(Client(), "forgotten@example.org")
    week_ago = timezone.now() - timedelta(days=8)
    User.objects.exclude(email="waiting@example.org").update(date_joined=week_ago)

    assert accounts.forget_unopened() == 1
    assert set(User.objects.values_list("email", flat=True)) == {kept.email, "waiting@example.org"}
