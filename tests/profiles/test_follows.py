"""Following: the verbs, the counts and the page's forms."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from profiles import follows
from profiles.models import Follow, User
from publications.models import Author, Institution, Source
from publications.signals import corpus_changed
from tests.corpus import make_author, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader@example.org", "a long password")


@pytest.fixture
def author() -> Author:
    return make_author("Joan Example")


def test_following_twice_is_following_once(reader: User, author: Author) -> None:
    assert [follows.follow(author, by=reader) for _ in range(2)] == [True, False]

    assert (follows.count(author), follows.is_following(author, user=reader)) == (1, True)


def test_unfollowing_twice_is_unfollowing_once(reader: User, author: Author) -> None:
    follows.follow(author, by=reader)

    assert [follows.unfollow(author, by=reader) for _ in range(2)] == [True, False]
    assert (follows.count(author), follows.is_following(author, user=reader)) == (0, False)


def test_topics_institutions_and_sources_are_followed_like_authors(reader: User) -> None:
    entities = [make_topic(), Institution.objects.create(name="Uni"), Source.objects.create(name="Journal")]

    assert follows.follow_many([*entities, *entities], by=reader) == 3
    assert follows.counts([entity.short_id for entity in entities]) == {entity.short_id: 1 for entity in entities}
    assert {follows.target_of(row) for row in follows.followed_by(reader)} == set(entities)
    assert follows.unfollow(entities[1], by=reader)
    assert [follows.count(entity) for entity in entities] == [1, 0, 1]


def test_the_count_falls_with_an_account_that_ends(reader: User, author: Author) -> None:
    follows.follow(author, by=reader)

    reader.delete()

    assert (follows.count(author), Follow.objects.count()) == (0, 0)


def test_nobody_follows_more_than_the_limit(reader: User, author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "MOST", 2)

    with pytest.raises(ValidationError, match="up to 2 pages"):
        follows.follow_many([author, make_author("B"), make_author("C")], by=reader)

    assert not Follow.objects.exists()


def test_a_page_that_is_gone_cannot_be_followed(reader: User, author: Author) -> None:
    for gone in (make_author("Hidden", hidden=True), make_author("Merged", merged_into=author)):
        with pytest.raises(ValidationError, match="no longer available"):
            follows.follow(gone, by=reader)

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
    follows.follow(author, by=reader)
    client.force_login(reader)

    response = client.post(f"/authors/A{author.pk}/unfollow/", {"next": "/feed/"})

    assert (response["Location"], follows.count(author)) == ("/feed/", 0)


def test_follows_of_an_author_merged_away_go_on_with_the_survivor(reader: User, author: Author) -> None:
    other = User.objects.create_user("other@example.org", "a long password")
    merged = make_author("J. Example")
    for user, followed in ((reader, merged), (other, merged), (other, author)):
        follows.follow(followed, by=user)
    since = Follow.objects.get(user=reader).created_at
    Author.objects.filter(pk=merged.pk).update(merged_into=author)

    corpus_changed.send(sender=None, author_ids=[merged.pk], work_ids=[], cause="import")

    assert set(Follow.objects.values_list("user", "author")) == {(reader.pk, author.pk), (other.pk, author.pk)}
    assert Follow.objects.get(user=reader).created_at == since
