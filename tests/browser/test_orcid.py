"""Signing in at the stand-in for ORCID in a real browser: there, back, refused, connected and ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bzpeer.standins.orcid import Server
from bzpeer.standins.people import Person
from profiles.models import User
from profiles.orcid import accounts
from tests.profiles.orcid_site import JOAN, OTHER, PASSWORD, account, stand_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orcid(settings: Settings) -> Iterator[Server]:
    """The site may lead a form to it, as the settings arrange where ORCID is set up."""
    cache.clear()
    joan = Person(orcid=JOAN, name="Joan Example", note="has an iD in the metadata")
    with stand_in(settings, joan, Person(orcid=OTHER, name="Olive Other")) as server:
        policy = settings.CONTENT_SECURITY_POLICY
        directives = {**policy["DIRECTIVES"], "form-action": ["'self'", server.base]}
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
        yield server
    cache.clear()


def link_in_mail() -> str:
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_a_stranger_comes_in_by_orcid(page: Page, live_server: LiveServer, orcid: Server) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("link", name="Log in with ORCID").click()
    page.get_by_role("button", name="Go on to ORCID").click()
    expect(page.get_by_text("Stand-in for ORCID, no real iD.")).to_be_visible()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", name="You did not sign in at ORCID")).to_be_visible()

    page.get_by_role("link", name="Log in with ORCID").click()
    page.get_by_role("button", name="Go on to ORCID").click()
    page.get_by_label(re.compile("Joan Example")).check()
    page.get_by_role("button", name="Authorize access").click()
    expect(page.get_by_text("You signed in at ORCID as Joan Example")).to_be_visible()
    page.get_by_label("Email address").fill("joan@example.org")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Confirm your address")).to_be_visible()
    page.goto(live_server.url + link_in_mail())
    page.get_by_role("button", name="Confirm").click()
    page.goto(f"{live_server.url}/accounts/login/?next=/accounts/orcid/")
    page.get_by_role("link", name="Log in with ORCID").click()
    page.get_by_role("button", name="Go on to ORCID").click()
    page.get_by_role("button", name="Authorize access").click()
    expect(page.locator("main")).to_contain_text(f"connected with {JOAN}, authenticated")
    assert User.objects.get().name == "Joan Example"


def test_an_account_connects_an_id_and_ends_it(page: Page, live_server: LiveServer, orcid: Server) -> None:
    user = account()
    page.goto(f"{live_server.url}/accounts/login/?next=/accounts/orcid/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("link", name="Connect your ORCID iD").click()
    page.get_by_role("button", name="Go on to ORCID").click()

    page.get_by_label("Another invented iD").fill("0000-0000-0000-0029")
    page.get_by_role("button", name="Authorize access").click()
    expect(page.get_by_role("alert")).to_contain_text("That is no invented iD")
    page.go_back()
    page.get_by_label("Another invented iD").fill(OTHER)
    page.get_by_role("button", name="Authorize access").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button").first.click()
    expect(page.get_by_text(f"Your account is now connected with the iD {OTHER}.")).to_be_visible()

    page.get_by_role("link", name="Disconnect it").click()
    page.get_by_role("button", name="Disconnect it").click()
    expect(page.get_by_text("Your ORCID iD is no longer connected.")).to_be_visible()
    assert accounts.connected(user) == ""
