"""Work that the queue does for graph: slices that readers are likely to ask for, computed before they do."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from graph import slices, stored

BATCH = 200  # slices a task computes, some ten seconds


@shared_task
def warm_slices(batch: int = BATCH) -> int:
    """Compute stale slices again, at most `batch` of them; says how many. What is left waits for its reader."""
    with transaction.atomic():
        if not stored.may_save():
            return 0  # an import is writing: what we computed now would not be kept
    warmed = 0
    for question in stored.stale_questions(batch):
        try:
            slices.answer(question)
            warmed += 1
        except LookupError:
            stored.forget(question)  # its root was hidden, merged or removed
    return warmed
