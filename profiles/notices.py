"""Notices: what an account is told, in the app and by mail, and the outbox that sends the mails."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bzpeer.kit.text import one_line
from profiles.models import Notification, User
from publications.models import Author

logger = logging.getLogger(__name__)
RETRY = timedelta(minutes=5)
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """Title and text with %(name)s of the params; `author` is the record's name."""

    title: Promise
    text: Promise
    by_mail: bool = True


KINDS = {
    "claim-approved": Kind(
        _("Your claim to %(author)s was approved"),
        _("The record is yours. Others can object until %(until)s; what your proofs give counts from then on."),
    ),
    "claim-linked": Kind(
        _("Your claim to %(author)s was approved"),
        _("The record is yours, and your proof counts at once."),
    ),
    "claim-waiting": Kind(
        _("Your claim to %(author)s waits for a moderator"),
        _("%(reason)s You will be told here and by mail; most claims are answered within a week."),
    ),
    "claim-rejected": Kind(_("Your claim to %(author)s was rejected"), _("The reason given: %(reason)s")),
    "claim-revoked": Kind(
        _("Your claim to %(author)s was ended"),
        _("The reason given: %(reason)s You can appeal within 14 days where a dispute was decided."),
    ),
    "claim-by-other": Kind(
        _("Somebody claimed the record of your collaborator %(author)s"),
        _("If you know that it is somebody else, object on the claim’s page until %(until)s. Otherwise do nothing."),
    ),
    "contested": Kind(
        _("The record %(author)s is contested"),
        _(
            "Two accounts say to be this person. Both are heard until %(until)s: say why it is you. Nothing is lost or "
            "gained by a dispute as such."
        ),
    ),
    "objection": Kind(
        _("Somebody objects to your claim to %(author)s"),
        _("Moderators look at it. You can answer until %(until)s. Nothing is lost by an objection as such."),
    ),
    "dispute-decided": Kind(
        _("The dispute about %(author)s was decided"),
        _("%(outcome)s. The reason given: %(reason)s"),
    ),
    "appealed": Kind(
        _("The decision about %(author)s was appealed"),
        _("Another moderator decides. Both sides are heard until %(until)s."),
    ),
    "window-over": Kind(
        _("Nobody objected: %(author)s is yours"),
        _("The seven days are over. What your proofs give counts from now on."),
    ),
    "evidence-expires": Kind(
        _("A proof for %(author)s expires on %(until)s"),
        _("Give it again before then, or your verification level falls: %(proof)s."),
    ),
    "evidence-ended": Kind(
        _("A proof for %(author)s no longer counts"),
        _("%(proof)s. Give it again, or another one, on the claim’s page."),
    ),
    "vouched": Kind(_("Somebody vouched for you as %(author)s"), _("%(count)s of 3 vouches hold.")),
    "vouch-ended": Kind(_("A vouch for you as %(author)s ended"), _("%(count)s of 3 vouches hold.")),
    "attested": Kind(
        _("An authority’s proof was recorded for %(author)s"), _("%(issuer)s, confirmed by two moderators.")
    ),
}


def tell(user: User | None, kind: str, *, key: str = "", **params: Any) -> None:
    """Write a notice within the transaction of what it tells; nothing for who is gone, or was told before."""
    if user is None or not user.is_active:
        return
    due = timezone.now() if KINDS[kind].by_mail else None
    row = Notification(user=user, kind=kind, params=params, key=key, mail_due_at=due)
    Notification.objects.bulk_create([row], ignore_conflicts=bool(key))


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


def latest(user: User) -> QuerySet[Notification]:
    return _shown(user).order_by("-created_at", "-pk")


def unread_count(user: User) -> int:
    return _shown(user).filter(read_at=None).count()


def _shown(user: User) -> QuerySet[Notification]:
    """But for those about records that are hidden by now: they name them."""
    about = Cast(KeyTextTransform("author_id", "params"), BigIntegerField())
    hidden = Author.objects.filter(pk=OuterRef("about"), hidden=True)
    return Notification.objects.filter(user=user).alias(about=about).filter(~Exists(hidden))


def mark_read(user: User, pk: int | None = None) -> int:
    """One notice, or all of an account."""
    rows = Notification.objects.filter(user=user, read_at=None)
    return (rows.filter(pk=pk) if pk else rows).update(read_at=timezone.now())


# The outbox


def send_due(batch: int = 100) -> int:
    """Send the mails that are due, each in a transaction of its own; returns how many went out.

    A row is due again a little later before it is sent, so a worker killed between leaves a retry, not a loss.
    """
    sent = 0
    for _turn in range(batch):
        notice = _take()
        if notice is None:
            break
        sent += _send(notice)
    return sent


def _take() -> Notification | None:
    with transaction.atomic():
        due = Notification.objects.filter(mail_due_at__lte=timezone.now()).order_by("mail_due_at")
        notice = due.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
        if notice is None:
            return None
        notice.mail_attempts = F("mail_attempts") + 1
        notice.mail_due_at = timezone.now() + RETRY
        notice.save(update_fields=["mail_attempts", "mail_due_at"])
        notice.refresh_from_db(fields=["mail_attempts"])
        return notice


def _send(notice: Notification) -> bool:
    """True if it went out. After five failures it stays in the app only; one bad notice never holds up the others."""
    try:
        _mail(notice).send()
    except (OSError, ValueError):  # no server, or a mail that cannot be written
        logger.warning("The mail of notice %s did not go out.", notice.pk, exc_info=True)
        if notice.mail_attempts < MOST_ATTEMPTS:
            return False
        delivered = False
    else:
        delivered = True
    Notification.objects.filter(pk=notice.pk).update(mail_due_at=None)
    return delivered


def _mail(notice: Notification) -> EmailMessage:
    """The same Message-ID each time: a mail that is sent again after a crash is known to be the same."""
    context = {"title": title(notice), "text": text(notice), "url": f"{settings.BASE_URL}{address(notice)}"}
    host = urlsplit(settings.BASE_URL).hostname
    return EmailMessage(
        subject=f"[bzpeer] {one_line(title(notice))}",
        body=render_to_string("profiles/mail/notice.txt", context),
        to=[notice.user.email],
        headers={"Message-ID": f"<notice-{notice.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
