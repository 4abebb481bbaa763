"""The outbox of the Fediverse: what is written for whom, what waits, what is forgotten; workers side by side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from bzpeer.kit import safe_fetch
from bzpeer.kit.safe_fetch import Headers, parse
from profiles.fediverse import deliveries, documents, followers, keys, telling
from profiles.fediverse import remote as remote_servers
from profiles.following import news
from profiles.models import Delivery, NewsEvent, OutgoingActivity, RemoteActor, RemoteFollow, RemoteServer
from publications.models import Author, Work
from publications.signals import corpus_changed
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Inboxes that were posted to; each answers 202."""
    settings.BASE_URL, settings.FEDIVERSE = "https://bzpeer.example", True
    inboxes: list[str] = []

    def post(url: str, body: bytes, *, headers: Headers, seconds: float = 10.0) -> int:
        assert set(headers(parse(url))) == {"Content-Type", "Date", "Digest", "Signature"}
        inboxes.append(url)
        return 202

    monkeypatch.setattr(safe_fetch, "post", post)
    return inboxes


def remote(name: str, *, host: str = "one.example", shared: bool = True) -> RemoteActor:
    uri = f"https://{host}/users/{name}"
    shared_inbox = f"https://{host}/inbox" if shared else ""
    return RemoteActor.objects.create(
        uri=uri, host=host, key_id=f"{uri}#main-key", inbox=f"{uri}/inbox", shared_inbox=shared_inbox
    )


def follow(actor: RemoteActor, author: Author, *, days: int = 10) -> RemoteFollow:
    since = timezone.now() - timedelta(days=days)
    return RemoteFollow.objects.create(actor=actor, author=author, activity_uri=f"{actor.uri}/1", created_at=since)


def arrive(author: Author, title: str = "New", **fields: Any) -> None:
    today = timezone.now().date()
    work = make_work(title, authors=[author], publication_date=today, year=today.year, **fields)
    corpus_changed.send(sender=None, author_ids=[], work_ids=[work.pk], cause="import")
    news.fan_out_due()


def inboxes() -> list[str]:
    return sorted(Delivery.objects.values_list("inbox", flat=True))


def test_a_server_gets_one_copy_and_one_without_a_shared_inbox_one_for_each() -> None:
    author = make_author()
    for number in range(3):
        follow(remote(f"a{number}"), author)
        follow(remote(f"b{number}", host="two.example", shared=False), author)

    arrive(author)

    assert inboxes() == ["https://one.example/inbox", *(f"https://two.example/users/b{n}/inbox" for n in range(3))]


@pytest.mark.parametrize("count", [1, 40])
def test_writing_costs_the_same_however_many_follow(
    count: int, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    author = make_author()
    for number in range(count):
        follow(remote(f"a{number}", host=f"h{number}.example"), author)
    today = timezone.now().date()
    work = make_work("New", authors=[author], publication_date=today, year=today.year)
    Author.objects.filter(pk=author.pk).update(works_count=1)
    corpus_changed.send(sender=None, author_ids=[], work_ids=[work.pk], cause="import")
    event = NewsEvent.objects.get()

    with django_assert_max_num_queries(5):
        telling.prepare(event, until=news.news_until(work))

    assert Delivery.objects.count() == count


def test_who_followed_after_it_was_there_is_not_told_and_a_second_telling_adds_nobody() -> None:
    author = make_author()
    follow(remote("early"), author)
    arrive(author)
    follow(remote("late", host="late.example"), author, days=-1)

    event = NewsEvent.objects.get()
    assert event.work is not None
    telling.prepare(event, until=news.news_until(event.work))

    assert inboxes() == ["https://one.example/inbox"]


def test_what_is_new_for_a_paused_server_waits_with_the_rest() -> None:
    author, until = make_author(), timezone.now() + timedelta(hours=1)
    follow(remote("ada"), author)
    RemoteServer.objects.create(host="one.example", failures=6, failing_since=timezone.now(), paused_until=until)

    arrive(author)

    assert (Delivery.objects.get().due_at, deliveries.send_due()) == (until, 0)


def test_a_server_that_failed_for_a_week_gets_nothing_more_until_it_speaks() -> None:
    author = make_author()
    follow(remote("ada"), author)
    RemoteServer.objects.create(host="one.example", failing_since=timezone.now() - timedelta(days=8))

    arrive(author)
    assert inboxes() == []
    remote_servers.spoke("one.example")
    arrive(author, "Newer")

    assert inboxes() == ["https://one.example/inbox"]


def test_everything_is_sent_once_in_a_fixed_number_of_queries_for_a_batch(
    sent: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    author = make_author()
    for number in range(20):
        follow(remote(f"a{number}", host=f"h{number}.example"), author)
    arrive(author)
    keys.current()

    with django_assert_num_queries(13):
        assert deliveries.send_due() == 20

    assert (len(set(sent)), deliveries.send_due(), deliveries.due_count()) == (20, 0, 0)


def test_nothing_is_sent_of_a_record_that_was_hidden_or_a_work_that_left_it(sent: list[str]) -> None:
    for change in ("hidden", "left"):
        author = make_author()
        follow(remote(change), author)
        arrive(author)
        if change == "hidden":
            Author.objects.filter(pk=author.pk).update(hidden=True)
        else:
            author.authorships.update(author=None)

    assert deliveries.send_due() == 0
    assert (sent, deliveries.due_count()) == ([], 0)


def test_a_work_that_cannot_be_written_holds_up_nothing(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    author, create = make_author(), documents.create
    follow(remote("ada"), author)
    arrive(author, "Bad")
    arrive(author, "Good")

    def fails(entity: Author, work: Work) -> documents.Document:
        if work.title == "Bad":
            raise RecursionError
        return create(entity, work)

    monkeypatch.setattr(documents, "create", fails)

    assert (deliveries.send_due(), deliveries.due_count(), len(sent)) == (1, 0, 1)


def test_a_site_that_no_longer_takes_part_sends_nothing_and_keeps_what_waits(
    sent: list[str], settings: Settings
) -> None:
    author = make_author()
    follow(remote("ada"), author)
    arrive(author)
    settings.FEDIVERSE = False
    Author.objects.update(hidden=True)
    followers.sweep()
    arrive(make_author(), "Newer")

    assert (deliveries.send_due(), deliveries.due_count(), sent) == (0, 0, [])
    assert (Delivery.objects.count(), RemoteFollow.objects.count()) == (1, 1)


def test_old_deliveries_are_forgotten_and_servers_that_nobody_is_on(capsys: pytest.CaptureFixture[str]) -> None:
    author = make_author()
    follow(remote("ada"), author)
    arrive(author)
    for host in ("one.example", "gone.example"):
        RemoteServer.objects.create(host=host, failing_since=timezone.now() - timedelta(days=61))
    OutgoingActivity.objects.update(created_at=timezone.now() - timedelta(days=61))

    deliveries.forget_old()

    assert (Delivery.objects.count(), [row.host for row in RemoteServer.objects.all()]) == (0, ["one.example"])
    call_command("fediverse")
    assert capsys.readouterr().out == (
        "1 follows from 1 servers, 1 of which cannot be reached; 0 deliveries are due.\n"
    )


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_different_rows(sent: list[str]) -> None:
    topic = make_topic()
    actor = remote("ada", shared=False)
    for number in range(deliveries.BATCH + 1):
        uri = f"https://bzpeer.example/ap/{topic.short_id}#accepts/{number}"
        deliveries.send_to(actor, topic.short_id, documents.accept(topic.short_id, {}, uri))

    with transaction.atomic():  # another worker is taking the first ones
        held = Delivery.objects.select_for_update().order_by("due_at")[: deliveries.BATCH]
        assert len(list(held)) == deliveries.BATCH
        with ThreadPoolExecutor(1) as other:
            assert other.submit(in_a_connection_of_its_own, deliveries.send_due).result() == 1

    assert deliveries.send_due() == deliveries.BATCH


def in_a_connection_of_its_own(do: Callable[[], int]) -> int:
    try:
        return do()
    finally:
        connection.close()


def test_a_server_that_answers_slowly_rests_and_others_do_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch, sent: list[str]
) -> None:
    author = make_author("Joan Example")
    for number in range(deliveries.BATCH + 3):
        follow(remote(f"slow{number}", host="slow.example", shared=False), author)
    arrive(author)
    news.fan_out_due()
    monkeypatch.setattr(deliveries, "SLOW", -1.0)

    assert deliveries.send_due() == deliveries.BATCH

    left = Delivery.objects.filter(due_at__isnull=False)
    assert left.count() == 3
    assert all(row.due_at and row.due_at > timezone.now() and row.attempts == 0 for row in left)
    server = RemoteServer.objects.filter(host="slow.example").first()
    assert server is None or server.failures == 0
