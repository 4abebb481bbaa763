"""Which actor tells whom of a work: each server is sent one post, and nobody there two of the same work.

The first followed actor posts it (Create). Another one that is followed on that server shares this post (Announce), and
only if somebody there follows it and none of those that told already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from profiles import fediverse
from profiles.fediverse import addresses
from profiles.fediverse.deliveries import UNREACHABLE
from profiles.models import NewsEvent, OutgoingActivity, RemoteFollow
from profiles.promptly import deliver_news_soon, deliver_to_fediverse_soon
from publications.models import Work


def prepare(event: NewsEvent, *, until: date) -> None:
    """A work, for those to whom it is new: within the transaction that ends its news; again, for whom it missed.

    `until` is the last day on which one can have followed for that (profiles.following.news.news_until).
    """
    if event.work is None or until == date.min or not fediverse.is_on():
        return
    end_of_day = datetime.combine(until, datetime.max.time(), UTC)
    before = min(end_of_day, event.work.created_at)
    followed = RemoteFollow.objects.filter(target__in=[name for name in event.audience if name[:1] in "AT"])
    senders = sorted(set(followed.values_list("target", flat=True)), key=lambda name: (name[0], int(name[1:])))
    told = set(OutgoingActivity.objects.filter(work=event.work).values_list("sender", flat=True)) if senders else set()
    for sender in senders:
        _tell(event.work, sender, before=before, with_others=bool(told - {sender}))
        told.add(sender)


def _tell(work: Work, sender: str, *, before: datetime, with_others: bool) -> None:
    facts: dict[str, str | int | datetime] = {
        "uri": addresses.create(sender, work.pk),
        "sender": sender,
        "work": work.pk,
        "before": before,
        "gave_up": timezone.now() - UNREACHABLE,
        "announces": addresses.announce(sender, work.pk, ""),
    }
    with connection.cursor() as cursor:
        if not with_others:
            cursor.execute(_CREATE, facts)
        else:  # what was written just now is not in the statistics: inboxes would be looked through for each follower
            cursor.execute("SET LOCAL enable_nestloop = off")
            cursor.execute(_CREATE, facts)
            cursor.execute(_ANNOUNCE, facts)
            cursor.execute("SET LOCAL enable_nestloop = on")
    deliver_to_fediverse_soon()


# What was told of the work at which inbox and was not called back, and who follows the sender.
_KNOWN: Final = """
WITH told AS MATERIALIZED (
    SELECT sent.inbox, said.id, said.sender, said.uri LIKE '%%/activity' AS is_post
    FROM profiles_outgoingactivity said JOIN profiles_delivery sent ON sent.activity_id = said.id
    WHERE said.work_id = %(work)s AND NOT EXISTS (SELECT FROM profiles_outgoingactivity back
        WHERE back.uri = CASE WHEN said.uri LIKE '%%/activity'
            THEN regexp_replace(said.uri, '/activity$', '#delete') ELSE said.uri || '/undo' END)
), follower AS (
    SELECT actor.id, coalesce(nullif(actor.shared_inbox, ''), actor.inbox) AS inbox, actor.host,
        greatest(now(), server.paused_until) AS due_at
    FROM profiles_remotefollow follow
    JOIN profiles_remoteactor actor ON actor.id = follow.actor_id
    LEFT JOIN profiles_remoteserver server ON server.host = actor.host
    WHERE follow.target = %(sender)s AND follow.created_at <= %(before)s
        AND (server.failing_since IS NULL OR server.failing_since > %(gave_up)s)
)
"""
_CREATE: Final = f"""{_KNOWN}, missed AS MATERIALIZED (
    SELECT DISTINCT inbox, host, due_at FROM follower
    WHERE NOT EXISTS (SELECT FROM told WHERE told.inbox = follower.inbox)
), activity AS (
    INSERT INTO profiles_outgoingactivity (uri, sender, work_id, created_at)
    SELECT %(uri)s, %(sender)s, %(work)s::bigint, now() WHERE EXISTS (SELECT FROM missed)
    ON CONFLICT (uri) DO UPDATE SET sender = excluded.sender RETURNING id
)
INSERT INTO profiles_delivery (activity_id, inbox, host, due_at, attempts, created_at)
SELECT activity.id, missed.inbox, missed.host, missed.due_at, 0, now() FROM missed CROSS JOIN activity
ON CONFLICT (activity_id, inbox) DO NOTHING
"""  # noqa: S608 - joined from constants
_ANNOUNCE: Final = f"""{_KNOWN}, post AS (
    SELECT DISTINCT ON (inbox) inbox, sender FROM told WHERE is_post ORDER BY inbox, id
), missed AS MATERIALIZED (
    SELECT DISTINCT follower.inbox, follower.host, follower.due_at, %(announces)s || post.sender AS uri
    FROM follower JOIN post ON post.inbox = follower.inbox AND post.sender <> %(sender)s
    WHERE NOT EXISTS (SELECT FROM profiles_remotefollow other
        JOIN profiles_remoteactor known ON known.id = other.actor_id
        JOIN told ON told.sender = other.target AND told.inbox = coalesce(nullif(known.shared_inbox, ''), known.inbox)
        WHERE other.actor_id = follower.id AND other.created_at <= %(before)s)
), activity AS (
    INSERT INTO profiles_outgoingactivity (uri, sender, work_id, created_at)
    SELECT DISTINCT uri, %(sender)s, %(work)s::bigint, now() FROM missed
    ON CONFLICT (uri) DO UPDATE SET sender = excluded.sender RETURNING id, uri
)
INSERT INTO profiles_delivery (activity_id, inbox, host, due_at, attempts, created_at)
SELECT activity.id, missed.inbox, missed.host, missed.due_at, 0, now()
FROM missed JOIN activity ON activity.uri = missed.uri
ON CONFLICT (activity_id, inbox) DO NOTHING
"""  # noqa: S608 - joined from constants


# When posts are gone


def forget_actor(short_id: str) -> None:
    """Its posts go with it; what others shared of them, they tell themselves."""
    said = OutgoingActivity.objects.filter(uri__startswith=f"{addresses.actor(short_id)}/works/", work__isnull=False)
    work_ids = set(said.values_list("work_id", flat=True))
    said.delete()
    tell_again(short_id, work_ids)


def tell_again(short_id: str, work_ids: Iterable[int]) -> None:
    """The posts of this actor about these works are gone, and what shared them: the news of others ends anew."""
    ids = list(work_ids)
    OutgoingActivity.objects.filter(work__in=ids, uri__endswith=f"{addresses.ANNOUNCES}{short_id}").delete()
    if NewsEvent.objects.filter(work__in=ids, due_at=None).update(due_at=timezone.now()):
        deliver_news_soon()
