"""Digests: put together when they are due, each piece of news in one, and written as mails."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiles.following import feed
from profiles.models import Digest, FeedItem, Subscription, User
from profiles.notifying import digest_page, outbox, subscriptions
from profiles.notifying.digest_dates import next_due

TELLS = (FeedItem.Kind.NEW, FeedItem.Kind.CLAIM, FeedItem.Kind.MERGE)  # works indexed late alone make no digest

# Putting together


def compose_due(seconds: float = 20) -> int:
    """Write the digests that are due, each in one transaction with its items and the next date; returns how many."""
    until, written = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        made = _compose_next(timezone.now())
        if made is None:
            break
        written += made
    return written


@transaction.atomic
def _compose_next(now: datetime) -> bool | None:
    """The one that waits longest, unless another worker has it; None when nothing is due."""
    due = Subscription.objects.filter(digest_due_at__lte=now).order_by("digest_due_at", "pk")
    row = due.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
    if row is None or row.digest_due_at is None:
        return None
    slot = row.digest_due_at
    row.digest_due_at = next_due(row.digest, now, subscriptions.zone_of(row.user))  # one, also after days without us
    row.save(update_fields=["digest_due_at"])
    return outbox.may_be_written_to(row.user) and _compose(row, slot, now)


def _compose(row: Subscription, slot: datetime, now: datetime) -> bool:
    """False when there is nothing to tell: a digest is never empty."""
    waiting = feed.items(row.user).filter(digest=None, created_at__gte=row.digest_since, created_at__lte=now)
    if not waiting.filter(kind__in=TELLS).exists():
        return False
    digest = Digest.objects.create(user=row.user, slot=slot, mail_due_at=now)
    pks = waiting.order_by().values("pk")
    FeedItem.objects.filter(pk__in=pks, digest=None).update(digest=digest)
    return True


# Sending


def send_due(seconds: float = 50) -> int:
    """Send the digests that are due; returns how many went out."""
    return outbox.send_due(OUTBOX, seconds)


def due_count() -> int:
    return Digest.objects.filter(mail_due_at__lte=timezone.now()).count()


def _mail(digest: Digest) -> EmailMultiAlternatives | None:
    """None for who went or wants none any more, and when all that it told is gone."""
    chosen = subscriptions.of(digest.user).digest
    if chosen == Subscription.Digest.OFF or not outbox.may_be_written_to(digest.user):
        return None
    return mail(digest.user, feed.items(digest.user).filter(digest=digest), digest.slot, number=f"digest-{digest.pk}")


def mail(user: User, items: QuerySet[FeedItem], slot: datetime, *, number: str) -> EmailMultiAlternatives | None:
    """These items as a mail in the reader's time zone; None where they hold nothing to tell."""
    counts = dict(items.order_by().values_list("kind").annotate(Count("pk")))
    if not any(counts.get(kind) for kind in TELLS):
        return None
    stop = subscriptions.stop_address(user, subscriptions.DIGEST)
    with timezone.override(subscriptions.zone_of(user)):
        context = _context(user, items, counts, slot) | {"stop": stop}
        return outbox.mail(
            user,
            number=number,
            subject=context["subject"],
            text=re.sub(r"\n{3,}", "\n\n", render_to_string("profiles/mail/digest.txt", context)),
            html=render_to_string("profiles/mail/digest.html", context),
            stop=stop,
            kind=subscriptions.DIGEST,
        )


def _context(user: User, items: QuerySet[FeedItem], counts: dict[str, int], slot: datetime) -> dict[str, Any]:
    day = date_format(timezone.localtime(slot), "j F Y")
    told = _in_words(counts)
    return {
        "subject": _("%(told)s, %(day)s") % {"told": told, "day": day},
        "told": told,
        "day": day,
        "page": digest_page.read(user, items, counts),
        "feed_url": f"{settings.BASE_URL}{reverse('feed')}",
        "settings_url": f"{settings.BASE_URL}{reverse('settings_news')}",
    }


def _in_words(counts: dict[str, int]) -> str:
    works, records = counts.get("new", 0), counts.get("claim", 0) + counts.get("merge", 0)
    parts = []
    if works:
        parts.append(ngettext("%(count)s new work", "%(count)s new works", works) % {"count": works})
    if records:
        said = ngettext("news of %(count)s record", "news of %(count)s records", records)
        parts.append(said % {"count": records})
    return ", ".join(parts)


def _release(digest: Digest) -> None:
    """What no attempt could send comes with the next digest."""
    FeedItem.objects.filter(digest=digest).update(digest=None)


OUTBOX = outbox.Outbox(
    rows=Digest.objects.all, write=_mail, sent=lambda: {"sent_at": timezone.now()}, given_up=_release
)
