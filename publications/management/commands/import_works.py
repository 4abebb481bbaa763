"""manage.py import_works SOURCE PATH…: reads works in a provider's format into the corpus."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError

from publications import ingest
from publications.batches import Counts
from publications.import_models import ImportRun
from publications.importers import READERS
from publications.importers.files import Progress
from publications.progress import ImportProgress
from publications.records import Rejected

SHOWN = 20  # quarantined records listed at the end
HANDED_ON = ("profiles.tasks.assess_due", "profiles.tasks.deliver_news")


class Command(BaseCommand):
    help = "Import works from files or folders (.gz and .xz too). Safe to repeat; a killed import resumes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=sorted(READERS), help="the format of the files")
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        source, paths = options["source"], options["paths"]
        for path in paths:
            if not path.exists():
                raise CommandError(f"{path} does not exist. Give files or folders of {source} records.")
        started, bytes_read = time.monotonic(), Progress()
        try:
            items = READERS[source](paths, bytes_read)
            with ImportProgress(bytes_read, sys.stderr) as bar:
                if options["dry_run"]:
                    total, refused = ingest.preview(items, bar.report)
                else:
                    run = ingest.import_items(source, paths, items, bar.report)
                    total, refused = ingest.totals(run), _quarantined(run)
                    self._hand_on()
        except ValueError as error:
            raise CommandError(str(error)) from error
        self._conclude(total, refused, time.monotonic() - started, options)

    def _hand_on(self) -> None:
        """Wake the tasks that go on; what is due stands in the database, so a sweep finds it in any case."""
        try:
            for name in HANDED_ON:
                current_app.send_task(name)
        except OperationalError as error:
            self.stderr.write(f"The broker is away ({error}); assessments and news follow with the next sweep.")

    def _conclude(self, total: Counts, refused: list[Rejected], seconds: float, options: dict[str, Any]) -> None:
        if refused:
            self._list(refused)
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{total.read:,} records read: {total.created:,} {would}created, {total.updated:,} {would}updated, "
            f"{total.unchanged:,} unchanged, {total.quarantined:,} {would}quarantined; {seconds:.1f} s, "
            f"{total.read / max(seconds, 0.001):,.0f} a second."
        )
        if options["json"]:
            counted = {name: getattr(total, name) for name in Counts.__slots__}
            self.stdout.write(json.dumps({**counted, "seconds": round(seconds, 3)}))

    def _list(self, refused: list[Rejected]) -> None:
        self.stdout.write(f"Quarantined ({len(refused):,}):")
        for item in refused[:SHOWN]:
            self.stdout.write(f"  {item.where}: {item.reason}")
        if len(refused) > SHOWN:
            self.stdout.write(f"  … and {len(refused) - SHOWN:,} more. All of them, by reason:")
            for reason, count in Counter(item.reason for item in refused).most_common(SHOWN):
                self.stdout.write(f"  {count:,} × {reason}")


def _quarantined(run: ImportRun) -> list[Rejected]:
    return [
        Rejected(where=place, reason=reason)
        for place, reason in run.quarantine.order_by("pk").values_list("place", "reason")
    ]
