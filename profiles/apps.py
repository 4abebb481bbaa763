"""People as a Django app: a change of the corpus makes assessments due and leads follows to who was merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from profiles.account import account_events
        from profiles.signals import levels_changed
        from publications.signals import corpus_changed

        corpus_changed.connect(carry_people, dispatch_uid="profiles.carry_people")  # locks records, so it comes first
        corpus_changed.connect(note_news, dispatch_uid="profiles.note_news")  # behind the follows that were carried
        corpus_changed.connect(mark_due, dispatch_uid="profiles.mark_due")
        levels_changed.connect(review_vouches, dispatch_uid="profiles.review_vouches")
        account_events.connect()


def mark_due(sender: object, *, author_ids: Iterable[int], cause: str, **_: Any) -> None:
    """Within the transaction that changed the corpus."""
    from profiles.assessing import assessments
    from profiles.fediverse import updates

    assessments.mark_due(author_ids, cause)
    updates.mark_due(author_ids)


def carry_people(sender: object, *, author_ids: Iterable[int], **_: Any) -> None:
    """Within the transaction that changed the corpus."""
    from profiles.claiming import claims
    from profiles.collaborating import collaboration
    from profiles.fediverse import followers
    from profiles.following import follows

    claims.carry_over(author_ids)
    follows.carry_over(author_ids)
    followers.carry_over(author_ids)
    collaboration.carry_over(author_ids)


def note_news(sender: object, *, author_ids: Iterable[int], work_ids: Iterable[int], **_: Any) -> None:
    """Within the transaction that changed the corpus."""
    from profiles.fediverse import withdrawals
    from profiles.following import news

    news.note_merges(author_ids)
    news.note_works(work_ids)
    withdrawals.withdraw(work_ids)


def review_vouches(sender: object, *, author_ids: list[int], **_: Any) -> None:
    """Within the transaction that assessed them."""
    from profiles.claiming import vouches

    vouches.review(author_ids)
