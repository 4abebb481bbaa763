"""Notices in the app: the list, what is unread, the number in the header."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from profiles.collaborating import conversations
from profiles.models import Notification, User
from profiles.notifying import notices, unread
from tests.profiles.claim_steps import read
from tests.profiles.collaborators import invite, make_conversation, make_member, side_of
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def joan(client: Client) -> User:
    user = make_user("Joan Example")
    client.force_login(user)
    return user


def tell(user: User, times: int = 1) -> None:
    for number in range(times):
        notices.tell(user, "vouched", author=f"Joan {number}", count=1, url="/authors/A1/claim/")


def header(client: Client) -> str:
    """What the header shows of notices."""
    html = client.get("/about/").content.decode()
    shown = html.split('href="/notifications/">', 1)[1].split("</a>", 1)[0]
    without_hidden = re.sub(r"<span[^>]* hidden>.*?</span></span>", "", shown)
    return " ".join(re.sub(r"<[^>]*>", "", without_hidden).split())


def test_nothing_yet_says_what_will_be_told(client: Client, joan: User) -> None:
    assert "Nothing yet." in read(client, "/notifications/")
    assert header(client) == "Notifications"


def test_a_notice_is_shown_with_its_text_and_where_it_leads(client: Client, joan: User) -> None:
    tell(joan)

    html = client.get("/notifications/").content.decode()

    assert '<a href="/authors/A1/claim/" dir="auto">Somebody vouched for you as Joan 0</a>' in html
    assert "1 of 3 vouches hold." in html
    assert header(client) == "Notifications 1 unread"


def test_one_or_all_are_marked_as_read(client: Client, joan: User) -> None:
    tell(joan, 3)
    first = notices.latest(joan)[0]

    for _click in range(2):
        client.post(f"/notifications/{first.pk}/read/")
    assert notices.unread_count(joan) == 2
    client.post("/notifications/read/")

    assert header(client) == "Notifications"
    assert "Mark all" not in read(client, "/notifications/")


def test_nobody_reads_or_marks_the_notices_of_others(client: Client, joan: User) -> None:
    other = make_user()
    notices.tell(other, "vouched", author="Canary", count=1)

    client.post(f"/notifications/{Notification.objects.get().pk}/read/")
    client.post("/notifications/read/")

    assert "Canary" not in read(client, "/notifications/")
    assert notices.unread_count(other) == 1


def test_marking_needs_a_form_of_this_site(joan: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(joan)

    assert careful.post("/notifications/read/").status_code == 403
    assert careful.get("/notifications/read/").status_code == 405


def test_strangers_log_in_first_and_see_no_number(client: Client) -> None:
    assert client.get("/notifications/")["Location"].startswith("/accounts/login/")
    assert "/notifications/" not in client.get("/about/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_six_queries_however_long(client: Client, joan: User, count: int) -> None:
    tell(joan, count)
    read(client, "/notifications/")

    with CaptureQueriesContext(connection) as queries:
        html = client.get("/notifications/").content.decode()

    assert (len(queries), html.count("vouches hold")) == (6, count)


def test_long_lists_are_paged(client: Client, joan: User) -> None:
    tell(joan, 31)

    first, second = read(client, "/notifications/"), read(client, "/notifications/?page=2")

    assert ("Page 1 of 2 Older" in first, "Newer Page 2 of 2" in second) == (True, True)
    assert "Joan 0" in second
    assert read(client, "/notifications/?page=x")


def test_what_was_read_is_marked_as_unread_again(client: Client, joan: User) -> None:
    tell(joan)
    [notice] = notices.latest(joan)
    client.post(f"/notifications/{notice.pk}/read/")

    client.post(f"/notifications/{notice.pk}/unread/")

    assert header(client) == "Notifications 1 unread"


def test_the_list_is_narrowed_to_a_group_or_to_what_is_unread(client: Client, joan: User) -> None:
    tell(joan, 2)
    notices.tell(joan, "claim-rejected", author="Ann Other", reason="Because.")
    notices.mark_read(joan, [notice.pk for notice in notices.latest(joan)][-1:])

    def shown(query: str) -> list[bool]:
        html = read(client, f"/notifications/?{query}")
        return [name in html for name in ("as Joan 0", "as Joan 1", "Ann Other")]

    assert shown("") == [True, True, True]
    assert shown("group=vouches") == [True, True, False]
    assert shown("group=vouches&unread=1") == [False, True, False]
    assert shown("group=nonsense&unread=x") == [True, True, True]
    assert "Nothing of this kind." in read(client, "/notifications/?group=messages")


def test_notices_stand_under_their_day_in_the_readers_time_zone(client: Client, joan: User) -> None:
    tell(joan, 2)
    days = (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    for notice, moment in zip(notices.latest(joan), days, strict=True):
        Notification.objects.filter(pk=notice.pk).update(created_at=moment)
    utc = read(client, "/notifications/")
    session = client.session
    session["time_zone"] = "Asia/Tokyo"
    session.save()

    assert [utc.count(day) for day in ("1 March 2026", "2 March 2026")] == [1, 1]
    assert read(client, "/notifications/").count("2 March 2026") == 1


def test_what_was_read_is_taken_off_and_not_told_again(client: Client, joan: User) -> None:
    tell(joan, 2)
    notices.tell(joan, "contested", key="dispute:1", author="Ann Other")
    notices.send_due()
    notices.mark_read(joan)
    tell(joan)

    client.post("/notifications/clear/")
    notices.tell(joan, "contested", key="dispute:1", author="Ann Other")

    assert [notices.title(notice) for notice in notices.latest(joan)] == ["Somebody vouched for you as Joan 0"]
    assert "Ann Other" not in str(list(Notification.objects.values_list("params", flat=True)))


def test_after_an_act_the_list_is_as_it_was_filtered(client: Client, joan: User) -> None:
    places = ("/notifications/?group=vouches", "https://elsewhere.example/", "/notifications/read/", "")

    answers = [client.post("/notifications/read/", {"next": place})["Location"] for place in places]

    assert answers == ["/notifications/?group=vouches", "/notifications/", "/notifications/", "/notifications/"]


# How much is unread, for scripts


def counts(client: Client, **headers: str) -> HttpResponse:
    return client.get("/notifications/counts/", headers=headers)  # type: ignore[return-value]


def test_scripts_learn_how_much_is_unread_and_that_nothing_changed(client: Client, joan: User) -> None:
    tell(joan, 3)
    first = counts(client)
    again = counts(client, if_none_match=first["ETag"])
    notices.mark_read(joan)
    after = counts(client, if_none_match=first["ETag"])

    found = json.loads(first.content)
    assert (found["notifications"], found["feed"], found["total"]) == ("3", "0", "3")
    assert (first["Cache-Control"], again.status_code, after.status_code) == ("private, no-cache", 304, 200)
    assert json.loads(after.content)["notifications"] == "0"


def test_the_total_counts_an_invitation_and_a_conversation_once() -> None:
    sender, receiver = make_member(), make_member()
    notices.mark_read(receiver)
    invite(make_member(), receiver)
    talk = make_conversation(sender, receiver)
    for words in ("Hello", "Still there?"):
        conversations.send(side=side_of(talk, sender), text=words)
    tell(receiver)

    found = unread.of(receiver).parts()

    assert found == {"notifications": 3, "feed": 0, "collaboration": 2, "total": 3}
    assert notices.unread_count(receiver) == 3


def test_more_than_99_are_not_counted(client: Client, joan: User) -> None:
    tell(joan, 120)

    assert json.loads(counts(client).content)["notifications"] == "99+"
    assert header(client) == "Notifications 99+ unread"


def test_who_is_logged_out_learns_nothing(client: Client) -> None:
    assert (counts(client).status_code, counts(client).content) == (401, b"{}")


def test_counting_all_parts_costs_one_query(joan: User) -> None:
    tell(joan, 3)
    with CaptureQueriesContext(connection) as queries:
        found = unread.of(joan)

    assert (len(queries), found.notifications) == (1, 3)
