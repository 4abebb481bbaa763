"""The progress of an import on a terminal, with rate and time left; plain lines where there is none."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from publications import importers
from publications.batches import Counts

EVERY = 5.0  # seconds between plain lines
STAGES = {"import": "Reading works", "preview": "Reading works", "authors": "Resolving authors", "counts": "Counting"}


class ImportProgress:
    """Shows what ingest reports; `bytes_read` says how much of the files is behind us."""

    def __init__(self, bytes_read: importers.files.Progress, stream: TextIO) -> None:
        self._bytes = bytes_read
        self._stream = stream
        self._started = time.monotonic()
        self._last = 0.0
        self._tasks: dict[str, TaskID] = {}
        self._bar = (
            Progress(
                TextColumn("{task.description:<18}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
                TextColumn("{task.fields[note]}"), TimeElapsedColumn(), TimeRemainingColumn(),
                console=Console(file=stream),
            )
            if stream.isatty()
            else None
        )  # fmt: skip

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()

    def report(self, stage: str, so_far: Counts, done: int, due: int) -> None:
        """Called by ingest after every batch or chunk."""
        if stage in ("import", "preview"):
            done, due = self._bytes.bytes_done, self._bytes.bytes_total
        rate = so_far.read / max(time.monotonic() - self._started, 0.001)
        note = (
            f"{so_far.read:,} works, {rate:,.0f} a second" if stage in ("import", "preview") else f"{done:,} of {due:,}"
        )
        if self._bar:
            task = self._tasks.setdefault(stage, self._bar.add_task(STAGES[stage], total=None, note=""))
            self._bar.update(task, completed=done, total=max(due, 1), note=note)
        elif time.monotonic() - self._last > EVERY or (due and done >= due):
            self._last = time.monotonic()
            print(f"{STAGES[stage]}: {note} ({100 * done // max(due, 1)} %)", file=self._stream, flush=True)
