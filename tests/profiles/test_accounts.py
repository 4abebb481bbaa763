"""Accounts: made with an e-mail address, confirmed by mail, and telling strangers nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCacheClient
from django.test import Client
from redis.exceptions import ConnectionError

from profiles.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "violet-cathedral-42"
ADDRESS = "reader@example.org"


@pytest.fixture(autouse=True)
def _no_rate_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_up(client: Client, email: str = ADDRESS) -> str:
    """Fill in the form; the page that follows."""
    form = {"email": email, "password1": PASSWORD}
    return client.post("/accounts/signup/", form, follow=True).content.decode()


def link_in_mail() -> str:
    """The path of the link in the last message."""
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def confirmed(client: Client, email: str = ADDRESS) -> User:
    sign_up(client, email)
    client.post(link_in_mail())
    client.post("/accounts/logout/")
    return User.objects.get()


def log_in(client: Client, email: str = ADDRESS, password: str = PASSWORD, **more: str) -> str:
    form = {"login": email, "password": password, **more}
    return client.post("/accounts/login/", form, follow=True).content.decode()


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


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


def test_a_second_address_is_added_confirmed_and_made_the_main_one(client: Client) -> None:
    confirmed(client)
    log_in(client)

    alone = client.get("/accounts/email/").content.decode()
    client.post("/accounts/email/", {"email": "other@example.org", "action_add": ""})
    both = client.get("/accounts/email/").content.decode()
    client.post(link_in_mail())
    client.post("/accounts/email/", {"email": "other@example.org", "action_primary": ""})

    assert ADDRESS in alone
    assert "action_primary" not in alone
    assert "action_send" not in alone
    assert "not confirmed yet" in both
    assert all(f'name="{action}"' in both for action in ("action_primary", "action_send", "action_remove"))
    assert User.objects.get().email == "other@example.org"


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


def without_token(html: str) -> str:
    """A page without what differs on every request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)


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


@pytest.mark.parametrize("address", ["email/", "password/change/", "logout/"])
def test_pages_of_an_account_look_like_the_site(client: Client, address: str) -> None:
    confirmed(client)
    log_in(client)

    html = client.get(f"/accounts/{address}", follow=True).content.decode()

    assert 'class="site-header"' in html
    assert not re.search(r"\s(style|onclick)=", html)


@pytest.mark.parametrize("address", ["login/", "signup/", "password/reset/", "confirm-email/", "password/reset/done/"])
def test_pages_without_an_account_look_like_the_site(client: Client, address: str) -> None:
    response = client.get(f"/accounts/{address}")

    assert response.status_code == 200
    assert 'class="site-header"' in response.content.decode()


def test_nobody_is_let_in_while_attempts_cannot_be_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(client)

    def is_away(*_: object, **__: object) -> None:
        raise ConnectionError("the cache is away")

    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(RedisCacheClient, "get_client", is_away)
        answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert not is_in(client)


def test_too_many_attempts_are_refused_in_the_look_of_the_site(client: Client) -> None:
    answers = [client.post("/accounts/login/", {"login": f"{n}@example.org", "password": "x"}) for n in range(40)]

    assert answers[-1].status_code == 429
    assert "wait a few minutes" in answers[-1].content.decode()
