"""Digests: due by the reader's clock, each piece of news in one, never empty, to who wants and may have them."""

from __future__ import annotations

import email.policy
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.account import biographies
from profiles.following import follows
from profiles.models import Digest, FeedItem, Follow, Subscription, User
from profiles.notifying import digests, subscriptions
from publications.models import Author
from tests.corpus import make_author, make_topic
from tests.profiles.digest_steps import arrive, arrive_many, claimed, deliver, make_follower, morning_comes

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> Author:
    return make_author("Joan Example")


@pytest.fixture
def reader(author: Author) -> User:
    return make_follower(author)


def parsed(message: Any) -> EmailMessage:
    """A mail as a mail program reads it."""
    return message_from_bytes(message.message().as_bytes(), policy=email.policy.default)


def part(message: Any, kind: str) -> str:
    found = parsed(message).get_body((kind,))
    assert found is not None
    return str(found.get_content())


# Putting together


def test_a_new_work_comes_in_one_digest(author: Author, reader: User, mailoutbox: list[Any]) -> None:
    arrive("New", author)
    early = deliver()
    morning_comes()
    first = deliver()
    morning_comes()

    assert (early, first, deliver()) == ((0, 0), (1, 1), (0, 0))
    assert [mail.to for mail in mailoutbox] == [[reader.email]]
    assert list(FeedItem.objects.values_list("digest__user", flat=True)) == [reader.pk]


def test_without_news_only_the_date_moves(reader: User, mailoutbox: list[Any]) -> None:
    morning_comes()

    assert deliver() == (0, 0)
    assert not Digest.objects.exists()
    assert Subscription.objects.filter(digest_due_at__gt=timezone.now()).exists()


def test_works_indexed_late_make_no_digest_and_come_with_the_next(author: Author, reader: User) -> None:
    arrive("An old thing", author, days_ago=3000)
    morning_comes()
    alone = deliver()
    arrive("New", author)
    morning_comes()

    assert (alone, deliver()) == ((0, 0), (1, 1))
    assert FeedItem.objects.filter(digest__isnull=False).count() == 2


def test_what_came_before_the_digest_was_chosen_is_in_none(author: Author, reader: User) -> None:
    subscriptions.choose_digest("off", by=reader)
    arrive("While it was off", author)
    subscriptions.choose_digest("daily", by=reader)
    morning_comes()
    nothing = deliver()
    arrive("Then", author)
    morning_comes()

    assert (nothing, deliver()) == ((0, 0), (1, 1))
    assert [str(item.event.work) for item in FeedItem.objects.exclude(digest=None)] == ["Then"]


def test_another_rhythm_keeps_what_was_not_told_yet(author: Author, reader: User) -> None:
    arrive("New", author)
    subscriptions.choose_digest("daily", by=reader)
    morning_comes()

    assert deliver() == (1, 1)


def test_a_site_that_was_down_for_weeks_sends_one_digest(author: Author, reader: User) -> None:
    arrive("New", author)
    slot = timezone.now() - timedelta(days=30)
    Subscription.objects.update(digest="daily", digest_due_at=slot)

    assert (deliver(), deliver()) == ((1, 1), (0, 0))
    assert Digest.objects.get().slot == slot
    due = Subscription.objects.get().digest_due_at
    assert due is not None
    assert timezone.now() < due <= timezone.now() + timedelta(days=1)


def test_the_date_follows_the_readers_time_zone(author: Author) -> None:
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    user = make_follower(author, "off", zone="Asia/Tokyo")
    chosen = subscriptions.choose_digest("weekly", by=user, now=now).digest_due_at
    moved = biographies.describe(by=user, name="", biography="", links=[], contact="nobody", time_zone="Pacific/Apia")
    subscriptions.follow_time_zone(user, now)

    assert moved.time_zone == "Pacific/Apia"
    assert (chosen, Subscription.objects.get().digest_due_at) == (
        datetime(2026, 3, 8, 22, tzinfo=UTC),
        datetime(2026, 3, 8, 18, tzinfo=UTC),
    )


def test_a_change_of_the_time_zone_loses_no_digest_that_is_due(author: Author, reader: User) -> None:
    arrive("New", author)
    morning_comes()
    biographies.describe(by=reader, name="", biography="", links=[], contact="nobody", time_zone="Asia/Tokyo")

    assert deliver() == (1, 1)


# To whom


@pytest.mark.parametrize("change", ["off", "inactive", "unconfirmed", "other"])
def test_nothing_is_sent_to_who_may_not_or_will_not_have_it(author: Author, reader: User, change: str) -> None:
    arrive("New", author)
    morning_comes()
    digests.compose_due()
    if change == "off":
        subscriptions.choose_digest("off", by=reader)
    elif change == "inactive":
        User.objects.update(is_active=False)
    elif change == "unconfirmed":
        EmailAddress.objects.update(verified=False)
    else:
        EmailAddress.objects.update(email="elsewhere@mail.example")

    assert digests.send_due() == 0
    assert list(Digest.objects.values_list("mail_due_at", "sent_at")) == [(None, None)]


def test_an_unconfirmed_address_gets_no_digest_and_loses_nothing(author: Author, reader: User) -> None:
    EmailAddress.objects.update(verified=False)
    arrive("New", author)
    morning_comes()
    before = deliver()
    EmailAddress.objects.update(verified=True)
    morning_comes()

    assert (before, deliver()) == ((0, 0), (1, 1))


@pytest.mark.parametrize("gone", ["hidden", "unfollowed", "muted"])
def test_what_is_gone_by_the_time_of_sending_is_not_sent(author: Author, reader: User, gone: str) -> None:
    claimed(author)
    news_of_claim = FeedItem.objects.filter(kind="claim")
    arrive("New", author)
    morning_comes()
    digests.compose_due()
    if gone == "hidden":
        FeedItem.objects.filter(kind="new").delete()
        Author.objects.update(hidden=True)
    elif gone == "unfollowed":
        follows.unfollow(author, by=reader)
    else:
        Follow.objects.update(muted=True)

    assert news_of_claim.exists()
    assert digests.send_due() == 0


# The mail


def test_the_mail_says_what_and_why_in_text_and_html(author: Author, reader: User, mailoutbox: list[Any]) -> None:
    topic = make_topic(name="Graph Theory")
    follows.follow(topic, by=reader)
    Follow.objects.update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    work = arrive(r"On $\alpha$-stable $x^2$ laws in $\frac{a+b}{c}$", author, topics=[topic])
    arrive("An old thing", author, days_ago=3000)
    claimed(author)
    morning_comes()
    deliver()

    [mail] = mailoutbox
    text, html = part(mail, "plain"), part(mail, "html")
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.split("<body>")[1]))
    assert parsed(mail).get_content_type() == "multipart/alternative"
    assert re.fullmatch(r"\[bzpeer\] 1 new work, news of 1 record, \d+ \w+ 20\d\d", mail.subject)
    for shown in (text, words):
        assert "On α-stable x² laws in (a+b)/c" in shown
        assert "You follow: Joan Example, Graph Theory" in re.sub(r"\s+,", ",", shown)
        assert "An old thing" in shown
        assert "its researcher claimed it" in shown
    for address in (f"/works/{work.short_id}/", "/settings/news/", "/mail/stop/"):
        assert (address in text, address in html) == (True, True)
    assert "\n\n\n" not in text
    assert re.search(r"<script|<img|<link|style=|src=|http://www|url\(", html) is None


def test_two_followed_topics_of_one_name_are_one_reason(reader: User, mailoutbox: list[Any]) -> None:
    topics = [make_topic("cs.LG"), make_topic("stat.ML")]
    follows.follow_many(topics, by=reader)
    Follow.objects.update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    arrive("Listed in both", topics=topics)

    morning_comes()
    deliver()

    assert part(mailoutbox[0], "plain").count("Machine Learning") == 1


def test_a_long_digest_shows_thirty_works_and_counts_the_rest(
    author: Author, reader: User, mailoutbox: list[Any]
) -> None:
    arrive_many(author, 33)
    morning_comes()
    deliver()

    [mail] = mailoutbox
    text = part(mail, "plain")
    assert (text.count("  You follow: "), "And 3 more new works:" in text) == (30, True)
    assert "33 new works" in mail.subject
    assert part(mail, "html").count("<h3") == 30


@pytest.mark.parametrize("works", [1, 30])
def test_writing_a_mail_costs_nine_queries_however_long(author: Author, reader: User, works: int) -> None:
    arrive_many(author, works)
    morning_comes()
    digests.compose_due()
    digest = Digest.objects.select_related("user").get()

    with CaptureQueriesContext(connection) as queries:
        assert digests.OUTBOX.write(digest) is not None

    assert len(queries) == 9


def test_names_add_no_header_no_markup_and_keep_their_direction(mailoutbox: list[Any]) -> None:
    author = make_author("دانش <script>alert(1)</script>\r\nBcc: all@mail.example")
    make_follower(author)
    arrive("A </title><img src=x onerror=alert(1)>\r\nTo: x@y.example", author)
    morning_comes()
    deliver()

    [mail] = mailoutbox
    head = mail.message().as_string().split("\n\n")[0]
    assert re.search(r"^(Bcc|To: x@y)", head, re.M) is None
    assert "<img" not in part(mail, "html")
    assert "<script" not in part(mail, "html")
    assert "\u2068دانش" in part(mail, "plain")


def test_a_hidden_coauthor_is_not_named(author: Author, reader: User, mailoutbox: list[Any]) -> None:
    canary = make_author("Canary Canary")
    arrive("New", author, canary)
    Author.objects.filter(pk=canary.pk).update(hidden=True)
    morning_comes()
    deliver()

    assert "Canary" not in mailoutbox[0].message().as_string()
    assert "name withheld" in part(mailoutbox[0], "plain")


def test_the_headers_let_programs_know_a_list_and_end_it(author: Author, reader: User, mailoutbox: list[Any]) -> None:
    arrive("New", author)
    morning_comes()
    deliver()

    head = parsed(mailoutbox[0])
    digest = Digest.objects.get()
    assert head["Message-ID"] == f"<digest-{digest.pk}@localhost>"
    assert head["List-Unsubscribe"].strip() == f"<{subscriptions.stop_address(reader, 'digest')}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert head["List-Id"] == "bzpeer digest <digest.localhost>"
    assert head["Auto-Submitted"] == "auto-generated"
    assert digest.sent_at is not None


def test_what_no_attempt_could_send_comes_with_the_next_digest(
    author: Author, reader: User, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*args: Any, **kwargs: Any) -> int:
        raise OSError("no such mailbox")

    arrive("New", author)
    morning_comes()
    digests.compose_due()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", refusing)
        for _ in range(6):
            digests.send_due()
            Digest.objects.filter(mail_due_at__isnull=False).update(mail_due_at=timezone.now())
    given_up = list(Digest.objects.values_list("mail_attempts", "mail_due_at", "sent_at"))
    morning_comes()

    assert (given_up, deliver()) == ([(5, None, None)], (1, 1))
    assert len(mailoutbox) == 1
