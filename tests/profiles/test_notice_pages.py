"""Notices in the app: the list, what is unread, the number in the header."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from profiles import notices
from profiles.models import Notification, User
from tests.profiles.claim_steps import read
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
    """What the header says of notices."""
    html = client.get("/about/").content.decode()
    return html.split('href="/notifications/">', 1)[1].split("</a>", 1)[0]


def test_nothing_yet_says_what_will_be_told(client: Client, joan: User) -> None:
    assert "Nothing yet." in read(client, "/notifications/")
    assert header(client) == "Notices"


def test_a_notice_is_shown_with_its_text_and_where_it_leads(client: Client, joan: User) -> None:
    tell(joan)

    html = client.get("/notifications/").content.decode()

    assert '<a href="/authors/A1/claim/" dir="auto">Somebody vouched for you as Joan 0</a>' in html
    assert "1 of 3 vouches hold." in html
    assert '<span class="count figure">1<span class="visually-hidden"> unread</span></span>' in header(client)


def test_one_or_all_are_marked_as_read(client: Client, joan: User) -> None:
    tell(joan, 3)
    first = notices.latest(joan)[0]

    for _click in range(2):
        client.post(f"/notifications/{first.pk}/read/")
    assert notices.unread_count(joan) == 2
    client.post("/notifications/read/")

    assert header(client) == "Notices"
    assert "Mark" not in read(client, "/notifications/")


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
def test_the_list_costs_seven_queries_however_long(client: Client, joan: User, count: int) -> None:
    tell(joan, count)
    read(client, "/notifications/")

    with CaptureQueriesContext(connection) as queries:
        html = client.get("/notifications/").content.decode()

    assert (len(queries), html.count("vouches hold")) == (7, count)


def test_long_lists_are_paged(client: Client, joan: User) -> None:
    tell(joan, 31)

    first, second = read(client, "/notifications/"), read(client, "/notifications/?page=2")

    assert ("Page 1 of 2 Older" in first, "Newer Page 2 of 2" in second) == (True, True)
    assert "Joan 0" in second
    assert read(client, "/notifications/?page=x")
