"""GET /api/v1/graph: shape, refusals, redirects, validators."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.test import Client

from graph.questions import PAGE_LIMIT
from publications.models import AuthorId
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import settle

pytestmark = pytest.mark.django_db
GRAPH = "/api/v1/graph"


@pytest.fixture
def root() -> Any:
    author, other = make_author("Ada Example"), make_author("Bea Example")
    make_work("On engines", authors=[author, other], topics=[make_topic()], year=2021)
    settle()
    return author


def problem(client: Client, query: str) -> dict[str, Any]:
    response = client.get(f"{GRAPH}?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    answer: dict[str, Any] = response.json()
    return answer


def test_a_slice_is_cytoscape_json_as_documented(client: Client, root: Any) -> None:
    answer = client.get(GRAPH, {"root": root.short_id}).json()

    assert list(answer) == ["meta", "elements"]
    assert {"root", "count", "truncated", "omitted"} <= set(answer["meta"])
    assert answer["meta"]["count"] == len(answer["elements"]["nodes"]) == 4
    for node in answer["elements"]["nodes"]:
        assert {"id", "type", "label", "url", "weight"} <= set(node["data"])
        assert 0 <= node["position"]["x"] <= 1000
        assert 0 <= node["position"]["y"] <= 700
    for edge in answer["elements"]["edges"]:
        assert {"id", "source", "target", "type", "weight", "works"} <= set(edge["data"])
    edge_ids = [edge["data"]["id"] for edge in answer["elements"]["edges"]]
    assert len(edge_ids) == len(set(edge_ids)) == 5


def test_every_parameter_narrows(client: Client, root: Any) -> None:
    query = f"root={root.short_id.lower()}&depth=2&types=work,author&from_year=2020&to_year=2022&limit={PAGE_LIMIT}"

    meta = client.get(f"{GRAPH}?{query}").json()["meta"]

    assert (meta["root"], meta["depth"], meta["types"], meta["limit"]) == (root.short_id, 2, ["work", "author"], 80)
    assert (meta["from_year"], meta["to_year"], meta["count"]) == (2020, 2022, 3)


@pytest.mark.parametrize(
    ("query", "pointer", "said"),
    [
        ("root=A1&dept=2", "#/dept", "depth"),
        ("root=A1&type=work", "#/type", "types"),
        ("root=A1&root=A2", "#/root", "more than once"),
        ("", "#/root", "A12"),
        ("root=", "#/root", "A12"),
        ("root=Ada", "#/root", "A12"),
        ("root=S1", "#/root", "A12"),
        ("root=A1&depth=0", "#/depth", "1 to 2"),
        ("root=A1&depth=3", "#/depth", "1 to 2"),
        ("root=A1&depth=99", "#/depth", "1 to 2"),
        ("root=A1&limit=0", "#/limit", "1 to 500"),
        ("root=A1&limit=501", "#/limit", "1 to 500"),
        ("root=A1&limit=-5", "#/limit", "1 to 500"),
        ("root=A1&limit=1e2", "#/limit", "1 to 500"),
        ("root=A1&types=work,person", "#/types", "person"),
        ("root=A1&types=authors", "#/types", "author"),
        ("root=A1&from_year=abc", "#/from_year", "1400"),
        ("root=A1&to_year=99999", "#/to_year", "2100"),
        ("root=A1&from_year=2020&to_year=2019", "#/to_year", "before"),
    ],
)
def test_what_is_wrong_is_named(client: Client, query: str, pointer: str, said: str) -> None:
    (mistake,) = problem(client, query)["errors"]

    assert mistake["pointer"] == pointer
    assert said in mistake["detail"]


def test_all_mistakes_are_named_at_once(client: Client) -> None:
    pointers = {mistake["pointer"] for mistake in problem(client, "root=x&depth=9&limit=9999&foo=1")["errors"]}

    assert pointers == {"#/root", "#/depth", "#/limit", "#/foo"}


@pytest.mark.parametrize(
    "root", ["A999999", "W999999", "T999999", "I999999", "A999999999999999999", "doi:10.1234/none"]
)
def test_an_unknown_root_is_not_found(client: Client, root: str) -> None:
    response = client.get(GRAPH, {"root": root})

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_a_hidden_root_looks_like_a_missing_one(client: Client) -> None:
    hidden = make_author("Canary", hidden=True)
    bodies = []
    for short_id in (hidden.short_id, f"A{hidden.pk + 1}"):
        body = client.get(GRAPH, {"root": short_id}).json()
        bodies.append(json.dumps(body | {"instance": ""}).replace(short_id, "A0"))

    assert bodies[0] == bodies[1]
    assert "Canary" not in bodies[0]


def test_an_outside_id_of_a_hidden_root_does_not_lead_to_its_number(client: Client) -> None:
    hidden = make_author("Canary", hidden=True)
    AuthorId.objects.create(author=hidden, scheme="openalex", value="A9900000001")

    known, unknown = (client.get(GRAPH, {"root": f"openalex:A990000000{n}"}).json() for n in (1, 2))

    assert known["detail"].replace("0001", "0002") == unknown["detail"]


def test_a_merged_root_leads_to_the_record_that_stands(client: Client, root: Any) -> None:
    merged = make_author("A. Example", merged_into=root)

    response = client.get(f"{GRAPH}?root={merged.short_id}&depth=2&types=work,author")

    assert response.status_code == 301
    assert response["Location"] == f"{GRAPH}?root={root.short_id}&depth=2&types=work,author"
    assert client.get(response["Location"]).status_code == 200


def test_other_ids_and_addresses_name_a_root_too(client: Client, root: Any) -> None:
    AuthorId.objects.create(author=root, scheme="orcid", value="0000-0002-1825-0097")
    named = (
        "https://orcid.org/0000-0002-1825-0097",
        f"https://example.org{root.get_absolute_url()}",
        "arxiv:2401.99999",
    )

    answers = [client.get(GRAPH, {"root": text}) for text in named]

    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert [answer.json()["meta"]["root"] for answer in answers[:2]] == [root.short_id, root.short_id]


def test_a_known_version_is_not_sent_again(client: Client, root: Any) -> None:
    first = client.get(GRAPH, {"root": root.short_id})
    again = client.get(GRAPH, {"root": root.short_id}, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert "max-age" in first["Cache-Control"]

    make_work("On notes", authors=[root])
    settle()
    root.save()
    changed = client.get(GRAPH, {"root": root.short_id}, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_gzip_is_the_same_answer(client: Client, root: Any) -> None:
    plain = client.get(GRAPH, {"root": root.short_id})
    packed = client.get(GRAPH, {"root": root.short_id}, headers={"Accept-Encoding": "gzip, br"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


def test_other_sites_may_read_and_nobody_may_write(client: Client, root: Any) -> None:
    assert client.get(GRAPH, {"root": root.short_id})["Access-Control-Allow-Origin"] == "*"
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(GRAPH).status_code in (403, 405)


def test_names_are_data_never_markup(client: Client) -> None:
    evil = make_author('<img src=x onerror="alert(1)">')
    make_work("</script><script>alert(2)</script>", authors=[evil])
    settle()

    response = client.get(GRAPH, {"root": evil.short_id})

    assert response["Content-Type"] == "application/json"
    assert {node["data"]["label"] for node in response.json()["elements"]["nodes"]} == {
        '<img src=x onerror="alert(1)">',
        "</script><script>alert(2)</script>",
    }
