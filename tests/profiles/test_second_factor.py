"""A second factor: an app's codes, recovery codes, what is stored of them, and what follows for the owned record."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache.backends.redis import RedisCacheClient
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from redis.exceptions import ConnectionError

from profiles.account import accounts
from profiles.models import AssessmentDue, Claim, User
from tests.corpus import make_author
from tests.profiles.account_steps import ADDRESS, confirmed, is_in, log_in, member

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_app(client: Client) -> User:
    """An account with an authenticator app, logged out."""
    user = confirmed(client)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def test_an_app_is_set_up_with_a_picture_and_a_code(client: Client) -> None:
    user = member(client)

    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code class="key">(\w+)</code>', page)
    assert secret
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    done = client.post("/accounts/2fa/totp/activate/", {"code": code(secret[1])}, follow=True)

    assert '<img class="qr" src="data:image/svg+xml;base64,' in page
    assert "That code is not right" in wrong.content.decode()
    assert "Recovery codes" in done.content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", done.content.decode())) == 10
    assert accounts.has_second_factor(user)


def test_setting_one_up_asks_for_the_password_first(client: Client) -> None:
    confirmed(client)
    log_in(client)

    answer = client.get("/accounts/2fa/totp/activate/")

    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")


def test_secrets_are_stored_encrypted(client: Client, settings: Settings) -> None:
    user = with_app(client)
    stored = {row.type: row.data for row in Authenticator.objects.all()}
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    assert SECRET not in str(stored)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes
    assert Authenticator.objects.get(type="totp", user=user).wrap().validate_code(code())


def test_secrets_under_a_lost_key_fit_no_code_and_break_no_page(client: Client, settings: Settings) -> None:
    user = with_app(client)
    settings.SECRET_KEY = "another key"
    log_in(client)

    page = client.post("/accounts/2fa/authenticate/", {"code": code()}).content.decode()

    assert "That code is not right" in page
    assert not Authenticator.objects.get(type="totp", user=user).wrap().validate_code(code(""))


def test_a_password_alone_does_not_log_in(client: Client) -> None:
    with_app(client)

    page = log_in(client)

    assert "Second factor" in page
    assert not is_in(client)


def test_a_code_logs_in_once(client: Client) -> None:
    with_app(client)
    now = code()
    log_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": now})
    other = Client()
    log_in(other)

    again = other.post("/accounts/2fa/authenticate/", {"code": now})

    assert (is_in(client), is_in(other)) == (True, False)
    assert "it was used before" in again.content.decode()


def test_codes_are_counted_without_valkey(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_away(*_: object, **__: object) -> None:
        raise ConnectionError("Valkey is away")

    with_app(client)
    monkeypatch.setattr(RedisCacheClient, "get_client", is_away)
    log_in(client)

    pages = [client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode() for _ in range(6)]
    right = client.post("/accounts/2fa/authenticate/", {"code": code()}).content.decode()

    assert ["failed too often" in page for page in pages] == [False] * 5 + [True]
    assert "failed too often" in right
    assert not is_in(client)


def test_a_recovery_code_logs_in_once(client: Client) -> None:
    with_app(client)
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]

    entered = []
    for _ in range(2):
        browser = Client()
        log_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": spare})
        entered.append(is_in(browser))

    assert entered == [True, False]


@pytest.mark.django_db(transaction=True)
def test_adding_and_removing_one_is_told_and_makes_the_owned_record_due(client: Client) -> None:
    user = member(client)
    author = make_author("Joan Example")
    Claim.objects.create(author=author, user=user, status="approved", approved_at=timezone.now())
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code class="key">(\w+)</code>', page)
    assert secret

    client.post("/accounts/2fa/totp/activate/", {"code": code(secret[1])})
    due_after_adding = list(AssessmentDue.objects.values_list("author", "cause"))
    AssessmentDue.objects.all().delete()
    client.post("/accounts/2fa/totp/deactivate/")

    assert due_after_adding == [(author.pk, "account")]
    assert list(AssessmentDue.objects.values_list("author", "cause")) == [(author.pk, "account")]
    assert {message.subject for message in mail.outbox} == {
        "[bzpeer] An authenticator app was set up",
        "[bzpeer] The authenticator app was turned off",
    }
    assert not Authenticator.objects.exists()


def test_the_address_can_change_while_a_second_factor_is_on(client: Client) -> None:
    user = member(client)
    TOTP.activate(user, SECRET)

    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})

    assert [message.to for message in mail.outbox] == [["new@example.org"]]


def test_facts_of_many_accounts_take_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secured = with_app(client)
    plain = confirmed(client, "plain@example.org")
    unconfirmed = User.objects.create_user("new@example.org")
    everybody = [secured.pk, plain.pk, unconfirmed.pk]

    with django_assert_num_queries(2):
        assert accounts.with_second_factor(everybody) == {secured.pk}
        assert accounts.with_confirmed_address(everybody) == {secured.pk, plain.pk}
    assert (accounts.has_second_factor(plain), accounts.has_confirmed_address(unconfirmed)) == (False, False)
    User.objects.filter(email=ADDRESS).update(is_active=False)
    assert accounts.with_second_factor(everybody) == set()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "totp/activate/",
        "webauthn/",
        "webauthn/add/",
        "recovery-codes/",
        "recovery-codes/generate/",
        "totp/deactivate/",
        "reauthenticate/",
        "webauthn/reauthenticate/",
    ],
)
def test_pages_of_second_factors_look_like_the_site(client: Client, address: str) -> None:
    user = member(client)
    if address != "totp/activate/":
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)

    answer = client.get(f"/accounts/2fa/{address}", follow=True)
    html = answer.content.decode()

    assert answer.status_code == 200
    assert 'class="site-header"' in html
    assert not re.search(r"\s(style|on\w+)=", html)
    assert "allauth" not in html
