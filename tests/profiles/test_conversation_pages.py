"""Pages of conversations: the thread and what is new in it, writing, putting away, leaving, blocking, reporting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.account import visits
from profiles.collaborating import conversations
from profiles.models import Block, Conversation, Message, Participant, Report, User
from publications.models import Author
from tests.corpus import make_work
from tests.profiles.claim_steps import read, text
from tests.profiles.collaboration_steps import joan, olive, says, side_of, talking, verified
from tests.profiles.moderation_steps import logged_in
from tests.profiles.people import make_user

__all__ = ["joan", "olive"]  # fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(joan: tuple[User, Author], olive: tuple[User, Author]) -> Conversation:
    """Olive invited Joan, who accepted."""
    return talking(olive[0], *joan)


def address(talk: Conversation, rest: str = "") -> str:
    return f"/collaboration/conversations/{talk.pk}/{rest}"


def test_what_one_writes_the_other_reads_set_and_safe(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    written = {"text": "Let **us** prove $x^2$.\n\n<script>alert(1)</script>", "key": "k", "act": "send"}

    sent = logged_in(joan[0]).post(address(talk, "send/"), written)
    page = logged_in(olive[0]).get(address(talk)).content.decode()

    assert sent["Location"] == address(talk) + "#sent"
    assert "<strong>us</strong> prove <math" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Joan Example" in text(page)
    assert "mail.example" not in page
    assert "Account of" not in text(page)


def test_pressed_twice_it_is_one_message_and_changed_another(talk: Conversation, joan: tuple[User, Author]) -> None:
    client = logged_in(joan[0])

    for words in ("Hello", "Hello", "Hello again"):
        client.post(address(talk, "send/"), {"text": words, "key": "k", "act": "send"})

    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == ["Hello", "Hello again"]


def test_a_preview_and_an_empty_message_send_nothing(talk: Conversation, joan: tuple[User, Author]) -> None:
    client = logged_in(joan[0])

    looked = client.post(address(talk, "send/"), {"text": "So *nice*", "key": "k", "act": "preview"}).content.decode()
    empty = read(client, address(talk, "send/"), text=" ", key="k", act="send")
    long = client.post(address(talk, "send/"), {"text": "My draft " * 2000, "key": "k", "act": "send"}).content.decode()

    assert "<em>nice</em>" in looked.split('class="preview"')[1].split("</section>")[0]
    assert ">\nSo *nice*</textarea>" in looked
    assert "Write something first." in empty
    assert "A message has at most 10000 characters" in text(long)
    assert "My draft My draft" in long
    assert not Message.objects.exists()


def test_new_messages_begin_with_a_line_and_count_as_read_once_shown(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    says(joan[0], talk, "First")
    reader = logged_in(olive[0])
    reader.get(address(talk))
    says(joan[0], talk, "Second")
    says(joan[0], talk, "Third")

    listed = read(reader, "/collaboration/conversations/")
    page = reader.get(address(talk)).content.decode()
    again = reader.get(address(talk)).content.decode()

    assert "Joan Example 2 new" in listed
    assert page.index("First</p>") < page.index('id="new"') < page.index("Second</p>") < page.index("Third</p>")
    assert page.count('id="new"') == 1
    assert 'id="new"' not in again
    assert "new" not in read(reader, "/collaboration/conversations/")


def test_the_sender_sees_when_the_last_message_was_read(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    says(joan[0], talk, "Are you there?")
    writer = logged_in(joan[0])

    def said() -> str:
        return writer.get(address(talk)).content.decode().split("data-read>")[1].split("<")[0]

    before = said()
    logged_in(olive[0]).get(address(talk))

    assert (before, said()) == ("Sent", "Read")
    says(olive[0], talk, "Yes")
    assert said() == ""


def test_news_hold_what_came_since_a_message_and_only_that(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    first, client = says(joan[0], talk, "First"), logged_in(olive[0])
    today = timezone.now().date().isoformat()

    def news(after: int, day: str = today) -> str:
        return client.get(address(talk, "news/"), {"after": str(after), "day": day}).content.decode()

    nothing = news(first)
    second = says(joan[0], talk, "Second")
    some = news(first)

    assert "<article" not in nothing
    assert (some.count("<article"), "Second</p>" in some, "First</p>" in some) == (1, True, False)
    assert f'data-after="{second}"' in some
    assert '<h2 class="day">' not in some
    assert '<h2 class="day">' in news(first, "x")
    assert side_of(olive[0], talk).read_up_to == second
    assert "data-ended" not in some
    Conversation.objects.update(ended_at=timezone.now(), end_reason="left")
    assert "data-ended" in news(second)


def test_days_are_those_of_the_readers_time_zone(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    says(joan[0], talk, "Late")
    moment = timezone.now().replace(year=2026, month=3, day=1, hour=23, minute=30)
    Message.objects.update(sent_at=moment)
    client = logged_in(olive[0])
    session = client.session
    session[visits.TIME_ZONE] = "Asia/Tokyo"
    session.save()

    page = client.get(address(talk)).content.decode()

    assert '<time datetime="2026-03-02">Monday, 2 March 2026</time>' in page
    assert "08:30</time>" in page


def test_long_threads_have_pages_back_to_the_beginning(talk: Conversation, joan: tuple[User, Author]) -> None:
    side = side_of(joan[0], talk)
    now = timezone.now() - timedelta(days=1)
    Message.objects.bulk_create(
        Message(conversation=talk, sender=side, text=f"Line {n}", html=f"<p>Line {n}</p>", sent_at=now)
        for n in range(120)
    )
    client = logged_in(joan[0])
    seen: list[str] = []

    page = client.get(address(talk))
    while True:
        thread = page.context["thread"]
        seen = [line.message.text for day in thread.days for line in day.lines] + seen
        if not thread.older:
            break
        assert f"?before={thread.older}" in page.content.decode()
        page = client.get(address(talk), {"before": thread.older})

    assert seen == [f"Line {n}" for n in range(120)]
    assert "To the latest messages" in text(page.content.decode())


@pytest.mark.parametrize(("unread", "shown"), [(45, [50]), (60, [65]), (230, [205, 50])])
def test_what_is_unread_is_read_from_its_first_message_and_none_is_passed_over(
    unread: int, shown: list[int], talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    write = side_of(joan[0], talk)
    for n in range(10):
        says(joan[0], talk, f"Old {n}")
    client = logged_in(olive[0])
    client.get(address(talk))
    Message.objects.bulk_create(Message(conversation=talk, sender=write, text=f"New {n}") for n in range(unread))
    marked, seen = [], []

    for many in shown:
        page = client.get(address(talk))
        lines = [line for day in page.context["thread"].days for line in day.lines]
        assert len(lines) == many
        marked += [line.message.text for line in lines if line.is_first_new]
        seen += [line.message.text for line in lines]
        assert ("Newer messages" in page.content.decode()) == (many == 205)

    assert marked == (["New 0"] if len(shown) == 1 else ["New 0", "New 200"])
    assert {f"New {n}" for n in range(unread)} <= set(seen)
    assert not list(conversations.unread(olive[0]))


def test_neither_looking_back_nor_writing_reads_what_was_not_shown(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    numbers = [says(joan[0], talk, f"Line {n}") for n in range(3)]
    client = logged_in(olive[0])

    client.get(address(talk), {"before": numbers[2]})
    says(olive[0], talk, "Meanwhile")
    page = client.get(address(talk)).content.decode()

    assert page.index('id="new"') < page.index(f'id="message-{numbers[0]}"') < page.index("Meanwhile")
    assert not list(conversations.unread(olive[0]))


def test_a_thread_asks_as_many_questions_for_many_messages_as_for_one(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    client = logged_in(joan[0])

    def questions(messages: int) -> int:
        for _number in range(messages):
            says(joan[0], talk, f"Message {_number}")
            says(olive[0], talk, f"Answer {_number}")
        client.get(address(talk))
        with CaptureQueriesContext(connection) as asked:
            client.get(address(talk))
        return len(asked)

    assert questions(1) == questions(3)


def test_what_the_invitation_referred_to_stays_on_top(joan: tuple[User, Author], olive: tuple[User, Author]) -> None:
    work = make_work("The work at hand", authors=[olive[1]])
    talk = talking(olive[0], *joan)
    talk.invitation.works.add(work)

    page = read(logged_in(joan[0]), address(talk))

    assert "What this began with The work at hand" in page


@pytest.mark.parametrize("rest", ["", "news/", "send/", "archive/", "leave/", "block/"])
def test_others_find_no_conversation(rest: str, talk: Conversation) -> None:
    stranger = logged_in(make_user("Third Party"))

    for path in (address(talk, rest), f"/collaboration/conversations/999999999/{rest}"):
        asked = stranger.get(path) if rest in ("", "news/") else stranger.post(path, {"text": "Hello"})
        assert asked.status_code == 404
    assert not Message.objects.exists()


def test_who_is_not_logged_in_is_led_to_it(client: Client, talk: Conversation) -> None:
    for path in ("/collaboration/", "/collaboration/conversations/", address(talk)):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


# What can be done


def test_an_archived_conversation_comes_back_by_hand_and_with_a_message(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    client = logged_in(joan[0])

    read(client, address(talk, "archive/"), archived="yes")
    assert "No conversation yet." in read(client, "/collaboration/conversations/")
    assert "Olive Other" in read(client, "/collaboration/archived/")
    assert "It is back." in read(client, address(talk, "archive/"), archived="no")
    read(client, address(talk, "archive/"), archived="yes")
    says(olive[0], talk, "One more thing")

    assert "Olive Other 1 new" in read(client, "/collaboration/conversations/")


def test_leaving_ends_it_without_saying_who(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    says(olive[0], talk, "Hello")

    left = read(logged_in(joan[0]), address(talk, "leave/"), sure="yes")
    page = read(logged_in(olive[0]), address(talk))
    refused = logged_in(olive[0]).post(address(talk, "send/"), {"text": "My draft", "key": "k"})

    assert "You left the conversation." in left
    assert logged_in(joan[0]).get(address(talk)).status_code == 404
    assert "Hello" in page
    assert "This conversation has ended. It can be read and not written in." in page
    assert "Your message" not in page
    assert refused.status_code == 409


def test_blocking_from_a_conversation_ends_it(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    page = read(logged_in(joan[0]), address(talk, "block/"), sure="yes")

    assert "Olive Other" in page
    assert Block.objects.get().blocked == olive[0]
    assert "This conversation has ended." in read(logged_in(olive[0]), address(talk))


def test_a_deleted_account_and_a_removed_message_leave_empty_places(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    says(olive[0], talk, "Canary words")
    Message.objects.update(text="", html="", removed_at=timezone.now())
    Participant.objects.filter(user=olive[0]).update(user=None)
    client = logged_in(joan[0])

    for path in (address(talk), "/collaboration/conversations/"):
        page = read(client, path)
        assert "Former member" in page
        assert "The text was removed by a moderator." in page
        assert "Olive" not in page
    assert "Block" not in read(client, address(talk)).replace("Blocked", "")


def test_lists_are_searched_and_unread_ones_stand_first(joan: tuple[User, Author]) -> None:
    for name in ("Ada First", "Ben Second", "Cat Third"):
        user, _author = verified(name)
        talk = talking(user, *joan)
        if name == "Ben Second":
            says(user, talk, "Hello")
    client = logged_in(joan[0])

    def names(**asked: str) -> list[str]:
        return [line.other.name for line in client.get("/collaboration/conversations/", asked).context["page"]]

    assert names() == ["Ben Second", "Cat Third", "Ada First"]
    assert names(q="first ADA") == ["Ada First"]
    assert names(q="joan") == []


def test_a_message_is_reported_by_who_received_it(
    talk: Conversation, joan: tuple[User, Author], olive: tuple[User, Author]
) -> None:
    number, client = says(olive[0], talk, "Buy my *journal*"), logged_in(joan[0])
    path = f"/collaboration/report/message/{number}/"

    page = client.get(path).content.decode()
    unsaid = client.post(path, {"text": "I did not ask."}).content.decode()
    sent = read(client, path, reason="spam", text="I did not ask.")

    assert "Buy my <em>journal</em>" in page
    assert "I did not ask.</textarea>" in unsaid
    assert "Reported. You are told what a moderator decides." in sent
    report = Report.objects.get()
    assert (report.kind, report.reason, report.reporter, report.about) == ("message", "spam", joan[0], olive[0])
    for other, status in ((olive[0], 404), (make_user("Third Party"), 404)):
        assert logged_in(other).get(path).status_code == status
    assert client.get(f"/collaboration/report/claim/{number}/").status_code == 404
    assert client.get(f"/collaboration/report/conversation/{talk.pk}/").status_code == 200
    assert client.get(f"/collaboration/report/invitation/{talk.invitation_id}/").status_code == 200
