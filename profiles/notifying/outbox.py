"""The outbox: mails written down in the transaction of what they tell, each sent once although workers die.

A row is taken in one transaction (its attempt is counted and it is due again later), handed to the mail server, and
marked in another. A worker that is killed before the handover leaves a retry; one that is killed between the server's
yes and our mark leaves one too, with the same Message-ID (docs/notifications.md).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from bzpeer.kit.text import one_line
from profiles.models import Digest, Notification, User

logger = logging.getLogger(__name__)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 720, 720))  # after each attempt
MOST_ATTEMPTS = len(WAITS)
PER_CONNECTION = 100  # mails

Row = TypeVar("Row", Notification, Digest)


@dataclass(frozen=True, kw_only=True)
class Outbox(Generic[Row]):
    """Rows with `user`, `mail_due_at` and `mail_attempts`, and how they become mails.

    `write` answers None where nothing is to be sent any more; `sent` says what to note besides, `given_up` what follows
    when no attempt succeeded.
    """

    rows: Callable[[], QuerySet[Row]]
    write: Callable[[Row], EmailMultiAlternatives | None]
    sent: Callable[[], dict[str, Any]] = dict
    given_up: Callable[[Row], None] = field(default=lambda row: None)


def send_due(outbox: Outbox[Row], seconds: float = 50) -> int:
    """Send what is due until nothing is or the time is over; returns how many mails the server took.

    While the mail server is away no row is touched: nothing is lost, however long it lasts.
    """
    until, turns, sent = time.monotonic() + seconds, 0, 0
    connection = get_connection()
    try:
        while time.monotonic() < until and _due(outbox).exists():
            if turns and turns % PER_CONNECTION == 0:
                connection.close()
            connection.open()
            turns += 1
            row = _take(outbox)
            sent += row is not None and _deliver(outbox, row, connection)
    except OSError:
        logger.warning("The mail server is away; mails wait until it is back.", exc_info=True)
    finally:
        with suppress(OSError):
            connection.close()
    return sent


def _due(outbox: Outbox[Row]) -> QuerySet[Row]:
    return outbox.rows().filter(mail_due_at__lte=timezone.now()).order_by("mail_due_at", "pk")


def _take(outbox: Outbox[Row]) -> Row | None:
    """The row that waits longest and that no other worker holds: due again later, whatever happens now."""
    with transaction.atomic():
        row = _due(outbox).select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
        if row is not None:
            row.mail_due_at = timezone.now() + WAITS[min(row.mail_attempts, MOST_ATTEMPTS - 1)]
            row.mail_attempts += 1
            row.save(update_fields=["mail_due_at", "mail_attempts"])
        return row


def _deliver(outbox: Outbox[Row], row: Row, connection: Any) -> bool:
    """True if it went out. After the last attempt it is given up; one bad mail never holds up the others."""
    if row.mail_attempts > MOST_ATTEMPTS:  # it killed its workers
        return _give_up(outbox, row)
    try:
        message = outbox.write(row)
        if message is not None:
            message.connection = connection
            message.send()
    except Exception:  # whatever a mail can fail at, the next one does not
        logger.warning("The mail of %s did not go out.", row, exc_info=True)
        with suppress(OSError):
            connection.close()
        return _give_up(outbox, row) if row.mail_attempts == MOST_ATTEMPTS else False
    _mark(outbox, row, **(outbox.sent() if message else {}))
    return message is not None


def _give_up(outbox: Outbox[Row], row: Row) -> bool:
    outbox.given_up(row)
    _mark(outbox, row)
    return False


def _mark(outbox: Outbox[Row], row: Row, **facts: Any) -> None:
    """Done, unless the row was written anew meanwhile, or taken by another after a long pause of this worker."""
    outbox.rows().filter(pk=row.pk, mail_due_at=row.mail_due_at).update(mail_due_at=None, **facts)


# Mails


def may_be_written_to(user: User) -> bool:
    """Only an active account, at the address that it confirmed."""
    return user.is_active and EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


def mail(
    user: User, *, number: str, subject: str, text: str, html: str = "", stop: str = "", kind: str
) -> EmailMultiAlternatives:
    """A mail that nobody answers. `number` makes its Message-ID, the same each time it is sent; `stop` is the address
    at which one click ends mails of this kind (RFC 8058)."""
    host = urlsplit(settings.BASE_URL).hostname
    headers = {
        "Message-ID": f"<{number}@{host}>",
        "Auto-Submitted": "auto-generated",
        "List-Id": f"bzpeer {kind} <{kind}.{host}>",
    }
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject=f"[bzpeer] {one_line(subject)}", body=text, to=[user.email], headers=headers
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message
