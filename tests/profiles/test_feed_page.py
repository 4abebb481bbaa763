"""The feed as a page: days, reasons, tabs, filters, paging, marks without scripts, empty states."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from profiles.following import feed, feed_page, follows
from profiles.following.feed import Wanted
from profiles.models import FeedItem, ResearcherProfile, User
from publications.models import Author, Institution
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.feeds import ann, reader, tell, tell_of_claim, tell_of_merge
from tests.profiles.people import make_record, make_user, own

__all__ = ["ann", "reader"]  # fixtures

pytestmark = pytest.mark.django_db

# Session, account, where a look ends, items, cards, reasons, counts, the private address, two of the site's header
QUERIES = 10


@pytest.fixture
def browser(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def text(response: Any) -> str:
    """What the page says, in one line."""
    main = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def titles(response: Any) -> list[str]:
    found = re.findall(r'<h3 class="work-title"[^>]*>(.*?)</h3>', response.content.decode(), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", title) for title in found]


@pytest.mark.parametrize("items", [1, 3])
def test_a_page_costs_the_same_however_many_items(
    browser: Client, reader: User, ann: Author, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [make_author(f"Author {number}") for number in range(4)]
    topic = make_topic()
    follows.follow_many([*others, topic], by=reader)
    for number in range(items):
        tell(reader, make_work(f"Work {number}", authors=[ann, *others], topics=[topic]))
        tell_of_claim(reader, others[number])

    with django_assert_num_queries(QUERIES):
        response = browser.get("/feed/?view=all")

    assert len(titles(response)) == 2 * items


def test_a_page_reads_a_screenful_whatever_the_feed_holds(
    browser: Client, reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_page, "PER_PAGE", 3)
    monkeypatch.setattr(feed, "COUNTED", 4)
    for _number in range(8):
        tell(reader, make_work(authors=[ann]))

    with CaptureQueriesContext(connection) as asked:
        browser.get("/feed/")

    of_items = [query["sql"] for query in asked if 'FROM "profiles_feeditem"' in query["sql"]]
    screenful = next(sql for sql in of_items if sql.startswith("SELECT") and sql.endswith("LIMIT 4"))
    beyond = next(sql for sql in of_items if sql.endswith(f"LIMIT 1 OFFSET {feed.LOOKS}"))
    counts = next(sql for sql in of_items if "UNION" in sql)
    reasons = next(sql for sql in of_items if '"profiles_feeditem"."id" IN (' in sql)
    assert "ORDER BY" in screenful[-80:]
    assert "EXISTS" not in beyond
    assert counts.count("LIMIT 4)") == 4
    assert reasons.rpartition(" IN (")[2].count(",") == 2


def test_an_item_says_why_it_is_there(reader: User, ann: Author) -> None:
    people = [make_author(name) for name in ("Bob", "Cid", "Dee")]
    topic, place = make_topic(), Institution.objects.create(name="Institute", sort_key="institute")
    follows.follow_many([*people, topic, place], by=reader)
    muted = make_author("Muted")
    follows.follow(muted, by=reader)
    follows.mute(muted, by=reader)
    tell(reader, make_work("Together", authors=[ann, *people, muted], topics=[topic]))

    [day] = feed_page.read(reader, Wanted()).days
    [line] = day.lines

    shown = [author.display_name for author in sorted([ann, *people], key=lambda author: author.short_id)[:2]]
    assert ([reason.name for reason in line.authors], line.more_authors) == (shown, 2)
    assert ([(reason.name, reason.code, reason.url) for reason in line.others], line.more_others) == (
        [("Machine Learning", "cs.LG", topic.get_absolute_url())],
        0,
    )


def test_the_page_words_every_kind(browser: Client, reader: User, ann: Author) -> None:
    topic = make_topic()
    follows.follow(topic, by=reader)
    tell(reader, make_work("A work", authors=[ann, make_author("Zed")], topics=[topic]))
    tell(reader, make_work("An old work", authors=[ann]), kind="late")
    tell_of_claim(reader, ann)
    tell_of_merge(reader, make_author("A. Ann"), ann)
    hidden = make_author("Secret", hidden=True)
    tell_of_merge(reader, hidden, ann)

    page = browser.get("/feed/?view=all")

    assert titles(page) == [
        "Another record was merged into the one of Ann.",
        "The record “A. Ann” was merged into the one of Ann.",
        "The record of Ann has an owner now.",
        "An old work",
        "A work",
    ]
    assert "Because you follow Ann · Machine Learning cs.LG" in text(page)
    assert "Secret" not in page.content.decode()
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_items_are_grouped_by_day_in_the_readers_time_zone(reader: User, ann: Author, client: Client) -> None:
    ResearcherProfile.objects.create(user=reader, time_zone="Pacific/Auckland")
    client.post("/accounts/login/", {"login": reader.email, "password": "a good long password"})
    moments = [datetime(2026, 2, 3, hour, tzinfo=ZoneInfo("UTC")) for hour in (10, 12)]  # in Auckland 23:00 and 1:00
    for moment in moments:
        item = tell(reader, make_work(authors=[ann]))
        FeedItem.objects.filter(pk=item.pk).update(created_at=moment)
    today = tell(reader, make_work(authors=[ann]))
    FeedItem.objects.filter(pk=today.pk).update(created_at=timezone.now())

    html = client.get("/feed/").content.decode()

    assert re.findall(r'class="feed-day"[^>]*>([^<]+)<', html) == [
        "Today",
        "Wednesday, 4 February 2026",
        "Tuesday, 3 February 2026",
    ]


def test_tabs_count_what_is_unread(browser: Client, reader: User, ann: Author) -> None:
    tell(reader, make_work(authors=[ann]))
    feed.save(reader, tell(reader, make_work(authors=[ann]), kind="late").pk)

    tabs = browser.get("/feed/").content.decode().split('<nav class="feed-tabs')[1].split("</nav>")[0]

    assert re.findall(r'href="([^"]*)"', tabs) == [
        "/feed/?",
        "/feed/?view=late",
        "/feed/?view=records",
        "/feed/?view=saved",
        "/feed/?view=all",
    ]
    words = " ".join(re.sub(r"<[^>]+>", " ", tabs.split(">", 1)[1]).split())
    assert words == "New 1 unread Indexed late 1 unread Records Saved 1 All"


def test_a_number_that_may_be_higher_says_so_and_lets_all_be_marked(
    browser: Client, reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOKED_AT", 2)
    follows.follow(bob := make_author("Bob"), by=reader)
    for author in (ann, ann, bob, bob):
        tell(reader, make_work(authors=[author]))

    def said() -> tuple[str, bool]:
        page = text(browser.get("/feed/"))
        return page.split("Following New")[1].split("Indexed late")[0].strip(), "Mark all as read" in page

    assert said() == ("2+ unread", True)
    follows.mute(bob, by=reader)
    assert said() == ("", True)
    feed.mark_read(reader, up_to=FeedItem.objects.latest("pk").pk)
    assert said() == ("", False)


def test_older_items_follow_and_newer_ones_are_a_step_back(
    browser: Client, reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_page, "PER_PAGE", 2)
    for number in range(5):
        tell(reader, make_work(f"Work {number}", authors=[ann]))
    seen, address = [], "/feed/?"
    while address:
        page = browser.get(address)
        seen.append(titles(page))
        tell(reader, make_work("Meanwhile", authors=[ann]))
        older = page.context["page"].older
        address = f"/feed/{older}" if older else ""

    assert seen == [["Work 4", "Work 3"], ["Work 2", "Work 1"], ["Work 0"]]
    assert 'href="/feed/?">Newest</a>' in page.content.decode()


def test_saved_items_page_by_when_they_were_saved(
    browser: Client, reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_page, "PER_PAGE", 1)
    items = [tell(reader, make_work(f"Work {number}", authors=[ann])) for number in range(3)]
    for number in (0, 2, 1):
        feed.save(reader, items[number].pk)
    moment = timezone.now()
    for age, number in enumerate((0, 2, 1)):
        FeedItem.objects.filter(pk=items[number].pk).update(saved_at=moment - timedelta(seconds=age))

    first = browser.get("/feed/?view=saved")
    second = browser.get(f"/feed/{first.context['page'].older}")
    third = browser.get(f"/feed/{second.context['page'].older}")

    assert [titles(page) for page in (first, second, third)] == [["Work 0"], ["Work 2"], ["Work 1"]]
    assert third.context["page"].older == ""


def test_the_filter_keeps_what_was_chosen(browser: Client, reader: User, ann: Author) -> None:
    bob = make_author("Bob")
    follows.follow(bob, by=reader)
    tell(reader, make_work("Of Ann", authors=[ann]))

    page = browser.get(f"/feed/?of={bob.short_id}&unread=1&target=author")
    html = page.content.decode()

    assert "Nothing here fits these filters." in html
    assert f'<option value="{bob.short_id}" selected>Bob</option>' in html
    assert 'name="unread" value="1" checked' in html
    assert '<option value="author" selected>' in html


def test_a_filter_that_finds_nothing_looks_at_a_part_says_so_and_leads_on(
    browser: Client, reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOKS", 2)
    follows.follow(bob := make_author("Bob"), by=reader)
    tell(reader, make_work("Of Bob", authors=[bob]))
    for number in range(4):
        tell(reader, make_work(f"Of Ann {number}", authors=[ann]))

    seen, address = [], f"?of={bob.short_id}"
    while address:
        page = browser.get(f"/feed/{address}")
        said = text(page)
        seen.append(("2 items were looked at, back to" in said, "Look further back" in said, titles(page)))
        address = page.context["page"].older

    assert seen == [(True, True, []), (True, True, []), (False, False, ["Of Bob"])]
    monkeypatch.setattr(feed, "LOOKS", 5)
    page = browser.get(f"/feed/?of={bob.short_id}")
    assert (titles(page), page.context["page"].back_to, page.context["page"].older) == (["Of Bob"], None, "")


def test_what_is_muted_is_looked_at_part_by_part(
    browser: Client, reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOKS", 2)
    for _number in range(3):
        tell(reader, make_work(authors=[ann]))
    follows.mute(ann, by=reader)

    page = browser.get("/feed/")
    last = browser.get(f"/feed/{page.context['page'].older}")

    assert "Nothing to show among these. 2 items were looked at" in text(page)
    assert ("Nothing older is here." in text(last), "Newest" in text(last)) == (True, True)


@pytest.mark.parametrize("query", ["before=x", "before=99999999999999999999", "view=saved&before=9999999999999999999"])
def test_addresses_that_say_nothing_are_no_error(browser: Client, reader: User, ann: Author, query: str) -> None:
    assert browser.get(f"/feed/?{query}").status_code == 200


# Marks without scripts


def test_an_item_is_marked_and_the_page_comes_back(browser: Client, reader: User, ann: Author) -> None:
    item = tell(reader, make_work(authors=[ann]))

    back = browser.post(f"/feed/{item.pk}/read/", {"on": "1", "next": "/feed/?view=all"})
    item.refresh_from_db()
    assert (back["Location"], item.read_at is None) == (f"/feed/?view=all#item-{item.pk}", False)

    browser.post(f"/feed/{item.pk}/read/", {"on": "0", "next": "//evil.example/"})
    item.refresh_from_db()
    assert item.read_at is None


def test_letting_go_of_a_saved_item_can_be_undone(browser: Client, reader: User, ann: Author) -> None:
    item = tell(reader, make_work("Kept", authors=[ann]))
    browser.post(f"/feed/{item.pk}/saved/", {"on": "1"})
    assert titles(browser.get("/feed/?view=saved")) == ["Kept"]

    page = browser.post(f"/feed/{item.pk}/saved/", {"on": "0", "next": "/feed/?view=saved"}, follow=True)
    assert page.redirect_chain == [(f"/feed/?view=saved&undo={item.pk}#item-{item.pk}", 302)]
    assert (titles(page), "It is no longer saved." in text(page)) == ([], True)

    browser.post(f"/feed/{item.pk}/saved/", {"on": "1", "next": "/feed/?view=saved"})
    assert titles(browser.get("/feed/?view=saved")) == ["Kept"]


def test_all_is_marked_up_to_what_the_page_showed(browser: Client, reader: User, ann: Author) -> None:
    tell(reader, make_work("Seen", authors=[ann]))
    form = browser.get("/feed/").context["page"]
    tell(reader, make_work("Came since", authors=[ann]))

    page = browser.post("/feed/read/", {"up_to": form.top, "view": "new", "next": "/feed/?"}, follow=True)

    assert "1 item is marked as read." in text(page)
    assert titles(browser.get("/feed/?unread=1")) == ["Came since"]


def test_a_script_gets_no_page_back(browser: Client, reader: User, ann: Author) -> None:
    item = tell(reader, make_work(authors=[ann]))

    answer = browser.post(f"/feed/{item.pk}/saved/", {"on": "1"}, headers={"Prefer": "return=minimal"})

    assert (answer.status_code, answer.content) == (204, b"")


def test_marks_are_for_the_account_that_has_the_item(client: Client, reader: User, ann: Author) -> None:
    item = tell(reader, make_work(authors=[ann]))

    assert client.post(f"/feed/{item.pk}/saved/", {"on": "1"})["Location"].startswith("/accounts/login/")
    client.force_login(make_user("Else"))
    assert client.post(f"/feed/{item.pk}/saved/", {"on": "1"}).status_code == 404
    assert client.get(f"/feed/{item.pk}/saved/").status_code == 405


# Nothing there


def test_who_follows_nobody_is_shown_whom_to_follow(browser: Client, reader: User) -> None:
    friend = make_author("Friend")
    record = make_record("Rea Der", works=3, coauthors=(friend,))
    make_topic().author_topics.create(author=record, works_count=3)
    own(record, reader)

    page = browser.get("/feed/")

    assert "You follow nobody and nothing yet." in text(page)
    assert [author.display_name for author in page.context["suggestions"].people] == ["Friend"]
    assert [topic.code for topic in page.context["suggestions"].topics] == ["cs.LG"]
    assert f'action="/follow/{friend.short_id}/"' in page.content.decode()

    then = browser.post(f"/follow/{friend.short_id}/", {"next": "/feed/"}, follow=True)
    assert "Nothing new so far." in text(then)
    assert list(then.context["suggestions"].people) == []
    follows.follow_many([make_author(f"Author {number}") for number in range(4)], by=reader)
    assert browser.get("/feed/").context["suggestions"] is None


def test_who_owns_no_record_is_shown_the_largest_topics(browser: Client, reader: User) -> None:
    topic = make_topic()
    type(topic).objects.update(works_count=5)

    page = browser.get("/feed/")

    assert "The largest topics Machine Learning cs.LG" in text(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Nothing new so far."),
        ("?view=late", "Nothing was indexed late."),
        ("?view=records", "No news of records"),
        ("?view=saved", "Nothing saved."),
        ("?unread=1", "Nothing here fits these filters."),
    ],
)
def test_every_empty_view_says_so(browser: Client, reader: User, ann: Author, query: str, said: str) -> None:
    assert said in text(browser.get(f"/feed/{query}"))


def test_the_feed_is_for_those_who_are_logged_in(client: Client) -> None:
    assert client.get("/feed/")["Location"] == "/accounts/login/?next=/feed/"
