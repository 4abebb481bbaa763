"""The slice in pages: list, picture, data for the script; the explorer with its filters and refusals."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree, html

from graph import listing, picture, slices
from graph.models import GraphSlice
from publications.models import Author, Citation
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import make_institution, place, settle

pytestmark = pytest.mark.django_db
EVIL_NAME, EVIL_TITLE = '<img src=x onerror="alert(1)">', "</script><script>alert(2)</script>"


@pytest.fixture
def root() -> Author:
    author, bea, cy = make_author("Ada Example"), make_author("Bea Example"), make_author("Cy Example")
    first = make_work("On engines", authors=[author, bea], topics=[make_topic()], year=2019)
    second = make_work("On notes", authors=[author, bea, cy], topics=[make_topic()], year=2024, cited_by_count=3)
    Citation.objects.create(citing=second, cited=first, scheme="doi", value="10.1234/first")
    place(second, make_institution(), [author])
    settle()
    return author


def page(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status
    return html.fromstring(response.content.decode())


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def entries(tree: Any) -> dict[str, str]:
    return {item.get("data-node"): words(item) for item in tree.cssselect("[data-graph-list] [data-node]")}


def test_the_list_says_in_words_what_connects_each_thing(root: Author) -> None:
    groups = listing.groups(slices.around(root.short_id).document)

    assert {group.kind: [(item.label, item.relation) for item in group.items] for group in groups} == {
        "author": [("Bea Example", "2 shared works, 2019–2024"), ("Cy Example", "1 shared work, 2024")],
        "work": [("On notes", "2024, 3 citations"), ("On engines", "2019")],
        "topic": [("Machine Learning", "2 works, 2019–2024")],
        "institution": [("Institute of Invention", "1 work, 2024")],
    }


def test_a_work_tells_citing_from_cited(root: Author) -> None:
    first, second = (found["data"]["id"] for found in reversed(slices.around(root.short_id, types=["work"]).nodes[1:]))
    relation = {}
    for short_id in (first, second):
        groups = listing.groups(slices.around(short_id).document)
        relation[short_id] = next(group.items[0].relation for group in groups if group.kind == "work")

    assert relation == {first: "cites this, 2024, 3 citations", second: "cited here, 2019"}


def test_the_author_page_holds_list_picture_and_data(client: Client, root: Author) -> None:
    tree = page(client, root.get_absolute_url())
    document = json.loads(tree.get_element_by_id("graph-data").text)
    nodes = {node["data"]["id"]: node for node in document["elements"]["nodes"]}

    assert set(entries(tree)) == set(nodes) - {root.short_id}
    assert len(tree.cssselect("svg.graph-picture a.mark")) == len(nodes)
    assert len(tree.cssselect("svg.graph-picture line")) == len(document["elements"]["edges"])
    assert tree.cssselect(f"a[href='/graph/?root={root.short_id}']")[0].text == "Open full explorer"
    for item in tree.cssselect("[data-graph-list] [data-node] a"):
        assert item.get("href") == nodes[item.getparent().get("data-node")]["data"]["url"]


def test_an_author_without_anything_is_told_so(client: Client) -> None:
    lonely = make_author("Lonely")

    tree = page(client, lonely.get_absolute_url())

    assert "Nothing is connected with this record yet." in words(tree)
    assert tree.cssselect("[data-graph]") == []


def test_names_and_titles_stay_text_everywhere(client: Client) -> None:
    evil = make_author(EVIL_NAME)
    make_work(EVIL_TITLE, authors=[evil, make_author("Bea"), make_author(EVIL_NAME + "2")])
    settle()

    for address in (evil.get_absolute_url(), f"/graph/?root={evil.short_id}", f"/graph/?q={evil.short_id}"):
        response = client.get(address)
        body = response.content.decode()
        assert "<img src=x" not in body
        assert "<script>alert" not in body
    tree = page(client, f"/graph/?root={evil.short_id}")
    data = json.loads(tree.get_element_by_id("graph-data").text)
    assert {node["data"]["label"] for node in data["elements"]["nodes"]} >= {EVIL_NAME, EVIL_TITLE}
    assert EVIL_TITLE in [title.text for title in tree.cssselect("svg title")]


def test_the_picture_is_well_formed_and_carries_no_style_or_script(root: Author) -> None:
    drawn = picture.svg(slices.around(root.short_id).document)
    tree = etree.fromstring(drawn)

    assert "style" not in drawn
    assert not re.search(r"\son\w+=", drawn)
    shapes = {str(mark.get("class")).split()[1].removeprefix("is-"): mark[1].tag for mark in tree.findall("a")}
    assert shapes == {"author": "circle", "work": "rect", "topic": "polygon", "institution": "polygon"}
    assert all(mark.findtext("title") for mark in tree.findall("a"))


def test_a_stored_slice_adds_one_statement_to_the_page(client: Client, root: Author) -> None:
    client.get(root.get_absolute_url())

    with CaptureQueriesContext(connection) as queries:
        client.get(root.get_absolute_url())

    assert sum("graph_graphslice" in query["sql"] for query in queries) == 1
    assert GraphSlice.objects.count() == 1


def test_the_explorer_starts_with_a_search(client: Client) -> None:
    tree = page(client, "/graph/")

    assert words(tree.cssselect("h1")[0]) == "How is research connected?"
    assert tree.cssselect("form[role=search] input[name=q]")
    assert tree.cssselect("[data-graph]") == []


def test_the_explorer_finds_a_root_by_id(client: Client, root: Author) -> None:
    tree = page(client, f"/graph/?q={root.short_id}")

    assert [link.get("href") for link in tree.cssselect(".graph-found a")] == [f"/graph/?root={root.short_id}"]


def test_the_explorer_says_when_nothing_fits(client: Client) -> None:
    assert "Nothing fits “zzzz”." in words(page(client, "/graph/?q=zzzz"))


def test_the_explorer_shows_the_slice_and_its_filters(client: Client, root: Author) -> None:
    address = f"/graph/?root={root.short_id}&types=author&types=work&from_year=2020&to_year=&depth=2&limit=80"
    tree = page(client, address)

    assert words(tree.cssselect("h1")[0]) == "Ada Example"
    kinds = [box.get("value") for box in tree.cssselect("input[name=types][checked]")]
    assert kinds == ["author", "work"]
    assert tree.cssselect("input[name=from_year]")[0].get("value") == "2020"
    assert [option.get("value") for option in tree.cssselect("option[selected]")] == ["1", "2", "80"]
    assert sorted(entries(tree).values()) == [
        "Bea Example 1 shared work, 2024 graph",
        "Cy Example 1 shared work, 2024 graph",
        "On notes 2024, 3 citations graph",
    ]


def test_a_thing_in_the_explorer_leads_to_its_own_graph(client: Client, root: Author) -> None:
    tree = page(client, f"/graph/?root={root.short_id}")

    for item in tree.cssselect("[data-node]"):
        assert item.cssselect("a")[-1].get("href") == f"/graph/?root={item.get('data-node')}"


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("root=nonsense", 400, "A12"),
        ("root=A999999", 404, "There is no"),
        ("root=doi:10.1234/none", 404, "There is no"),
        ("root=A1&from_year=abc", 400, "whole number from 1400 to 2100"),
        ("root=A1&types=person", 400, "“person” is no value"),
        ("root=A1&limit=100000", 400, "1 to 500"),
        ("root=A1&from_year=2020&to_year=2010", 400, "before"),
    ],
)
def test_the_explorer_says_what_is_wrong_and_keeps_the_form(client: Client, query: str, status: int, said: str) -> None:
    tree = page(client, f"/graph/?{query}", status)

    assert said in words(tree.cssselect("[role=alert]")[0])
    assert tree.cssselect("form[role=search]")
    assert tree.cssselect("[data-graph]") == []


def test_filters_that_leave_nothing_offer_to_be_removed(client: Client, root: Author) -> None:
    tree = page(client, f"/graph/?root={root.short_id}&from_year=1990&to_year=1991")

    assert "Nothing is connected with this within the filters." in words(tree)
    assert tree.cssselect(".empty a")[0].get("href") == f"/graph/?root={root.short_id}"


def test_a_merged_root_leads_on_with_its_filters(client: Client, root: Author) -> None:
    merged = make_author("A. Example", merged_into=root)

    response = client.get(f"/graph/?root={merged.short_id}&types=work&types=author&limit=80")

    assert (response.status_code, response["Location"]) == (
        301,
        f"/graph/?root={root.short_id}&types=work,author&limit=80",
    )


def test_unknown_parameters_of_a_page_are_passed_over(client: Client, root: Author) -> None:
    assert client.get(f"/graph/?root={root.short_id}&utm_source=mail").status_code == 200


def test_nothing_but_reading_is_allowed(client: Client) -> None:
    assert client.post("/graph/").status_code == 405
