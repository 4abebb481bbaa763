"""Tasks through a real broker and a real worker."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection

from profiles import tasks
from profiles.models import Assessment, AssessmentDue
from tests.bzpeer.processes import eventually
from tests.corpus import make_author, make_work


@pytest.mark.django_db(transaction=True)
def test_a_worker_assesses_what_is_due(celery_worker_process: object) -> None:
    author = make_author()
    make_work(authors=[author])
    AssessmentDue.objects.create(author=author, cause="import")
    tasks.assess_due.delay()
    assert eventually(lambda: Assessment.objects.filter(author=author, is_current=True).exists())


@pytest.mark.django_db(transaction=True)
def test_a_worker_refuses_what_is_not_json(celery_worker_process: object) -> None:
    """S23: a pickle on the broker is not loaded, and the worker goes on."""
    with Connection(settings.CELERY_BROKER_URL) as connection:
        queue = connection.SimpleQueue("celery")
        queue.put({"task": "profiles.tasks.assess_due"}, serializer="pickle", headers={"task": "x", "id": "1"})
        queue.close()
    author = make_author()
    make_work(authors=[author])
    AssessmentDue.objects.create(author=author, cause="import")
    tasks.assess_due.delay()
    assert eventually(lambda: Assessment.objects.filter(author=author).exists())


def test_threads_of_the_web_server_use_our_broker() -> None:
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.append(current_app.conf.broker_url))
    thread.start()
    thread.join()
    assert seen == [settings.CELERY_BROKER_URL]


def test_tasks_are_taken_one_by_one_and_acknowledged_late() -> None:
    conf = current_app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert conf.accept_content == ["json"]
    assert conf.broker_transport_options["visibility_timeout"] > 2 * conf.task_time_limit
    current_app.loader.import_default_modules()  # as a worker does when it starts
    for entry in conf.beat_schedule.values():
        assert entry["task"] in current_app.tasks
