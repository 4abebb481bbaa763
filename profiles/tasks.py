"""Work that the queue does for profiles: assessments that are due."""

from __future__ import annotations

from celery import shared_task

from profiles import assessments


@shared_task
def assess_due(batch: int = assessments.BATCH) -> None:
    """One batch of what is due; sends itself again while authors remain. Beat sends it every minute besides."""
    if assessments.assess_due(batch).taken and assessments.due_count():
        assess_due.delay(batch)
