"""Questions to the corpus, as adjectives that chain."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Prefetch


class EntityQuerySet(models.QuerySet[Any]):
    """Topics, institutions and sources."""

    def most_works_first(self) -> Self:
        return self.order_by("-works_count", "id")


class AuthorQuerySet(models.QuerySet[Any]):
    def visible(self) -> Self:
        """Authors that anybody may see: neither hidden nor merged away."""
        return self.filter(hidden=False, merged_into__isnull=True)

    def most_works_first(self) -> Self:
        return self.order_by("-works_count", "id")


class WorkQuerySet(models.QuerySet[Any]):
    def visible(self) -> Self:
        return self.filter(merged_into__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by(F("publication_year").desc(nulls_last=True), "-publication_date", "-id")

    def with_cards(self, authors: int = 100) -> Self:
        """Everything a work card shows, in a fixed number of queries; the first `authors` authorships of each."""
        from publications.models import Authorship, WorkTopic

        shown = Authorship.objects.filter(position__lte=authors).order_by("position").select_related("author")
        topics = WorkTopic.objects.order_by("position").select_related("topic")
        return self.select_related("source").prefetch_related(
            Prefetch("authorships", queryset=shown, to_attr="shown_authorships"),
            Prefetch("work_topics", queryset=topics, to_attr="shown_topics"),
            "ids",
        )


class AuthorshipQuerySet(models.QuerySet[Any]):
    def resolved(self) -> Self:
        return self.filter(author__isnull=False)
