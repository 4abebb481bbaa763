"""Following an author: the verbs, who follows whom, and what is new since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from profiles import assessments
from profiles.models import Follow, User
from publications.addresses import survivor
from publications.models import Author, Authorship, Work
from publications.querysets import AuthorQuerySet, WorkQuerySet


def follow(*, author: Author, by: User) -> bool:
    """Follow an author; False when it was so already. Raises ValidationError when there is no page to follow."""
    if author.hidden or author.merged_into_id:
        raise ValidationError(_("This author page is no longer available, so it cannot be followed."))
    _row, created = Follow.objects.get_or_create(user=by, author=author)
    if created:
        assessments.mark_due([author.pk], "follow")
    return created


def unfollow(*, author: Author, by: User) -> bool:
    """Stop following an author; False when it was so already."""
    deleted, _rows = Follow.objects.filter(user=by, author=author).delete()
    if deleted:
        assessments.mark_due([author.pk], "follow")
    return bool(deleted)


def carry_over(author_ids: Iterable[int]) -> None:
    """Who followed an author that was merged away follows whom that author became, since the same day."""
    left = Follow.objects.filter(author__in=author_ids, author__merged_into__isnull=False)
    rows = list(left.select_related("author").order_by("pk"))
    carried = [Follow(user_id=f.user_id, author=survivor(f.author), created_at=f.created_at) for f in rows]
    Follow.objects.bulk_create(carried, ignore_conflicts=True)
    Follow.objects.filter(pk__in=[f.pk for f in rows]).delete()


def count(author: Author) -> int:
    return Follow.objects.filter(author=author).count()


def is_following(*, author: Author, user: User | AnonymousUser) -> bool:
    return user.is_authenticated and Follow.objects.filter(author=author, user=user).exists()


def with_follow_facts(authors: AuthorQuerySet, viewer: User | AnonymousUser) -> AuthorQuerySet:
    """Adds `followers` (how many) and `is_followed` (by the viewer) without a further query."""
    followers = Follow.objects.filter(author=OuterRef("pk")).order_by().values("author").annotate(n=Count("pk"))
    own: Any = Value(False)
    if viewer.is_authenticated:
        own = Exists(Follow.objects.filter(author=OuterRef("pk"), user=viewer))
    counted = authors.annotate(followers=Coalesce(Subquery(followers.values("n")), 0), is_followed=own)
    return cast("AuthorQuerySet", counted)


def followed_by(user: User) -> QuerySet[Follow]:
    """Whom a user follows, latest first; authors who were hidden or merged away are left out."""
    return (
        Follow.objects.filter(user=user, author__hidden=False, author__merged_into__isnull=True)
        .select_related("author")
        .order_by("-created_at", "-pk")
    )


def news_for(user: User) -> WorkQuerySet:
    """Works of followed authors published since the follow: old works indexed late are no news."""
    since = Follow.objects.filter(
        user=user,
        author=OuterRef("author"),
        created_at__date__lte=OuterRef("work__publication_date"),
        author__hidden=False,
    )
    written = Authorship.objects.filter(Exists(since), work=OuterRef("pk"))
    return Work.objects.visible().filter(publication_date__isnull=False).filter(Exists(written)).newest_first()
