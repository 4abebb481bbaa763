"""People as a Django app: a change of the corpus makes assessments due and leads follows to who was merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from publications.signals import corpus_changed

        corpus_changed.connect(mark_due, dispatch_uid="profiles.assessments.mark_due")
        corpus_changed.connect(carry_follows, dispatch_uid="profiles.follows.carry_over")


def mark_due(sender: object, *, author_ids: Iterable[int], cause: str, **_: Any) -> None:
    """Within the transaction that changed the corpus."""
    from profiles import assessments

    assessments.mark_due(author_ids, cause)


def carry_follows(sender: object, *, author_ids: Iterable[int], **_: Any) -> None:
    """Within the transaction that changed the corpus."""
    from profiles import follows

    follows.carry_over(author_ids)
