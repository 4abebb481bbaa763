"""manage.py generate_corpus: an invented corpus of any size in arXiv's and OpenAlex's forms."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from publications.generator import corpus

LARGEST = 20_000_000


def work_count(text: str) -> int:
    """A whole number of works; 1_000_000, 1e6 and 1000000 are the same."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 1 <= number <= LARGEST or number != int(number):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to {LARGEST:,}")
    return int(number)


def natural(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0 upwards")
    return int(text)


class Command(BaseCommand):
    help = "Write an invented corpus: DIR/arxiv/*.jsonl.gz and DIR/openalex/*.jsonl.gz."
    requires_system_checks: list[str] = []  # needs no database and no service

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--works", type=work_count, required=True, metavar="N", help="how many works")
        parser.add_argument("--seed", type=natural, default=1, metavar="S", help="same seed, same bytes (default 1)")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
        parser.add_argument("--jobs", type=natural, default=0, help="processes (default: one a processor)")
        parser.add_argument("--force", action="store_true", help="write even if DIR holds other files (they stay)")

    def handle(self, *args: Any, **options: Any) -> None:
        works, seed, out = options["works"], options["seed"], options["out"]
        started = time.monotonic()
        total = corpus.Written()
        try:
            with _progress() as progress:
                task = progress.add_task("Inventing works", total=works)
                for written in corpus.generate(works, seed, out, jobs=options["jobs"], force=options["force"]):
                    total += written
                    progress.advance(task, written.works)
        except (corpus.FolderInUse, OSError) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{total.works:,} invented works in {out}: {total.arxiv_lines:,} lines in arxiv/, "
            f"{total.openalex_lines:,} in openalex/, {total.in_both:,} works in both, {total.retracted} retracted, "
            f"{total.malformed_lines} lines broken on purpose; {seconds:.1f} s, {total.works / seconds:,.0f} works/s"
        )


def _progress() -> Progress:
    """A bar on a terminal, silence elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)
