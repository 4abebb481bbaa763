"""GET /api/v1/graph/slices: several slices in one answer, each as /graph tells it; bounded and conditional."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.test import Client

from publications.models import Author
from tests.corpus import make_author
from tests.graph.factories import small_corpus

pytestmark = pytest.mark.django_db
SLICES, GRAPH = "/api/v1/graph/slices", "/api/v1/graph"


@pytest.fixture
def small() -> Any:
    return small_corpus()


def test_each_is_the_slice_that_the_graph_answers(client: Client, small: Any) -> None:
    root, bea, _cy, first, _second, topic = small
    asked = [one.short_id for one in (bea, topic, first, root)]

    answer = client.get(SLICES, {"roots": ",".join([*asked, bea.short_id.lower()])}).json()

    assert answer["meta"] == {"count": 4, "missing": []}
    for short_id, result in zip(asked, answer["results"], strict=True):
        assert result.pop("of") == short_id
        assert result == client.get(GRAPH, {"root": short_id, "limit": 80}).json()


def test_years_and_kinds_narrow_each(client: Client, small: Any) -> None:
    root, bea, *_rest = small

    answer = client.get(f"{SLICES}?roots={root.short_id},{bea.short_id}&types=work&from_year=2020").json()

    shown = [[node["data"]["label"] for node in one["elements"]["nodes"]] for one in answer["results"]]
    assert shown == [["Root", "Second"], ["Bea", "Second"]]


def test_merged_ones_lead_on_and_unknown_or_hidden_ones_are_missing(client: Client, small: Any) -> None:
    _root, bea, cy, *_rest = small
    gone = make_author("Gone")
    Author.objects.filter(pk=gone.pk).update(merged_into=bea)
    Author.objects.filter(pk=cy.pk).update(hidden=True)

    answer = client.get(SLICES, {"roots": f"{gone.short_id},{cy.short_id},W999999"}).json()

    assert answer["meta"] == {"count": 1, "missing": [cy.short_id, "W999999"]}
    assert [(one["of"], one["meta"]["root"]) for one in answer["results"]] == [(gone.short_id, bea.short_id)]


@pytest.mark.parametrize(
    "query",
    ["", "roots=", "roots=x", "roots=A1,", "roots=S1", "roots=" + ",".join(f"A{n}" for n in range(1, 22)), "root=A1"],
)
def test_anything_else_is_refused(client: Client, query: str) -> None:
    response = client.get(f"{SLICES}?{query}")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_it_is_packed_for_who_takes_that_and_not_sent_twice(client: Client, small: Any) -> None:
    query = {"roots": small[0].short_id}
    plain = client.get(SLICES, query)
    packed = client.get(SLICES, query, headers={"accept-encoding": "gzip"})

    assert json.loads(gzip.decompress(packed.content)) == plain.json()
    assert packed["ETag"] == plain["ETag"]
    assert client.get(SLICES, query, headers={"if-none-match": plain["ETag"]}).status_code == 304
