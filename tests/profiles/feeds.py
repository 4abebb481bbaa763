"""A reader who follows Ann, and items of a feed without an import: tell, tell_of_claim, tell_of_merge."""

from __future__ import annotations

import pytest
from django.utils import timezone

from profiles.following import follows
from profiles.models import Claim, FeedItem, Follow, NewsEvent, User
from publications.models import Author, Authorship, Work, WorkTopic
from tests.corpus import make_author
from tests.profiles.people import make_user


@pytest.fixture
def reader() -> User:
    return make_user("Rea Der")


@pytest.fixture
def ann(reader: User) -> Author:
    """Whom the reader follows."""
    author = make_author("Ann")
    follows.follow(author, by=reader)
    return author


def tell(user: User, work: Work, *, kind: str = "new") -> FeedItem:
    """The work in the account's feed, concerning everybody and everything of it that anybody follows."""
    concerned = {f"A{pk}" for pk in Authorship.objects.filter(work=work).values_list("author", flat=True)}
    concerned |= {f"T{pk}" for pk in WorkTopic.objects.filter(work=work).values_list("topic", flat=True)}
    concerned |= {f"S{work.source_id}"}
    audience = sorted(set(Follow.objects.filter(target__in=concerned).values_list("target", flat=True)))
    event, _made = NewsEvent.objects.get_or_create(
        kind="work", work=work, defaults={"audience": audience, "due_at": None}
    )
    return FeedItem.objects.create(user=user, event=event, kind=kind)


def tell_of_claim(user: User, author: Author) -> FeedItem:
    claim = Claim.objects.create(
        user=make_user("Owner"), author=author, status=Claim.Status.APPROVED, approved_at=timezone.now()
    )
    event = NewsEvent.objects.create(kind="claim", claim=claim, author=author, audience=[author.short_id], due_at=None)
    return FeedItem.objects.create(user=user, event=event, kind="claim")


def tell_of_merge(user: User, gone: Author, into: Author) -> FeedItem:
    Author.objects.filter(pk=gone.pk).update(merged_into=into)
    event = NewsEvent.objects.create(kind="merge", merged=gone, author=into, audience=[into.short_id], due_at=None)
    return FeedItem.objects.create(user=user, event=event, kind="merge")
