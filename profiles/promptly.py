"""What somebody waits for is done by the queue at once, and by the sweep of the next minute if the broker is away."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError


def assess_soon() -> None:
    """Send the assessment of what is due, once the transaction is committed."""
    from profiles.tasks import assess_due  # late: tasks import what calls this

    _send_soon(assess_due)


def deliver_news_soon() -> None:
    """Bring news to followers, once the transaction is committed."""
    from profiles.tasks import deliver_news

    _send_soon(deliver_news)


def deliver_to_fediverse_soon() -> None:
    """Send what is for other servers, once the transaction is committed."""
    from profiles.tasks import deliver_to_fediverse

    _send_soon(deliver_to_fediverse)


def check_fediverse_soon() -> None:
    """Check what other servers said, once the transaction is committed."""
    from profiles.tasks import check_fediverse

    _send_soon(check_fediverse)


def _send_soon(task: Any) -> None:
    def send() -> None:
        with suppress(OperationalError):
            task.delay()

    transaction.on_commit(send)
