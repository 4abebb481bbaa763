"""Notices: told once, mailed once, through kills and failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from profiles import tasks
from profiles.models import Notification
from profiles.notifying import notices
from publications.models import Author
from tests.bzpeer.processes import free_port
from tests.corpus import make_author
from tests.profiles.digest_steps import arrive, make_follower, morning_comes
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db

ABOUT: dict[str, Any] = {"author": "Joan Example", "reason": "Because.", "url": "/authors/A1/claim/"}


def test_a_notice_is_mailed_once_and_stays_in_the_app(mailoutbox: list[Any]) -> None:
    user = make_user()
    notices.tell(user, "claim-rejected", **ABOUT)

    assert (notices.send_due(), notices.send_due()) == (1, 0)

    [sent] = mailoutbox
    assert (sent.to, sent.subject) == ([user.email], "[bzpeer] Your claim to Joan Example was rejected")
    assert "The reason given: Because." in sent.body
    assert "/authors/A1/claim/" in sent.body
    assert notices.unread_count(user) == 1


def test_the_same_thing_is_told_once() -> None:
    user = make_user()
    for _ in range(3):
        notices.tell(user, "contested", key="dispute:1", **ABOUT)
    notices.tell(user, "contested", key="dispute:2", **ABOUT)

    assert Notification.objects.filter(user=user).count() == 2


def test_a_name_with_line_breaks_adds_no_header(mailoutbox: list[Any]) -> None:
    notices.tell(make_user(), "claim-rejected", **(ABOUT | {"author": "Joan\r\nBcc: all@mail.example"}))

    assert notices.send_due() == 1

    assert mailoutbox[0].subject == "[bzpeer] Your claim to Joan Bcc: all@mail.example was rejected"
    assert "\nBcc:" not in mailoutbox[0].message().as_string().split("\n\n")[0]


def test_a_mail_that_cannot_be_sent_holds_up_no_other_and_ends_after_five_times(
    mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = make_user(email="bad@mail.example"), make_user()
    for user in (bad, good):
        notices.tell(user, "claim-rejected", **ABOUT)
    send = mail.EmailMessage.send

    def refusing(message: mail.EmailMessage, *args: Any, **kwargs: Any) -> int:
        if bad.email in message.to:
            raise OSError("no such mailbox")
        return send(message, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMessage, "send", refusing)
    for _ in range(6):
        notices.send_due()
        Notification.objects.filter(mail_due_at__isnull=False).update(mail_due_at=timezone.now())

    assert [message.to for message in mailoutbox] == [[good.email]]
    row = Notification.objects.get(user=bad)
    assert (row.mail_attempts, row.mail_due_at, row.read_at) == (5, None, None)


class Killed(BaseException):
    """What a worker that is killed between two statements looks like from inside."""


def test_a_worker_killed_before_or_after_the_mail_loses_nothing_and_names_it_the_same(
    mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user()
    notices.tell(user, "claim-rejected", **ABOUT)
    send = mail.EmailMessage.send

    def killed_after(message: mail.EmailMessage, *args: Any, **kwargs: Any) -> int:
        send(message, *args, **kwargs)
        raise Killed

    monkeypatch.setattr(mail.EmailMessage, "send", killed_after)
    with pytest.raises(Killed):
        notices.send_due()
    monkeypatch.setattr(mail.EmailMessage, "send", send)
    assert notices.send_due() == 0  # not due before five minutes have passed

    Notification.objects.update(mail_due_at=timezone.now() - timedelta(seconds=1))
    assert notices.send_due() == 1

    ids = {message.message()["Message-ID"] for message in mailoutbox}
    assert len(mailoutbox) == 2
    assert len(ids) == 1


def test_who_is_gone_is_told_nothing() -> None:
    notices.tell(None, "claim-rejected", **ABOUT)
    notices.tell(make_user(is_active=False), "claim-rejected", **ABOUT)

    assert not Notification.objects.exists()


def test_while_the_mail_server_is_away_no_attempt_is_spent(settings: Settings, mailoutbox: list[Any]) -> None:
    notices.tell(make_user(), "claim-rejected", **ABOUT)
    known = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", free_port()
    away = [notices.send_due() for _ in range(7)]
    attempts = Notification.objects.get().mail_attempts
    settings.EMAIL_BACKEND = known

    assert (away, attempts, notices.send_due(), len(mailoutbox)) == ([0] * 7, 0, 1, 1)


def test_a_mail_that_kills_its_workers_is_given_up(mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    bad = make_user()
    notices.tell(bad, "claim-rejected", **ABOUT)

    def killed(*args: Any, **kwargs: Any) -> int:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", killed)
        for _ in range(5):
            with pytest.raises(Killed):
                notices.send_due()
            Notification.objects.update(mail_due_at=timezone.now())
    notices.tell(make_user(), "claim-rejected", **ABOUT)

    assert (notices.send_due(), notices.due_count()) == (1, 0)
    assert Notification.objects.filter(mail_due_at__isnull=False).count() == 0
    assert bad.email not in [message.to[0] for message in mailoutbox]


def test_a_worker_that_paused_too_long_marks_nothing(mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another took the row meanwhile: what it has to do stays."""
    notices.tell(make_user(), "claim-rejected", **ABOUT)
    later = timezone.now() + timedelta(hours=1)
    send = mail.EmailMessage.send

    def paused(message: mail.EmailMessage, *args: Any, **kwargs: Any) -> int:
        Notification.objects.update(mail_due_at=later)
        return send(message, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMessage, "send", paused)
    notices.send_due()

    assert Notification.objects.get().mail_due_at == later


def test_what_is_about_a_record_that_was_hidden_meanwhile_is_not_mailed(mailoutbox: list[Any]) -> None:
    author = make_author("Canary")
    notices.tell(make_user(), "claim-rejected", author_id=author.pk, **(ABOUT | {"author": "Canary"}))
    Author.objects.update(hidden=True)

    assert (notices.send_due(), mailoutbox, notices.due_count()) == (0, [], 0)


def test_the_queue_puts_digests_together_and_sends_everything(mailoutbox: list[Any]) -> None:
    author = make_author()
    reader = make_follower(author)
    arrive("New", author)
    morning_comes()
    notices.tell(reader, "claim-rejected", **ABOUT)

    for _ in range(2):
        tasks.send_mails()

    assert sorted(message.subject.split(",")[0] for message in mailoutbox) == [
        "[bzpeer] 1 new work",
        "[bzpeer] Your claim to Joan Example was rejected",
    ]
