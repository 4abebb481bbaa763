"""manage.py assess: computes trust and verification levels of what is due, of one author or of everybody."""

from __future__ import annotations

import re
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from profiles.assessing import assessments
from profiles.assessing.assessments import Summary
from publications.models import Author

CAUSE = "on-demand"
PLAIN_LINE_EVERY = 5.0  # seconds, where there is no terminal


class Command(BaseCommand):
    help = "Assess the authors that are due; --all makes everybody due first, --author assesses one now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--all", action="store_true", help="everybody")
        who.add_argument("--author", metavar="A12", help="one author, by short id or address of the page")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        if options["author"]:
            author = find_author(options["author"])
            summary = assessments.assess([author.pk], CAUSE)
            self._describe(author)
        else:
            if options["all"]:
                assessments.mark_all_due(CAUSE)
            summary = self._drain()
        self._conclude(summary, time.monotonic() - started)

    def _drain(self) -> Summary:
        """Batch by batch until nothing is due that no worker holds."""
        total, due = Summary(), assessments.due_count()
        with AssessmentProgress(self, due) as progress:
            while (batch := assessments.assess_due(assessments.LARGE_BATCH)).taken:
                total += batch
                progress.report(total.taken)
        return total

    def _describe(self, author: Author) -> None:
        found = assessments.current(author)
        if found:
            line = f"{author.short_id} {author.display_name}: trust {found.score}, {found.band}, L{found.level}."
            self.stdout.write(line)

    def _conclude(self, summary: Summary, seconds: float) -> None:
        rate = summary.assessed / max(seconds, 0.001)
        self.stdout.write(
            f"{summary.assessed:,} authors assessed in {seconds:.1f} s ({rate:,.0f} a second): "
            f"{summary.first:,} for the first time, {summary.changed:,} changed ({summary.score_changed:,} in score, "
            f"{summary.level_changed:,} in level), {summary.unchanged:,} unchanged."
        )


def find_author(text: str) -> Author:
    """By A12 or any address of the page; raises CommandError that says what to give instead."""
    named = re.search(r"(?:^|/authors/)A(\d{1,18})(?:/|$)", text.strip(), re.IGNORECASE)
    if not named:
        raise CommandError(f"“{text}” names no author. Give a short id such as A12, or the address of the page.")
    author: Author | None = Author.objects.filter(pk=int(named[1])).first()
    if not author:
        raise CommandError(f"There is no author A{named[1]}.")
    if author.merged_into_id:
        raise CommandError(f"{author.short_id} was merged into A{author.merged_into_id}: assess that one.")
    return author


class AssessmentProgress:
    """A bar with time left on a terminal, plain lines elsewhere."""

    def __init__(self, command: BaseCommand, total: int) -> None:
        self.command, self.total = command, total
        self.last = time.monotonic()
        self.bar: Progress | None = None

    def __enter__(self) -> AssessmentProgress:
        if sys.stderr.isatty():
            columns = TextColumn("Assessing authors"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
            self.bar = Progress(*columns, console=Console(stderr=True))
            self.bar.add_task("", total=self.total)
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar:
            self.bar.stop()

    def report(self, done: int) -> None:
        if self.bar:
            self.bar.update(self.bar.task_ids[0], completed=done)
        elif time.monotonic() - self.last >= PLAIN_LINE_EVERY:
            self.command.stderr.write(f"{done:,} of {self.total:,} authors assessed")
            self.last = time.monotonic()
