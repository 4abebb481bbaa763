"""The first page, and the pages about the site."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publications.tex.formulas import CLASSES
from tests.corpus import make_author, make_topic, make_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])).split())


def test_home_says_how_much_is_here_and_where_to_begin(client: Client) -> None:
    author, topic = make_author("Joan Example", works_count=1), make_topic(name="Machine Learning")
    make_work("The newest", authors=[author], topics=[topic])

    text = read(client.get("/").content.decode())

    assert "work 1 author 1 topic 1" in text
    for entry in ("Newest works", "The newest", "Joan Example", "Machine Learning"):
        assert entry in text


def test_home_counts_nobody_that_is_hidden_or_became_another(client: Client) -> None:
    shown = make_author("Joan Example")
    make_author("Joan Exampel", merged_into=shown)
    make_author("Olive Example", hidden=True)
    make_work(authors=[shown])

    assert "work 1 author 1 topics 0" in read(client.get("/").content.decode())


def test_an_empty_corpus_says_so(client: Client) -> None:
    assert "Nothing has been imported yet." in read(client.get("/").content.decode())


def test_figures_are_not_counted_again_on_every_request(client: Client) -> None:
    make_work("One")
    client.get("/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/")

    assert len(queries) == 3
    assert not [query for query in queries if "count(" in query["sql"].lower()]


@pytest.mark.parametrize("address", ["/about/", "/privacy/"])
def test_pages_about_the_site_need_no_query(client: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)

    assert (response.status_code, len(queries)) == (200, 0)


def test_pages_say_that_the_corpus_is_invented_only_where_it_is(client: Client, settings: object) -> None:
    assert "This is a demonstration" not in client.get("/about/").content.decode()

    settings.DEMO = True  # type: ignore[attr-defined]

    assert "This is a demonstration" in client.get("/about/").content.decode()


def test_the_site_says_where_to_write_if_it_was_told(client: Client, settings: object) -> None:
    assert "mailto:" not in client.get("/about/").content.decode()

    settings.CONTACT_EMAIL = "library@example.org"  # type: ignore[attr-defined]

    assert 'href="mailto:library@example.org"' in client.get("/about/").content.decode()


def test_the_page_of_a_server_error_needs_no_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False

    def fail(*_arguments: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("profiles.front.figures", fail)
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/")

    assert (response.status_code, len(queries)) == (500, 0)
    assert "Something went wrong here" in response.content.decode()


def test_every_class_that_formulas_carry_is_styled() -> None:
    stylesheet = (settings.BASE_DIR / "static" / "css" / "math.css").read_text()

    assert set(re.findall(r"\.(tex-[a-z-]+)", stylesheet)) == CLASSES | {"tex-caps"}
