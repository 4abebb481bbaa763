"""Followed from a server that checks as Mastodon does: look-up, follow, a new work, unfollow; failures between."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from profiles.fediverse import addresses, deliveries, keys, telling
from profiles.following import news
from profiles.models import Delivery, FollowCount, NewsEvent, OutgoingActivity, RemoteActor, RemoteFollow, RemoteServer
from publications.models import Author, Topic, Work
from publications.signals import corpus_changed
from tests.conftest import CHECKOUT, database_address
from tests.corpus import make_author, make_work
from tests.profiles.mastodon_site import ACTIVITY, HOST, Mastodon, get
from tests.profiles.mastodon_steps import arrive, followed, make_due, mastodon, run_queue, titles

__all__ = ["mastodon"]  # fixture

pytestmark = pytest.mark.django_db(transaction=True)


def import_papers(folder: Path, *titles: str) -> None:
    """Papers of this month by two people, read by the import command."""
    month = timezone.now().strftime("%y%m")
    papers = [
        {
            "id": f"{month}.{sum(map(ord, title)):05d}",
            "title": title,
            "authors": "Joan Example and Ben Bo",
            "abstract": "We prove it.",
            "categories": "cs.LG",
            "update_date": timezone.now().date().isoformat(),
        }
        for title in titles
    ]
    path = folder / f"{len(titles)}-{titles[0]}.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(paper) for paper in papers).encode()))
    call_command("import_works", "arxiv", str(path))


def test_somebody_follows_an_author_reads_a_new_work_and_unfollows(mastodon: Mastodon, tmp_path: Path) -> None:
    import_papers(tmp_path, "Long known")
    author = Author.objects.get(display_name="Joan Example")

    actor = mastodon.look_up(f"@{author.short_id}@{addresses.host()}")
    follow = mastodon.follow(actor)
    assert mastodon.follows == {("ada", actor["id"]): "asked"}
    run_queue()
    assert mastodon.follows == {("ada", actor["id"]): "accepted"}
    assert FollowCount.objects.get(target=author.short_id).remote == 1

    import_papers(tmp_path, "Long known", "On $a<b$ & more")
    for _twice in range(2):
        run_queue()
    [status] = mastodon.statuses.values()
    work = Work.objects.get(title="On $a<b$ & more")
    link = f'<a href="{status["url"]}" rel="nofollow noopener">On a&lt;b &amp; more</a>'
    assert status["url"].endswith(work.get_absolute_url())
    assert status["content"].startswith(f"<p>New work by Joan Example: {link}</p><p>Joan Example, Ben Bo")
    assert get(status["id"], ACTIVITY)[1]["content"] == status["content"]
    assert mastodon.received == [("Accept", "/users/ada/inbox"), ("Create", "/inbox")]

    mastodon.unfollow(actor, follow)
    run_queue()
    import_papers(tmp_path, "Long known", "On $a<b$ & more", "Unheard of")
    run_queue()
    assert len(mastodon.statuses) == 1
    assert (mastodon.received[2:], mastodon.rejected) == ([], [])
    assert (RemoteFollow.objects.count(), FollowCount.objects.get(target=author.short_id).remote) == (0, 0)


def test_a_topic_is_followed_and_a_server_gets_one_copy_for_all_its_people(mastodon: Mastodon, tmp_path: Path) -> None:
    import_papers(tmp_path, "Long known")
    topic = Topic.objects.get(code="cs.LG")
    for user in ("ada", "ben"):
        mastodon.follow(mastodon.look_up(addresses.handle(topic.short_id)), user)
    run_queue()

    import_papers(tmp_path, "Long known", "New")
    run_queue()

    assert [kind for kind in mastodon.received if kind[0] == "Create"] == [("Create", "/inbox")]
    [status] = mastodon.statuses.values()
    assert status["content"].startswith("<p>New on Machine Learning: <a ")
    assert [tag["name"] for tag in status["tag"]] == ["#MachineLearning"]


def test_a_server_that_is_away_is_left_alone_and_gets_everything_when_it_is_back(mastodon: Mastodon) -> None:
    author = make_author()
    followed(mastodon, author)
    mastodon.answers = 503
    arrive("First", author)
    run_queue()
    arrive("Second", author)
    run_queue()
    posts = mastodon.requests.count("POST /inbox")
    assert posts == 1  # the second waits with the first

    mastodon.answers = 202
    run_queue()
    assert titles(mastodon) == []
    make_due()
    run_queue()

    assert sorted(titles(mastodon)) == ["first", "second"]
    assert not RemoteServer.objects.exists()
    assert not Delivery.objects.filter(due_at__isnull=False).exists()


WORKER = """
import os, socket, ssl, sys, django
django.setup()
from bzpeer.kit import safe_fetch
from profiles.fediverse import deliveries
trust = ssl._create_unverified_context()
connect = lambda address, seconds: socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=seconds)
safe_fetch.INTERNET = safe_fetch.Network(lambda host: ["93.184.216.34"], connect, lambda: trust)
deliveries.send_due()
"""


@pytest.mark.parametrize(("moment", "copies"), [("before", 1), ("after", 2)])
def test_a_worker_killed_while_it_sends_loses_nothing_and_doubles_nothing(
    mastodon: Mastodon, settings: Settings, moment: str, copies: int
) -> None:
    author = make_author()
    followed(mastodon, author)
    arrive("New", author)
    news.fan_out_due()
    environ = {"DATABASE_URL": database_address(), "BASE_URL": settings.BASE_URL, "FEDIVERSE": "on"}
    workers: list[subprocess.Popen[bytes]] = []

    def work() -> int:
        command = [sys.executable, "-c", WORKER, str(mastodon.port)]
        more = {"DJANGO_SETTINGS_MODULE": "bzpeer.settings", **environ}
        workers.append(subprocess.Popen(command, cwd=CHECKOUT, env={**os.environ, **more}))
        return workers[-1].wait(timeout=120)

    def kill(at: str) -> None:
        if at == moment and len(workers) == 1:
            workers[0].kill()
            workers[0].wait()
            if moment == "before":
                raise ConnectionError  # it never arrived

    mastodon.at_post = kill
    assert work() == -signal.SIGKILL
    assert Delivery.objects.get(activity__work__isnull=False).due_at is not None
    assert deliveries.send_due() == 0  # held for a while
    make_due()
    assert work() == 0

    assert (titles(mastodon), mastodon.received.count(("Create", "/inbox"))) == (["new"], copies)
    assert not Delivery.objects.filter(due_at__isnull=False).exists()


def test_deliveries_are_written_in_the_transaction_that_ends_the_news(
    mastodon: Mastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = make_author()
    followed(mastodon, author)
    arrive("New", author)
    with monkeypatch.context() as patch:

        def fails(*_arguments: object, **_more: object) -> None:
            raise RuntimeError

        patch.setattr(telling, "_tell", fails)
        with pytest.raises(RuntimeError):
            news.fan_out_due()
    assert NewsEvent.objects.get().due_at is not None
    assert not OutgoingActivity.objects.filter(work__isnull=False).exists()

    run_queue()
    assert titles(mastodon) == ["new"]


def test_a_new_key_is_asked_for_by_those_who_know_the_old_one(mastodon: Mastodon) -> None:
    author = make_author()
    followed(mastodon, author)

    call_command("fediverse", "--rotate-key")
    arrive("New", author)
    run_queue()

    assert (titles(mastodon), mastodon.rejected) == (["new"], [])
    assert mastodon.keys[addresses.key_id(author.short_id)] == keys.current().public_pem


def test_what_is_old_or_was_there_before_the_follow_is_not_told(mastodon: Mastodon) -> None:
    author = make_author()
    make_work("Before", authors=[author], publication_date=timezone.now().date())
    followed(mastodon, author)
    old = make_work("Old", authors=[author], publication_date=timezone.now().date() - timedelta(days=40))
    corpus_changed.send(sender=None, author_ids=[], work_ids=list(Work.objects.values_list("pk", flat=True)), cause="x")
    run_queue()

    assert NewsEvent.objects.filter(work=old).exists()
    assert titles(mastodon) == []


def test_an_inbox_that_is_gone_takes_its_followers_along(mastodon: Mastodon) -> None:
    author = make_author()
    followed(mastodon, author)
    mastodon.answers = 410
    arrive("New", author)
    run_queue()

    assert not RemoteActor.objects.exists()
    assert FollowCount.objects.get(target=author.short_id).remote == 0


def test_who_refuses_for_good_is_not_asked_again(mastodon: Mastodon) -> None:
    author = make_author()
    followed(mastodon, author)
    posts = []
    for answer in (403, 404, 401, 302):
        mastodon.pages[f"{HOST}/inbox"] = f"HTTP/1.1 {answer} No\r\nContent-Length: 0\r\n\r\n".encode()
        arrive(f"Answered {answer}", author)
        for _turn in range(2):
            run_queue()
            make_due()
        posts.append(mastodon.requests.count("POST /inbox"))
        Delivery.objects.update(due_at=None)

    assert posts == [1, 2, 4, 6]


def test_what_was_never_taken_is_given_up_after_five_days(mastodon: Mastodon) -> None:
    author = make_author()
    followed(mastodon, author)
    mastodon.answers = 500
    arrive("New", author)
    run_queue()
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=6))
    make_due()
    run_queue()

    assert not Delivery.objects.filter(due_at__isnull=False).exists()
    assert [server.failures for server in RemoteServer.objects.all()] == [2]


def test_a_record_that_is_merged_leads_its_followers_to_the_other(mastodon: Mastodon) -> None:
    gone, author = make_author("J. Example"), make_author()
    followed(mastodon, gone)

    Author.objects.filter(pk=gone.pk).update(merged_into=author)
    corpus_changed.send(sender=None, author_ids=[gone.pk], work_ids=[], cause="import")
    run_queue()

    assert mastodon.moved == {addresses.actor(gone.short_id): addresses.actor(author.short_id)}
    assert [row.target for row in RemoteFollow.objects.all()] == [author.short_id]
    assert mastodon.look_up(addresses.handle(author.short_id))["alsoKnownAs"] == [addresses.actor(gone.short_id)]
    assert get(addresses.actor(gone.short_id), ACTIVITY)[1]["movedTo"] == addresses.actor(author.short_id)

    # What Mastodon does then: it follows the one and unfollows the other.
    old = {"id": addresses.actor(gone.short_id), "inbox": addresses.inbox(gone.short_id)}
    followed(mastodon, author)
    mastodon.unfollow(old, f"https://{HOST}/00000001")
    run_queue()
    arrive("New", author)
    run_queue()
    assert titles(mastodon) == ["new"]


def test_a_work_that_proves_to_be_somebody_elses_is_called_back(mastodon: Mastodon) -> None:
    author, other = make_author(), make_author("Joan Exemplar")
    followed(mastodon, author)
    work = arrive("Not hers", author)
    run_queue()
    assert titles(mastodon) == ["not-hers"]

    work.authorships.update(author=other)
    for _twice in range(2):
        corpus_changed.send(sender=None, author_ids=[], work_ids=[work.pk], cause="import")
        run_queue()

    assert (titles(mastodon), mastodon.received.count(("Delete", "/inbox"))) == ([], 1)
    assert get(addresses.note(author.short_id, work.pk), ACTIVITY)[0] == 410


def test_a_hidden_record_is_gone_at_once_and_its_followers_are_told(mastodon: Mastodon) -> None:
    author = make_author()
    followed(mastodon, author)
    arrive("Told", author)
    run_queue()
    arrive("Not told any more", author)
    news.fan_out_due()

    Author.objects.filter(pk=author.pk).update(hidden=True)
    assert get(addresses.actor(author.short_id), ACTIVITY)[0] == 404
    run_queue()

    assert (mastodon.statuses, mastodon.follows) == ({}, {})
    assert mastodon.received[-1] == ("Delete", "/inbox")
    assert mastodon.received.count(("Create", "/inbox")) == 1
    assert not RemoteFollow.objects.exists()
