"""How two authors are connected: against networkx on corpora, with works behind each step, over the API."""

from __future__ import annotations

import math
import random
from itertools import islice, pairwise
from typing import Any

import networkx as nx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from graph import edges, paths
from graph.models import CoauthorEdge
from graph.shortest import Bounds
from publications.models import Author, AuthorId
from tests.corpus import make_author, make_work
from tests.graph.factories import settle

pytestmark = pytest.mark.django_db
PATH = "/api/v1/graph/path"


def refreshed() -> None:
    edges.refresh(Author.objects.values_list("pk", flat=True))


def random_corpus(seed: int, people: int = 40, works: int = 45) -> list[Author]:
    chance = random.Random(seed)
    authors = [make_author(f"Author {number}", hidden=number == 5) for number in range(people)]
    for number in range(works):
        team = chance.sample(authors, chance.choice([2, 2, 3, 3, 5]))
        make_work(f"Work {number}", authors=team, year=chance.choice([None, *range(2001, 2025)]))
    refreshed()
    return authors


def computed() -> Any:
    graph: nx.Graph[int] = nx.Graph()
    visible = set(Author.objects.visible().values_list("pk", flat=True))
    graph.add_nodes_from(visible)
    for edge in CoauthorEdge.objects.all():
        if {edge.author_id, edge.coauthor_id} <= visible:
            graph.add_edge(edge.author_id, edge.coauthor_id, length=paths.length_of(edge.weight))
    return graph


def lengths(graph: Any, found: list[list[int]]) -> list[int]:
    return [sum(graph.edges[pair]["length"] for pair in pairwise(path)) for path in found]


@pytest.mark.parametrize("seed", range(4))
def test_paths_are_those_of_networkx(seed: int) -> None:
    authors = random_corpus(seed)
    graph, chance = computed(), random.Random(seed)
    for _pair in range(12):
        start, goal = chance.sample([author for author in authors if not author.hidden], 2)
        k = chance.randint(1, 5)

        found = paths.between(start, goal, k=k)

        numbers = [[author.pk for author in chain.authors] for chain in found.chains]
        try:
            wanted = list(islice(nx.shortest_simple_paths(graph, start.pk, goal.pk, weight="length"), k))
        except nx.NetworkXNoPath:
            wanted = []
        assert lengths(graph, numbers) == lengths(graph, wanted)
        assert [round(chain.length * paths.UNIT) for chain in found.chains] == lengths(graph, wanted)
        assert len({tuple(path) for path in numbers}) == len(numbers)
        assert found.is_exact
        assert found.connected is bool(wanted)


@pytest.fixture
def chain() -> list[Author]:
    """Ada – Bea – Cy, and a longer way over Dee and Eve; Fay stands alone; Hid is hidden and knows everybody."""
    ada, bea, cy, dee, eve, fay = (make_author(name) for name in ("Ada", "Bea", "Cy", "Dee", "Eve", "Fay"))
    for number in range(7):
        make_work(f"Work {number} of $x$", authors=[ada, bea], year=2010 + number)
    make_work("Later", authors=[bea, cy], year=2020)
    for one, other in ((ada, dee), (dee, eve), (eve, cy)):
        make_work("Long way", authors=[one, other], year=None)
    make_work("Secret", authors=[make_author("Hid", hidden=True), ada, cy][:1])
    make_work("Canary", authors=[Author.objects.get(display_name="Hid"), ada])
    make_work("Canary", authors=[Author.objects.get(display_name="Hid"), cy])
    settle()
    return [ada, bea, cy, dee, eve, fay]


def test_an_answer_names_people_ties_and_works(client: Client, chain: list[Author]) -> None:
    ada, bea, cy, dee, eve, _fay = chain

    answer = client.get(PATH, {"from": ada.short_id, "to": cy.short_id}).json()

    assert answer["meta"] | {"authors_read": 0} == {
        "from": ada.short_id, "to": cy.short_id, "k": 3, "count": 2, "connected": True, "exact": True,
        "stopped": None, "detail": None, "authors_read": 0,
    }  # fmt: skip
    short, long = answer["results"]
    assert [author["display_name"] for author in short["authors"]] == ["Ada", "Bea", "Cy"]
    assert [author["id"] for author in long["authors"]] == [end.short_id for end in (ada, dee, eve, cy)]
    alone = 1 + math.log(2)  # a step over one work by two people
    assert short["length"] == pytest.approx(1 + math.log1p(1 / 7) + alone, abs=2e-6)
    assert long["length"] == pytest.approx(3 * alone, abs=3e-6)
    first = short["hops"][0]
    assert (first["source"], first["target"], first["works"], first["weight"]) == (ada.short_id, bea.short_id, 7, 7.0)
    assert (first["first_year"], first["last_year"]) == (2010, 2016)
    assert [work["publication_year"] for work in first["shared_works"]] == [2016, 2015, 2014, 2013, 2012]
    assert first["shared_works"][0]["title"] == "Work 6 of x"
    assert "Canary" not in str(answer)


def test_nobody_between_them_is_said_for_certain(client: Client, chain: list[Author]) -> None:
    answer = client.get(PATH, {"from": chain[0].short_id, "to": chain[5].short_id}).json()

    assert (answer["results"], answer["meta"]["connected"], answer["meta"]["exact"]) == ([], False, True)


def test_a_bound_is_said_and_leaves_the_question_open(chain: list[Author]) -> None:
    found = paths.between(chain[0], chain[2], bounds=Bounds(statements=0))

    assert (found.chains, found.connected, found.stopped) == ([], None, "statements")
    assert found.reason == "the two are too many steps apart"


def test_the_number_of_statements_does_not_grow_with_the_paths(chain: list[Author]) -> None:
    counts = []
    for k in (1, 5):
        with CaptureQueriesContext(connection) as queries:
            paths.between(chain[0], chain[2], k=k)
        counts.append(sum("graph_coauthoredge edge" not in query["sql"] for query in queries))

    assert counts == [4, 4]


@pytest.mark.parametrize(
    ("query", "pointer", "said"),
    [
        ("", "#/from", "A12"),
        ("from={ada}&to=nobody", "#/to", "A12"),
        ("from=W1&to={ada}", "#/from", "author"),
        ("from={ada}&to={bea}&k=0", "#/k", "1 to 5"),
        ("from={ada}&to={bea}&k=6", "#/k", "1 to 5"),
        ("from={ada}&to={ada}", "#/to", "same author"),
        ("from={ada}&to={bea}&depth=2", "#/depth", "no parameter"),
    ],
)
def test_what_is_wrong_is_named(client: Client, chain: list[Author], query: str, pointer: str, said: str) -> None:
    query = query.format(ada=chain[0].short_id, bea=chain[1].short_id)

    response = client.get(f"{PATH}?{query}")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert (pointer, True) in [(error["pointer"], said in error["detail"]) for error in response.json()["errors"]]


def test_unknown_and_hidden_people_look_alike(client: Client, chain: list[Author]) -> None:
    hidden = Author.objects.get(display_name="Hid")
    merged_into_hidden = make_author("Old", merged_into=hidden)

    for text in (hidden.short_id, merged_into_hidden.short_id, "A999999", "orcid:0000-0002-1825-0097"):
        response = client.get(PATH, {"from": chain[0].short_id, "to": text})
        assert (response.status_code, response.json()["detail"]) == (404, f"There is no author with the id “{text}”.")


def test_a_merged_author_leads_to_the_one_who_stands(client: Client, chain: list[Author]) -> None:
    merged = make_author("A. Da", merged_into=chain[0])

    response = client.get(f"{PATH}?from={merged.short_id}&to={chain[2].short_id}&k=2")

    assert response.status_code == 301
    assert response["Location"] == f"{PATH}?from={chain[0].short_id}&to={chain[2].short_id}&k=2"


def test_other_ids_name_authors_and_a_known_answer_is_not_sent_again(client: Client, chain: list[Author]) -> None:
    AuthorId.objects.create(author=chain[0], scheme="orcid", value="0000-0002-1825-0097")
    query = {"from": "https://orcid.org/0000-0002-1825-0097", "to": chain[2].short_id}

    first = client.get(PATH, query)
    again = client.get(PATH, query, headers={"If-None-Match": first["ETag"]})

    assert (first.json()["meta"]["from"], again.status_code) == (chain[0].short_id, 304)
