"""What somebody waits for is done by the queue at once, and by the sweep of the next minute if the broker is away."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from kombu.exceptions import OperationalError


def assess_soon() -> None:
    """Send the assessment of what is due, once the transaction is committed."""
    from profiles.tasks import assess_due  # late: tasks import what calls this

    def send() -> None:
        with suppress(OperationalError):
            assess_due.delay()

    transaction.on_commit(send)
