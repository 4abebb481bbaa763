"""When what an actor shows has changed, its followers' servers are told once (Update), whatever number of changes."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from profiles import fediverse
from profiles.fediverse import addresses, deliveries, documents, subjects
from profiles.fediverse.subjects import Entity
from profiles.models import Delivery, RemoteFollow, ShownActor

GATHERED: Final = timedelta(minutes=10)  # changes in this time are one
_UNSEEN: Final = {"@context", "publicKey"}  # keys are asked for when a signature does not fit


def remember(entity: Entity) -> None:
    """What is shown to those who follow now."""
    ShownActor.objects.bulk_create([ShownActor(target=entity.short_id, digest=_digest(entity))], ignore_conflicts=True)


def mark_due(author_ids: Iterable[int]) -> None:
    """Something of these was touched, within the transaction that did: whether it shows is looked at later."""
    _mark([f"A{pk}" for pk in author_ids])


def mark_all() -> None:
    """For what no signal tells of, as a topic that gets another name, and for what nobody follows any more."""
    _mark(None)


def _mark(targets: list[str] | None) -> None:
    rows = ShownActor.objects.filter(due_at=None)
    found = rows if targets is None else rows.filter(target__in=targets)
    found.update(due_at=timezone.now() + GATHERED)


def send_due(seconds: float = 20) -> None:
    """Compare what is due with what was shown, until nothing is due or the time is over."""
    end = time.monotonic() + (seconds if fediverse.is_on() else 0)
    while time.monotonic() < end and _compare_next():
        pass


@transaction.atomic
def _compare_next() -> bool:
    due = ShownActor.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    row = due.select_for_update(skip_locked=True).first()
    if row is None:
        return False
    subject = subjects.find(row.target)
    if subject is None or not subject.is_open or not RemoteFollow.objects.filter(target=row.target).exists():
        row.delete()
        return True
    digest = _digest(subject.entity)
    if digest != row.digest:
        _send(row.target, digest)
    row.digest, row.due_at = digest, None
    row.save()
    return True


def _send(short_id: str, digest: str) -> None:
    """In place of earlier ones that still wait: each says what is shown when it is sent."""
    beginning = f"{addresses.actor(short_id)}#updates/"
    waiting = Delivery.objects.filter(activity__uri__startswith=beginning, due_at__isnull=False)
    waiting.update(due_at=None)
    uri = f"{beginning}{timezone.now():%Y%m%dT%H%M%S}-{digest[:8]}"
    deliveries.send_to_followers(short_id, documents.update(short_id, uri))


def _digest(entity: Entity) -> str:
    with translation.override(settings.LANGUAGE_CODE):  # not of whoever follows
        shown = {key: value for key, value in documents.actor(entity).items() if key not in _UNSEEN}
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
