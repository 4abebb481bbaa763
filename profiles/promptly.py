"""What somebody waits for is done by the queue at once, and by the sweep of the next minute if the broker is away."""

from __future__ import annotations

import time
from typing import Any, ClassVar, Final

from django.db import transaction
from kombu.exceptions import OperationalError

PAUSE: Final = 10.0  # seconds without another try after a failure: one request waits, not each of its tasks


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


def check_proof_soon(attempt_id: int) -> None:
    """Check a proof at another site, once the transaction is committed."""
    from profiles.tasks import check_proof

    _send_soon(check_proof, attempt_id)


def _send_soon(task: Any, *arguments: Any) -> None:
    transaction.on_commit(lambda: Broker.send(task, *arguments))


class Broker:
    """The way to the queue: while it is away or hangs, this process spares its readers the wait."""

    resume_at: ClassVar[float] = 0.0

    @classmethod
    def send(cls, task: Any, *arguments: Any) -> None:
        """At once, outside of any transaction; nothing where the broker does not answer."""
        if time.monotonic() < cls.resume_at:
            return
        try:
            task.delay(*arguments)
        except OperationalError:
            cls.resume_at = time.monotonic() + PAUSE
