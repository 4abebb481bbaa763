"""The feed in a browser: by keyboard and in place, what was opened is read; narrow and wide, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from profiles.following import feed, follows
from profiles.models import FeedItem, User
from tests.browser.conftest import Complaints, Open, flaws
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.feeds import tell, tell_of_claim, tell_of_merge
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader() -> User:
    """Somebody with three works in their feed, after a claim and a merge."""
    user, ann, topic = make_user("Rea Der"), make_author("Ann"), make_topic()
    follows.follow_many([ann, topic], by=user)
    tell_of_claim(user, ann)
    tell_of_merge(user, make_author("A. Ann"), ann)
    for number in range(3):
        title = f"Work {number} on <math><mi>x</mi></math>"
        work = make_work(f"Work {number}", authors=[ann], topics=[topic], abstract="Said.", abstract_html="Said.")
        type(work).objects.filter(pk=work.pk).update(title_html=title)
        tell(user, work)
    return user


@pytest.fixture
def visitor(reader: User) -> User:
    return reader


def stored(number: int) -> tuple[bool, bool]:
    """Whether the item of a work is read, and saved."""
    item = FeedItem.objects.get(event__work__title=f"Work {number}")
    return item.read_at is not None, item.saved_at is not None


def test_items_are_read_saved_and_opened_by_keyboard(open_page: Open, live_server: LiveServer) -> None:
    page = open_page("/feed/")
    said, items = page.locator("[data-feed-said]"), page.locator("[data-item]")

    page.keyboard.press("j")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("s")
    expect(said).to_have_text("Saved for later.")
    page.keyboard.press("m")
    expect(said).to_have_text("Marked as read.")
    expect(items.nth(0)).to_have_class("feed-item is-saved")
    assert stored(2) == (True, True)
    page.keyboard.press("s")
    expect(said).to_contain_text("No longer saved.")
    assert stored(2) == (True, False)

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(items.nth(1)).to_be_focused()
    page.get_by_label("Search").first.press("m")  # while one types, it is a letter
    page.get_by_label("Search").first.press("j")
    assert stored(1) == (False, False)

    items.nth(1).focus()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Work 1")
    page.goto("/feed/?unread=1")
    expect(items).to_have_count(3)
    expect(items.nth(0)).to_contain_text("Work 0")


def test_a_mark_that_does_not_reach_the_site_is_not_shown(open_page: Open, complaints: Complaints) -> None:
    page = open_page("/feed/")
    page.route("**/read/", lambda route: route.abort())

    page.get_by_role("button", name="Mark as read").first.click()

    expect(page.locator("[data-feed-said]")).to_have_text("This did not reach the site. Try again.")
    expect(page.locator("[data-item]").first).to_have_class("feed-item is-unread")
    complaints.clear()  # the browser's own, of the request that failed


def test_every_view_is_accessible_and_fits(open_page: Open, reader: User) -> None:
    feed.save(reader, FeedItem.objects.earliest("pk").pk)
    page, found = open_page("/feed/"), []
    for path in ("/feed/?view=all", "/feed/?view=records&unread=1", "/feed/?view=saved&undo=1", "/feed/?view=late"):
        page.goto(path)
        found += flaws(page)

    assert found == []
