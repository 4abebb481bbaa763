"""Questions to the corpus that are more than one queryset."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def top_authors(rows: Any, limit: int) -> list[Any]:
    """The rows of AuthorTopic or AuthorInstitution with the most works, of visible authors, each with its author."""
    most: QuerySet[Any] = rows.filter(author__hidden=False, author__merged_into__isnull=True)
    return list(most.select_related("author").order_by("-works_count", "author_id")[:limit])
