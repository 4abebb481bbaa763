"""An account in a browser: made, secured with a passkey, logged in to with it alone; every page of it looked at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core import mail
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from profiles.models import User
from tests.browser.conftest import Open, flaws

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "violet-cathedral-42"
ADDRESS = "joan@example.org"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def link_in_mail() -> str:
    found = re.search(r"(https?://\S+/accounts/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def show_again(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def add_authenticator(page: Page) -> Any:
    """A passkey device of chromium itself: it verifies its user and keeps keys."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return device


def make_account() -> User:
    user = User.objects.create_user(ADDRESS, PASSWORD)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)
    return user


def test_an_account_is_made_secured_with_a_passkey_and_opened_with_it_alone(
    live_server: LiveServer, page: Page
) -> None:
    add_authenticator(page)
    page.goto(f"{live_server.url}/accounts/signup/")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Confirm your address")).to_be_visible()
    page.goto(link_in_mail())
    page.get_by_role("button", name="Confirm").click()
    log_in(page, live_server.url)

    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Set up a second factor").click()
    page.get_by_role("link", name="Add a passkey").click()
    show_again(page)
    page.get_by_label("A name to tell it by").fill("My laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)

    page.get_by_role("button", name="Log out").click()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()

    page.get_by_role("button", name="Log out").click()
    log_in(page, live_server.url)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()

    page.goto(f"{live_server.url}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename My laptop").click()
    show_again(page)
    page.get_by_label("A name to tell it by").fill("Work laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Work laptop").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    assert mail.outbox[-1].subject == "[bzpeer] A passkey was removed"


def test_a_browser_whose_passkey_fails_says_so_and_leaves_the_other_ways(live_server: LiveServer, page: Page) -> None:
    add_authenticator(page)
    make_account()
    page.goto(f"{live_server.url}/accounts/login/")

    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    log_in(page, live_server.url)
    expect(page.get_by_role("link", name="Settings")).to_be_visible()


PAGES = [
    "/settings/",
    "/settings/profile/",
    "/settings/data/",
    "/settings/delete/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/reauthenticate/",
]
OUTSIDE = [
    "/accounts/confirm-email/",
    "/accounts/confirm-email/resend/",
    "/accounts/confirm-email/x/",
    "/accounts/inactive/",
]


def test_every_page_of_an_account_fits_and_is_accessible(open_page: Open) -> None:
    user = make_account()
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    page = open_page("/accounts/login/")
    problems = []

    def look(path: str) -> None:
        if path:
            page.goto(path)
        problems.extend(flaws(page))

    for path in OUTSIDE:
        look(path)
    log_in(page, "")
    look("")  # the second factor
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Log in", exact=True).click()
    UserSession.objects.create(user=user, session_key="elsewhere", ip="203.0.113.7", user_agent="Firefox Linux")
    page.goto("/accounts/reauthenticate/?next=/settings/")
    show_again(page)
    for path in PAGES:
        look(path)

    assert not problems, "\n".join(problems)


def test_a_profile_is_written_without_scripts(open_page: Open) -> None:
    make_account()
    page = open_page("/accounts/login/", scripts=False)
    log_in(page, "")
    page.goto("/settings/profile/")

    page.get_by_label("Name").fill("Joan Example")
    page.get_by_label("Address of link 1").fill("http://joan.example/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("begins with https://").first).to_be_visible()
    page.get_by_label("Address of link 1").fill("https://joan.example/")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("link", name="joan.example/")).to_have_attribute("href", "https://joan.example/")
