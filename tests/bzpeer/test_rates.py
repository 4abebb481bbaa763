"""Limits of the API: who is counted together, what a call costs, what every answer says; reading without Valkey."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from redis.exceptions import ConnectionError as Unreachable

from bzpeer import environment
from bzpeer.kit.cache import ForgivingCache
from tests.corpus import make_author
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db
LIST = "/api/v1/authors"


@pytest.fixture(autouse=True)
def _rates(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_RATE_ANONYMOUS, settings.PAGE_RATE = (6, 60), (12, 60)
    monkeypatch.setattr("bzpeer.kit.allowance.time.time", lambda: 1_800_000_010)  # ten seconds into a minute
    caches["pages"].clear()


def left(answer: Any) -> str:
    return str(answer["RateLimit"])


def test_every_answer_says_what_is_left_and_the_seventh_call_of_a_minute_is_refused(client: Client) -> None:
    answers = [client.get(LIST) for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert [left(answer) for answer in answers[:2]] == ['"anonymous";r=5;t=50', '"anonymous";r=4;t=50']
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"anonymous";q=6;w=60'}
    refused = answers[-1]
    assert (refused["Retry-After"], refused["Cache-Control"], refused.json()["type"].split("/")[-2]) == (
        "50",
        "no-store",
        "throttled",
    )


def test_the_next_minute_is_a_new_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [client.get(LIST).status_code for _ in range(7)][-1] == 429

    monkeypatch.setattr("bzpeer.kit.allowance.time.time", lambda: 1_800_000_060)

    assert left(client.get(LIST)) == '"anonymous";r=5;t=60'


def test_made_up_proxies_do_not_help(client: Client) -> None:
    answers = [client.get(LIST, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 203.0.113.{n}") for n in range(7)]

    assert answers[-1].status_code == 429


def test_searches_and_graphs_cost_five(client: Client) -> None:
    author = make_author()

    assert left(client.get(LIST, {"search": "joan"})) == '"anonymous";r=1;t=50'
    assert client.get("/api/v1/graph", {"root": author.short_id}).status_code == 429


def test_pages_of_this_site_and_accounts_have_an_allowance_of_their_own(client: Client) -> None:
    for _ in range(7):
        client.get(LIST)
    assert left(client.get(LIST, HTTP_SEC_FETCH_SITE="same-origin")) == '"page";r=11;t=50'
    assert client.get(LIST, HTTP_SEC_FETCH_SITE="cross-site").status_code == 429

    client.force_login(make_user())
    assert left(client.get(LIST)) == '"page";r=11;t=50'
    assert left(client.get(LIST, REMOTE_ADDR="203.0.113.9")) == '"page";r=10;t=50'


def test_scripts_that_look_for_news_share_the_allowance_of_their_page(client: Client) -> None:
    client.force_login(make_user())
    client.get(LIST)

    counts = [client.get("/notifications/counts/") for _ in range(12)]
    news = client.get("/collaboration/conversations/1/news/")

    assert [answer.status_code for answer in counts] == [200] * 11 + [429]
    assert (news.status_code, news["Retry-After"], client.get("/notifications/").status_code) == (429, "50", 200)


def test_a_browsers_question_before_a_call_and_pages_cost_nothing(client: Client) -> None:
    for answer in (client.options(LIST), client.get("/methodology/")):
        assert not answer.has_header("RateLimit")
    assert left(client.get(LIST)) == '"anonymous";r=5;t=50'


def test_errors_are_counted_too(client: Client) -> None:
    assert left(client.get("/api/v1/nowhere")) == '"anonymous";r=5;t=50'
    assert left(client.get(LIST, {"per_page": 10**9})) == '"anonymous";r=4;t=50'


def test_reading_goes_on_without_valkey(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise Unreachable

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.incr", gone)
    monkeypatch.setattr(ForgivingCache, "resume_at", 0.0)

    assert {client.get(LIST).status_code for _ in range(8)} == {200}


RATES = [("60/min", (60, 60)), ("5/S", (5, 1)), ("9/day", (9, 86400)), ("OFF", None)]


@pytest.mark.parametrize(("text", "rate"), RATES)
def test_rates_are_read(text: str, rate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_RATE", text)

    assert environment.rate("A_RATE", "1/s") == rate


@pytest.mark.parametrize("text", ["60", "0/min", "-1/min", "60/week", "many/min", "60/min/min", "1.5/s"])
def test_what_is_no_rate_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_RATE", text)

    with pytest.raises(ImproperlyConfigured, match="must look like 60/min"):
        environment.rate("A_RATE", "1/s")
