"""The graph on other sites: a bare page that anybody may frame, and oEmbed, which says how."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree, html

from profiles.models import User
from publications.models import Author
from tests.corpus import make_author
from tests.graph.factories import small_corpus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
BASE = "http://localhost:8000"


@pytest.fixture
def root() -> Author:
    return small_corpus()[0]


def directives(answer: Any) -> dict[str, list[str]]:
    return {name: values for name, *values in map(str.split, answer["Content-Security-Policy"].split(";"))}


def test_only_the_frame_may_be_framed_and_its_policy_is_as_strict_otherwise(client: Client, root: Author) -> None:
    frame, explorer = (client.get(f"/graph/{page}?root={root.short_id}") for page in ("embed/", ""))

    assert "X-Frame-Options" not in frame
    assert explorer["X-Frame-Options"] == "DENY"
    assert directives(frame) == directives(explorer) | {"frame-ancestors": ["*"]}
    assert directives(explorer)["frame-ancestors"] == ["'none'"]


def test_the_frame_knows_nobody(client: Client, root: Author) -> None:
    address = f"/graph/embed/?root={root.short_id}"
    stranger = client.get(address)  # stores the slice
    client.force_login(User.objects.create_user("canary@example.org", "a-long-password"))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        known = client.get(address)

    assert known.content == stranger.content
    assert b"canary" not in known.content
    assert not known.cookies
    assert not any(table in query["sql"] for query in asked for table in ("django_session", "profiles_user"))
    assert "Cookie" not in known.get("Vary", "")
    assert "csrf" not in known.content.decode()
    assert client.get(f"/graph/?root={root.short_id}").context["user"].is_authenticated  # elsewhere it is somebody


def test_the_frame_holds_picture_list_data_and_a_way_back_and_no_more(client: Client, root: Author) -> None:
    answer = client.get(f"/graph/embed/?root={root.short_id}&off=topic")
    tree = html.fromstring(answer.content)

    assert len(tree.cssselect("svg.graph-picture a.mark")) == len(tree.cssselect("[data-graph-list] [data-node]")) + 1
    assert json.loads(tree.get_element_by_id("graph-data").text or "")["meta"]["root"] == root.short_id
    assert tree.cssselect("base")[0].get("target") == "_blank"
    assert tree.cssselect(f"a[href='/graph/?root={root.short_id}&off=topic']")
    assert not tree.cssselect(".site-header, .site-footer, form")
    assert answer["X-Robots-Tag"] == "noindex"


def test_the_frame_is_cacheable_and_known_again(client: Client, root: Author) -> None:
    address = f"/graph/embed/?root={root.short_id}"
    answer = client.get(address)

    again = client.get(address, headers={"If-None-Match": answer["ETag"]})

    assert answer["Cache-Control"] == "public, max-age=30"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("query", "status"), [("root=A999999", 404), ("root=nobody", 400), ("", 400)])
def test_a_frame_without_a_graph_says_so_in_the_frame(client: Client, query: str, status: int) -> None:
    answer = client.get(f"/graph/embed/?{query}")

    assert answer.status_code == status
    assert "X-Frame-Options" not in answer
    assert html.fromstring(answer.content).cssselect("[role=alert]")


def test_pages_name_their_oembed_answers_which_bring_the_frame(client: Client, root: Author) -> None:
    for page in (root.get_absolute_url(), f"/graph/?root={root.short_id}&depth=2"):
        tree = html.fromstring(client.get(page).content)
        found = [link.get("href") for link in tree.cssselect("link[rel=alternate][type$=oembed]")]
        as_json, as_xml = (client.get(str(href).removeprefix(BASE)) for href in found)

        said = as_json.json()
        assert {part.tag: part.text for part in etree.fromstring(as_xml.content)} == {
            name: str(value) for name, value in said.items()
        }
        frame = html.fromstring(said["html"])
        assert (frame.tag, frame.get("width"), frame.get("height")) == ("iframe", "800", "640")
        assert client.get(str(frame.get("src")).removeprefix(BASE)).status_code == 200
        snippet = tree.get_element_by_id("share-embed").text or ""
        assert html.fromstring(snippet).attrib == frame.attrib


def test_oembed_says_what_the_specification_asks_for(client: Client, root: Author) -> None:
    address = BASE + root.get_absolute_url()

    said = client.get("/oembed", {"url": address}).json()

    frame = f'<iframe src="{BASE}/graph/embed/?root={root.short_id}&amp;limit=80" title="Research graph around Root"'
    assert said == {
        "version": "1.0",
        "type": "rich",
        "title": "Research graph around Root",
        "provider_name": "bzpeer",
        "provider_url": f"{BASE}/",
        "cache_age": 3600,
        "html": f'{frame} width="800" height="640" loading="lazy" allowfullscreen></iframe>',
        "width": 800,
        "height": 640,
        "thumbnail_url": f"{BASE}/authors/{root.short_id}/graph.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }


def test_oembed_keeps_within_the_room_that_is_asked_for(client: Client, root: Author) -> None:
    address = BASE + root.get_absolute_url()

    said = client.get("/oembed", {"url": address, "maxwidth": "500", "maxheight": "300"}).json()

    assert (said["width"], said["height"]) == (500, 300)
    assert 'width="500" height="300"' in said["html"]
    assert "thumbnail_url" not in said


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": "{page}", "maxwidth": "wide"}, 400),
        ({"url": "{page}", "format": "yaml"}, 501),
        ({"url": "https://evil.example/authors/A1/"}, 404),
        ({"url": f"{BASE}/about/"}, 404),
        ({"url": f"{BASE}/authors/A999999/"}, 404),
        ({"url": f"{BASE}/sources/S1/"}, 404),
        ({"url": f"{BASE}/graph/?root=A1&limit=9999"}, 404),
        ({"url": f"{BASE}/g/2222222222/"}, 404),
    ],
)
def test_oembed_refuses_in_the_words_of_its_specification(
    client: Client, root: Author, asked: dict[str, str], status: int
) -> None:
    asked = {name: value.replace("{page}", BASE + root.get_absolute_url()) for name, value in asked.items()}

    assert client.get("/oembed", asked).status_code == status


def test_who_is_hidden_has_neither_frame_nor_oembed(client: Client) -> None:
    hidden = make_author("Canary Hidden", hidden=True)

    answers = [
        client.get(f"/graph/embed/?root={hidden.short_id}"),
        client.get("/oembed", {"url": BASE + hidden.get_absolute_url()}),
        client.get("/oembed", {"url": f"{BASE}/graph/?root={hidden.short_id}"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert not any(b"Canary" in answer.content for answer in answers)


def test_names_stay_text_in_the_snippet(client: Client) -> None:
    evil = make_author('"><script>alert(1)</script>')

    said = client.get("/oembed", {"url": f"{BASE}/graph/?root={evil.short_id}"}).json()

    frame = html.fromstring(said["html"])
    assert frame.get("title") == f"Research graph around {evil.display_name}"
    assert len(list(frame.iter())) == 1
    assert b"<script>alert" not in client.get(f"/graph/embed/?root={evil.short_id}").content
