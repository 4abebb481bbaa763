"""Slices as files: read back, they hold what the API says."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from django.test import Client
from lxml import etree, html

from graph import exports, standalone
from publications.models import Author, Citation
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import make_institution, place, settle

pytestmark = pytest.mark.django_db
GRAPH = "/api/v1/graph"
SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("李明 & söhne", "Ὑπατία <img>", "نور \U0001d4d0", '=cmd|"x"!A1')


@pytest.fixture
def root() -> Author:
    """Somebody with names of every script around, works that cite each other, and a control in a name."""
    root = make_author("Root of all")
    others = [make_author(name) for name in NAMES]
    topic = make_topic()
    first = make_work("First", authors=[root, *others], topics=[topic], year=2019)
    second = make_work("Second", authors=[root, make_author("With\x0bcontrol")], topics=[topic], year=None)
    Citation.objects.create(citing=second, cited=first, scheme="doi", value="10.1/first")
    Citation.objects.create(citing=first, cited=second, scheme="doi", value="10.1/second")
    place(first, make_institution(), [root])
    settle()
    return root


def answer(client: Client, author: Author, wanted: str, **asked: str) -> bytes:
    response = client.get(GRAPH, {"root": author.short_id, "format": wanted, "depth": "2"} | asked)
    assert response.status_code == 200, response.content
    return bytes(response.content)


def expected(client: Client, author: Author) -> tuple[dict[str, str], set[tuple[str, str, str, float, int]]]:
    """Labels by id, and (source, target, type, weight, works) of every line."""
    elements = json.loads(answer(client, author, "json"))["elements"]
    labels = {node["data"]["id"]: node["data"]["label"].replace("\x0b", "\ufffd") for node in elements["nodes"]}
    edges = (edge["data"] for edge in elements["edges"])
    return labels, {(edge["source"], edge["target"], edge["type"], edge["weight"], edge["works"]) for edge in edges}


def told(graph: Any) -> tuple[dict[str, str], set[tuple[str, str, str, float, int]]]:
    labels = {id_: data["label"] for id_, data in graph.nodes(data=True)}
    edges = graph.edges(data=True)
    return labels, {(one, two, edge["relation"], edge["weight"], edge["works"]) for one, two, edge in edges}


def test_graphml_read_by_networkx_is_the_same_graph(client: Client, root: Author) -> None:
    graph = nx.read_graphml(io.BytesIO(answer(client, root, "graphml")))

    assert told(graph) == expected(client, root)
    data = graph.nodes[root.short_id]
    assert (data["type"], data["ring"], data["url"]) == (
        "author", 0, f"http://localhost:8000{root.get_absolute_url()}",
    )  # fmt: skip
    assert {type(data[name]) for name in ("x", "y", "weight")} == {float}
    assert (data["r"], data["g"], data["b"]) == (13, 107, 98)
    assert {id_: data["is_retracted"] for id_, data in graph.nodes(data=True) if data["type"] == "work"}.popitem()[
        1
    ] is (False)


def test_gexf_read_by_networkx_is_the_same_graph_with_places_and_colours(client: Client, root: Author) -> None:
    graph = nx.read_gexf(io.BytesIO(answer(client, root, "gexf")))
    nodes = json.loads(answer(client, root, "json"))["elements"]["nodes"]

    assert told(graph) == expected(client, root)
    for node in nodes:
        viz = graph.nodes[node["data"]["id"]]["viz"]
        assert viz["position"] == {
            "x": node["position"]["x"], "y": pytest.approx(700 - node["position"]["y"]), "z": 0.0,
        }  # fmt: skip
        assert viz["color"] == standalone.rgb(node["data"]["type"]) | {"a": 1.0}
        assert viz["size"] > 0


def test_two_lines_between_the_same_two_survive() -> None:
    nodes = [
        {"data": {"id": id_, "type": "work", "label": id_, "url": "/", "weight": 1, "ring": 0}} for id_ in ("W1", "W2")
    ]
    lines = [
        {"data": {"id": f"W1-W2-{kind}", "source": "W1", "target": "W2", "type": kind, "weight": 1, "works": 1}}
        for kind in ("cites", "related")
    ]
    placed = [node | {"position": {"x": 1.0, "y": 2.0}} for node in nodes]
    document = {"elements": {"nodes": placed, "edges": lines}}

    for written, reader in ((exports.graphml(document), nx.read_graphml), (exports.gexf(document), nx.read_gexf)):
        graph = reader(io.BytesIO(written))
        assert sorted(edge["relation"] for _one, _two, edge in graph.edges(data=True)) == ["cites", "related"]


def test_csv_is_an_archive_of_two_tables(client: Client, root: Author) -> None:
    archive = zipfile.ZipFile(io.BytesIO(answer(client, root, "csv")))
    tables = {name: list(csv.DictReader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()}
    labels, edges = expected(client, root)

    assert list(tables) == ["nodes.csv", "edges.csv"]
    assert {row["id"]: row["label"].removeprefix("'") for row in tables["nodes.csv"]} == labels
    assert {
        (row["source"], row["target"], row["relation"], float(row["weight"]), int(row["works"]))
        for row in tables["edges.csv"]
    } == edges
    for part in exports.PARTS:
        assert answer(client, root, "csv", part=part) == archive.read(f"{part}.csv")


def test_no_cell_begins_like_a_formula(client: Client, root: Author) -> None:
    rows = csv.reader(io.StringIO(answer(client, root, "csv", part="nodes").decode()))
    cells = [cell for row in rows for cell in row]

    assert "'" + NAMES[3] in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_svg_stands_on_its_own(client: Client, root: Author) -> None:
    drawn = etree.fromstring(answer(client, root, "svg"))
    nodes = json.loads(answer(client, root, "json"))["elements"]["nodes"]
    names = {name for part in drawn.iter(etree.Element) for name in part.attrib}

    assert (drawn.tag, drawn.get("viewBox"), drawn.get("width")) == (f"{SVG}svg", "0 0 1000 700", "1000")
    assert drawn.findtext(f"{SVG}title") == "Root of all"
    assert names.isdisjoint({"class", "style", "tabindex"})
    assert len(drawn.findall(f"{SVG}a")) == len(nodes)
    assert all(mark.get("href", "").startswith("http://localhost:8000/") for mark in drawn.findall(f"{SVG}a"))
    assert {mark[1].get("fill") for mark in drawn.findall(f"{SVG}a")} == set(standalone.COLOURS.values())
    assert all(line.get("stroke") for line in drawn.findall(f"{SVG}line"))
    assert all(text.get("font-family") for text in drawn.iter(f"{SVG}text"))


def test_colours_of_files_are_those_of_the_pages() -> None:
    css = (Path(__file__).parents[2] / "static/css/base.css").read_text()
    light = dict(re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}),", css))

    assert {kind: light[kind] for kind in standalone.COLOURS} == standalone.COLOURS
    assert (light["ink"], light["raised"], light["line"]) == (standalone.INK, standalone.RAISED, standalone.LINE)


@pytest.mark.parametrize(
    ("asked", "media_type", "name"),
    [
        ("format=graphml", "application/graphml+xml", "{}.graphml"),
        ("format=gexf", "application/gexf+xml", "{}.gexf"),
        ("format=svg", "image/svg+xml", "{}.svg"),
        ("format=csv", "application/zip", "{}.zip"),
        ("format=csv&part=edges", "text/csv; charset=utf-8", "{}-edges.csv"),
        ("format=json", "application/json", "{}.json"),
    ],
)
def test_files_have_names_types_and_validators(
    client: Client, root: Author, asked: str, media_type: str, name: str
) -> None:
    address = f"{GRAPH}?root={root.short_id}&{asked}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, first["Content-Type"]) == (200, media_type)
    assert first["Content-Disposition"] == f'attachment; filename="bzpeer-{name.format(root.short_id)}"'
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert "max-age" in first["Cache-Control"]
    assert client.get(address).content == first.content


def test_each_format_has_a_validator_of_its_own(client: Client, root: Author) -> None:
    tags = [client.get(GRAPH, {"root": root.short_id, "format": wanted})["ETag"] for wanted in exports.FORMATS]

    assert len(set(tags)) == len(exports.FORMATS)


@pytest.mark.parametrize(("asked", "pointer"), [("format=gml", "#/format"), ("part=nodes", "#/part")])
def test_other_formats_and_stray_parts_are_refused(client: Client, root: Author, asked: str, pointer: str) -> None:
    response = client.get(f"{GRAPH}?root={root.short_id}&{asked}")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)


def test_pages_lead_to_files_of_what_they_show(client: Client, root: Author) -> None:
    for page in (root.get_absolute_url(), f"/graph/?root={root.short_id}&types=author&to_year=2020&limit=40"):
        links = html.fromstring(client.get(page).content).cssselect("[data-graph-downloads] a")
        shown = json.loads(html.fromstring(client.get(page).content).get_element_by_id("graph-data").text or "")
        assert [link.text for link in links] == ["SVG", "PNG", "GraphML", "GEXF", "CSV", "Cytoscape JSON"]
        assert json.loads(client.get(links[-1].get("href", "")).content) == shown
