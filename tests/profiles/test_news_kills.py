"""Workers that are killed while they bring news to followers: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from profiles.following import news
from profiles.models import FeedItem, Follow, NewsEvent, User
from tests.bzpeer.processes import CHECKOUT, eventually
from tests.corpus import make_author, make_topic, make_work

KILLS = 40 if os.environ.get("LONG") == "1" else 3
FOLLOWERS = 2_000 * KILLS  # a worker reaches some hundreds until it is seen and killed
WORKER = "import django; django.setup(); from profiles.following import news; news.BATCH = 10; news.fan_out_due()"


def worker() -> subprocess.Popen[bytes]:
    name = connection.settings_dict["NAME"]
    address = re.sub(r"/[^/?]*(?=\?|$)", f"/{name}", os.environ["DATABASE_URL"], count=1)
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "bzpeer.settings"}
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=CHECKOUT, env=environment)


@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_no_news_and_double_none() -> None:
    author, topic, lots = make_author(), make_topic(), Random(5)
    readers = User.objects.bulk_create(User(email=f"reader{number}@example.org") for number in range(FOLLOWERS))
    follows = [Follow(user=user, author=author, created_at=timezone.now()) for user in readers]
    follows += [Follow(user=user, topic=topic, created_at=timezone.now()) for user in readers[::2]]
    Follow.objects.bulk_create(follows)
    work = make_work("New", authors=[author], topics=[topic], publication_date=timezone.now().date())
    news.note_works([work.pk])

    for _ in range(KILLS):
        before = FeedItem.objects.count()
        with worker() as process:
            wanted = before + lots.randrange(20, 300)
            assert eventually(lambda wanted=wanted: FeedItem.objects.count() >= wanted)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)

    event = NewsEvent.objects.get()
    assert event.due_at is not None
    assert 0 < FeedItem.objects.count() < FOLLOWERS
    while news.due_count():
        news.fan_out_due()
    reached = FeedItem.objects.filter(event=event, kind="new").values_list("user", flat=True)
    assert sorted(reached) == sorted(user.pk for user in readers)
