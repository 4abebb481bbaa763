"""The page "Following": found, sorted, paged, muted, ended and brought back; only for its account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from profiles.following import follow_terms, following_page, follows
from profiles.following.follows import Target, Terms
from profiles.models import FeedItem, Follow, NewsEvent, User
from publications.models import Author, Institution, Source, Topic
from publications.names import key
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def reader(client: Client) -> User:
    user = make_user()
    client.force_login(user)
    return user


def author(name: str, **fields: Any) -> Author:
    made = make_author(name, **fields)
    Author.objects.filter(pk=made.pk).update(sort_key=key(name))
    return made


def follow(user: User, *targets: Target, muted: bool = False) -> None:
    """One after the other, a day apart, the last one now."""
    for age, target in enumerate(reversed(targets)):
        since = NOW - timedelta(days=age, seconds=1)
        follows.follow_many([target], by=user, terms={target.short_id: Terms(muted, since)})


def news(user: User, target: Target, days_ago: int) -> None:
    work = make_work()
    event = NewsEvent.objects.create(kind="work", work=work, audience=[target.short_id], due_at=None)
    FeedItem.objects.create(user=user, event=event, kind="new", created_at=NOW - timedelta(days=days_ago))


def shown(client: Client, query: str = "") -> list[str]:
    html = client.get(f"/following/{query}").content.decode()
    return re.findall(r'<a class="kind kind-\w+" dir="auto" href="[^"]*">([^<]*)</a>', html)


def followed(user: User) -> set[str]:
    return set(Follow.objects.filter(user=user).values_list("target", flat=True))


def test_everything_followed_is_listed_latest_first_and_by_kind(client: Client, reader: User) -> None:
    place = Institution.objects.create(name="Uni", sort_key="uni")
    follow(reader, author("Joan"), make_topic(), place, Source.objects.create(name="Journal", sort_key="journal"))
    follow(make_user(), author("Followed by somebody else"))

    assert shown(client) == ["Journal", "Uni", "Machine Learning", "Joan"]
    assert shown(client, "?kind=topic") == ["Machine Learning"]
    tabs = client.get("/following/").context["tabs"]
    assert [(tab.kind, tab.count, tab.address) for tab in tabs] == [
        ("", 4, "?"),
        ("author", 1, "?kind=author"),
        ("topic", 1, "?kind=topic"),
        ("institution", 1, "?kind=institution"),
        ("source", 1, "?kind=source"),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("garcia", ["José García"]),
        ("JOSÉ gar", ["José García"]),
        ("太郎", ["山田太郎"]),
        ("山田 太郎", ["山田太郎"]),
        ("ЧЕБЫШЁВ", ["Пафнутий Чебышёв"]),
        ("عمر", ["عمر خيام"]),
        ("%", []),
        ("_", []),
        ("\0", ["عمر خيام", "Пафнутий Чебышёв", "山田太郎", "José García"]),
        ("nobody", []),
    ],
)
def test_names_are_found_folded_in_every_script(client: Client, reader: User, query: str, found: list[str]) -> None:
    follow(reader, *map(author, ["José García", "山田太郎", "Пафнутий Чебышёв", "عمر خيام"]))

    html = client.get("/following/", {"q": query}).content.decode()

    assert re.findall(r'dir="auto" href="[^"]*">([^<]*)</a>', html) == found
    assert ("Nothing you follow fits." in html) == (not found)


def test_the_list_is_sorted_as_asked(client: Client, reader: User) -> None:
    ada, ben, cem = author("Ada", works_count=3), author("ben", works_count=30), author("Çem", works_count=10)
    follow(reader, cem, ada, ben)
    news(reader, ada, 9)
    news(reader, cem, 4)
    news(reader, ada, 1)
    news(make_user(), ben, 0)

    assert shown(client) == ["ben", "Ada", "Çem"]
    assert shown(client, "?sort=name") == ["Ada", "ben", "Çem"]
    assert shown(client, "?sort=works") == ["ben", "Çem", "Ada"]
    assert shown(client, "?sort=news") == ["Ada", "Çem", "ben"]
    lines = client.get("/following/?sort=name").context["page"].items
    ages = [line.news_at and (NOW - line.news_at).days for line in lines]
    assert ages == [1, None, 4]


def test_what_is_muted_can_be_left_out_or_listed_alone(client: Client, reader: User) -> None:
    follow(reader, author("Heard"))
    follow(reader, author("Silent"), muted=True)

    assert [shown(client, f"?heard={heard}") for heard in ("", "heard", "muted", "wrong")] == [
        ["Silent", "Heard"],
        ["Heard"],
        ["Silent"],
        ["Silent", "Heard"],
    ]


@pytest.mark.parametrize("sort", ["latest", "name", "works", "news"])
def test_ten_thousand_are_read_in_pages_of_fifty(client: Client, reader: User, sort: str) -> None:
    topics = [Topic(scheme="x", code=f"{n:04}", name=f"Topic {n:04}", sort_key=f"topic {n:04}") for n in range(120)]
    follows.follow_many(Topic.objects.bulk_create(topics), by=reader)

    pages = [shown(client, f"?sort={sort}&page={number}") for number in (1, 2, 3, 99)]

    assert [len(page) for page in pages] == [50, 50, 20, 20]
    assert len(set(pages[0] + pages[1] + pages[2])) == 120
    assert pages[3] == pages[2]


@pytest.mark.parametrize("sort", ["latest", "news"])
def test_the_list_asks_the_same_number_of_questions_for_one_follow_and_for_three(
    client: Client, reader: User, sort: str, django_assert_num_queries: Any
) -> None:
    filters = following_page.Filters(sort=sort)
    follow(reader, author("Ada"))
    with django_assert_num_queries(4):  # tabs, news, how many or which, the page
        following_page.tabs(reader, filters)
        following_page.page(reader, filters)

    follow(reader, author("Ben"), make_topic())
    news(reader, make_topic(), 1)
    with django_assert_num_queries(4):
        following_page.tabs(reader, filters)
        following_page.page(reader, filters)


def test_hidden_authors_are_left_out(client: Client, reader: User) -> None:
    gone = author("Gone")
    follow(reader, gone, author("Here"))
    Author.objects.filter(pk=gone.pk).update(hidden=True)

    assert shown(client) == ["Here"]
    assert client.get("/following/").context["tabs"][0].count == 1


def test_an_empty_list_says_how_to_fill_it(client: Client, reader: User) -> None:
    html = client.get("/following/").content.decode()

    assert "You follow nothing yet." in html
    assert 'href="/following/import/"' in html
    assert "export" not in html


def test_the_list_is_private(client: Client, reader: User) -> None:
    response = client.get("/following/")
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert "Disallow: /following/" in client.get("/robots.txt").content.decode()

    client.logout()
    for address in ("/following/", "/following/import/"):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    for address in ("/following/act/", "/following/undo/"):
        assert client.post(address)["Location"].startswith("/accounts/login/")


def test_a_line_is_muted_and_heard_again_from_the_list(client: Client, reader: User) -> None:
    ada = author("Ada")
    follow(reader, ada)

    response = client.post(f"/mute/{ada.short_id}/", {"next": "/following/?q=ada"}, follow=True)
    assert response.redirect_chain == [("/following/?q=ada", 302)]
    html = response.content.decode()
    assert "You hear nothing of Ada until you unmute." in html
    assert f'formaction="/unmute/{ada.short_id}/"' in html
    client.post(f"/unmute/{ada.short_id}/", {"next": "/following/"})

    assert not Follow.objects.get(author=ada).muted


def test_what_is_unfollowed_is_brought_back_as_it_was(client: Client, reader: User) -> None:
    ada = author("Ada")
    follow(reader, ada, author("Ben"), muted=True)
    before = Follow.objects.values_list("muted", "created_at").get(author=ada)

    html = client.post(f"/unfollow/{ada.short_id}/", {"next": "/following/"}, follow=True).content.decode()
    assert shown(client) == ["Ben"]
    assert '<p role="status">No longer followed: <bdi>Ada</bdi></p>' in html
    token = re.search(r'name="undo" value="([^"]+)"', html)
    assert token
    html = client.post("/following/undo/", {"undo": token[1], "next": "/following/"}, follow=True).content.decode()

    assert "You follow 1 page again." in html
    assert shown(client) == ["Ben", "Ada"]
    assert Follow.objects.values_list("muted", "created_at").get(author=ada) == before
    assert "No longer followed:" not in html  # offered once


def test_several_are_muted_or_ended_at_once_and_only_ones_own(client: Client, reader: User) -> None:
    targets: list[Target] = [author("Ada"), make_topic(), author("Ben"), author("Cem"), author("Dee")]
    follow(reader, *targets)
    other = make_user()
    follow(other, *targets)
    chosen = [target.short_id for target in targets[:4]]

    html = client.post("/following/act/", {"act": "mute", "target": chosen}, follow=True).content.decode()
    assert "4 lines are muted." in html
    client.post("/following/act/", {"act": "unmute", "target": chosen[0]})
    assert set(Follow.objects.filter(muted=True).values_list("user", "target")) == {
        (reader.pk, one) for one in chosen[1:]
    }
    html = client.post("/following/act/", {"act": "unfollow", "target": chosen}, follow=True).content.decode()

    assert shown(client) == ["Dee"]
    assert "and 1 more" in html
    assert len(followed(other)) == 5
    token = re.search(r'name="undo" value="([^"]+)"', html)
    assert token
    client.post("/following/undo/", {"undo": token[1]})
    assert followed(reader) == {target.short_id for target in targets}


def test_nothing_selected_or_nonsense_changes_nothing(client: Client, reader: User) -> None:
    ada = author("Ada")
    follow(reader, ada)

    for act, chosen in (("unfollow", []), ("nonsense", [ada.short_id]), ("unfollow", ["A0", "x\0", "W1"])):
        client.post("/following/act/", {"act": act, "target": chosen})
        assert followed(reader) == {ada.short_id}
    html = client.post("/following/act/", {"act": "mute"}, follow=True).content.decode()
    assert "Select at least one line first." in html


def test_an_undo_of_another_account_or_a_forged_one_changes_nothing(client: Client, reader: User) -> None:
    token = follow_terms.signed({author("Ada").short_id: Terms()}, by=make_user())

    for wrong in (token, "", "forged:x", token[:-2]):
        html = client.post("/following/undo/", {"undo": wrong}, follow=True).content.decode()
        assert "nothing was changed" in html
    assert not Follow.objects.exists()
