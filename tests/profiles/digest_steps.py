"""Steps of stories about digests: somebody who follows, works that arrive, mornings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from profiles.account import biographies
from profiles.following import follows, news
from profiles.models import FeedItem, Follow, Subscription, User
from profiles.notifying import digests, subscriptions
from publications.models import Author, Work
from publications.signals import corpus_changed
from tests.corpus import make_work
from tests.profiles.people import make_user, own


def make_follower(author: Author, choice: str = "weekly", zone: str = "UTC", **fields: Any) -> User:
    """An account with a digest that follows an author since long ago."""
    user = make_user(**fields)
    biographies.describe(by=user, name=user.name, biography="", links=[], contact="nobody", time_zone=zone)
    follows.follow(author, by=user)
    Follow.objects.filter(user=user).update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    subscriptions.choose_digest(choice, by=user)
    return user


def arrive(title: str, *authors: Author, days_ago: int = 1, **fields: Any) -> Work:
    """A work that an import brings and that reaches its followers; long ago published, it is indexed late."""
    day = timezone.now().date() - timedelta(days=days_ago)
    work = make_work(title, authors=authors, publication_date=day, year=day.year, **fields)
    _announce(work)
    return work


def arrive_many(author: Author, count: int) -> None:
    works = [make_work(f"Work {n}", authors=[author], publication_date=timezone.now().date()) for n in range(count)]
    _announce(*works)


def claimed(author: Author) -> None:
    """Its researcher owns the record, and its followers are told."""
    own(author)
    news.fan_out_due()
    FeedItem.objects.filter(kind="claim").update(created_at=timezone.now())


def _announce(*works: Work) -> None:
    pks = [work.pk for work in works]
    corpus_changed.send(sender=None, author_ids=[], work_ids=pks, cause="import")
    news.fan_out_due()
    # a test is one transaction, in which the database's time stands still
    FeedItem.objects.filter(event__work__in=pks).update(created_at=timezone.now())


def morning_comes() -> None:
    """Every digest is due now."""
    due = Subscription.objects.filter(digest_due_at__isnull=False)
    due.update(digest_due_at=timezone.now() - timedelta(minutes=1))


def deliver() -> tuple[int, int]:
    """How many digests were put together, and how many mails went out."""
    return digests.compose_due(), digests.send_due()
