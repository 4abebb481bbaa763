"""The header of somebody who is signed in, on a phone: one row, and everything behind one word, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.profiles.moderation_steps import logged_in
from tests.profiles.people import make_moderator

MENU = ["Graph", "Feed", "Following", "Collaboration", "Notifications", "Moderation", "Settings"]


@pytest.mark.django_db(transaction=True)
def test_on_a_phone_one_menu_leads_everywhere_without_scripts(live_server: LiveServer, browser: Browser) -> None:
    session = logged_in(make_moderator()).cookies["sessionid"].value
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/about/")
    menu = page.get_by_role("navigation", name="Account")

    expect(menu.get_by_role("link")).to_have_count(0)
    assert page.locator(".site-header").bounding_box()["height"] < 120  # type: ignore[index]  # it is on the page
    menu.get_by_text("Menu").click()

    shown = menu.get_by_role("link")
    expect(shown).to_have_count(len(MENU))
    assert [link.inner_text().split("\n")[0].strip() for link in shown.all()] == MENU
    menu.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    context.close()
