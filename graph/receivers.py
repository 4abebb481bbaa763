"""What graph does when the corpus says that it changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from graph import edges, stored
from publications.models import Author


def on_corpus_changed(*, author_ids: Iterable[int], work_ids: Iterable[int], **_signal: Any) -> None:
    """Edges of the authors afresh, slices that show any of it stale, in the transaction that made the change."""
    authors, works = list(author_ids), list(work_ids)
    with transaction.atomic():
        edges.lock_corpus()
        edges.refresh(authors)
        stored.mark_stale(author_ids=authors, work_ids=works)


def on_author_saved(*, instance: Author, created: bool, **_signal: Any) -> None:
    """An author who was renamed, hidden or merged must not stay in anybody's slice."""
    if not created:
        stored.mark_stale(author_ids=[instance.pk])
