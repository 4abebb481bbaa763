"""Notices in a browser: numbers that change while one reads, the list, the choices; narrow and wide, light and dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from profiles.models import User
from profiles.notifying import notices, subscriptions
from tests.browser.conftest import Open, flaws
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def joan() -> User:
    return make_user("Joan Example")


@pytest.fixture
def visitor(joan: User) -> User:
    return joan


def tell(user: User, number: int = 1) -> None:
    notices.tell(user, "vouched", author=f"Joan {number}", count=number, url="/authors/A1/claim/")


def look_away_and_back(page: Page) -> None:
    """As if six seconds had passed in another window."""
    page.evaluate("const now = Date.now() + 6000; Date.now = () => now; dispatchEvent(new Event('focus'))")


def test_numbers_change_while_one_reads_and_are_said_without_moving_anything(open_page: Open, joan: User) -> None:
    page = open_page("/about/")
    link = page.locator(".site-links a", has_text="Notifications")
    expect(link.locator(".count")).to_be_hidden()
    page.get_by_role("link", name="Settings").first.focus()

    tell(joan)
    look_away_and_back(page)

    expect(link.locator(".count")).to_be_visible()
    expect(link).to_have_text("Notifications 1 unread")
    expect(page.locator("[data-unread-said]")).to_have_text("Notifications 1 unread")
    expect(page).to_have_title("(1) About · bzpeer")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Settings"

    notices.mark_read(joan)
    look_away_and_back(page)
    expect(link.locator(".count")).to_be_hidden()
    expect(page).to_have_title("About · bzpeer")


def test_the_list_and_the_choices_work_without_scripts(open_page: Open, joan: User) -> None:
    for number in range(3):
        tell(joan, number)
    page = open_page("/notifications/", scripts=False)
    page.get_by_role("button", name=re.compile("Mark as read.*Joan 2")).click()
    expect(page.locator(".notices .is-unread")).to_have_count(2)
    page.get_by_label("Unread only").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".notices li")).to_have_count(2)

    page.get_by_role("link", name="Choose what you are told").click()
    page.get_by_label("Every Monday").check()
    page.get_by_label("Vouches: by mail").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    expect(page.get_by_label("Vouches: by mail")).not_to_be_checked()
    assert subscriptions.of(joan).digest == "weekly"


def test_the_pages_fit_and_are_accessible(open_page: Open, joan: User) -> None:
    for number in range(3):
        tell(joan, number)
    notices.mark_read(joan, [notices.latest(joan)[0].pk])
    subscriptions.choose_digest("daily", by=joan)
    stop = subscriptions.stop_address(joan, "digest").removeprefix("http://localhost:8000")
    problems = []
    page = open_page("/notifications/")
    for path in ("/notifications/", "/settings/news/", stop):
        page.goto(path)
        problems += flaws(page)

    assert not problems, "\n".join(problems)
