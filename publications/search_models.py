"""Search tables: the words of names and titles, what carries them, and the best answers to a few typed letters.

They are kept by publications.search_index and read by publications.suggestions and publications.search;
everything in them can be made again from the corpus.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The entities that can be searched; the values are the collections' names in the API."""

    AUTHORS = "authors", _("authors")
    WORKS = "works", _("works")
    TOPICS = "topics", _("topics")
    INSTITUTIONS = "institutions", _("institutions")
    SOURCES = "sources", _("sources")


class SearchWord(models.Model):
    """A word that names or titles use: the dictionary that mistyped words are corrected by."""

    kind = models.CharField(max_length=12, choices=Kind.choices)
    word = models.TextField(db_collation="C")
    entries = models.PositiveIntegerField(default=0, help_text="About how many entities carry it.")
    shortened = ArrayField(models.TextField(), help_text="The word with each one letter left out.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "word"], name="one_row_per_search_word")]
        indexes = [
            GinIndex(fields=["shortened"], name="search_word_shortened"),
            GinIndex(fields=["word"], name="search_word_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class SearchEntry(models.Model):
    """An entity carries a word in one of its names."""

    kind = models.CharField(max_length=12, choices=Kind.choices)
    word = models.TextField(db_collation="C")
    weight = models.PositiveIntegerField(help_text="Its works, so that the index yields the most prolific first.")
    entity = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "entity", "word"], name="one_search_entry_per_word")]
        indexes = [models.Index("kind", "word", F("weight").desc(), "entity", name="search_entry_best")]

    def __str__(self) -> str:
        return f"{self.word} · {self.kind} {self.entity}"


class SearchPrefix(models.Model):
    """The most prolific entities for one to four typed letters."""

    kind = models.CharField(max_length=12, choices=Kind.choices)
    prefix = models.TextField(db_collation="C")
    weight = models.PositiveIntegerField()
    entity = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "entity", "prefix"], name="one_row_per_search_prefix")]
        indexes = [models.Index("kind", "prefix", F("weight").desc(), "entity", name="search_prefix_best")]

    def __str__(self) -> str:
        return f"{self.prefix} · {self.kind} {self.entity}"
