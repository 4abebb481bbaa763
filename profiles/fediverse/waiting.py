"""What waits until its signature is checked: bounded, and shared fairly among the domains that it came from."""

from __future__ import annotations

from datetime import timedelta
from random import SystemRandom
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from profiles.fediverse import remote
from profiles.models import IncomingActivity, RemoteFollow

MOST: Final = 5_000  # unchecked activities, and of one registered domain:
MOST_OF_DOMAIN: Final = 500
CLAIMED: Final = timedelta(minutes=2)
_LOTS: Final = SystemRandom()


def due() -> QuerySet[IncomingActivity]:
    return IncomingActivity.objects.filter(due_at__lte=timezone.now())


def beginning(key_id: str) -> str:
    """Of the addresses of all keys of a host."""
    return f"https://{remote.host_of(key_id)}/"


@transaction.atomic
def add(item: IncomingActivity) -> bool:
    """Whether there was room for it. One after the other, so that the bounds hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('bzpeer.fediverse.waiting', 0))")
    item.domain = remote.domain_of(remote.host_of(item.key_id))
    item.from_follower = RemoteFollow.objects.filter(actor__uri__startswith=beginning(item.key_id)).exists()
    waits = _all()
    of_domain = waits.filter(domain=item.domain).count()
    if of_domain >= MOST_OF_DOMAIN or (waits.count() >= MOST and not _make_room(item, of_domain)):
        return False
    item.save(force_insert=True)
    return True


def _all() -> QuerySet[IncomingActivity]:
    return IncomingActivity.objects.filter(due_at__isnull=False)


def _make_room(item: IncomingActivity, of_domain: int) -> bool:
    """Drop the latest of the domain that has most, if it has more even then; strangers give way first."""
    groups = _all().values("from_follower", "domain").annotate(n=Count("pk")).order_by("from_follower", "-n", "domain")
    most = groups[0]
    if most["from_follower"] > item.from_follower:
        return False
    if most["from_follower"] == item.from_follower and most["n"] <= of_domain + 1:
        return False
    latest = _all().filter(domain=most["domain"], from_follower=most["from_follower"]).order_by("-pk")[:1]
    IncomingActivity.objects.filter(pk__in=latest.values("pk")).delete()
    return True


@transaction.atomic
def take() -> IncomingActivity | None:
    """The oldest of a domain that is drawn by lot; each other time of those from whose servers somebody follows.

    So a flood from one domain, or from many, is never what all the others wait for.
    """
    for domain in _drawn():
        found = due().filter(domain=domain).order_by("due_at", "pk").select_for_update(skip_locked=True).first()
        if found is not None:
            found.due_at, found.attempts = timezone.now() + CLAIMED, found.attempts + 1
            found.save(update_fields=["due_at", "attempts"])
            return found
    return None


def _drawn() -> list[str]:
    groups = list(due().order_by().values_list("domain", "from_follower").distinct())
    _LOTS.shuffle(groups)
    if _LOTS.random() < 0.5:
        groups.sort(key=lambda group: not group[1])
    return list(dict.fromkeys(domain for domain, _from_follower in groups))


def leave_alone(item: IncomingActivity, pause: timedelta) -> None:
    """What else waits of a server that does not answer has had its turn: it is asked once in each round."""
    others = due().filter(key_id__startswith=beginning(item.key_id))
    others.update(due_at=timezone.now() + pause, attempts=F("attempts") + 1)
