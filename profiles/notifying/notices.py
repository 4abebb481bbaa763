"""Notices: what an account is told, in the app and by mail, group by group as it wishes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils import timezone

from profiles.models import Notification, User
from profiles.notifying import outbox, subscriptions
from profiles.notifying.notice_kinds import GROUPS, KINDS
from publications.models import Author

# Hidden, or merged into a record that was hidden since: the same person
WITHHELD = Q(hidden=True) | Q(merged_into__hidden=True) | Q(merged_into__merged_into__hidden=True)
UNLISTED = "unlisted"  # among the params of a notice that is wanted by mail only, or was cleared from the list


@transaction.atomic
def tell(user: User | None, kind: str, *, key: str = "", again_when_read: bool = False, **params: Any) -> None:
    """Write a notice within the transaction of what it tells; nothing for who is gone, or was told before.

    What has the same `key` is told once. With `again_when_read` it is told once until it was read (`mark_told`), then
    again: the messages of a conversation are one unread notice, however many.
    """
    if user is None or not user.is_active:
        return
    wish = subscriptions.wish(user, KINDS[kind].group)
    by_mail = KINDS[kind].by_mail and wish.by_mail
    if not (wish.in_app or by_mail):
        return
    says = params if wish.in_app else params | {UNLISTED: True}
    if key and again_when_read:
        Notification.objects.filter(user=user, kind=kind, key=key, read_at__isnull=False).delete()
    row = Notification(user=user, kind=kind, params=says, key=key, mail_due_at=timezone.now() if by_mail else None)
    Notification.objects.bulk_create([row], ignore_conflicts=bool(key))


def mark_told(user: User, kind: str, key: str) -> None:
    """The account has seen what this notice tells, wherever: it counts as read, and its mail is not needed any more."""
    rows = Notification.objects.filter(user=user, kind=kind, key=key, read_at=None)
    rows.update(read_at=timezone.now(), mail_due_at=None)


def title(notice: Notification) -> str:
    return str(KINDS[notice.kind].title) % _words(notice)


def text(notice: Notification) -> str:
    return str(KINDS[notice.kind].text) % _words(notice)


def address(notice: Notification) -> str:
    """Where the notice leads, on this site."""
    return str(notice.params.get("url", ""))


def _words(notice: Notification) -> dict[str, Any]:
    """The params as they are read; what an old notice lacks is left out rather than failing."""
    return _Words(notice.params)


class _Words(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


# In the app


def latest(user: User, *, group: str = "", unread: bool = False) -> QuerySet[Notification]:
    """Those of an account, latest first: all, of one group, or only what was not read."""
    rows = _shown(user)
    if group:
        rows = rows.filter(kind__in=[name for name, kind in KINDS.items() if kind.group == group])
    if unread:
        rows = rows.filter(read_at=None)
    return rows.order_by("-pk")


def unread(user: User) -> QuerySet[Notification]:
    return _shown(user).filter(read_at=None)


def unread_alone(user: User) -> QuerySet[Notification]:
    """But for those of what is counted itself as long as they are unread: invitations to answer, messages."""
    return unread(user).exclude(kind__in=[name for name, kind in KINDS.items() if kind.counts_elsewhere])


def unread_count(user: User) -> int:
    return unread(user).count()


def _shown(user: User) -> QuerySet[Notification]:
    return _tellable(Notification.objects.filter(user=user).exclude(params__has_key=UNLISTED))


def _tellable(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """But for those about records that are hidden by now: they name them."""
    about = Cast(KeyTextTransform("author_id", "params"), BigIntegerField())
    hidden = Author.objects.filter(WITHHELD, pk=OuterRef("about"))
    return rows.alias(about=about).filter(~Exists(hidden), kind__in=KINDS)


def mark_read(user: User, pks: Collection[int] | None = None, *, read: bool = True) -> int:
    """These as read or unread, or all of an account; returns how many changed."""
    rows = Notification.objects.filter(user=user, read_at__isnull=read)
    if pks is not None:
        rows = rows.filter(pk__in=pks)
    return rows.update(read_at=timezone.now() if read else None)


def clear_read(user: User) -> int:
    """Take what was read off the list. Of what is told once, the key stays: it is not told again."""
    read = _shown(user).filter(read_at__isnull=False, mail_due_at=None)
    pks = list(read.values_list("pk", flat=True))
    rows = Notification.objects.filter(pk__in=pks)
    rows.filter(key="").delete()
    rows.update(params={UNLISTED: True})
    return len(pks)


# By mail


def send_due(seconds: float = 50) -> int:
    """Send the mails of notices that are due; returns how many went out."""
    return outbox.send_due(OUTBOX, seconds)


def due_count() -> int:
    return Notification.objects.filter(mail_due_at__lte=timezone.now()).count()


def _mail(notice: Notification) -> EmailMultiAlternatives | None:
    """None for who is gone, and for what may no longer be told."""
    rows = Notification.objects.filter(pk=notice.pk)
    if not outbox.may_be_written_to(notice.user) or not _tellable(rows).exists():
        return None
    group = KINDS[notice.kind].group
    stop = subscriptions.stop_address(notice.user, group)
    context = {
        "title": title(notice),
        "text": text(notice),
        "url": f"{settings.BASE_URL}{address(notice)}",
        "group": GROUPS[group].title,
        "stop": stop,
    }
    return outbox.mail(
        notice.user,
        number=f"notice-{notice.pk}",
        subject=title(notice),
        text=render_to_string("profiles/mail/notice.txt", context),
        stop=stop,
        kind=group,
    )


OUTBOX = outbox.Outbox(rows=Notification.objects.all, write=_mail)
