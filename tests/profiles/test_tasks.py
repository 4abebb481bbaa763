"""Assessments by the queue and from the command line: inline, and by a real worker over a real broker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from unittest.mock import Mock

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from profiles import tasks
from profiles.assessing import assessments
from profiles.models import Assessment
from publications.models import Author
from tests.bzpeer.processes import CHECKOUT, eventually
from tests.corpus import make_author, make_work


def people(count: int) -> list[int]:
    return [make_author(f"Person {number}").pk for number in range(count)]


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("assess", *arguments, stdout=out, stderr=out)
    return out.getvalue()


# The queue


@pytest.mark.django_db
def test_a_task_takes_one_batch_and_sends_itself_again_while_authors_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Mock()
    monkeypatch.setattr(tasks.assess_due, "delay", send)
    assessments.mark_due(people(3), "import")

    tasks.assess_due(batch=2)
    assert send.call_args_list == [((2,),)]
    tasks.assess_due(batch=2)

    assert send.call_count == 1
    assert assessments.due_count() == 0


@pytest.mark.django_db
def test_a_task_that_finds_everything_held_by_others_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Mock()
    monkeypatch.setattr(tasks.assess_due, "delay", send)
    monkeypatch.setattr(assessments, "assess_due", lambda batch: assessments.Summary())
    assessments.mark_due(people(1), "import")

    tasks.assess_due()

    send.assert_not_called()


def test_beat_sweeps_every_minute_for_what_a_lost_message_left() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["assess-due"]

    assert (entry["task"], entry["schedule"]) == (tasks.assess_due.name, 60.0)


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker of two processes on the test database and the run's broker."""
    name = connection.settings_dict["NAME"]
    address = re.sub(r"/[^/?]*(?=\?|$)", f"/{name}", os.environ["DATABASE_URL"], count=1)
    path = tmp_path / "worker.log"
    log = path.open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "bzpeer", "worker", "--concurrency", "2", "--loglevel", "INFO"],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": address},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        eventually(lambda: b" ready." in path.read_bytes() or process.poll() is not None)
        assert b" ready." in path.read_bytes(), path.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(120)
        log.close()


def test_a_real_worker_assesses_everybody_who_is_due(worker: subprocess.Popen[bytes]) -> None:
    ids = people(25)
    for author in Author.objects.all()[:5]:
        make_work(f"By {author}", authors=[author])
    assessments.mark_due(ids, "import")

    for _ in range(2):
        current_app.send_task("profiles.tasks.assess_due", kwargs={"batch": 4})

    assert eventually(lambda: assessments.due_count() == 0)
    assert eventually(lambda: Assessment.objects.count() == 25)
    assert set(Assessment.objects.values_list("author", flat=True)) == set(ids)
    assert Assessment.objects.filter(level=1).count() == 5
    assert worker.poll() is None


# The command line


@pytest.mark.django_db
def test_the_command_assesses_what_is_due_and_sums_up() -> None:
    assessments.mark_due(people(3), "import")
    make_author("Not due")

    report = command()

    assert report.startswith("3 authors assessed in ")
    assert report.endswith("3 for the first time, 0 changed (0 in score, 0 in level), 0 unchanged.\n")
    assert set(Assessment.objects.values_list("cause", flat=True)) == {"import"}


@pytest.mark.django_db
def test_the_command_assesses_everybody() -> None:
    people(3)
    command("--all")
    make_work("New", authors=[Author.objects.order_by("pk")[0]])

    report = command("--all")

    assert report.endswith("0 for the first time, 1 changed (1 in score, 1 in level), 2 unchanged.\n")
    assert set(Assessment.objects.values_list("cause", flat=True)) == {"on-demand"}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["A{}", "a{}", "/authors/A{}/joan-example/", "https://example.org/authors/A{}/"])
def test_the_command_assesses_one_author_by_any_form_of_the_id(form: str) -> None:
    author = make_author()
    make_work(authors=[author])

    report = command("--author", form.format(author.pk))

    assert report.splitlines()[0] == f"A{author.pk} Joan Example: trust 6, Sparse, L1."
    assert report.splitlines()[1].startswith("1 authors assessed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "message"),
    [("Joan", "names no author"), ("W12", "names no author"), ("A99999999", "There is no author A99999999")],
)
def test_the_command_says_what_to_give_instead(text: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        command("--author", text)


@pytest.mark.django_db
def test_the_command_points_to_the_survivor_of_a_merge() -> None:
    survivor = make_author()
    merged = make_author("Joan M. Example", merged_into=survivor)

    with pytest.raises(CommandError, match=f"was merged into A{survivor.pk}"):
        command("--author", merged.short_id)
