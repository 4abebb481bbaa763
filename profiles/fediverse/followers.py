"""Who follows from elsewhere: following and ending it, records that are merged, hidden or switched off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from profiles import fediverse
from profiles.fediverse import addresses, deliveries, documents, subjects, telling, updates
from profiles.fediverse.subjects import State, Subject
from profiles.models import RemoteActor, RemoteFollow
from publications.models import Author


def follow(actor: RemoteActor, subject: Subject, uri: str) -> None:
    """Note the follow and accept it; one of a merged record is refused, whose followers are led to the new one."""
    short_id, token = subject.short_id, hashlib.sha256(uri.encode()).hexdigest()[:32]
    asked = documents.follow(uri, actor.uri, short_id)
    if subject.state is State.MOVED:
        answer = f"{addresses.actor(short_id)}#rejects/{token}"
        deliveries.send_to(actor, short_id, documents.reject(short_id, asked, answer))
    if not subject.is_open:
        return
    author = subject.entity if isinstance(subject.entity, Author) else None
    topic = None if isinstance(subject.entity, Author) else subject.entity
    RemoteFollow.objects.update_or_create(actor=actor, author=author, topic=topic, defaults={"activity_uri": uri})
    updates.remember(subject.entity)
    answer = f"{addresses.actor(short_id)}#accepts/{token}"
    deliveries.send_to(actor, short_id, documents.accept(short_id, asked, answer))


def unfollow(actor: RemoteActor, target: str, uri: str = "") -> None:
    """End it, as it is named: by what is followed, or by the Follow itself, which a merge may have carried over."""
    named = Q(target=target) if target else Q()
    if uri:
        named |= Q(activity_uri=uri)
    if named:
        RemoteFollow.objects.filter(named, actor=actor).delete()


def is_followed_by(actor: RemoteActor, target: str, uri: str) -> bool:
    return RemoteFollow.objects.filter(actor=actor, target=target, activity_uri=uri).exists()


# What becomes of records


def carry_over(author_ids: Iterable[int]) -> None:
    """Who followed a record that was merged away follows what it became, and is told so (Move)."""
    left = Author.objects.filter(pk__in=list(author_ids), merged_into__isnull=False, remote_follows__isnull=False)
    for author in left.distinct().order_by("pk"):
        final = subjects.find(author.short_id)
        if final is None or final.leads_to is None:
            retire([author.short_id])
        else:
            _carry(author, final.leads_to)


@transaction.atomic
def _carry(author: Author, to: Author) -> None:
    uri = f"{addresses.actor(author.short_id)}#moves/{to.short_id}"
    deliveries.send_to_followers(author.short_id, documents.move(author.short_id, to.short_id, uri))
    with connection.cursor() as cursor:
        cursor.execute(_CARRY, {"from": author.pk, "to": to.pk})
    RemoteFollow.objects.filter(author=author).delete()
    updates.remember(to)
    updates.mark_due([to.pk])


_CARRY = """
INSERT INTO profiles_remotefollow (actor_id, author_id, activity_uri, created_at)
SELECT actor_id, %(to)s, activity_uri, created_at FROM profiles_remotefollow WHERE author_id = %(from)s
ORDER BY actor_id
ON CONFLICT (actor_id, target) DO UPDATE SET
    created_at = least(profiles_remotefollow.created_at, excluded.created_at)
"""


@transaction.atomic
def retire(short_ids: Iterable[str], at: datetime | None = None) -> None:
    """Tell followers that these are gone, and forget who followed them."""
    moment = (at or timezone.now()).strftime("%Y%m%dT%H%M%S")
    for short_id in short_ids:
        uri = f"{addresses.actor(short_id)}#deletes/{moment}"
        deliveries.send_to_followers(short_id, documents.delete(short_id, uri))
        RemoteFollow.objects.filter(target=short_id).delete()
        telling.forget_actor(short_id)


def sweep() -> None:
    """Whatever hid, merged or switched off a record that is followed: done each minute, however it came about."""
    if not fediverse.is_on():
        return
    switched_off = Author.objects.filter(subjects.OPTED_OUT).values("pk")
    gone = Q(author__hidden=True) | Q(author__in=switched_off)
    rows = RemoteFollow.objects.filter(gone).values_list("target", flat=True)
    retire(sorted(set(rows)))
    merged = RemoteFollow.objects.filter(author__merged_into__isnull=False)
    carry_over(set(merged.values_list("author_id", flat=True)))
