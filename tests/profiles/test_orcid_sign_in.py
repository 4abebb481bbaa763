"""Signing in with ORCID: who it is, what is kept, and every way in which it could be turned against somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from bzpeer.standins.orcid import Server
from bzpeer.standins.people import Person
from profiles.models import User
from profiles.orcid import accounts
from tests.profiles.orcid_site import (
    JOAN,
    OTHER,
    PASSWORD,
    account,
    approve,
    connect,
    go,
    logged_in,
    sign_in,
    stand_in,
)

pytestmark = pytest.mark.django_db

VICTIM = "victim@example.org"
ADDRESS = "joan@example.org"


@pytest.fixture(autouse=True)
def _no_rate_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def orcid(settings: Settings) -> Iterator[Server]:
    """Joan, who signs in, and somebody whose iD comes with an address that is not theirs."""
    joan = Person(orcid=JOAN, name="Joan Example")
    with stand_in(settings, joan, Person(orcid=OTHER, name="Olive Other", email=VICTIM)) as server:
        yield server


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def content(response: Any) -> str:
    return " ".join(response.content.decode().split())


def link_in_mail() -> str:
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def sign_up(client: Client, number: str, email: str) -> Any:
    sign_in(client, number)
    return client.post("/accounts/orcid/address/", {"email": email}, follow=True)


def opened(number: str = JOAN, email: str = ADDRESS) -> User:
    """An account made by signing in with ORCID, its address confirmed."""
    client = Client()
    sign_up(client, number, email)
    client.post(link_in_mail())
    return User.objects.get(email=email)


# The way in


def test_a_stranger_signs_in_gives_an_address_and_confirms_it(client: Client, orcid: Server) -> None:
    asked = sign_in(client, JOAN)
    assert "You signed in at ORCID as <strong>Joan Example</strong>" in content(asked)
    assert not is_in(client)
    assert not User.objects.exists()

    told = client.post("/accounts/orcid/address/", {"email": ADDRESS}, follow=True)
    assert "Confirm your address" in content(told)
    assert not is_in(client)
    assert [message.to for message in mail.outbox] == [[ADDRESS]]

    client.post(link_in_mail())
    other = Client()
    sign_in(other, JOAN)
    assert is_in(other)
    user = User.objects.get()
    assert (user.email, user.name, user.has_usable_password()) == (ADDRESS, "Joan Example", False)


def test_nothing_but_id_and_name_is_kept(orcid: Server) -> None:
    opened()
    stored = SocialAccount.objects.values("provider", "uid", "extra_data").get()
    assert stored == {
        "provider": accounts.provider_id(),
        "uid": JOAN,
        "extra_data": {"orcid": JOAN, "name": "Joan Example"},
    }
    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()


def test_what_is_asked_for_does_not_depend_on_the_link(client: Client, orcid: Server) -> None:
    crafted = "/accounts/orcid/login/?scope=/person/update&auth_params=prompt%3Dnone"
    address = client.post(crafted)["Location"]
    assert "scope=openid&" in address
    assert "prompt" not in address
    assert "code_challenge=" in address


def test_a_link_alone_leads_nowhere(client: Client, orcid: Server) -> None:
    page = client.get("/accounts/orcid/login/?process=connect")
    assert page.status_code == 200
    assert "Go on to ORCID" in content(page)


def test_afterwards_one_stays_on_this_site(orcid: Server) -> None:
    opened()
    client = Client()
    response: Any = sign_in(client, JOAN, next="https://evil.example/")
    assert is_in(client)
    assert response.redirect_chain[-1][0] == "/"


def test_a_mistyped_address_is_no_dead_end(client: Client, orcid: Server) -> None:
    sign_up(client, JOAN, "jaon@example.org")
    again = Client()
    sign_up(again, JOAN, ADDRESS)
    again.post(link_in_mail())
    assert list(User.objects.values_list("email", flat=True)) == [ADDRESS]


def test_without_a_registered_client_a_page_says_so(client: Client) -> None:
    for path in ("/accounts/orcid/login/", "/accounts/orcid/login/callback/?code=1&state=2"):
        page = client.get(path)
        assert page.status_code == 404
        assert "not set up on this site" in content(page)
    user = account()
    assert "ORCID is not set up" in content(logged_in(user).get("/accounts/orcid/"))
    assert "Log in with ORCID" not in content(client.get("/accounts/login/"))


def test_the_log_in_page_offers_it(client: Client, orcid: Server) -> None:
    for path in ("/accounts/login/", "/accounts/signup/"):
        assert "Log in with ORCID" in content(client.get(path))


def test_a_second_factor_is_asked_for_after_orcid_too(client: Client, orcid: Server) -> None:
    user = opened()
    TOTP.activate(user, generate_totp_secret())
    page: Any = sign_in(client, JOAN)
    assert page.request["PATH_INFO"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


# S10: somebody else's address


def test_an_address_that_the_provider_names_opens_nobodys_account(client: Client, orcid: Server) -> None:
    victim = account(VICTIM)
    asked = sign_in(client, OTHER)

    assert not is_in(client)
    assert 'name="email"' in content(asked)
    assert VICTIM not in content(asked)
    assert not SocialAccount.objects.filter(user=victim).exists()


def test_typing_somebodys_address_gives_neither_their_session_nor_news_of_their_account(
    client: Client, orcid: Server
) -> None:
    victim = account(VICTIM)
    taken = sign_up(client, OTHER, VICTIM)
    free = sign_up(Client(), JOAN, ADDRESS)

    assert not is_in(client)
    assert taken.status_code == free.status_code
    assert content(taken).replace(VICTIM, "") == content(free).replace(ADDRESS, "")
    assert not SocialAccount.objects.filter(user=victim).exists()
    assert [message.subject for message in mail.outbox] == [
        "[bzpeer] You already have an account",
        "[bzpeer] Confirm your address",
    ]
    sign_in(client, OTHER)
    assert not is_in(client)


def test_an_address_written_down_by_an_impostor_is_free_for_who_reads_its_mail(orcid: Server) -> None:
    sign_up(Client(), OTHER, VICTIM)
    victim = Client()
    victim.post("/accounts/signup/", {"email": VICTIM, "password1": PASSWORD})
    victim.post(link_in_mail())

    thief = Client()
    sign_in(thief, OTHER)
    assert not is_in(thief)
    assert not SocialAccount.objects.filter(user__email=VICTIM).exists()


def test_ids_of_another_issuer_are_other_people(orcid: Server, settings: Settings) -> None:
    opened()
    SocialAccount.objects.update(provider="orcid")  # signed in at orcid.org itself
    client = Client()
    asked = sign_in(client, JOAN)
    assert not is_in(client)
    assert 'name="email"' in content(asked)


# S15: the way back


def refused(response: Any) -> bool:
    return response.status_code == 401 and "Begin again, in one browser" in content(response)


def test_a_state_counts_once_in_the_browser_in_which_it_began(client: Client, orcid: Server) -> None:
    opened()
    back = approve(go(client), JOAN)
    thief = Client()
    thief.get("/accounts/login/")

    assert refused(thief.get(back))
    assert not is_in(thief)
    assert refused(client.get(re.sub("state=[^&]+", "state=AAAAAAAAAAAAAAAA", back)))
    assert refused(client.get(re.sub("&?state=[^&]+", "", back)))
    assert not is_in(client)
    client.get(back)
    assert is_in(client)
    client.post("/accounts/logout/")
    assert refused(client.get(back))
    assert not is_in(client)


def test_a_code_of_another_browser_is_refused(client: Client, orcid: Server) -> None:
    """Login CSRF and code injection: the attacker's code under the victim's own, valid state."""
    opened()
    stolen = re.search("code=([^&]+)", approve(go(Client()), JOAN))
    assert stolen
    own = re.search("state=([^&]+)", go(client))
    assert own
    answer = client.get(f"/accounts/orcid/login/callback/?code={stolen[1]}&state={own[1]}")
    assert answer.status_code == 401
    assert "ORCID did not answer, or not in a way" in content(answer)
    assert not is_in(client)


def test_an_old_state_is_refused(client: Client, orcid: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    back = approve(go(client), JOAN)
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.STATE_TTL", -1)
    assert refused(client.get(back))


def test_saying_no_over_there_changes_nothing(client: Client, orcid: Server) -> None:
    page: Any = client.get(approve(go(client), JOAN, action="deny"), follow=True)
    assert "You said no at ORCID" in content(page)
    assert not is_in(client)


def test_a_service_that_is_down_is_said_so(client: Client, orcid: Server, settings: Settings) -> None:
    back = approve(go(client), JOAN)
    settings.ORCID_URL = "http://127.0.0.1:9"
    settings.ORCID_STAND_IN = False
    # the state belongs to the issuer where it began
    assert client.get(back).status_code == 401
    settings.ORCID_URL = orcid.base
    orcid.protocol.client_secret = "another"
    page = client.get(approve(go(client), JOAN))
    assert page.status_code == 401
    assert "Try again in a few minutes" in content(page)


# Connecting


def test_an_id_is_connected_after_the_password_is_given_again(orcid: Server) -> None:
    user = account()
    client = logged_in(user)
    mail.outbox.clear()
    page: Any = client.get(approve(go(client, process="connect"), JOAN), follow=True)
    assert "reauthenticate" in page.request["PATH_INFO"]
    assert accounts.connected(user) == ""

    page = client.post(page.request["PATH_INFO"], {"password": PASSWORD}, follow=True)
    assert f"Your account is now connected with the iD {JOAN}" in content(page)
    assert accounts.connected(user) == JOAN
    assert [message.subject for message in mail.outbox] == ["[bzpeer] An ORCID iD was connected"]


def test_an_account_has_one_id_and_an_id_one_account(orcid: Server) -> None:
    first, second = account(), account("other@example.org")
    client = logged_in(first)
    connect(client, JOAN)

    assert "Disconnect that iD first" in content(connect(client, OTHER))
    assert accounts.connected(first) == JOAN
    assert "is connected with another account" in content(connect(logged_in(second), JOAN))
    assert accounts.connected(second) == ""


def test_an_id_never_comes_from_a_form(orcid: Server) -> None:
    user = account()
    client = logged_in(user)
    for path in ("/accounts/orcid/", "/accounts/orcid/address/", "/accounts/orcid/login/callback/"):
        client.post(path, {"orcid": JOAN, "uid": JOAN, "account": JOAN, "email": user.email})
        client.get(path, {"orcid": JOAN, "code": JOAN})
    assert accounts.connected(user) == ""


# Sessions (S13) and the end of the connection


def test_sessions_end_as_those_of_a_password_do(orcid: Server) -> None:
    user = opened()
    client = Client()
    client.get("/accounts/login/")
    before = client.session.session_key
    sign_in(client, JOAN)
    assert client.session.session_key != before
    assert client.get("/accounts/orcid/").status_code == 200

    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/accounts/orcid/").status_code == 302
    assert not is_in(_signed_in())

    User.objects.filter(pk=user.pk).update(is_active=True)
    client = _signed_in()
    user.set_password(PASSWORD)
    user.save()
    assert client.get("/accounts/orcid/").status_code == 302


def _signed_in() -> Client:
    client = Client()
    sign_in(client, JOAN)
    return client


def test_disconnecting_warns_first_and_logs_other_browsers_out(orcid: Server) -> None:
    user = account()
    client = logged_in(user)
    connect(client, JOAN)
    elsewhere = _signed_in()
    mail.outbox.clear()

    warning = client.get("/accounts/orcid/disconnect/")
    assert "You can no longer log in with" in content(warning)
    assert accounts.connected(user) == JOAN
    client.post("/accounts/orcid/disconnect/")

    assert accounts.connected(user) == ""
    assert is_in(client)
    assert elsewhere.get("/accounts/orcid/").status_code == 302
    assert [message.subject for message in mail.outbox] == ["[bzpeer] Your ORCID iD was disconnected"]
    assert not is_in(_signed_in())


def test_the_last_way_into_an_account_is_not_taken_away(orcid: Server) -> None:
    user = opened()
    client = _signed_in()
    assert "Choose a password" in content(client.get("/accounts/orcid/disconnect/"))
    assert client.post("/accounts/orcid/disconnect/").status_code == 409

    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.filter(user=user).update(verified=False)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page: Any = client.get("/accounts/orcid/disconnect/", follow=True)
    if "reauthenticate" in page.request["PATH_INFO"]:
        page = client.post(page.request["PATH_INFO"] + "?next=/accounts/orcid/disconnect/", {"password": PASSWORD},
                           follow=True)  # fmt: skip
    assert "Confirm your address" in content(page)
    assert accounts.connected(user) == JOAN
