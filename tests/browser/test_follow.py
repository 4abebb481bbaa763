"""Following in a browser: in place and by keyboard, the list, and an import; narrow and wide, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from profiles.following import follows
from profiles.following.follows import Target
from profiles.models import Follow, FollowCount, User
from publications.models import Institution, Source, Topic
from tests.browser.conftest import Complaints, Open, flaws
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader() -> User:
    return make_user("Rae Reader")


@pytest.fixture
def visitor(reader: User) -> User:
    return reader


def test_a_topic_is_followed_in_place_and_by_keyboard(open_page: Open, reader: User, complaints: Complaints) -> None:
    topic = make_topic()
    make_work(topics=[topic])
    Topic.objects.update(works_count=2)
    page = open_page(topic.get_absolute_url())
    page.evaluate("window.stayed = true")
    button = page.get_by_role("button", name="Follow 0 followers")

    button.click()
    expect(page.get_by_text("You follow Machine Learning.")).to_be_visible()
    pressed = page.get_by_role("button", name="Following 1 follower")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_be_focused()
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_role("button", name="Muted")).to_have_attribute("aria-pressed", "true")
    assert Follow.objects.values_list("target", "muted").get() == (topic.short_id, True)
    page.keyboard.press("f")
    expect(page.get_by_text("You no longer follow Machine Learning.")).to_be_visible()
    expect(page.get_by_role("button", name="Mute")).to_be_hidden()
    page.keyboard.press("Control+f")
    page.get_by_label("Year").focus()
    page.keyboard.type("ff")
    assert not Follow.objects.exists()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("f")
    expect(page.get_by_text("You follow Machine Learning.")).to_be_visible()
    assert page.evaluate("window.stayed")
    page.route("**/unfollow/**", lambda route: route.abort())
    page.keyboard.press("f")
    expect(page.get_by_text("This did not reach the site.")).to_be_visible()
    expect(page.get_by_role("button", name="Following 1 follower")).not_to_have_attribute("aria-busy", "true")
    complaints.clear()  # the browser reports the request that was stopped


def test_a_session_that_ended_leads_to_logging_in_and_back(
    open_page: Open, reader: User, complaints: Complaints
) -> None:
    author = make_author("Joan Example")
    page = open_page(author.get_absolute_url())
    page.context.clear_cookies(name="sessionid")

    page.keyboard.press("f")

    page.wait_for_url("**/accounts/login/**")
    complaints.clear()  # the header's counts were asked for as well, in vain
    page.get_by_label("Email").fill(reader.email)
    page.get_by_label("Password").fill("a good long password")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Joan Example", level=1)).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Following 1 follower")).to_be_visible()


def many(reader: User) -> list[Target]:
    names = ["Joan Example", "محمد علي بن عبد الله", "山田 太郎", "Maximiliane Rosalind Featherstonehaugh-Cholmondeley"]
    place = Institution.objects.create(name="Institute of Invention", sort_key="institute", works_count=1204)
    venue = Source.objects.create(name="Journal of Examples", sort_key="journal")
    targets: list[Target] = [*map(make_author, names), make_topic(), place, venue]
    follows.follow_many(targets, by=reader)
    follows.mute(targets[2], by=reader)
    FollowCount.objects.filter(target=targets[4].short_id).update(remote=3)
    return targets


def test_several_are_selected_muted_ended_and_brought_back(open_page: Open, reader: User) -> None:
    many(reader)
    page = open_page("/following/")

    expect(page.get_by_role("button", name="Unfollow selected")).to_be_disabled()
    page.get_by_role("checkbox", name="Select Joan Example").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(page.get_by_text("7 selected")).to_be_visible()
    page.get_by_role("button", name="Unfollow selected").click()
    expect(page.get_by_text("You follow nothing yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("You follow 7 pages again.")).to_be_visible()
    assert Follow.objects.filter(muted=True).count() == 1


def test_the_pages_of_following_fit_and_are_accessible(open_page: Open, reader: User, tmp_path: Path) -> None:
    targets = many(reader)
    file = tmp_path / "list.csv"
    file.write_text(f"id\n{make_author('New to me').short_id}\n{targets[0].short_id}\n10.1000/182\n{'x' * 300}\n")
    page = open_page("/following/")
    found = flaws(page)
    for path in ("/following/?q=nobody", targets[4].get_absolute_url(), "/following/import/"):
        page.goto(path)
        found += flaws(page)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 page would be followed, 1 followed already, 2 lines not found.")).to_be_visible()
    found += flaws(page)
    page.get_by_role("button", name="Follow 1 page").click()
    expect(page.get_by_text("1 page followed, 1 followed before, 2 lines not found.")).to_be_visible()
    found += flaws(page)

    assert not found, "\n".join(found)
