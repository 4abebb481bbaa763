"""Following authors, topics, institutions and sources: the verbs, the counts, and who follows what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from profiles.assessing import assessments
from profiles.models import Follow, FollowCount, User
from profiles.models.following import FOLLOWABLE
from publications.addresses import survivor
from publications.models import Author, Institution, Source, Topic
from publications.querysets import AuthorQuerySet

Target = Author | Topic | Institution | Source
MOST = 10_000  # follows of one account
KINDS: Final = {str(model.prefix): name for name, model in FOLLOWABLE.items()}  # type: ignore[attr-defined]
_MOST_MERGES: Final = 20
_SHORT_ID: Final = re.compile(rf"[{''.join(KINDS)}][1-9][0-9]{{0,17}}")

VISIBLE = Q(author=None) | Q(author__hidden=False, author__merged_into=None)


@dataclass(frozen=True, slots=True)
class Terms:
    """How something is followed: what a list carries, and what undoing restores."""

    muted: bool = False
    since: datetime | None = None  # now, if it is not said


def follow(target: Target, *, by: User) -> bool:
    """Follow it; False when it was so already. Raises ValidationError when there is no page to follow, or too many."""
    if isinstance(target, Author) and (target.hidden or target.merged_into_id):
        raise ValidationError(_("This author page is no longer available, so it cannot be followed."), code="gone")
    if is_following(target, user=by):
        return False
    return bool(follow_many([target], by=by))


def follow_many(targets: Iterable[Target], *, by: User, terms: Mapping[str, Terms] | None = None) -> int:
    """Follow what is visible of these; returns how many are new. Raises ValidationError beyond `MOST` follows.

    `terms` says by short id how; what is followed already stays as it is.
    """
    wanted = [target.short_id for target in targets if _is_visible(target)]
    return follow_listed({short_id: (terms or {}).get(short_id, Terms()) for short_id in wanted}, by=by)


def follow_listed(wanted: Mapping[str, Terms], *, by: User) -> int:
    """The same for short ids, thousands of them in one statement; all must be visible (`shown`)."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # so that two imports are counted together
        known = set(Follow.objects.filter(user=by).values_list("target", flat=True))
        new = sorted(wanted.keys() - known)
        if len(known) + len(new) > MOST:
            raise ValidationError(_("An account can follow up to %(most)s pages.") % {"most": MOST}, code="too-many")
        rows = [
            [short_id, wanted[short_id].muted, since.isoformat() if (since := wanted[short_id].since) else None]
            for short_id in new
        ]
        with connection.cursor() as cursor:
            cursor.execute(_FOLLOW, [by.pk, json.dumps(rows)])
        _assess(new)
    return len(new)


_FOLLOW: Final = """
INSERT INTO profiles_follow (user_id, author_id, topic_id, institution_id, source_id, muted, created_at)
SELECT %s, CASE kind WHEN 'A' THEN pk END, CASE kind WHEN 'T' THEN pk END, CASE kind WHEN 'I' THEN pk END,
    CASE kind WHEN 'S' THEN pk END, muted, coalesce(since, statement_timestamp())
FROM jsonb_array_elements(%s::jsonb) given(how)
CROSS JOIN LATERAL (SELECT left(how->>0, 1), substr(how->>0, 2)::bigint, (how->>1)::boolean, (how->>2)::timestamptz)
    told(kind, pk, muted, since)
"""


def unfollow(target: Target, *, by: User) -> bool:
    """Stop following it; False when it was so already."""
    return bool(unfollow_many([target.short_id], by=by))


def unfollow_many(short_ids: Iterable[str], *, by: User) -> dict[str, Terms]:
    """Stop following these; returns what was followed and how, so that `follow_many` can bring it back."""
    with transaction.atomic():
        rows = Follow.objects.filter(user=by, target__in=_sound(short_ids)).select_for_update().order_by("pk")
        ended = {row.target: Terms(row.muted, row.created_at) for row in rows}
        Follow.objects.filter(user=by, target__in=list(ended)).delete()
        _assess(ended)
    return ended


def mute(target: Target, *, by: User, muted: bool = True) -> bool:
    """Keep following without news, or hear of it again; False when it is not followed."""
    return bool(mute_many([target.short_id], by=by, muted=muted))


def mute_many(short_ids: Iterable[str], *, by: User, muted: bool = True) -> int:
    """The same for several; returns how many of these are followed."""
    return Follow.objects.filter(user=by, target__in=_sound(short_ids)).update(muted=muted)


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


def _sound(short_ids: Iterable[str]) -> list[str]:
    """Without what no short id looks like."""
    return [short_id for short_id in short_ids if _SHORT_ID.fullmatch(short_id)]


def _is_visible(target: Target) -> bool:
    return not (isinstance(target, Author) and (target.hidden or target.merged_into_id))


def _assess(short_ids: Iterable[str]) -> None:
    """Followers are an input of an author's score."""
    authors = [int(short_id[1:]) for short_id in short_ids if short_id.startswith(Author.prefix)]
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


@dataclass(frozen=True, slots=True)
class FollowFacts:
    """What everybody knows of a target, here and from the Fediverse, and how the viewer follows it."""

    followers: int = 0
    remote: int = 0
    is_followed: bool = False
    is_muted: bool = False


def facts(target: Target, viewer: User | AnonymousUser) -> FollowFacts:
    """In one query; without one where `with_follow_facts` has asked."""
    known = vars(target)
    if "followers" in known:
        return FollowFacts(known["followers"], known["remote_followers"], known["is_followed"], known["is_muted"])
    own: Any = Value(None, output_field=BooleanField())
    if viewer.is_authenticated:
        own = Subquery(Follow.objects.filter(target=OuterRef("target"), user=viewer).values("muted"))
    rows = FollowCount.objects.filter(target=target.short_id).annotate(own=own)  # a follow has a count
    row = rows.values_list("followers", "remote", "own").first()
    return FollowFacts(row[0], row[1], row[2] is not None, bool(row[2])) if row else FollowFacts()


def with_follow_facts(entities: AuthorQuerySet, viewer: User | AnonymousUser) -> AuthorQuerySet:
    """Adds `followers`, `remote_followers`, and the viewer's `is_followed` and `is_muted`, without a further query."""
    short_id = Concat(Value(entities.model.prefix), OuterRef("pk"))
    counted = FollowCount.objects.filter(target=short_id)
    own: Any = Value(False)
    muted: Any = Value(False)
    if viewer.is_authenticated:
        follow = Follow.objects.filter(target=short_id, user=viewer)
        own, muted = Exists(follow), Exists(follow.filter(muted=True))
    known = entities.annotate(
        followers=Coalesce(Subquery(counted.values("followers")), 0),
        remote_followers=Coalesce(Subquery(counted.values("remote")), 0),
        is_followed=own,
        is_muted=muted,
    )
    return cast("AuthorQuerySet", known)


def followed_by(user: User) -> QuerySet[Follow]:
    """What a user follows, latest first; authors who were hidden or merged away are left out."""
    rows = Follow.objects.filter(VISIBLE, user=user)
    return rows.select_related(*FOLLOWABLE).order_by(F("created_at").desc(), "-pk")


def target_of(row: Follow) -> Target:
    """What a follow follows."""
    return cast("Target", row.author or row.topic or row.institution or row.source)


def named(short_ids: Iterable[str]) -> dict[str, Target]:
    """What these short ids name, hidden and merged authors included; one query for each kind."""
    found: dict[str, Target] = {}
    for model, wanted in _by_model(short_ids):
        found |= {row.short_id: row for row in model.objects.filter(pk__in=wanted)}
    return found


def shown(short_ids: Iterable[str]) -> dict[str, str]:
    """What can be followed of these: the short id of each, or of whom it was merged into. Thousands come cheaply."""
    found: dict[str, str] = {}
    for model, wanted in _by_model(short_ids):
        if model is Author:
            found |= {f"A{pk}": f"A{kept}" for pk, kept in _survivors(wanted).items()}
        else:
            there = model.objects.filter(among("pk", wanted, "bigint")).values_list("pk", flat=True)
            found |= {short_id: short_id for short_id in (f"{model.prefix}{pk}" for pk in there)}
    return found


def _survivors(wanted: list[int]) -> dict[int, int]:
    """Visible authors by the numbers of those who lead to them, along merges."""
    leads = {pk: pk for pk in wanted}
    facts: dict[int, tuple[bool, int | None]] = {}  # hidden, and whom an author was merged into
    for _round in range(_MOST_MERGES):
        if asked := set(leads.values()) - facts.keys():
            rows = Author.objects.filter(among("pk", asked, "bigint")).values_list("pk", "hidden", "merged_into_id")
            facts |= {pk: (hidden, merged) for pk, hidden, merged in rows}
        further = {pk: facts[last][1] or last for pk, last in leads.items() if last in facts}
        if further == leads:
            break
        leads = further
    return {pk: last for pk, last in leads.items() if facts.get(last) == (False, None)}


def among(column: str, values: Iterable[Any], kind: str = "text") -> Func:
    """The column is one of these: one parameter as one JSON text, which thousands of values take no time to write."""
    start = " = ANY(ARRAY(SELECT jsonb_array_elements_text("
    end = f"(%(expressions)s::jsonb)::{kind})))"
    return Func(F(column), Value(json.dumps(list(values))), template=end, arg_joiner=start, output_field=BooleanField())


def _by_model(short_ids: Iterable[str]) -> Iterable[tuple[Any, list[int]]]:
    numbers: dict[str, list[int]] = {}
    for short_id in _sound(short_ids):
        numbers.setdefault(short_id[0], []).append(int(short_id[1:]))
    return [(FOLLOWABLE[KINDS[prefix]], wanted) for prefix, wanted in sorted(numbers.items())]
