"""Following authors, topics, institutions and sources: the verbs, the counts, and who follows what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from profiles import assessments
from profiles.follow_models import FOLLOWABLE
from profiles.models import Follow, FollowCount, User
from publications.addresses import survivor
from publications.models import Author, Institution, Source, Topic
from publications.querysets import AuthorQuerySet

Target = Author | Topic | Institution | Source
MOST = 10_000  # follows of one account

VISIBLE = Q(author=None) | Q(author__hidden=False, author__merged_into=None)


def follow(target: Target, *, by: User) -> bool:
    """Follow it; False when it was so already. Raises ValidationError when there is no page to follow, or too many."""
    if isinstance(target, Author) and (target.hidden or target.merged_into_id):
        raise ValidationError(_("This author page is no longer available, so it cannot be followed."), code="gone")
    if is_following(target, user=by):
        return False
    return bool(follow_many([target], by=by))


def follow_many(targets: Iterable[Target], *, by: User) -> int:
    """Follow what is visible of these; returns how many are new. Raises ValidationError beyond `MOST` follows."""
    wanted = {target.short_id: target for target in targets if _is_visible(target)}
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # so that two imports are counted together
        known = set(Follow.objects.filter(user=by).values_list("target", flat=True))
        new = [target for short_id, target in sorted(wanted.items()) if short_id not in known]
        if len(known) + len(new) > MOST:
            raise ValidationError(_("An account can follow up to %(most)s pages.") % {"most": MOST}, code="too-many")
        Follow.objects.bulk_create(Follow(user=by, **{_key(target): target}) for target in new)
        _assess(new)
    return len(new)


def unfollow(target: Target, *, by: User) -> bool:
    """Stop following it; False when it was so already."""
    with transaction.atomic():
        deleted, _rows = Follow.objects.filter(user=by, target=target.short_id).delete()
        if deleted:
            _assess([target])
    return bool(deleted)


def mute(target: Target, *, by: User, muted: bool = True) -> bool:
    """Keep following without news, or hear of it again; False when it is not followed."""
    return bool(Follow.objects.filter(user=by, target=target.short_id).update(muted=muted))


def carry_over(author_ids: Iterable[int]) -> None:
    """Who followed an author that was merged away follows whom that author became, since the same day."""
    left = Follow.objects.filter(author__in=author_ids, author__merged_into__isnull=False)
    rows = list(left.select_related("author").order_by("pk"))
    carried = [
        Follow(
            user_id=row.user_id, author=survivor(cast("Author", row.author)), muted=row.muted, created_at=row.created_at
        )
        for row in rows
    ]
    Follow.objects.bulk_create(carried, ignore_conflicts=True)
    Follow.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _is_visible(target: Target) -> bool:
    return not (isinstance(target, Author) and (target.hidden or target.merged_into_id))


def _key(target: Target) -> str:
    """The foreign key of a follow that holds such a target."""
    return str(target._meta.model_name)


def _assess(targets: Iterable[Target]) -> None:
    """Followers are an input of an author's score."""
    authors = [target.pk for target in targets if isinstance(target, Author)]
    if authors:
        assessments.mark_due(authors, "follow")


# What is known


def count(target: Target) -> int:
    return counts([target.short_id]).get(target.short_id, 0)


def counts(short_ids: Iterable[str]) -> dict[str, int]:
    """Followers by short id; what nobody follows is left out."""
    rows = FollowCount.objects.filter(target__in=list(short_ids), followers__gt=0)
    return dict(rows.values_list("target", "followers"))


def is_following(target: Target, *, user: User | AnonymousUser) -> bool:
    return user.is_authenticated and Follow.objects.filter(target=target.short_id, user=user).exists()


def with_follow_facts(entities: AuthorQuerySet, viewer: User | AnonymousUser) -> AuthorQuerySet:
    """Adds `followers` (how many) and `is_followed` (by the viewer) without a further query."""
    short_id = Concat(Value(entities.model.prefix), OuterRef("pk"))
    followers = FollowCount.objects.filter(target=short_id).values("followers")
    own: Any = Value(False)
    if viewer.is_authenticated:
        own = Exists(Follow.objects.filter(target=short_id, user=viewer))
    counted = entities.annotate(followers=Coalesce(Subquery(followers), 0), is_followed=own)
    return cast("AuthorQuerySet", counted)


def followed_by(user: User) -> QuerySet[Follow]:
    """What a user follows, latest first; authors who were hidden or merged away are left out."""
    rows = Follow.objects.filter(VISIBLE, user=user)
    return rows.select_related(*FOLLOWABLE).order_by(F("created_at").desc(), "-pk")


def target_of(row: Follow) -> Target:
    """What a follow follows."""
    return cast("Target", row.author or row.topic or row.institution or row.source)
