"""Connections that are kept: co-author edges and computed slices."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from publications.models import Author

LONGEST_STATE = 3_800  # letters: with it an address still fits into the first line of a request


class CoauthorEdge(models.Model):
    """Two authors who share works of at most 100 authors; stored in both directions."""

    # No index of its own: every other index starts with it
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="coauthor_edges", db_index=False)
    coauthor = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="+", db_index=False)
    works = models.PositiveIntegerField(help_text="Shared works of at most 100 authors.")
    close_works = models.PositiveIntegerField(help_text="Shared works of at most 10 authors.")
    weight = models.FloatField(help_text="Sum over shared works of 1 / (authors - 1), Newman 2001.")
    first_year = models.SmallIntegerField(null=True)
    last_year = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "coauthor"], name="one_edge_per_pair"),
            models.CheckConstraint(condition=~Q(author=F("coauthor")), name="no_edge_to_oneself"),
        ]
        indexes = [
            models.Index("author", F("weight").desc(), "coauthor", name="edge_strongest"),
            models.Index(fields=["author"], condition=Q(close_works__gte=2), name="edge_close"),
        ]

    def __str__(self) -> str:
        return f"A{self.author_id}–A{self.coauthor_id}"


class GraphSlice(models.Model):
    """A slice with positions, as the API answers it; stale when its root's content changed."""

    root = models.CharField(max_length=24, help_text="A12, W7, T3, I9")
    params = models.CharField(max_length=200, help_text="Canonical form of depth, types, years and limit.")
    version = models.CharField(max_length=32, help_text="Hash of the content: the ETag.")
    payload = models.BinaryField(help_text="gzip JSON")
    members = ArrayField(models.CharField(max_length=24), default=list, help_text="Short ids of everything it shows.")
    stale = models.BooleanField(default=False)
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "params"], name="one_slice_per_question")]
        indexes = [GinIndex(fields=["members"], name="slice_by_member")]

    def __str__(self) -> str:
        return f"{self.root} {self.params}"


class SharedView(models.Model):
    """A state of the explorer under a short code; made by anybody, so it holds nothing else."""

    code = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=LONGEST_STATE, help_text="Canonical query of the explorer's address.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="shared_view_created")]

    def __str__(self) -> str:
        return self.code
