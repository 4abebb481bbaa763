"""News: what is told to whom, once, and how it reaches every follower in bounded steps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from profiles.following import feed, follows, news
from profiles.models import FeedItem, Follow, NewsEvent, User
from publications.models import Author, Source, Work
from publications.signals import corpus_changed
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db

FOLLOWED = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture
def reader() -> User:
    return make_user()


@pytest.fixture
def author(reader: User) -> Author:
    author = make_author("Joan Example")
    follows.follow(author, by=reader)
    Follow.objects.update(created_at=FOLLOWED)
    return author


def arrive(title: str = "New", *, day: date | None = date(2026, 2, 3), **fields: Any) -> Work:
    """A work that an import brings: indexed on 10 February 2026, announced like any change of the corpus."""
    work = make_work(title, publication_date=day, year=fields.pop("year", day.year if day else None), **fields)
    Work.objects.filter(pk=work.pk).update(created_at=datetime(2026, 2, 10, tzinfo=UTC))
    announce(work)
    return work


def announce(*works: Work) -> None:
    corpus_changed.send(sender=None, author_ids=[], work_ids=[work.pk for work in works], cause="import")


@pytest.fixture(autouse=True)
def _february(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "INDEXED_SINCE", timezone.now() - datetime(2026, 1, 1, tzinfo=UTC))


def told(user: User) -> list[tuple[str, str]]:
    """What is in an account's feed, latest first."""
    news.fan_out_due()
    return [(item.kind, str(item.event.work or item.event.author)) for item in feed.items(user)]


def test_a_work_published_after_the_follow_is_new(reader: User, author: Author) -> None:
    arrive(authors=[author])

    assert told(reader) == [("new", "New")]


@pytest.mark.parametrize(
    ("day", "year", "kind"),
    [
        (date(2026, 1, 10), 2026, "new"),
        (date(2026, 1, 9), 2026, "late"),
        (date(2026, 1, 1), 2026, "new"),  # the month: it may be after the 10th
        (date(2025, 12, 1), 2025, "late"),
        (None, 2026, "late"),  # the year: it may be before the 10th
        (None, 2027, "new"),
        (None, None, "late"),
    ],
)
def test_an_older_work_that_is_indexed_late_is_told_apart(
    reader: User, author: Author, day: date | None, year: int | None, kind: str
) -> None:
    arrive(authors=[author], day=day, year=year)

    assert told(reader) == [(kind, "New")]


def test_a_work_indexed_a_year_after_it_was_published_is_late_for_whoever_follows(reader: User, author: Author) -> None:
    Follow.objects.update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    arrive(authors=[author], day=date(2025, 2, 3))

    assert told(reader) == [("late", "New")]


def test_a_work_that_was_there_when_one_followed_is_no_news(reader: User, author: Author) -> None:
    work = make_work("Old", authors=[author], publication_date=date(2026, 2, 3))
    Work.objects.update(created_at=datetime(2026, 1, 9, tzinfo=UTC))
    announce(work)

    assert told(reader) == []


def test_a_work_of_three_followed_authors_on_a_followed_topic_is_told_once(reader: User, author: Author) -> None:
    others, topic = [make_author(name) for name in ("B", "C")], make_topic()
    source = Source.objects.create(name="Journal", sort_key="journal")
    follows.follow_many([*others, topic, source], by=reader)
    Follow.objects.update(created_at=FOLLOWED)

    work = arrive(authors=[author, *others], topics=[topic], source=source)
    announce(work)

    assert told(reader) == [("new", "New")]
    assert NewsEvent.objects.get().audience == sorted(e.short_id for e in (author, *others, topic, source))


def test_what_is_late_for_one_follow_and_new_for_another_is_new(reader: User, author: Author) -> None:
    before = make_author("Followed for long")
    follows.follow(before, by=reader)
    Follow.objects.filter(author=before).update(created_at=datetime(2025, 12, 1, tzinfo=UTC))

    arrive(authors=[author, before], day=date(2026, 1, 5))

    assert told(reader) == [("new", "New")]


def test_an_archive_indexed_late_is_told_of_authors_only(reader: User, author: Author) -> None:
    topic = make_topic()
    follows.follow(topic, by=reader)
    Follow.objects.update(created_at=FOLLOWED)

    arrive("Of the archive", topics=[topic], authors=[make_author("Else")], day=date(2025, 12, 5))
    arrive("On the topic", topics=[topic], authors=[make_author("Else")])

    assert told(reader) == [("new", "On the topic")]


def test_a_hidden_author_is_nobodys_reason(reader: User, author: Author) -> None:
    seen = make_author("Seen")
    follows.follow(seen, by=reader)
    Author.objects.filter(pk=author.pk).update(hidden=True)
    work = make_work("New", authors=[author, seen], publication_date=timezone.now().date())

    announce(work)

    assert NewsEvent.objects.get().audience == [seen.short_id]


def test_what_nobody_follows_is_not_even_noted(reader: User, author: Author) -> None:
    arrive(authors=[make_author("Else")])

    assert not NewsEvent.objects.exists()


def test_muting_brings_no_news_and_unfollowing_takes_it_away_but_what_was_saved(reader: User, author: Author) -> None:
    arrive("First", authors=[author])
    arrive("Second", authors=[author])
    assert told(reader) == [("new", "Second"), ("new", "First")]
    feed.save(reader, FeedItem.objects.get(event__work__title="First").pk)

    follows.mute(author, by=reader)
    arrive("Third", authors=[author])
    assert told(reader) == [("new", "First")]

    follows.mute(author, by=reader, muted=False)
    assert told(reader) == [("new", "Second"), ("new", "First")]
    follows.unfollow(author, by=reader)
    assert told(reader) == [("new", "First")]


def test_an_authorship_corrected_later_reaches_the_right_followers(reader: User, author: Author) -> None:
    wrong = make_author("Joan Exemplar")
    other = make_user()
    follows.follow(wrong, by=other)
    Follow.objects.update(created_at=FOLLOWED)
    work = arrive(authors=[wrong])
    assert (told(reader), told(other)) == ([], [("new", "New")])

    work.authorships.update(author=author)
    announce(work)

    assert (told(reader), told(other)) == ([("new", "New")], [])


def test_a_work_that_lost_everybody_followed_leaves_the_feed(reader: User, author: Author) -> None:
    work = arrive(authors=[author])
    assert told(reader) == [("new", "New")]

    work.authorships.update(author=make_author("Else"))
    announce(work)

    assert told(reader) == []


def test_a_merge_is_told_to_those_who_followed_either_record(reader: User, author: Author) -> None:
    other, gone = make_user(), make_author("J. Example")
    follows.follow(gone, by=other)
    Author.objects.filter(pk=gone.pk).update(merged_into=author)

    for _again in range(2):
        corpus_changed.send(sender=None, author_ids=[gone.pk], work_ids=[], cause="import")

    assert (told(reader), told(other)) == ([("merge", "Joan Example")],) * 2
    assert NewsEvent.objects.get().merged == gone


def test_news_about_a_record_that_is_hidden_is_not_shown(reader: User, author: Author) -> None:
    gone = make_author("J. Example", merged_into=author)
    corpus_changed.send(sender=None, author_ids=[gone.pk], work_ids=[], cause="import")
    assert told(reader) == [("merge", "Joan Example")]

    Author.objects.filter(pk=author.pk).update(hidden=True)

    assert told(reader) == []


def test_the_fan_out_goes_in_steps_and_goes_on_where_it_stopped(
    reader: User, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "BATCH", 2)
    users = [reader, *(make_user() for _ in range(4))]
    for user in users[1:]:
        follows.follow(author, by=user)
    Follow.objects.update(created_at=FOLLOWED)
    arrive(authors=[author])

    steps = []
    while (step := news._step()) is not None:
        steps.append((step, FeedItem.objects.count()))

    assert steps == [(2, 2), (2, 4), (1, 5), (0, 5), (0, 5)]
    assert set(FeedItem.objects.values_list("user", flat=True)) == {user.pk for user in users}


def test_a_step_that_fails_is_tried_later_and_holds_up_nobody(
    reader: User, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = arrive("Bad", authors=[author]), arrive("Good", authors=[author])
    write = news._write_items

    def fails(event: NewsEvent, target: str, after: int) -> tuple[int | None, int]:
        if event.work_id == bad.pk:
            with connection.cursor() as cursor:
                cursor.execute("select 1/0")
        return write(event, target, after)

    monkeypatch.setattr(news, "_write_items", fails)
    assert told(reader) == [("new", "Good")]
    left = NewsEvent.objects.get(work=bad)
    assert (left.attempts, left.due_at is not None and left.due_at > timezone.now()) == (1, True)
    assert NewsEvent.objects.get(work=good).due_at is None

    for _attempt in range(news.MOST_ATTEMPTS):
        NewsEvent.objects.filter(work=bad, due_at__isnull=False).update(due_at=timezone.now() - timedelta(minutes=1))
        news.fan_out_due()
    left.refresh_from_db()
    assert (left.attempts, left.due_at) == (news.MOST_ATTEMPTS, None)


def test_unread_counts_new_works_and_records_but_no_archive(reader: User, author: Author) -> None:
    arrive("New", authors=[author])
    arrive("Late", authors=[author], day=date(2025, 12, 5))
    assert (told(reader), feed.unread_count(reader)) == ([("late", "Late"), ("new", "New")], 1)

    feed.mark_read(reader)

    assert feed.unread_count(reader) == 0
