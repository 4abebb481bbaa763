"""manage.py load_domains: fills the list of institutions' mail domains from ROR's data."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from profiles.claiming import domain_list

MOST_SHOWN = 5


class Command(BaseCommand):
    help = (
        "Fill the list of institutions' domains from ROR's JSON lines (version 1 or 2; .gz and .xz too). "
        "What moderators set is never replaced."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="+", type=Path, help="files or folders of ROR's JSON lines")
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            loaded = domain_list.load(options["path"], dry_run=options["dry_run"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        for rejected in loaded.rejected[:MOST_SHOWN]:
            self.stderr.write(f"{rejected.where}: {rejected.reason}")
        self.stdout.write(summary(loaded.counts, time.monotonic() - started))
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")


def summary(counts: Any, seconds: float) -> str:
    n = {name: f"{counts[name]:,}" for name in NAMES}
    return (
        f"{n['read']} organisations read in {seconds:.1f} s, {n['unreadable']} lines unreadable: "
        f"{n['stating-domains']} state domains, {n['by-website']} have a website, {n['without-domain']} neither, "
        f"{n['withdrawn']} withdrawn.\n"
        f"{n['listed']} domains listed; for a moderator: {n['shared']} shared by several organisations, "
        f"{n['only-a-part']} of which only a part is theirs, {n['closed']} of organisations that closed.\n"
        f"{n['created']} created, {n['updated']} updated, {n['unchanged']} unchanged, {n['by-moderators']} kept as "
        f"moderators set them, {n['not-in-file']} on the list but not in these files."
    )


NAMES = (
    "read", "unreadable", "stating-domains", "by-website", "without-domain", "withdrawn", "listed", "shared",
    "only-a-part", "closed", "created", "updated", "unchanged", "by-moderators", "not-in-file",
)  # fmt: skip
