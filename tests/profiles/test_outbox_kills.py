"""Workers that send mails die: nothing is lost, and nothing comes twice but what dies within the handover itself."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from profiles.models import Digest, FeedItem, Notification, Subscription
from profiles.notifying import notices
from tests.bzpeer.processes import CHECKOUT, eventually
from tests.conftest import database_address
from tests.corpus import make_author
from tests.profiles import smtp_sink
from tests.profiles.digest_steps import arrive, make_follower, morning_comes
from tests.profiles.people import make_user
from tests.profiles.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


class Workers:
    """Workers on the test's database and mail server, as many as one starts."""

    def __init__(self, sink: Sink) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.profiles.mail_worker"],
            cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": database_address(), "EMAIL_URL": sink.url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.alive: list[int] = []
        assert self._ask("") == "ready"

    def start(self) -> int:
        self.alive.append(int(self._ask("start\n")))
        return self.alive[-1]

    def kill(self, worker: int) -> None:
        os.kill(worker, signal.SIGKILL)
        self.bury(worker)

    def bury(self, worker: int) -> None:
        self.alive.remove(worker)
        assert self._ask(f"end {worker}\n") == "ended"

    def kill_all(self) -> None:
        for worker in list(self.alive):
            self.kill(worker)

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _ask(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@pytest.fixture(scope="module")
def started(django_db_setup: None) -> Iterator[tuple[Sink, Workers]]:
    with smtp_sink.running() as sink:
        workers = Workers(sink)
        yield sink, workers
        workers.stop()


@pytest.fixture
def sink(started: tuple[Sink, Workers]) -> Sink:
    started[0].empty()
    return started[0]


@pytest.fixture
def workers(started: tuple[Sink, Workers], transactional_db: None) -> Iterator[Workers]:
    yield started[1]
    started[1].kill_all()  # before the tables are emptied


def tell_many(count: int) -> None:
    for number in range(count):
        notices.tell(make_user(), "claim-rejected", author=f"Joan {number}", reason="Because.", url="/authors/A1/")


def digests_for(count: int) -> None:
    """Accounts with a digest that is due and two works to tell."""
    author = make_author("Joan Example")
    for _ in range(count):
        make_follower(author, "daily")
    for number in range(2):
        arrive(f"Work {number}", author)
    morning_comes()


def expected() -> set[str]:
    """The Message-IDs of all mails that were written down so far."""
    told = {f"<notice-{pk}@localhost>" for pk in Notification.objects.values_list("pk", flat=True)}
    return told | {f"<digest-{pk}@localhost>" for pk in Digest.objects.values_list("pk", flat=True)}


def unmarked() -> set[str]:
    """Those whose row still waits to be sent."""
    told = Notification.objects.filter(mail_due_at__isnull=False).values_list("pk", flat=True)
    written = Digest.objects.filter(mail_due_at__isnull=False).values_list("pk", flat=True)
    return {f"<notice-{pk}@localhost>" for pk in told} | {f"<digest-{pk}@localhost>" for pk in written}


def time_passes() -> None:
    """What waits for another attempt is due; kills come faster here than the five after which a mail is given up."""
    for rows in (Notification.objects.all(), Digest.objects.all()):
        rows.filter(mail_due_at__isnull=False).update(mail_due_at=timezone.now(), mail_attempts=0)


def all_sent() -> bool:
    return not unmarked() and not Subscription.objects.filter(digest_due_at__lte=timezone.now()).exists()


def kill_at_random(workers: Workers, sink: Sink, kills: int, seed: int) -> Counter[str]:
    """Kill worker after worker; returns what each kill hit within the handover: taken by the server, not yet marked."""
    moments, within = random.Random(seed), Counter[str]()
    for _ in range(kills):
        worker, before, reached = workers.start(), sink.counted(), sink.stages
        steps = moments.choice([0, 1, 1, 2, 2, 3, 3, 3, 4, 5, 6])  # of three for each mail; 0 is before it speaks
        eventually(lambda until=reached + steps: sink.stages >= until or all_sent())  # type: ignore[misc]
        time.sleep(moments.choice([0, 0, moments.uniform(0, 0.004), moments.uniform(0, 0.05)]))
        workers.kill(worker)
        sink.wait_until_quiet()
        within.update((sink.counted() - before).keys() & unmarked())
        time_passes()
    return within


def check_kills(workers: Workers, sink: Sink, *, kills: int, mails: int, seed: int) -> None:
    tell_many(mails)
    digests_for(mails)

    within = kill_at_random(workers, sink, kills, seed)
    sent_by_the_dead = len(sink.ids)
    workers.start()
    assert eventually(all_sent)

    assert sent_by_the_dead > kills / 3  # they died at work
    assert sink.counted() == Counter(expected()) + within
    assert Digest.objects.exclude(sent_at=None).count() == mails
    assert list(FeedItem.objects.filter(digest=None)) == []
    print(f"{kills} kills, {sent_by_the_dead} of {2 * mails} mails by who died, {within.total()} within the handover")


def test_workers_killed_at_any_moment_lose_no_mail_and_double_none(workers: Workers, sink: Sink) -> None:
    """Those that die between the server's yes and their own mark are the only ones that come again."""
    check_kills(workers, sink, kills=20, mails=20, seed=5)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_hundreds_of_kills_lose_no_mail_and_double_none(workers: Workers, sink: Sink, seed: int) -> None:
    check_kills(workers, sink, kills=100, mails=60, seed=seed)


def test_a_worker_killed_between_writing_and_mail_sends_each_once(workers: Workers, sink: Sink) -> None:
    """Exactly there: each row is taken and counted, the server asked, and no mail handed over yet."""
    tell_many(2)
    digests_for(2)
    doomed = Deaths(sink, "from", times=4)

    for worker in doomed.of(workers):
        workers.bury(worker)
        time_passes()
    workers.start()

    assert eventually(all_sent)
    assert (doomed.times, sink.counted()) == (4, Counter(expected()))
    assert len(expected()) == 4


def test_a_worker_killed_within_the_handover_sends_the_same_mail_again(workers: Workers, sink: Sink) -> None:
    """The one window that no outbox can close: the server has the mail, we do not know. Programs know the number."""
    tell_many(1)
    doomed = Deaths(sink, "data", times=1)

    for worker in doomed.of(workers):
        workers.bury(worker)
        time_passes()
    workers.start()

    assert eventually(all_sent)
    [number] = expected()
    assert sink.ids == [number, number]


def test_workers_side_by_side_send_each_mail_once(workers: Workers, sink: Sink) -> None:
    tell_many(25)
    digests_for(10)

    for _ in range(3):
        workers.start()

    assert eventually(all_sent)
    assert sink.counted() == Counter(expected())
    assert len(expected()) == 35


class Deaths:
    """Kills whichever worker reaches a stage, from within the mail server, some times."""

    def __init__(self, sink: Sink, stage: str, times: int) -> None:
        self.stage, self.left, self.times = stage, times, 0
        self.worker = 0
        sink.listener = self.reached

    def of(self, workers: Workers) -> Iterator[int]:
        """Workers one after the other, each dead by now."""
        while self.left:
            before, self.worker = self.times, workers.start()
            assert eventually(lambda before=before: self.times > before)  # type: ignore[misc]
            yield self.worker

    def reached(self, stage: str, message_id: str) -> None:
        if stage == self.stage and self.left:
            self.left -= 1
            os.kill(self.worker, signal.SIGKILL)
            while Path(f"/proc/{self.worker}/stat").read_text().split(")")[1].split()[0] != "Z":
                time.sleep(0.001)
            self.times += 1
