"""Items of a feed as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from profiles.following.feed_page import Reason, reasons_of
from profiles.models import FeedItem, Subscription, User
from publications import representations as corpus
from publications.models import Author
from publications.representations import in_order, page_url


def items(user: User, wanted: Sequence[int]) -> list[dict[str, Any]]:
    """In this order, in a fixed number of queries."""
    rows = in_order(wanted, reasons_of(FeedItem.objects.filter(user=user, pk__in=wanted)))
    numbers = [row.event.work_id for row in rows if row.event.work_id]
    works = {work["id"]: work for work in corpus.works(numbers)}
    return [_item(row, works) for row in rows]


def _item(row: Any, works: dict[str, dict[str, Any]]) -> dict[str, Any]:
    event = row.event
    merged = event.merged if event.merged and not event.merged.hidden else None
    return {
        "id": row.pk,
        "kind": row.kind,
        "created_at": row.created_at.isoformat(),
        "read_at": row.read_at and row.read_at.isoformat(),
        "saved_at": row.saved_at and row.saved_at.isoformat(),
        "work": works.get(f"W{event.work_id}"),
        "author": event.author and _author(event.author) | {"page_url": page_url(event.author)},
        "merged": merged and _author(merged),
        "because": [_because(reason) for reason in (*row.because_authors, *row.because_others)],
        "because_count": row.authors + row.others,
    }


def _author(author: Author) -> dict[str, Any]:
    return {"id": author.short_id, "display_name": author.display_name}


def _because(reason: Reason) -> dict[str, Any]:
    return {"id": reason.short_id, "entity_type": reason.kind, "display_name": reason.name}


# What an account takes away with it (profiles.account.account_data)


def held_by(user: User) -> list[dict[str, Any]]:
    """Every item of an account's feed with its marks."""
    rows = FeedItem.objects.filter(user=user).select_related("event").order_by("pk")
    return [
        {
            "kind": row.kind,
            "about": f"W{row.event.work_id}" if row.event.work_id else f"A{row.event.author_id}",
            "created_at": row.created_at,
            "read_at": row.read_at,
            "saved_at": row.saved_at,
        }
        for row in rows.iterator()
    ]


def subscription_of(user: User) -> list[dict[str, Any]]:
    names = ("digest", "digest_since", "digest_due_at", "feed_version")
    return list(Subscription.objects.filter(user=user).values(*names))
