"""An import from files to pages: batches of records, then who is who, then counts; resumable at every step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Max, Min
from django.db.models.functions import Now

from publications import batches, clusters, counts, resolution
from publications.batches import Counts
from publications.import_models import ImportRun, QuarantinedRecord
from publications.records import Item, Rejected, WorkRecord
from publications.references import EntityCache

BATCH = 2_000  # records in one transaction
MOST_RAW = 2_000  # characters of a quarantined record that are kept
_LOCK = 7_200  # advisory lock of a whole import: a second one waits

Report = Callable[[str, Counts, int, int], None]  # stage, counts so far, done and due of the stage (0 where unknown)


def silent(stage: str, so_far: Counts, done: int, due: int) -> None:
    """The report of those who do not look."""


def import_items(provider: str, paths: Sequence[Path], items: Iterable[Item], report: Report = silent) -> ImportRun:
    """Import what a reader yields from these files; returns the run with its counts.

    A run that was killed is taken up after its last whole batch when the same files come again. A record that does
    not fit is quarantined with its reason and the run goes on.
    """
    with _one_import_at_a_time():
        run = _open_run(provider, paths)
        if run.status == ImportRun.Status.RUNNING:
            _import_batches(run, islice(iter(items), run.read, None), report)
            _advance(run, ImportRun.Status.RESOLVING)
        _finish(run, report)
    return run


def preview(items: Iterable[Item], report: Report = silent) -> tuple[Counts, list[Rejected]]:
    """What an import would do, without writing: counts, and the records it would quarantine."""
    total, refused = Counts(), []
    seen: dict[tuple[str, str], bytes] = {}
    for batch in _in_batches(items, BATCH):
        records, rejected = _sift(batch)
        fresh_to_us = [r for r in records if (r.provider, r.provider_id) not in seen]
        seen.update(batches.known_hashes(fresh_to_us))
        so_far, _ = batches.classify(records, seen)
        so_far.add(Counts(read=len(rejected), quarantined=len(rejected)))
        total.add(so_far)
        refused += rejected
        report("preview", total, 0, 0)
    return total, refused


def fingerprint(provider: str, paths: Sequence[Path]) -> str:
    """Names, sizes and times of the files: the same for the same call over unchanged files."""
    digest = hashlib.sha256(provider.encode())
    for path in paths:
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            stat = file.stat()
            digest.update(f"{file.resolve()}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _open_run(provider: str, paths: Sequence[Path]) -> ImportRun:
    mark = fingerprint(provider, paths)
    unfinished = ImportRun.objects.filter(provider=provider, fingerprint=mark).exclude(status=ImportRun.Status.DONE)
    run = unfinished.order_by("-pk").first()
    if run is None:
        run = ImportRun.objects.create(provider=provider, fingerprint=mark, paths=[str(p) for p in paths])
        run.refresh_from_db()  # started_at by the clock of the database, against which changes are compared
    return run


class _one_import_at_a_time:
    """Holds a lock of the session; a second import waits for the first."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [_LOCK])

    def __exit__(self, *error: object) -> None:
        if not connection.needs_rollback and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _import_batches(run: ImportRun, items: Iterator[Item], report: Report) -> None:
    cache = EntityCache()
    for batch in _in_batches(items, BATCH):
        with transaction.atomic():
            records, rejected = _sift(batch)
            total = _store(records, cache, rejected)
            total.add(Counts(read=len(rejected), quarantined=len(rejected)))
            _quarantine(run, rejected)
            _count(run, total)
        report("import", totals(run), 0, 0)


def _in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _sift(batch: Sequence[Item]) -> tuple[list[WorkRecord], list[Rejected]]:
    """Records that can be works, cleaned, and those that cannot, each with its reason."""
    records, rejected = [], []
    for item in batch:
        if isinstance(item, Rejected):
            rejected.append(item)
        elif reason := why_not(item):
            rejected.append(refusal(item, reason))
        else:
            records.append(clusters.clean(item))
    return records, rejected


def why_not(record: WorkRecord) -> str:
    """Why a record cannot become a work; empty when it can."""
    if not clusters.title_key(record.title):
        return "The record has no title, so nothing could be shown for it."
    if not record.provider_id:
        return "The record has no id of its provider, so it could not be found again."
    if record.publication_year is not None and not 1400 <= record.publication_year <= 2100:
        return f"The year {record.publication_year} is not between 1400 and 2100."
    try:
        encoded = clusters.encode(record)
    except UnicodeEncodeError:
        return "The text holds a lone surrogate, which no encoding can store; the file was cut or converted wrongly."
    if b"\\u0000" in encoded:
        return "The text holds a NUL character, which PostgreSQL cannot store."
    return ""


def refusal(record: WorkRecord, reason: str) -> Rejected:
    place = f"{record.provider}:{record.provider_id}"
    return Rejected(where=place, reason=reason, raw=repr(record)[:MOST_RAW], provider_id=record.provider_id)


def _store(records: Sequence[WorkRecord], cache: EntityCache, rejected: list[Rejected]) -> Counts:
    """Store a batch; where the database refuses, halve it until the record at fault stands alone."""
    if not records:
        return Counts()
    try:
        with transaction.atomic():
            return batches.store(records, cache)
    except (DatabaseError, ValueError, ValidationError) as error:
        cache.clear()
        if isinstance(error, DatabaseError) and _is_an_outage(error):
            raise
        if len(records) == 1:
            rejected.append(refusal(records[0], f"The database refused it: {str(error).splitlines()[0]}"))
            return Counts()
    half = len(records) // 2
    total = _store(records[:half], cache, rejected)
    total.add(_store(records[half:], cache, rejected))
    return total


def _is_an_outage(error: DatabaseError) -> bool:
    """Whether the database is away or busy, which is no fault of a record (SQLSTATE classes 08, 40, 53, 55, 57)."""
    state = getattr(error.__cause__, "sqlstate", None) or "08000"
    return state[:2] in {"08", "40", "53", "55", "57"}


def _quarantine(run: ImportRun, rejected: Sequence[Rejected]) -> None:
    QuarantinedRecord.objects.bulk_create(
        QuarantinedRecord(
            run=run, provider=run.provider, provider_id=_storable(r.provider_id), place=_storable(r.where),
            reason=_storable(r.reason), raw=_storable(r.raw)[:MOST_RAW],
        )
        for r in rejected
    )  # fmt: skip


def _storable(text: str) -> str:
    """Any text as PostgreSQL can keep it."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def _count(run: ImportRun, total: Counts) -> None:
    """Add to the run, in the transaction of the batch, so that a resumed run neither skips nor repeats."""
    names = Counts.__slots__
    ImportRun.objects.filter(pk=run.pk).update(**{name: F(name) + getattr(total, name) for name in names})
    run.refresh_from_db(fields=list(names))


def totals(run: ImportRun) -> Counts:
    return Counts(**{name: getattr(run, name) for name in Counts.__slots__})


def _advance(run: ImportRun, status: str) -> None:
    run.status = status
    run.save(update_fields=["status"])


def _finish(run: ImportRun, report: Report) -> None:
    """Authors, counts and what the layers above keep; runs again from its start if it was cut off."""
    resolution.resolve_due(lambda done, due: report("authors", totals(run), done, due))
    counts.refresh(_counted_until(run), report=lambda done, due: report("counts", totals(run), done, due))
    ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.DONE, finished_at=Now())
    run.refresh_from_db(fields=["status", "finished_at"])


def _counted_until(run: ImportRun) -> datetime:
    """Up to when every change is counted: the end of the last whole run, for one that was cut off left some behind."""
    runs = ImportRun.objects.aggregate(finished=Max("finished_at"), first=Min("started_at"))
    return runs["finished"] or runs["first"] or run.started_at
