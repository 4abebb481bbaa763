"""Slices narrowed by topic and by strength: what they show, what their lines rest on, what they count."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html
from lxml.html import HtmlElement

from graph import slices
from publications.models import Author, Institution, Topic, Work
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import data_of, ids, lines, make_institution, place, settle

pytestmark = pytest.mark.django_db
GRAPH = "/api/v1/graph"
EDGE = "/api/v1/graph/edge"


class World:
    """Root wrote three times with Bea on maths, once with Cy on music and maths, once with Dan on music."""

    def __init__(self) -> None:
        self.root, self.bea, self.cy, self.dan = (make_author(name) for name in ("Root", "Bea", "Cy", "Dan"))
        self.far: Author = make_author("Far")
        self.maths: Topic = make_topic("math", "Maths")
        self.music: Topic = make_topic("music", "Music")
        root, maths, music = self.root, self.maths, self.music
        self.proofs = [
            make_work(f"Proof {n}", authors=[root, self.bea], topics=[maths], year=2000 + n) for n in (1, 2, 3)
        ]
        self.tuning: Work = make_work("Tuning", authors=[root, self.cy], topics=[maths, music], year=2010)
        self.song: Work = make_work("Song", authors=[root, self.dan], topics=[music], year=2020)
        self.chord: Work = make_work("Chord", authors=[self.dan, self.far], topics=[music], year=2021)
        self.institute: Institution = make_institution()
        place(self.proofs[0], self.institute, [root])
        place(self.song, self.institute, [root, self.dan])
        settle()


@pytest.fixture
def world() -> World:
    return World()


def shown(found: slices.Slice) -> set[str]:
    return {node["data"]["label"] for node in found.nodes}


def test_a_topic_leaves_only_its_works_and_what_they_tie(world: World) -> None:
    found = slices.around(world.root.short_id, topic=world.music.pk)

    assert shown(found) == {"Root", "Cy", "Dan", "Tuning", "Song", "Maths", "Music", "Institute of Invention"}
    assert data_of(found, world.maths.short_id)["shared_works"] == 1
    assert data_of(found, world.institute.short_id)["shared_works"] == 1
    assert (found.meta["topic"], found.meta["omitted"]["work"], found.meta["truncated"]) == (
        world.music.short_id, 0, False,
    )  # fmt: skip


def test_strength_leaves_only_ties_of_so_many_works(world: World) -> None:
    found = slices.around(world.root.short_id, strength=2)

    works = {work.title for work in [*world.proofs, world.tuning, world.song]}
    assert shown(found) == works | {"Root", "Bea", "Maths", "Music", "Institute of Invention"}
    assert {edge["data"]["works"] for edge in found.edges if edge["data"]["target"][0] not in "W"} == {1, 2, 3, 4}
    assert all(edge["data"]["works"] >= 2 for edge in found.edges if edge["data"]["source"] == world.root.short_id
               and edge["data"]["type"] in ("coauthor", "has-topic", "affiliation"))  # fmt: skip
    assert found.meta["strength"] == 2


def test_topic_years_and_strength_go_together(world: World) -> None:
    found = slices.around(world.root.short_id, topic=world.maths.pk, from_year=2002, strength=2)

    assert shown(found) == {"Root", "Bea", "Proof 2", "Proof 3", "Tuning", "Maths"}
    assert data_of(found, world.bea.short_id)["shared_works"] == 2


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("maths", {"Maths", "Music", "Root", "Cy", "Tuning"}),
        ("institute", {"Institute of Invention", "Music", "Root", "Dan", "Song"}),
        ("proof", {"Proof 1", "Root", "Bea", "Maths", "Institute of Invention", "Tuning", "Song"}),
    ],
)
def test_every_kind_of_root_is_narrowed_by_topic(world: World, root: str, expected: set[str]) -> None:
    entity = {"maths": world.maths, "institute": world.institute, "proof": world.proofs[0]}[root]

    assert shown(slices.around(entity.short_id, topic=world.music.pk)) == expected


def test_strength_of_a_topic_or_institution_counts_works_there(world: World) -> None:
    of_topic = slices.around(world.maths.short_id, strength=3)
    of_place = slices.around(world.institute.short_id, strength=2)

    assert ids(of_topic, "author") == [world.root.short_id, world.bea.short_id]
    assert of_topic.meta["omitted"]["author"] == 0
    assert ids(of_place, "author") == [world.root.short_id]


def test_who_wrote_a_work_stays_whatever_the_strength(world: World) -> None:
    found = slices.around(world.song.short_id, strength=9)

    assert set(ids(found, "author")) == {world.root.short_id, world.dan.short_id}
    assert lines(found, "coauthor") == set()


def test_two_steps_on_a_topic_show_who_and_what_its_works_tie(world: World) -> None:
    found = slices.around(world.root.short_id, topic=world.music.pk, depth=2)

    assert {"Far", "Chord"} < shown(found)
    assert "Bea" not in shown(found)
    assert data_of(found, world.far.short_id)["ring"] == 2
    assert "Far" not in shown(slices.around(world.root.short_id, topic=world.music.pk, depth=2, strength=2))


@pytest.mark.parametrize(
    "filters", [{"topic": True}, {"from_year": 2002, "to_year": 2020}, {"topic": True, "depth": 2}]
)
def test_every_line_of_a_narrowed_slice_has_as_many_works_as_it_says(
    client: Client, world: World, filters: dict[str, Any]
) -> None:
    asked = filters | ({"topic": world.music.short_id} if "topic" in filters else {})
    answer = client.get(GRAPH, {"root": world.root.short_id} | asked).json()
    narrow = {name: value for name, value in asked.items() if name != "depth"}

    for edge in (each["data"] for each in answer["elements"]["edges"]):
        meta = client.get(EDGE, {"source": edge["source"], "target": edge["target"]} | narrow).json()["meta"]
        assert (edge["id"], meta["type"], meta["count"]) == (edge["id"], edge["type"], edge["works"])


@pytest.mark.parametrize(("depth", "kind"), [(1, "author"), (2, "author"), (2, "topic"), (2, "institution")])
def test_the_number_of_statements_of_a_narrowed_slice_does_not_grow(world: World, depth: int, kind: str) -> None:
    entity = {"author": world.root, "topic": world.maths, "institution": world.institute}[kind]
    counts = []
    for more in (0, 10):
        for number in range(more):
            make_work(f"Opus {number}", authors=[world.root, make_author(f"New {number}")], topics=[world.music])
        settle()
        slices.around(entity.short_id, depth=depth)
        with CaptureQueriesContext(connection) as queries:
            slices.around(entity.short_id, depth=depth, topic=world.music.pk, from_year=1990, strength=1)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 24


@pytest.mark.parametrize(
    ("query", "pointer", "said"),
    [
        ("topic=Maths", "#/topic", "T3"),
        ("topic=A1", "#/topic", "T3"),
        ("topics=T1", "#/topics", "topic"),
        ("strength=0", "#/strength", "1 to 99"),
        ("strength=100", "#/strength", "1 to 99"),
        ("strengh=2", "#/strengh", "strength"),
    ],
)
def test_what_is_wrong_is_named(client: Client, world: World, query: str, pointer: str, said: str) -> None:
    response = client.get(f"{GRAPH}?root={world.root.short_id}&{query}")

    (mistake,) = response.json()["errors"]
    assert (response.status_code, mistake["pointer"]) == (400, pointer)
    assert said in mistake["detail"]


def test_an_unknown_topic_is_not_found(client: Client, world: World) -> None:
    assert client.get(GRAPH, {"root": world.root.short_id, "topic": "T999999"}).status_code == 404


def chosen(page: HtmlElement, name: str) -> str | None:
    """The value of a field of choices."""
    [one] = page.cssselect(f"#{name} option[selected]")
    return one.get("value")


def test_the_page_offers_topics_and_strength_and_its_files_keep_them(client: Client, world: World) -> None:
    address = f"/graph/?root={world.root.short_id}&topic={world.music.short_id.lower()}&strength=1"
    page = html.fromstring(client.get(address).content)
    plain = html.fromstring(client.get(f"/graph/?root={world.root.short_id}&strength=7").content)

    topics = page.get_element_by_id("graph-topic")
    assert [(one.get("value"), one.text) for one in topics] == [
        ("", "any topic"), (world.maths.short_id, "Maths"), (world.music.short_id, "Music"),
    ]  # fmt: skip
    assert chosen(page, "graph-topic") == world.music.short_id
    assert [one.get("value") for one in plain.get_element_by_id("graph-least")] == ["1", "2", "3", "5", "7", "10"]
    assert chosen(plain, "graph-least") == "7"
    graphml = next(
        str(link.get("href")) for link in page.cssselect("[data-graph-downloads] a") if link.text == "GraphML"
    )
    assert f"topic={world.music.short_id}&strength=1" in graphml
    assert b"Proof 1" not in client.get(graphml).content


def test_a_chosen_topic_is_offered_even_where_nothing_is_left(client: Client, world: World) -> None:
    page = html.fromstring(client.get(f"/graph/?root={world.bea.short_id}&topic={world.music.short_id}").content)

    assert chosen(page, "graph-topic") == world.music.short_id
    assert "Nothing is connected" in page.text_content()
