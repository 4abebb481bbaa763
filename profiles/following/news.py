"""News: what followers are told, noted in the transaction in which it happens, and its fan-out to their feeds."""

from __future__ import annotations

import logging
import time
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from profiles.fediverse import telling
from profiles.models import Claim, FollowCount, NewsEvent
from publications.models import Author, Work

logger = logging.getLogger(__name__)
BATCH = 5_000  # followers reached in one transaction
INDEXED_SINCE = timedelta(days=30)  # a work that is given to an author later than this is no news
LATE = timedelta(days=365)  # a work published longer than this before it was indexed is told apart
RETRY = timedelta(minutes=5)
MOST_ATTEMPTS = 5

# Noting


def note_works(work_ids: Iterable[int]) -> None:
    """Works that were touched: an event for each that came lately and concerns somebody who is followed.

    Safe to call again: a work is told once, and further followers hear of it when its authors were corrected.
    """
    ids = list(work_ids)
    if not ids or not FollowCount.objects.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_WORKS, {"works": ids, "since": timezone.now() - INDEXED_SINCE})
        cursor.execute(_FORGET_AUDIENCE, {"works": ids})


def note_claim(claim: Claim) -> None:
    """A record has an owner."""
    audience = _followed([f"A{claim.author_id}"])
    if audience:
        event = NewsEvent(kind="claim", claim=claim, author_id=claim.author_id, audience=audience)
        NewsEvent.objects.bulk_create([event], ignore_conflicts=True)


def note_merges(author_ids: Iterable[int]) -> None:
    """Records that lead elsewhere now. Their follows have been carried over already."""
    merged = Author.objects.filter(pk__in=list(author_ids), merged_into__isnull=False, merged_into__hidden=False)
    audience = set(_followed({f"A{pk}" for pk in merged.values_list("merged_into", flat=True)}))
    events = [
        NewsEvent(kind="merge", merged=author, author_id=author.merged_into_id, audience=[f"A{author.merged_into_id}"])
        for author in merged
        if f"A{author.merged_into_id}" in audience
    ]
    NewsEvent.objects.bulk_create(events, ignore_conflicts=True)


def _followed(short_ids: Iterable[str]) -> list[str]:
    rows = FollowCount.objects.filter(target__in=list(short_ids)).exclude(followers__lte=0, remote__lte=0)
    return sorted(rows.values_list("target", flat=True))


_CONCERNED = """
    SELECT w.id AS work_id, array_agg(t.target ORDER BY t.target COLLATE "C") AS audience
    FROM publications_work w
    CROSS JOIN LATERAL (
        SELECT 'A' || a.id FROM publications_authorship s
            JOIN publications_author a ON a.id = s.author_id AND NOT a.hidden WHERE s.work_id = w.id
        UNION SELECT 'T' || k.topic_id FROM publications_worktopic k WHERE k.work_id = w.id
        UNION SELECT 'I' || p.institution_id FROM publications_authorship s
            JOIN publications_authorshipinstitution p ON p.authorship_id = s.id WHERE s.work_id = w.id
        UNION SELECT 'S' || w.source_id WHERE w.source_id IS NOT NULL
    ) t(target)
    JOIN profiles_followcount c ON c.target = t.target AND (c.followers > 0 OR c.remote > 0)
    WHERE w.id = ANY(%(works)s) AND w.merged_into_id IS NULL
"""
_NOTE_WORKS = f"""
INSERT INTO profiles_newsevent AS event
    (kind, work_id, audience, happened_at, due_at, attempts, reached_target)
SELECT 'work', found.work_id, found.audience, now(), now(), 0, ''
FROM ({_CONCERNED} AND w.created_at >= %(since)s GROUP BY w.id) found ORDER BY found.work_id
ON CONFLICT (work_id) DO UPDATE SET
    audience = excluded.audience,
    due_at = CASE WHEN excluded.audience <@ event.audience THEN event.due_at ELSE now() END,
    reached_target = CASE WHEN excluded.audience <@ event.audience THEN event.reached_target ELSE '' END,
    reached_user = CASE WHEN excluded.audience <@ event.audience THEN event.reached_user END
WHERE event.audience IS DISTINCT FROM excluded.audience
"""  # noqa: S608 - joined from constants
_FORGET_AUDIENCE = f"""
UPDATE profiles_newsevent event SET audience = '{{}}'
WHERE event.work_id = ANY(%(works)s) AND event.audience <> '{{}}'
    AND NOT EXISTS (SELECT FROM ({_CONCERNED} GROUP BY w.id) found WHERE found.work_id = event.work_id)
"""  # noqa: S608 - joined from constants


# Fan-out


def fan_out_due(seconds: float = 50) -> int:
    """Bring what is due to the followers' feeds, until nothing is due or the time is over; returns items written.

    Each step is one transaction that writes up to `BATCH` items and how far it came: a worker killed in between
    neither loses nor doubles an item, and several workers take different events.
    """
    until, written = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        step = _step()
        if step is None:
            break
        written += step
    return written


def due_count() -> int:
    return NewsEvent.objects.filter(due_at__lte=timezone.now()).count()


def _step() -> int | None:
    """One batch of the event that waits longest; None when nothing is due."""
    event = None
    try:
        with transaction.atomic():
            due = NewsEvent.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
            event = due.select_for_update(skip_locked=True, of=("self",)).select_related("work").first()
            return None if event is None else _reach(event)
    except DatabaseError:
        if event is None:
            raise
        logger.exception("News %s could not be brought to its followers.", event.pk)
        _postpone(event)
        return 0


def _postpone(event: NewsEvent) -> None:
    """Later again; one bad event never holds up the others, and is given up after a few attempts."""
    later = None if event.attempts + 1 >= MOST_ATTEMPTS else timezone.now() + RETRY
    NewsEvent.objects.filter(pk=event.pk).update(attempts=F("attempts") + 1, due_at=later)


def _reach(event: NewsEvent) -> int:
    """The next batch of followers of the next target. The event is locked."""
    target = event.reached_target
    if event.reached_user is None:  # all followers of this one have it
        target = next((name for name in event.audience if name > target), "")
    if not target:
        event.due_at = None
        event.save(update_fields=["due_at"])
        telling.prepare(event, until=news_until(event.work) if event.work else date.min)
        return 0
    event.reached_target = target
    event.reached_user, written = _write_items(event, target, event.reached_user or 0)
    event.save(update_fields=["reached_target", "reached_user"])
    return written


def _write_items(event: NewsEvent, target: str, after: int) -> tuple[int | None, int]:
    """The last account looked at (None when there is none left) and how many items are new."""
    tells = "new" if event.kind == NewsEvent.Kind.WORK else event.kind
    params: dict[str, int | str | bool | date | datetime] = {
        "event": event.pk,
        "target": target,
        "after": after,
        "size": BATCH,
        "tells": tells,
        "known_at": event.work.created_at if event.work else event.happened_at,
        "news_until": news_until(event.work) if event.work else date.max,
        "tells_late": target.startswith("A"),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_ITEMS, params)
        last, written = cursor.fetchone()
    return last, written


# `is_new`: the work appeared after the account followed. An archive that is indexed late is told of authors only.
_WRITE_ITEMS = """
WITH batch AS (
    SELECT f.user_id, f.muted, f.created_at <= %(known_at)s AS followed_before,
        (f.created_at AT TIME ZONE 'UTC')::date <= %(news_until)s AS is_new
    FROM profiles_follow f WHERE f.target = %(target)s AND f.user_id > %(after)s
    ORDER BY f.user_id LIMIT %(size)s
), written AS (
    INSERT INTO profiles_feeditem AS item (user_id, event_id, kind, created_at)
    SELECT user_id, %(event)s, CASE WHEN is_new THEN %(tells)s ELSE 'late' END, now()
    FROM batch WHERE followed_before AND NOT muted AND (is_new OR %(tells_late)s)
    ORDER BY user_id
    ON CONFLICT (user_id, event_id) DO UPDATE SET kind = excluded.kind
        WHERE item.kind = 'late' AND excluded.kind = 'new'
    RETURNING 1
)
SELECT max(user_id), (SELECT count(*) FROM written) FROM batch
"""


def news_until(work: Work) -> date:
    """A work is new to accounts that followed by this day: the last on which it can have been published.

    The first of a month stands for the month, as importers write it where they know no day. Where only the year is
    known, it is new to those who followed before that year: an alert on an old work is worse than none.
    """
    published = work.publication_date
    if published is None:
        return date((work.publication_year or 2) - 1, 12, 31)
    if work.created_at.date() - published > LATE:
        return date.min
    if published.day == 1:
        return published.replace(day=monthrange(published.year, published.month)[1])
    return published
