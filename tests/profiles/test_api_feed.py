"""The feed over the API: what it shows, filters, cursors, marks; for its account only."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from profiles.following import feed, follows
from profiles.models import FeedItem, User
from publications.models import Author
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.feeds import ann, reader, tell, tell_of_claim, tell_of_merge
from tests.profiles.people import make_user

__all__ = ["ann", "reader"]  # fixtures

pytestmark = pytest.mark.django_db

FEED = "/api/v1/me/feed"


@pytest.fixture
def program(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def titles(answer: Any) -> list[str]:
    return [item["work"]["title"] if item["work"] else item["author"]["display_name"] for item in answer["results"]]


def send(program: Client, body: dict[str, Any]) -> int:
    return program.post(f"{FEED}/read", body, content_type="application/json").status_code


def test_an_item_says_what_happened_and_why_it_is_there(program: Client, reader: User, ann: Author) -> None:
    topic = make_topic()
    follows.follow(topic, by=reader)
    item = tell(reader, work := make_work("A work", authors=[ann], topics=[topic]))
    gone = make_author("A. Ann")
    told = tell_of_merge(reader, gone, ann)

    answer = program.get(f"{FEED}?view=all").json()

    merge, shown = answer["results"]
    assert answer["meta"] == {"count": None, "page": None, "per_page": 25, "next_cursor": None}
    assert (shown["work"].pop("id"), shown["work"]["title"]) == (work.short_id, "A work")
    because = [
        {"id": ann.short_id, "entity_type": "author", "display_name": "Ann"},
        {"id": topic.short_id, "entity_type": "topic", "display_name": "Machine Learning"},
    ]
    item.refresh_from_db()
    assert {name: value for name, value in shown.items() if name != "work"} == {
        "id": item.pk,
        "kind": "new",
        "created_at": item.created_at.isoformat(),
        "read_at": None,
        "saved_at": None,
        "author": None,
        "merged": None,
        "because": because,
        "because_count": 2,
    }
    page = f"http://localhost:8000/authors/A{ann.pk}/ann/"
    assert {name: merge[name] for name in ("id", "kind", "work", "author", "merged", "because")} == {
        "id": told.pk,
        "kind": "merge",
        "work": None,
        "author": {"id": ann.short_id, "display_name": "Ann", "page_url": page},
        "merged": {"id": gone.short_id, "display_name": "A. Ann"},
        "because": because[:1],
    }


@pytest.mark.parametrize("items", [1, 3])
def test_it_costs_the_same_however_many_items(
    program: Client, reader: User, ann: Author, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(items):
        tell(reader, make_work(authors=[ann], topics=[make_topic()]))
        follows.follow(other := make_author(f"Other {number}"), by=reader)
        tell_of_claim(reader, other)

    with django_assert_num_queries(7):  # session, account, where a look ends, ids, items with reasons, works in two
        answer = program.get(f"{FEED}?view=all")

    assert len(answer.json()["results"]) == 2 * items


def test_a_cursor_leads_through_all_while_more_arrives(program: Client, reader: User, ann: Author) -> None:
    for number in range(5):
        tell(reader, make_work(f"Work {number}", authors=[ann]))
    seen: list[str] = []
    cursor = "*"
    while cursor:
        answer = program.get(FEED, {"per_page": "2", "cursor": cursor}).json()
        seen += titles(answer)
        tell(reader, make_work("Meanwhile", authors=[ann]))
        cursor = answer["meta"]["next_cursor"]

    assert seen == [f"Work {number}" for number in range(4, -1, -1)]


def test_a_cursor_leads_on_where_one_request_has_looked_enough(
    program: Client, reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOKS", 2)
    tell(reader, make_work("Thesis", authors=[ann], type="thesis"))
    for _number in range(4):
        tell(reader, make_work(authors=[ann]))
    seen, cursor = [], "*"
    while cursor:
        answer = program.get(FEED, {"type": "thesis", "cursor": cursor}).json()
        seen.append(titles(answer))
        cursor = answer["meta"]["next_cursor"]

    assert seen == [[], [], ["Thesis"]]


def test_filters_are_those_of_the_page(program: Client, reader: User, ann: Author) -> None:
    topic = make_topic()
    follows.follow(topic, by=reader)
    read = tell(reader, make_work("Of Ann", authors=[ann]))
    tell(reader, make_work("On the topic", topics=[topic], type="thesis"))
    tell(reader, make_work("Late", authors=[ann]), kind="late")
    tell_of_claim(reader, ann)
    feed.mark_read(reader, [read.pk])
    feed.save(reader, read.pk)

    def asked(query: str) -> list[str]:
        return titles(program.get(f"{FEED}?{query}").json())

    assert asked("") == ["Ann", "On the topic", "Of Ann"]
    assert asked("view=late") == ["Late"]
    assert asked("view=records") == ["Ann"]
    assert asked("view=saved") == ["Of Ann"]
    assert asked("unread=true") == ["Ann", "On the topic"]
    assert asked("kind=topic") == asked(f"of={topic.short_id}") == asked("type=thesis") == ["On the topic"]


@pytest.mark.parametrize("query", ["view=old", "unread=1", "kind=work", "of=12", "type=poem", "page=2", "cursor=x"])
def test_what_it_does_not_know_is_refused(program: Client, query: str) -> None:
    assert program.get(f"{FEED}?{query}").status_code == 400


def test_items_are_marked_by_number_or_up_to_one(program: Client, reader: User, ann: Author) -> None:
    first, second, third = (tell(reader, make_work(authors=[ann])) for _number in range(3))

    def unread() -> set[int]:
        return set(FeedItem.objects.filter(read_at=None).values_list("pk", flat=True))

    assert (send(program, {"ids": [second.pk]}), unread()) == (204, {first.pk, third.pk})
    assert (send(program, {"up_to": second.pk}), unread()) == (204, {third.pk})
    assert (send(program, {"ids": [first.pk, second.pk], "read": False}), unread()) == (
        204,
        {first.pk, second.pk, third.pk},
    )


@pytest.mark.parametrize(
    "body", [{}, {"ids": [1], "up_to": 1}, {"ids": ["1"]}, {"ids": [True]}, {"ids": "1"}, {"up_to": "1"}, {"all": True}]
)
def test_bodies_that_say_nothing_clear_are_refused(program: Client, body: dict[str, Any]) -> None:
    assert send(program, body) == 400


def test_saving_may_be_repeated(program: Client, reader: User, ann: Author) -> None:
    item = tell(reader, make_work(authors=[ann]))
    address = f"{FEED}/{item.pk}/saved"

    assert [program.put(address).status_code for _time in range(2)] == [204, 204]
    assert FeedItem.objects.get().saved_at is not None
    assert [program.delete(address).status_code for _time in range(2)] == [204, 204]
    assert FeedItem.objects.get().saved_at is None


def test_items_of_others_are_not_there(client: Client, reader: User, ann: Author) -> None:
    item = tell(reader, make_work(authors=[ann]))
    assert client.get(FEED).status_code == 401
    client.force_login(make_user("Else"))

    assert titles(client.get(FEED).json()) == []
    assert client.put(f"{FEED}/{item.pk}/saved").status_code == 404
    assert send(client, {"ids": [item.pk]}) == 204
    item.refresh_from_db()
    assert (item.read_at, item.saved_at) == (None, None)
