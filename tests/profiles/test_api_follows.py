"""Following over the API: repeated without harm, private, and read page by page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from profiles.following import follows
from profiles.following.follows import Target
from profiles.models import Follow, User
from publications.models import AuthorId, Institution, Source
from tests.corpus import make_author, make_topic
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db

API = "/api/v1"
FOLDERS = {"A": "authors", "T": "topics", "I": "institutions", "S": "sources"}


@pytest.fixture
def reader(client: Client) -> User:
    user = make_user()
    client.force_login(user)
    return user


def address(target: Target) -> str:
    return f"{API}/{FOLDERS[target.short_id[0]]}/{target.short_id}/follow"


def put(client: Client, where: str, body: Any = None) -> Any:
    return client.put(where, {} if body is None else body, content_type="application/json")


def each_kind() -> list[Target]:
    place = Institution.objects.create(name="Uni", sort_key="uni", works_count=2)
    return [make_author("Ada", works_count=7), make_topic(), place, Source.objects.create(name="J", sort_key="j")]


def test_following_and_unfollowing_may_be_repeated(client: Client, reader: User) -> None:
    for target in each_kind():
        answers = [put(client, address(target)) for _ in range(2)]
        assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
        assert follows.count(target) == 1
        assert [client.delete(address(target)).status_code for _ in range(2)] == [204, 204]
        assert follows.count(target) == 0


def test_putting_says_whether_it_is_muted_and_leaves_it_where_nothing_is_said(client: Client, reader: User) -> None:
    where = address(make_author())

    said = []
    for body in ({}, {"muted": True}, {}, {"muted": False}):
        assert put(client, where, body).status_code == 204
        said.append(Follow.objects.get().muted)

    assert said == [False, True, True, False]


def test_an_outside_id_serves_as_well(client: Client, reader: User) -> None:
    author = make_author()
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")

    assert put(client, f"{API}/authors/https://orcid.org/0000-0002-1825-0097/follow").status_code == 204
    assert follows.is_following(author, user=reader)


def test_who_was_merged_away_answers_with_the_survivor_and_who_is_hidden_is_not_there(
    client: Client, reader: User, settings: Settings
) -> None:
    settings.BASE_URL = "https://site.example"
    author = make_author()
    merged = make_author(merged_into=author)
    hidden = make_author(hidden=True)

    for ask in (put, Client.delete):
        answer = ask(client, address(merged))
        assert (answer.status_code, answer["Location"]) == (301, f"https://site.example{address(author)}")
        for gone in (address(hidden), f"{API}/topics/T999999/follow", f"{API}/topics/{author.short_id}/follow"):
            assert ask(client, gone).status_code == 404
    assert not Follow.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"muted": 1}, "#/muted"), ({"mute": True}, "#/mute"), ([True], "#"), ({"muted": None}, "#/muted")],
)
def test_a_body_that_says_something_else_is_refused(client: Client, reader: User, body: Any, pointer: str) -> None:
    answer = put(client, address(make_author()), body)

    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])
    assert not Follow.objects.exists()


def test_more_than_the_limit_is_refused(client: Client, reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "MOST", 1)
    put(client, address(make_author()))

    answer = put(client, address(make_topic()))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too-many")


def test_strangers_and_forged_requests_follow_nobody(client: Client) -> None:
    where = address(make_author())
    assert [put(client, where).status_code, client.delete(where).status_code] == [401, 401]
    assert client.get(f"{API}/me/follows").status_code == 401
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(make_user())

    assert put(checked, where).status_code == 403
    assert not Follow.objects.exists()


def test_my_follows_are_listed_latest_first_and_nobody_elses(client: Client, reader: User, settings: Settings) -> None:
    settings.BASE_URL = "https://site.example"
    author, topic, *others = each_kind()
    for target in (author, topic):
        follows.follow(target, by=reader)
    follows.mute(topic, by=reader)
    follows.follow_many(others, by=make_user())

    answer = client.get(f"{API}/me/follows")

    said = answer.json()
    dates = [row.pop("followed_at") for row in said["results"]]
    assert dates == sorted(dates, reverse=True)
    assert said["meta"] == {"count": 2, "page": 1, "per_page": 25, "next_cursor": None}
    assert said["results"] == [
        {
            "id": topic.short_id,
            "entity_type": "topic",
            "display_name": "Machine Learning",
            "works_count": 0,
            "muted": True,
            "page_url": f"https://site.example{topic.get_absolute_url()}",
            "feed_url": f"https://site.example/topics/{topic.short_id}/feed.atom",
        },
        {
            "id": author.short_id,
            "entity_type": "author",
            "display_name": "Ada",
            "works_count": 7,
            "muted": False,
            "page_url": f"https://site.example{author.get_absolute_url()}",
            "feed_url": f"https://site.example/authors/{author.short_id}/feed.atom",
        },
    ]
    assert "no-store" in answer["Cache-Control"]
    assert not answer.has_header("Access-Control-Allow-Origin")


def test_the_list_is_narrowed_and_sorted(client: Client, reader: User) -> None:
    targets = each_kind()
    follows.follow_many(targets, by=reader)
    follows.mute(targets[2], by=reader)

    def names(query: str) -> list[str]:
        answer = client.get(f"{API}/me/follows?{query}")
        return [row["display_name"] for row in answer.json()["results"]]

    assert names("kind=institution") == ["Uni"]
    assert (names("muted=true"), names("muted=false&sort=display_name")) == (["Uni"], ["Ada", "J", "Machine Learning"])
    assert names("search=LEARN") == ["Machine Learning"]
    assert names("sort=works_count:desc,display_name") == ["Ada", "Uni", "J", "Machine Learning"]
    for wrong in ("kind=work", "muted=1", "sort=cited_by_count", "owner=me", "cursor=x", "page=0"):
        assert client.get(f"{API}/me/follows?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize("sort", ["", "&sort=display_name", "&sort=works_count:desc"])
def test_cursors_read_the_whole_list_once(client: Client, reader: User, sort: str) -> None:
    targets = [*each_kind(), make_author("Ben", works_count=7), make_author("Cem")]
    follows.follow_many(targets, by=reader)

    seen, cursor = [], "*"
    while cursor:
        said = client.get(f"{API}/me/follows?per_page=2&cursor={cursor}{sort}").json()
        seen += [row["id"] for row in said["results"]]
        cursor = said["meta"]["next_cursor"]

    assert sorted(seen) == sorted(target.short_id for target in targets)


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_three(
    client: Client, reader: User, django_assert_num_queries: Any
) -> None:
    ada, ben, cem = (make_author(name) for name in ("Ada", "Ben", "Cem"))
    follows.follow(ada, by=reader)
    client.get(f"{API}/me/follows")
    with django_assert_num_queries(5):  # session, account, how many, which, the follows
        client.get(f"{API}/me/follows")
    follows.follow_many([ben, cem], by=reader)
    with django_assert_num_queries(5):
        client.get(f"{API}/me/follows")
