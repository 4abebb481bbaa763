"""G10, G11: import_works on an invented corpus, against raw COPY with indexes afterwards and the ORM's bulk_create.

    python bench/ingest.py [--works 10000] [--seed 1] [--corpus DIR]

The peers write the very rows that the import left. Raw COPY does nothing else and is a limit; the ORM's time includes
reading the files and rendering TeX, which any importer has to do, but no clustering, no resolving and no counting. All
runs share one throw-away PostgreSQL with every constraint on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from django.db.models import Model

    from publications.batches import Counts

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCES = ("arxiv", "openalex")
Result = TypeVar("Result")
BATCH = 2_000  # objects in one bulk_create
GOALS = (
    # what, against what, at least, wanted
    ("G10", "new works", "raw COPY, indexes afterwards", 0.18, 0.4),
    ("G10", "new works", "ORM bulk_create", 2.0, 4.0),
    ("G11", "unchanged works", "new works", 1.5, 4.0),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=10_000, help="works to invent")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="a corpus that generate_corpus wrote, instead of a new one")
    options = parser.parse_args()
    if os.environ.get("DATABASE_URL"):
        parser.error("DATABASE_URL is set, and this empties tables: unset it, a throw-away database is made")
    base = Path(tempfile.mkdtemp(prefix="bzpeer-bench-"))
    base.chmod(0o755)  # as root, PostgreSQL's own user must be able to pass
    try:
        run(base, options)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def run(base: Path, options: argparse.Namespace) -> None:
    os.environ["DATA_DIR"] = str(base / "data")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    sys.path.insert(0, str(CHECKOUT))
    from bzpeer.embedded import joining

    with joining.services():
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        corpus = options.corpus or base / "corpus"
        if not options.corpus:
            call_command("generate_corpus", works=options.works, seed=options.seed, out=corpus)
        measure(corpus, base)


def measure(corpus: Path, base: Path) -> None:
    stages = Stages()
    new, new_seconds = timed(lambda: import_all(corpus, stages))
    again, again_seconds = timed(lambda: import_all(corpus, Stages()))
    if (new.created, again.unchanged) != (new.read - new.quarantined, new.created):
        sys.exit(f"Not what it should measure: {new} and then {again}")
    rows, copy_seconds, index_seconds = raw_copy(base / "rows")
    _, reading_seconds = timed(lambda: read_and_render(corpus))
    writing_seconds = bulk_create()
    rates = {
        "new works": new.read / new_seconds,
        "unchanged works": again.read / again_seconds,
        "raw COPY alone": new.read / copy_seconds,
        "raw COPY, indexes afterwards": new.read / (copy_seconds + index_seconds),
        "ORM bulk_create alone": new.read / writing_seconds,
        "ORM bulk_create": new.read / (reading_seconds + writing_seconds),
    }
    print(f"\n{new.read:,} records, {new.quarantined} quarantined; {rows:,} rows")
    for name, rate in rates.items():
        print(f"  {name:30} {rate:10,.0f} records a second")
    print(f"  new works by stage: {stages}")
    report(rates)


def report(rates: dict[str, float]) -> None:
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load > processors + 0.5:
        print(f"  Others use this machine (load {load:.1f} on {processors} processors): measure again when it is idle.")
    for goal, what, against, least, wanted in GOALS:
        ratio = rates[what] / rates[against]
        verdict = "better than wanted" if ratio >= wanted else "reached" if ratio >= least else "MISSED"
        print(f"{goal}: {what} / {against} = {ratio:.2f}; goal {least}, wanted {wanted}: {verdict}")


def timed(function: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    result = function()
    return result, time.perf_counter() - started


def import_all(corpus: Path, stages: Stages) -> Counts:
    """What `manage.py import_works` does for each source: reading, clustering, resolving, counts and edges."""
    from publications import ingest
    from publications.batches import Counts
    from publications.importers import READERS

    total = Counts()
    for source in SOURCES:
        paths = [corpus / source]
        total.add(ingest.totals(ingest.import_items(source, paths, READERS[source](paths), stages.report)))
    return total


class Stages:
    """Seconds by stage of an import, as its own reports tell them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = time.perf_counter()

    def report(self, stage: str, so_far: Counts, done: int, due: int) -> None:
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.last
        self.last = now

    def __str__(self) -> str:
        return ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in self.seconds.items())


def tables() -> list[type[Model]]:
    """The models of the corpus, each after those that it points to."""
    from publications import models

    return [
        models.Source, models.SourceId, models.Institution, models.InstitutionId, models.Topic,
        models.Author, models.AuthorName, models.AuthorId, models.Work, models.WorkId, models.Record,
        models.WorkTopic, models.Authorship, models.AuthorshipInstitution, models.AuthorTopic,
        models.AuthorInstitution, models.Citation,
    ]  # fmt: skip


def raw_copy(folder: Path) -> tuple[int, float, float]:
    """Rows, and seconds to COPY them into tables without indexes, then to add indexes and constraints."""
    from django.db import connection

    folder.mkdir()
    names = [model._meta.db_table for model in tables()]
    for name in names:
        copy_out(name, folder / name)
    additions = definitions(names)
    with connection.cursor() as cursor:
        cursor.execute("create schema raw")
        cursor.execute("set search_path to raw, public")
        for name in names:
            cursor.execute(f"create table raw.{name} (like public.{name} including defaults including generated)")
        rows, copy_seconds = timed(lambda: sum(copy_in(name, folder / name) for name in names))
        _, index_seconds = timed(lambda: [cursor.execute(statement) for statement in additions])
        cursor.execute("set search_path to default")
        cursor.execute("drop schema raw cascade")
    return rows, copy_seconds, index_seconds


def copy_out(name: str, path: Path) -> None:
    from django.db import connection

    statement = f"copy public.{name} to stdout (format binary)"
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(statement) as rows:
        file.writelines(rows)


def copy_in(name: str, path: Path) -> int:
    """Rows copied."""
    from django.db import connection

    with connection.cursor() as cursor, path.open("rb") as file:
        with cursor.copy(f"copy raw.{name} from stdin (format binary)") as rows:
            while part := file.read(1 << 20):
                rows.write(part)
        return int(cursor.rowcount)


def definitions(names: Sequence[str]) -> list[str]:
    """Statements that give tables in the schema raw what the tables of the corpus have: keys, indexes, checks."""
    from django.db import connection

    constraints = """
        select format('alter table raw.%%I add constraint %%I %%s', c.relname, k.conname, pg_get_constraintdef(k.oid))
        from pg_constraint k join pg_class c on c.oid = k.conrelid
        where c.relnamespace = 'public'::regnamespace and c.relname = any(%s) and k.contype = any(%s)
    """
    indexes = """
        select replace(indexdef, ' ON public.', ' ON raw.') from pg_indexes i where schemaname = 'public'
        and tablename = any(%s) and not exists (select from pg_constraint where conname = i.indexname)
    """
    with connection.cursor() as cursor:
        cursor.execute(constraints, [list(names), ["p", "u"]])
        found = cursor.fetchall()
        cursor.execute(indexes, [list(names)])
        found += cursor.fetchall()
        cursor.execute(constraints, [list(names), ["c", "f"]])
        return [row[0] for row in found + cursor.fetchall()]


def read_and_render(corpus: Path) -> None:
    """What comes before any writing: records from files, and each work's text as HTML."""
    from publications import models, tex
    from publications.importers import READERS

    for source in SOURCES:
        for _ in READERS[source]([corpus / source]):
            pass
    for title, abstract in models.Work.objects.values_list("title", "abstract").iterator():
        tex.to_html(title, inline=True)
        tex.to_html(abstract)


def bulk_create() -> float:
    """Seconds that the ORM takes to write the same rows into the emptied tables of the corpus."""
    from django.db import connection, transaction

    rows = [(model, list(model._default_manager.all())) for model in tables()]
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(model._meta.db_table for model in tables())} cascade")

    def write() -> None:
        for model, objects in rows:
            with transaction.atomic():  # a whole table: merged authors point to others of it
                for start in range(0, len(objects), BATCH):
                    model._default_manager.bulk_create(objects[start : start + BATCH])

    return timed(write)[1]


if __name__ == "__main__":
    main()
