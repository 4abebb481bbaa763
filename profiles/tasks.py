"""Work that the queue does for profiles: assessments, checks of proofs, notices by mail, and what time changes."""

from __future__ import annotations

from celery import shared_task

from profiles.assessing import assessments


@shared_task
def assess_due(batch: int = assessments.BATCH) -> None:
    """One batch of what is due; sends itself again while authors remain. Beat sends it every minute besides."""
    if assessments.assess_due(batch).taken and assessments.due_count():
        assess_due.delay(batch)


@shared_task
def check_proof(attempt_id: int) -> None:
    """Ask another site whether a proof holds, record it, and assess what it changed."""
    from profiles.claiming import verification

    verification.check(attempt_id)
    assess_due()


@shared_task
def read_employments(orcid: str) -> None:
    """Ask ORCID where the holder of an iD works."""
    from profiles.proofs import institution

    institution.read_employments(orcid)


@shared_task
def sweep_claims() -> None:
    """Every minute: checks that were lost."""
    from profiles.claiming import upkeep

    upkeep.sweep()


@shared_task
def deliver_news() -> None:
    """Bring news to followers; sends itself again while some are due. Beat sends it every minute besides."""
    from profiles.following import news

    news.fan_out_due()
    if news.due_count():
        deliver_news.delay()


@shared_task
def send_mails() -> None:
    """Put together the digests that are due, and send what waits in the outbox; sends itself again while some waits.

    Beat sends it every minute besides. Several may run at once: each row is taken by one.
    """
    from profiles.notifying import digests, notices

    digests.compose_due()
    sent = notices.send_due() + digests.send_due()
    if sent and notices.due_count() + digests.due_count():
        send_mails.delay()


@shared_task
def check_fediverse() -> None:
    """Check what other servers said and do it; sends itself again while some is due. Beat sends it every minute."""
    from profiles.fediverse import inbox

    inbox.check_due()
    if inbox.due_count():
        check_fediverse.delay()


@shared_task
def deliver_to_fediverse() -> None:
    """Send what is due to other servers; sends itself again while some is due. Beat sends it every minute."""
    from profiles.fediverse import deliveries

    deliveries.send_due()
    if deliveries.due_count():
        deliver_to_fediverse.delay()


@shared_task
def sweep_fediverse() -> None:
    """Every minute: records that are followed from elsewhere and were hidden, merged, switched off or changed."""
    from profiles.fediverse import followers, updates

    followers.sweep()
    updates.send_due()


@shared_task
def nightly() -> None:
    """Once a day: windows, expiry, checks again, appeals that nobody made."""
    from profiles.claiming import upkeep

    upkeep.nightly()
    assess_due()
