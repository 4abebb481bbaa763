"""manage.py rebuild_search: writes the search tables again from the corpus."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from publications import search_index
from publications.search_models import SearchEntry, SearchPrefix, SearchWord


class Command(BaseCommand):
    help = "Write the search tables again; needed only when their rules have changed, imports keep them up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            search_index.rebuild()
        counts = [model.objects.count() for model in (SearchWord, SearchEntry, SearchPrefix)]
        self.stdout.write("{:,} words, {:,} entries, {:,} prefixes".format(*counts))
