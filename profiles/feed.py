"""An account's feed: what happened to whom and what it follows, what of it is unread, and what it saved."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils import timezone

from profiles.models import Claim, FeedItem, Follow, User

COUNTED = 100  # unread items are counted up to here: "99+"


def items(user: User) -> QuerySet[FeedItem]:
    """What may be shown, latest first: still followed or saved, about works and records that are there."""
    concerned = Func(
        F("target"),
        OuterRef("event__audience"),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )  # so that an index on the target serves
    followed = Follow.objects.filter(concerned, user=OuterRef("user"), muted=False)
    about_work = Q(event__work__isnull=False, event__work__merged_into__isnull=True)
    about_record = Q(event__author__hidden=False, event__author__merged_into__isnull=True)
    about_claim = Q(event__claim__isnull=True) | Q(event__claim__status=Claim.Status.APPROVED)
    rows = FeedItem.objects.filter(user=user).select_related("event__work", "event__author", "event__claim")
    rows = rows.filter(about_work | (about_record & about_claim))
    return rows.filter(Q(saved_at__isnull=False) | Exists(followed)).order_by("-pk")


def unread_count(user: User) -> int:
    """Up to `COUNTED`."""
    unread = items(user).filter(read_at=None).exclude(kind=FeedItem.Kind.LATE).order_by()
    return unread[:COUNTED].count()


def mark_read(user: User, pks: Iterable[int] | None = None, *, up_to: int | None = None) -> int:
    """These items, or all up to the one that was on top when the page was made."""
    rows = FeedItem.objects.filter(user=user, read_at=None)
    if pks is not None:
        rows = rows.filter(pk__in=list(pks))
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to)
    return rows.update(read_at=timezone.now())


def mark_unread(user: User, pk: int) -> int:
    return FeedItem.objects.filter(user=user, pk=pk).update(read_at=None)


def save(user: User, pk: int, *, saved: bool = True) -> int:
    """Keep an item for later, or let it go."""
    return FeedItem.objects.filter(user=user, pk=pk).update(saved_at=timezone.now() if saved else None)
