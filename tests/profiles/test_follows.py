"""Following: the verbs, the page's forms, and what is new since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from profiles import follows
from profiles.models import Follow, User
from publications.models import Author
from publications.signals import corpus_changed
from tests.corpus import make_author, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader@example.org", "a long password")


@pytest.fixture
def author() -> Author:
    return make_author("Joan Example")


def test_following_twice_is_following_once(reader: User, author: Author) -> None:
    assert [follows.follow(author=author, by=reader) for _ in range(2)] == [True, False]

    assert (follows.count(author), follows.is_following(author=author, user=reader)) == (1, True)


def test_unfollowing_twice_is_unfollowing_once(reader: User, author: Author) -> None:
    follows.follow(author=author, by=reader)

    assert [follows.unfollow(author=author, by=reader) for _ in range(2)] == [True, False]
    assert (follows.count(author), follows.is_following(author=author, user=reader)) == (0, False)


def test_a_page_that_is_gone_cannot_be_followed(reader: User, author: Author) -> None:
    for gone in (make_author("Hidden", hidden=True), make_author("Merged", merged_into=author)):
        with pytest.raises(ValidationError, match="no longer available"):
            follows.follow(author=gone, by=reader)

    assert not Follow.objects.exists()


def test_the_button_follows_and_the_page_counts(client: Client, reader: User, author: Author) -> None:
    client.force_login(reader)

    html = client.post(f"/authors/A{author.pk}/follow/", follow=True).content.decode()

    assert "You follow Joan Example." in html
    assert '<dd class="figure">1</dd>' in html


def test_a_stranger_is_sent_to_log_in_and_nothing_changes(client: Client, author: Author) -> None:
    response = client.post(f"/authors/A{author.pk}/follow/")

    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert not Follow.objects.exists()


def test_following_needs_a_token_of_this_site(reader: User, author: Author) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)

    response = client.post(f"/authors/A{author.pk}/follow/")

    assert response.status_code == 403
    assert "Please try again" in response.content.decode()
    assert not Follow.objects.exists()


def test_reading_the_address_follows_nobody(client: Client, reader: User, author: Author) -> None:
    client.force_login(reader)

    assert client.get(f"/authors/A{author.pk}/follow/").status_code == 405
    assert client.post("/authors/A999999/follow/").status_code == 404


@pytest.mark.parametrize(
    "target", ["//evil.example/x", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_way_back_stays_on_this_site(client: Client, reader: User, author: Author, target: str) -> None:
    client.force_login(reader)

    response = client.post(f"/authors/A{author.pk}/unfollow/", {"next": target})

    assert response["Location"] == author.get_absolute_url()


def test_unfollowing_from_the_list_returns_to_the_list(client: Client, reader: User, author: Author) -> None:
    follows.follow(author=author, by=reader)
    client.force_login(reader)

    response = client.post(f"/authors/A{author.pk}/unfollow/", {"next": "/feed/"})

    assert (response["Location"], follows.count(author)) == ("/feed/", 0)


def test_news_are_works_published_since_the_follow(reader: User, author: Author) -> None:
    follows.follow(author=author, by=reader)
    Follow.objects.update(created_at=datetime(2026, 1, 10, tzinfo=UTC))
    new = make_work("New", authors=[author], publication_date=date(2026, 1, 11))
    make_work("Old, indexed late", authors=[author], publication_date=date(2026, 1, 9))
    make_work("Undated", authors=[author])
    make_work("By somebody else", authors=[make_author("Else")], publication_date=date(2026, 1, 11))

    assert list(follows.news_for(reader)) == [new]


def test_a_hidden_author_leaves_the_list_and_the_news(reader: User, author: Author) -> None:
    follows.follow(author=author, by=reader)
    make_work("New", authors=[author], publication_date=date.today() + timedelta(days=1))
    Author.objects.update(hidden=True)

    assert (list(follows.followed_by(reader)), list(follows.news_for(reader))) == ([], [])


@pytest.mark.parametrize("count", [1, 3])
def test_the_feed_costs_eight_queries_however_many_are_followed(client: Client, reader: User, count: int) -> None:
    for number in range(count):
        followed = make_author(f"Person {number}")
        follows.follow(author=followed, by=reader)
        make_work(f"Work {number}", authors=[followed], publication_date=date.today() + timedelta(days=1))
    client.force_login(reader)

    with CaptureQueriesContext(connection) as queries:
        html = client.get("/feed/").content.decode()

    assert (len(queries), html.count('class="work-title"')) == (8, count)


def test_the_feed_of_somebody_who_follows_nobody_says_so(client: Client, reader: User) -> None:
    client.force_login(reader)

    html = client.get("/feed/").content.decode()

    assert "Nobody yet. Every author page has a button for it." in html
    assert "Nothing new so far." in html


def test_the_feed_is_for_those_who_are_logged_in(client: Client) -> None:
    assert client.get("/feed/")["Location"] == "/accounts/login/?next=/feed/"


def test_follows_of_an_author_merged_away_go_on_with_the_survivor(reader: User, author: Author) -> None:
    other = User.objects.create_user("other@example.org", "a long password")
    merged = make_author("J. Example")
    for user, followed in ((reader, merged), (other, merged), (other, author)):
        follows.follow(author=followed, by=user)
    since = Follow.objects.get(user=reader).created_at
    Author.objects.filter(pk=merged.pk).update(merged_into=author)

    corpus_changed.send(sender=None, author_ids=[merged.pk], work_ids=[], cause="import")

    assert set(Follow.objects.values_list("user", "author")) == {(reader.pk, author.pk), (other.pk, author.pk)}
    assert Follow.objects.get(user=reader).created_at == since
