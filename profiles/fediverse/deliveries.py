"""The outbox of the Fediverse: what is written in the transaction of what it tells, and sent until it arrives.

One row for an activity and an inbox; servers with a shared inbox get one copy. A row is due again before it is sent, so
a worker that is killed loses nothing, and the id of an activity makes a second copy harmless.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import repeat
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from bzpeer.kit import safe_fetch
from bzpeer.kit.safe_fetch import FetchRefused, Target
from profiles import fediverse
from profiles.fediverse import addresses, documents, keys, remote, signatures, subjects
from profiles.fediverse.documents import Document
from profiles.models import Delivery, OutgoingActivity, RemoteActor, RemoteServer
from profiles.promptly import deliver_to_fediverse_soon

logger = logging.getLogger(__name__)
BATCH: Final = 32  # sent at the same time by one worker
CLAIMED: Final = timedelta(minutes=5)  # a row that a worker took is due again after this
SLOW: Final = 3.0  # seconds after which a server that does answer rests for a while
REST: Final = timedelta(minutes=1)  # or each batch would wait for it
GIVEN_UP: Final = timedelta(days=5)
UNREACHABLE: Final = timedelta(days=7)  # a server that failed so long gets nothing until it speaks to us
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=12)
KEPT: Final = timedelta(days=60)  # longer than news.INDEXED_SINCE: a work is told once
CONTENT_TYPE: Final = "application/activity+json"

# Writing


def send_to_followers(sender: str, body: Document) -> None:
    """To every inbox of those who follow the sender."""
    OutgoingActivity.objects.bulk_create(
        [OutgoingActivity(uri=body["id"], sender=sender, body=body)], ignore_conflicts=True
    )
    with connection.cursor() as cursor:
        cursor.execute(_TO_FOLLOWERS, {"uri": body["id"], "gave_up": timezone.now() - UNREACHABLE})
    deliver_to_fediverse_soon()


_TO_FOLLOWERS = """
INSERT INTO profiles_delivery (activity_id, inbox, host, due_at, attempts, created_at)
SELECT DISTINCT activity.id, coalesce(nullif(actor.shared_inbox, ''), actor.inbox), actor.host,
    greatest(now(), server.paused_until), 0, now()
FROM profiles_outgoingactivity activity
JOIN profiles_remotefollow follow ON follow.target = activity.sender
JOIN profiles_remoteactor actor ON actor.id = follow.actor_id
LEFT JOIN profiles_remoteserver server ON server.host = actor.host
WHERE activity.uri = %(uri)s AND (server.failing_since IS NULL OR server.failing_since > %(gave_up)s)
ON CONFLICT (activity_id, inbox) DO NOTHING
"""


def send_to(actor: RemoteActor, sender: str, body: Document) -> None:
    """To one actor; again, if it was sent before."""
    row, _is_new = OutgoingActivity.objects.get_or_create(uri=body["id"], defaults={"sender": sender, "body": body})
    fresh = {"host": actor.host, "due_at": timezone.now(), "attempts": 0, "created_at": timezone.now()}
    Delivery.objects.update_or_create(activity=row, inbox=actor.inbox, defaults=fresh)
    deliver_to_fediverse_soon()


def send_after(uri: str, sender: str, body: Document) -> None:
    """To whoever was sent the activity with this address; where it still waits, it waits no longer."""
    OutgoingActivity.objects.bulk_create(
        [OutgoingActivity(uri=body["id"], sender=sender, body=body)], ignore_conflicts=True
    )
    with connection.cursor() as cursor:
        cursor.execute(_AFTER, {"uri": body["id"], "after": uri})
    Delivery.objects.filter(activity__uri=uri, due_at__isnull=False).update(due_at=None)
    deliver_to_fediverse_soon()


_AFTER = """
INSERT INTO profiles_delivery (activity_id, inbox, host, due_at, attempts, created_at)
SELECT activity.id, sent.inbox, sent.host, now(), 0, now()
FROM profiles_outgoingactivity activity
JOIN profiles_outgoingactivity before ON before.uri = %(after)s
JOIN profiles_delivery sent ON sent.activity_id = before.id AND (sent.arrived_at IS NOT NULL OR sent.attempts > 0)
WHERE activity.uri = %(uri)s
ORDER BY sent.id
ON CONFLICT (activity_id, inbox) DO NOTHING
"""


# Sending


def send_due(seconds: float = 50) -> int:
    """Send what is due until nothing is, or the time is over; returns how many arrived."""
    end, arrived = time.monotonic() + (seconds if fediverse.is_on() else 0), 0
    with ThreadPoolExecutor(BATCH) as pool:
        while time.monotonic() < end and (taken := _take()):
            bodies, key = _bodies(taken), keys.current().private
            results = list(pool.map(_timed, taken, [bodies.get(row.activity_id) for row in taken], repeat(key)))
            arrived += _settle({row: status for row, (status, _seconds) in zip(taken, results, strict=True)})
            _let_rest({row.host for row, (_status, seconds) in zip(taken, results, strict=True) if seconds > SLOW})
    return arrived


def due_count() -> int:
    """None while the site does not take part: it is kept for when it does."""
    if not fediverse.is_on():
        return 0
    return Delivery.objects.filter(due_at__lte=timezone.now()).count()


def _take() -> list[Delivery]:
    """The next rows that no other worker holds: theirs until `CLAIMED` has passed."""
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.filter(due_at__lte=now).order_by("due_at")
        rows = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("activity")[:BATCH])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            due_at=now + CLAIMED, attempts=F("attempts") + 1
        )
    for row in rows:
        row.attempts += 1
    return rows


def _bodies(rows: Iterable[Delivery]) -> dict[int, bytes]:
    """What is said, by activity; what is no longer true is left out."""
    found: dict[int, bytes] = {}
    for activity in {row.activity_id: row.activity for row in rows}.values():
        try:
            said = _said(activity)
        except DatabaseError:
            raise
        except Exception:  # one work that cannot be written never holds up the others
            logger.exception("%s cannot be written.", activity)
            continue
        if said is not None:
            found[activity.pk] = json.dumps(said, separators=(",", ":")).encode()
    return found


def _said(activity: OutgoingActivity) -> Document | None:
    if activity.body is None:
        return _of_work(activity)
    return _of_actor(activity) if activity.body["type"] == "Update" else activity.body


def _of_actor(activity: OutgoingActivity) -> Document | None:
    """The actor as it is shown now."""
    subject = subjects.find(activity.sender)
    if subject is None or not subject.is_open:
        return None
    shown = documents.actor(subject.entity)
    del shown["@context"]
    return {**(activity.body or {}), "object": shown}


def _of_work(activity: OutgoingActivity) -> Document | None:
    """The work as it is shown now, or another's post of it; None if the record is not open or the work left it."""
    subject = subjects.find(activity.sender)
    if subject is None or not subject.is_open:
        return None
    assert activity.work_id is not None
    work = subjects.work(subject.entity, activity.work_id)
    if work is None:
        return None
    teller = addresses.teller_of(activity.uri)
    return documents.announce(activity, teller) if teller else documents.create(subject.entity, work)


def _post(row: Delivery, body: bytes | None, key: RSAPrivateKey) -> int:
    """The status of the answer; 0 when there was none, -1 when there is nothing to say any more. Asks no database."""
    if body is None:
        return -1
    sender = row.activity.sender

    def headers(target: Target) -> dict[str, str]:
        signed = signatures.sign(
            "POST", target.host, target.path, body, key_id=addresses.key_id(sender), key=key, at=timezone.now()
        )
        return {"Content-Type": CONTENT_TYPE, **signed}

    try:
        return safe_fetch.post(row.inbox, body, headers=headers)
    except (FetchRefused, ValueError) as refused:
        logger.info("Delivery %s to %s: %s", row.pk, row.host, refused)
        return 0


def _timed(row: Delivery, body: bytes | None, key: RSAPrivateKey) -> tuple[int, float]:
    """Status, and the seconds it took."""
    started = time.monotonic()
    return _post(row, body, key), time.monotonic() - started


def _let_rest(hosts: set[str]) -> None:
    """What else is for slow servers comes later, without being counted as a failure."""
    later = timezone.now() + REST
    Delivery.objects.filter(host__in=hosts, due_at__lt=later).update(due_at=later)


def _settle(statuses: Mapping[Delivery, int]) -> int:
    """How many arrived."""
    arrived = [row for row, status in statuses.items() if 200 <= status < 300]
    Delivery.objects.filter(pk__in=[row.pk for row in arrived]).update(due_at=None, arrived_at=timezone.now())
    remote.spoke(*{row.host for row in arrived})
    for row, status in statuses.items():
        if row not in arrived:
            _settle_failure(row, status)
    return len(arrived)


def _settle_failure(row: Delivery, status: int) -> None:
    """A server that fails is left alone with all that is for it, for longer each time."""
    if status in {0, 408, 429} or status >= 500:
        _pause(row)
    elif status == 410:
        _end([row.pk])
        RemoteActor.objects.filter(Q(shared_inbox=row.inbox) | Q(shared_inbox="", inbox=row.inbox)).delete()
    elif 300 <= status < 400 or status == 401:  # an inbox on the move, a clock or a key that they will get right
        _later(row)
    else:
        _end([row.pk])


def _later(row: Delivery) -> None:
    if row.created_at < timezone.now() - GIVEN_UP:
        return _end([row.pk])
    Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now() + _pause_after(row.attempts))
    return None


def _pause(row: Delivery) -> None:
    """Hold back everything for the server; what waited too long is given up."""
    now = timezone.now()
    with transaction.atomic():
        RemoteServer.objects.get_or_create(host=row.host)
        server = RemoteServer.objects.select_for_update().get(host=row.host)
        if server.paused_until is None or server.paused_until <= now:  # else another row of the batch has counted it
            server.failures += 1
            server.failing_since = server.failing_since or now
            server.paused_until = now + _pause_after(server.failures)
            server.save()
        waiting = Delivery.objects.filter(host=row.host, due_at__isnull=False)
        waiting.filter(created_at__lt=now - GIVEN_UP).update(due_at=None)
        waiting.filter(due_at__isnull=False, due_at__lt=server.paused_until).update(due_at=server.paused_until)
        Delivery.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=server.paused_until)


def _pause_after(failures: int) -> timedelta:
    doubled: int = 1 << min(max(failures, 1) - 1, 20)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _end(ids: Iterable[int]) -> None:
    Delivery.objects.filter(pk__in=list(ids)).update(due_at=None)


def forget_old() -> None:
    """What was told long ago, and what waits for nobody."""
    OutgoingActivity.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    RemoteServer.objects.filter(failing_since__lt=timezone.now() - KEPT).exclude(
        host__in=RemoteActor.objects.values("host")
    ).delete()
