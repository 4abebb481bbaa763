"""Following: the verbs, the counts and the page's forms."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.following import follows
from profiles.following.follows import Target, Terms
from profiles.models import Follow, FollowCount, User
from publications.models import Author, Institution, Source
from publications.signals import corpus_changed
from tests.corpus import make_author, make_topic
from tests.profiles.people import make_record, own

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader@example.org", "a long password")


@pytest.fixture
def author() -> Author:
    return make_author("Joan Example")


def make_target(kind: str) -> Target:
    makers: dict[str, Callable[[], Target]] = {
        "author": lambda: make_author("Example"),
        "topic": lambda: make_topic(name="Example"),
        "institution": lambda: Institution.objects.create(name="Example", sort_key="example"),
        "source": lambda: Source.objects.create(name="Example", sort_key="example"),
    }
    return makers[kind]()


def test_following_twice_is_following_once(reader: User, author: Author) -> None:
    assert [follows.follow(author, by=reader) for _ in range(2)] == [True, False]

    assert (follows.count(author), follows.is_following(author, user=reader)) == (1, True)


def test_unfollowing_twice_is_unfollowing_once(reader: User, author: Author) -> None:
    follows.follow(author, by=reader)

    assert [follows.unfollow(author, by=reader) for _ in range(2)] == [True, False]
    assert (follows.count(author), follows.is_following(author, user=reader)) == (0, False)


def test_topics_institutions_and_sources_are_followed_like_authors(reader: User) -> None:
    entities: list[Target] = [
        make_topic(),
        Institution.objects.create(name="Uni"),
        Source.objects.create(name="Journal"),
    ]

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


@pytest.mark.parametrize("kind", ["author", "topic", "institution", "source"])
def test_the_button_follows_and_the_page_counts(client: Client, reader: User, kind: str) -> None:
    target = make_target(kind)
    client.force_login(reader)

    html = client.post(f"/follow/{target.short_id}/", follow=True).content.decode()

    assert "You follow Example." in html
    assert f'action="/unfollow/{target.short_id}/"' in html
    assert 'aria-pressed="true" aria-keyshortcuts="f"' in html
    assert "<span data-follow-count>1</span>" in html


@pytest.mark.parametrize("kind", ["author", "topic", "institution", "source"])
def test_a_page_for_strangers_counts_and_leads_to_logging_in_and_back(client: Client, reader: User, kind: str) -> None:
    target = make_target(kind)
    follows.follow(target, by=reader)
    FollowCount.objects.filter(target=target.short_id).update(remote=3)
    page = quote(target.get_absolute_url(), safe="")

    response = client.get(target.get_absolute_url())
    html = response.content.decode()

    assert f'href="/accounts/login/?next={page}%23follow"' in html
    assert 'Log in to follow<span class="count figure">1<' in html
    assert "and 3 from the Fediverse" in html
    assert (response.cookies, "csrfmiddlewaretoken" in html) == ({}, False)  # nothing of a visitor: it can be cached


def test_a_script_gets_the_state_and_the_words_to_say(client: Client, reader: User, author: Author) -> None:
    client.force_login(reader)
    acts = ["follow", "mute", "unmute", "unfollow", "mute"]

    answers = [client.post(f"/{act}/{author.short_id}/", headers={"Accept": "application/json"}) for act in acts]

    states = [(answer.status_code, answer.json()) for answer in answers]
    assert states == [
        (200, state(True, False, "1", "You follow Joan Example.")),
        (200, state(True, True, "1", "You hear nothing of Joan Example until you unmute.")),
        (200, state(True, False, "1", "You hear of Joan Example again.")),
        (200, state(False, False, "0", "You no longer follow Joan Example.")),
        (409, {"said": "You do not follow Joan Example."}),
    ]
    assert all("no-store" in answer["Cache-Control"] for answer in answers)


def state(following: bool, muted: bool, followers: str, said: str) -> dict[str, object]:
    return {"following": following, "muted": muted, "followers": followers, "said": said}


def test_muting_what_is_not_followed_says_so_on_the_page(client: Client, reader: User, author: Author) -> None:
    client.force_login(reader)

    html = client.post(f"/mute/{author.short_id}/", follow=True).content.decode()

    assert "You do not follow Joan Example." in html
    assert not Follow.objects.exists()


def test_a_stranger_who_presses_a_stale_button_logs_in_and_is_back_at_it(
    client: Client, reader: User, author: Author
) -> None:
    response = client.post(f"/follow/{author.short_id}/")

    assert response["Location"] == f"/accounts/login/?next=/follow/{author.short_id}/"
    client.force_login(reader)
    assert client.get(f"/follow/{author.short_id}/")["Location"] == f"{author.get_absolute_url()}#follow"
    assert not Follow.objects.exists()


def test_following_who_was_merged_away_follows_the_survivor(client: Client, reader: User, author: Author) -> None:
    merged = make_author("J. Example", merged_into=author)
    client.force_login(reader)

    client.post(f"/follow/{merged.short_id}/")

    assert list(Follow.objects.values_list("target", flat=True)) == [author.short_id]


def test_a_forged_form_follows_nobody(reader: User, author: Author) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)

    response = client.post(f"/follow/{author.short_id}/")

    assert response.status_code == 403
    assert "Please try again" in response.content.decode()
    assert not Follow.objects.exists()


def test_what_has_no_page_cannot_be_followed(client: Client, reader: User) -> None:
    hidden = make_author("Hidden", hidden=True)
    merged = make_author("Merged", merged_into=hidden)
    client.force_login(reader)

    for wrong in (hidden.short_id, merged.short_id, "A999999", "W1", "A0", "a1", "A1%00", "A" + "9" * 30):
        assert client.post(f"/follow/{wrong}/").status_code == 404, wrong
    assert not Follow.objects.exists()


@pytest.mark.parametrize(
    "target", ["//evil.example/x", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_way_back_stays_on_this_site(client: Client, reader: User, author: Author, target: str) -> None:
    client.force_login(reader)

    response = client.post(f"/unfollow/{author.short_id}/", {"next": target})

    assert response["Location"] == author.get_absolute_url()


def test_the_owner_of_a_record_has_no_button_to_follow_it(client: Client) -> None:
    record = make_record()
    claim = own(record)
    assert claim.user
    client.force_login(claim.user)

    html = client.get(record.get_absolute_url()).content.decode()

    assert "data-follow-form" not in html


@pytest.mark.parametrize("logged_in", [False, True])
def test_a_page_of_an_entity_asks_once_for_its_followers(client: Client, reader: User, logged_in: bool) -> None:
    topic = make_topic()
    follows.follow(topic, by=reader)
    if logged_in:
        client.force_login(reader)

    with CaptureQueriesContext(connection) as asked:
        client.get(topic.get_absolute_url())

    assert sum("profiles_followcount" in query["sql"] for query in asked.captured_queries) == 1


def test_what_is_ended_is_brought_back_as_it_was(reader: User, author: Author) -> None:
    topic = make_topic()
    since = timezone.now() - timedelta(days=400)
    terms = {author.short_id: Terms(muted=True, since=since)}
    follows.follow_many([author, topic], by=reader, terms=terms)

    ended = follows.unfollow_many([author.short_id, "T999"], by=reader)
    follows.follow_many([author], by=reader, terms=ended)

    assert ended == terms
    assert Follow.objects.values_list("muted", "created_at").get(author=author) == (True, since)
    assert not Follow.objects.get(topic=topic).muted


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


@pytest.mark.django_db(transaction=True)
def test_many_who_press_at_once_are_counted_once_each() -> None:
    """Double clicks of one account make one follow; several accounts and imports of the same pages make one each."""
    author, topic = make_author("Joan Example"), make_topic()
    readers = [User.objects.create_user(f"reader{number}@example.org", "a long password") for number in range(4)]

    def act(number: int) -> None:
        reader = readers[number % 4]
        try:
            follows.follow(author, by=reader)
            follows.follow_many([topic, author] if number % 2 else [author, topic], by=reader)
            if number % 4 == 3:
                follows.unfollow(topic, by=reader)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        for running in [threads.submit(act, number) for number in range(16)]:
            running.result(timeout=60)

    followed = sorted(Follow.objects.values_list("user", "target"))
    assert [row for row in followed if row[1] == author.short_id] == [(user.pk, author.short_id) for user in readers]
    rows = Follow.objects.filter(topic=topic).count()
    assert follows.counts([author.short_id, topic.short_id]) == {author.short_id: 4, topic.short_id: rows}
    assert rows in (3, 4)
