"""The command from files to figures: real corpora, kills, two at once."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from graph import edges
from graph.models import CoauthorEdge
from profiles.assessing import assessments
from profiles.models import AssessmentDue
from publications import batches, ingest
from publications.import_models import ImportRun
from publications.models import Author, Authorship, Record, Work
from tests.conftest import CHECKOUT, database_address

COUNT = 3_000 if os.environ.get("LONG") else 1_200  # papers of an import that is killed


def papers(count: int) -> list[dict[str, Any]]:
    """Lines of an invented snapshot: each author writes with their neighbours."""
    return [
        {
            "id": f"2401.{n:05d}",
            "title": f"On the invented matter number {n} and what follows from it",
            "authors": f"Ada{chr(97 + n % 17)} Aho, Ben{chr(97 + n % 13)} Bo and C. Cee",
            "abstract": "We prove that $a<b$.\n  Then we rest.",
            "categories": "cs.LG math.ST",
            "update_date": "2024-02-03",
        }
        for n in range(1, count + 1)
    ]


def snapshot(folder: Path, lines: list[Any], name: str = "works.jsonl.gz") -> Path:
    path = folder / name
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_bytes(gzip.compress(text.encode()))
    return path


def run(*arguments: object) -> tuple[str, dict[str, Any]]:
    """What the command prints, and its last line as JSON."""
    out = StringIO()
    call_command("import_works", *map(str, arguments), "--json", stdout=out)
    text = out.getvalue()
    return text, json.loads(text.splitlines()[-1])


def content() -> dict[str, Any]:
    return {
        "works": sorted(Work.objects.visible().values_list("title", "authors_count", "publication_year")),
        "records": sorted(Record.objects.values_list("provider", "provider_id")),
        "authors": sorted(Author.objects.visible().values_list("display_name", "works_count", "topics_count")),
        "places": sorted(Authorship.objects.values_list("work__title", "position", "author__display_name", "reason")),
        "edges": sorted(CoauthorEdge.objects.values_list("author__sort_key", "coauthor__sort_key", "works")),
    }


@pytest.mark.django_db
def test_the_last_line_says_what_became_of_every_record(tmp_path: Path) -> None:
    path = snapshot(tmp_path, [*papers(3), "{broken", {"id": "2401.00009", "title": "", "authors": "A B"}])

    text, totals = run("arxiv", path)

    seconds = totals.pop("seconds")
    assert totals == {"read": 5, "created": 3, "updated": 0, "unchanged": 0, "quarantined": 2}
    assert seconds >= 0
    assert "Quarantined (2):" in text
    assert "works.jsonl.gz" in text


@pytest.mark.django_db
def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    path = snapshot(tmp_path, papers(3))

    _, totals = run("arxiv", path, "--dry-run")

    assert totals["created"] == 3
    assert (Work.objects.count(), ImportRun.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_missing_path_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nothing\.jsonl does not exist"):
        run("arxiv", snapshot(tmp_path, papers(1)), tmp_path / "nothing.jsonl")

    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_an_import_makes_edges_and_what_is_due(tmp_path: Path) -> None:
    run("arxiv", snapshot(tmp_path, papers(4)))

    ada = Author.objects.get(display_name="Adab Aho")
    assert ada.coauthor_edges.count() == 2
    assert AssessmentDue.objects.count() == Author.objects.count()


@pytest.mark.django_db
def test_the_sample_author_has_the_figures_that_were_counted_by_hand(shared_data: Path) -> None:
    files = [shared_data / "arxiv" / f"sample-{name}.jsonl.gz" for name in ("author", "neighbourhood")]

    _, totals = run("arxiv", *files)

    assert (totals["read"], totals["created"], totals["unchanged"], totals["quarantined"]) == (660, 640, 20, 0)
    joan = Author.objects.get(display_name="Joan Bruna")
    assessments.assess([joan.pk], cause="test")
    trust = assessments.current(joan)
    assert trust is not None
    assert (joan.works_count, joan.topics_count, edges.close_collaborators(joan).count()) == (20, 18, 10)
    assert (trust.score, trust.band, trust.level) == (22, "Emerging", 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "path", "records"),
    [
        ("openalex", "openalex/works.jsonl.gz", 27),
        pytest.param("arxiv", "arxiv/snapshot-2026.jsonl.gz", 26_809, marks=pytest.mark.long),
        pytest.param("acl", "acl/acl-anthology-2016plus.tar.xz", 55_347, marks=pytest.mark.long),
    ],
)
def test_of_a_real_corpus_nothing_is_lost(shared_data: Path, source: str, path: str, records: int) -> None:
    text, totals = run(source, shared_data / path)

    assert totals["read"] == records
    assert totals["created"] + totals["updated"] + totals["unchanged"] + totals["quarantined"] == records
    assert Record.objects.count() == totals["created"]
    assert not Authorship.objects.filter(author__isnull=True).exists(), text


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_at_random_moments_ends_with_the_same_content(tmp_path: Path) -> None:
    path = snapshot(tmp_path, papers(COUNT))
    moments = random.Random(7)
    for _ in range(20 if os.environ.get("LONG") else 3):
        importing = _start(path)
        time.sleep(moments.uniform(1.0, 4.0))
        importing.send_signal(signal.SIGKILL)
        importing.wait()
    assert _start(path).wait(timeout=120) == 0
    _wait_for_sessions_to_end()
    found = content()
    unfinished = ImportRun.objects.exclude(status=ImportRun.Status.DONE)

    assert not unfinished.exists()
    assert all(ingest.totals(r).created + ingest.totals(r).unchanged == COUNT for r in ImportRun.objects.all())
    assert found == _imported_afresh(path)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_end_with_the_content_of_one(tmp_path: Path) -> None:
    lines = papers(1_500)
    one, other = snapshot(tmp_path, lines), snapshot(tmp_path, lines[::-1], "again.jsonl.gz")

    both = [_start(one), _start(other)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]

    assert found_counts() == [batches.Counts(read=1_500, created=1_500), batches.Counts(read=1_500, unchanged=1_500)]
    assert content() == _imported_afresh(one)


def found_counts() -> list[batches.Counts]:
    return sorted((ingest.totals(r) for r in ImportRun.objects.all()), key=lambda c: -c.created)


def _start(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_works", "arxiv", str(path)],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": database_address()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_for_sessions_to_end() -> None:
    """A killed client's statement may still be running in the server."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)


def _imported_afresh(path: Path) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("truncate publications_work, publications_author, publications_importrun cascade")
    run("arxiv", path)
    return content()
