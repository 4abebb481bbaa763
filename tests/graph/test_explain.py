"""GET /api/v1/graph/edge: the works behind a line, with their years, in pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publications.models import Author
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import make_institution, place, settle, small_corpus

pytestmark = pytest.mark.django_db
EDGE = "/api/v1/graph/edge"


def ask(client: Client, source: Any, target: Any, **more: Any) -> dict[str, Any]:
    response = client.get(EDGE, {"source": source.short_id, "target": target.short_id} | more)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def titles(answer: dict[str, Any]) -> list[str]:
    return [work["title"] for work in answer["results"]]


def test_two_authors_are_tied_by_their_works(client: Client) -> None:
    root, bea, cy, first, second, _topic = small_corpus()

    answer = ask(client, root, bea)

    assert answer["meta"] == {
        "source": root.short_id, "target": bea.short_id, "type": "coauthor", "weight": 1.5, "count": 2,
        "count_is_exact": True, "page": 1, "per_page": 25,
        "counts_by_year": [{"year": 2019, "works_count": 1}, {"year": 2024, "works_count": 1}],
    }  # fmt: skip
    assert answer["results"][0] == {
        "id": second.short_id, "title": "Second", "publication_year": 2024, "type": "preprint",
        "cited_by_count": 0, "is_retracted": False, "url": f"http://localhost:8000{second.get_absolute_url()}",
    }  # fmt: skip
    assert titles(answer) == ["Second", "First"]
    assert titles(ask(client, bea, cy)) == ["Second"]
    assert first.short_id in json.dumps(answer)


def test_topics_institutions_and_works_are_explained_in_either_order(client: Client) -> None:
    root, bea, _cy, first, second, topic = small_corpus()
    institute = make_institution("Elsewhere")
    place(first, institute, [bea])

    assert titles(ask(client, root, topic)) == titles(ask(client, topic, root)) == ["Second", "First"]
    assert ask(client, topic, root)["meta"]["source"] == root.short_id
    assert (titles(ask(client, bea, institute)), titles(ask(client, root, institute))) == (["First"], [])
    assert titles(ask(client, second, bea)) == ["Second"]
    kinds = [ask(client, root, other)["meta"]["type"] for other in (topic, institute, first)]
    assert kinds == ["has-topic", "affiliation", "authorship"]


def test_every_line_of_a_slice_from_an_author_has_as_many_works_as_it_says(client: Client) -> None:
    root = small_corpus()[0]
    edges = client.get("/api/v1/graph", {"root": root.short_id}).json()["elements"]["edges"]
    lines = [edge["data"] for edge in edges if edge["data"]["source"].startswith("A")]

    for line in lines:
        meta = client.get(EDGE, {"source": line["source"], "target": line["target"]}).json()["meta"]
        assert (meta["type"], meta["count"]) == (line["type"], line["works"])
    assert {line["type"] for line in lines} == {"coauthor", "authorship", "affiliation", "has-topic"}


def test_years_and_pages_narrow(client: Client) -> None:
    ada, bea = make_author("Ada"), make_author("Bea")
    for year in (2001, 2002, 2003, 2004, None):
        make_work(f"Of {year}", authors=[ada, bea], year=year)
    make_work("Of a crowd", authors=[ada, bea], authors_count=101)
    settle()

    everything = ask(client, ada, bea)
    assert titles(everything) == ["Of 2004", "Of 2003", "Of 2002", "Of 2001", "Of None"]
    assert everything["meta"]["counts_by_year"][-1] == {"year": None, "works_count": 1}
    narrowed = ask(client, ada, bea, from_year=2002, to_year=2003)
    assert (titles(narrowed), narrowed["meta"]["count"]) == (["Of 2003", "Of 2002"], 2)
    assert titles(ask(client, ada, bea, to_year=2002)) == ["Of 2002", "Of 2001"]
    second = ask(client, ada, bea, page=2, per_page=2)
    assert (titles(second), second["meta"]["count"]) == (["Of 2002", "Of 2001"], 5)
    beyond = ask(client, ada, bea, page=9, per_page=2)
    assert (beyond["results"], beyond["meta"]["count"]) == ([], 5)

    address = f"{EDGE}?source={ada.short_id}&target={bea.short_id}&per_page=2&page="
    assert client.get(address + "2")["Link"] == f'<http://localhost:8000{address}3>; rel="next"'
    assert not client.get(address + "3").has_header("Link")


def test_two_without_a_line_have_no_works(client: Client) -> None:
    answer = ask(client, make_author("Ada"), make_author("Bea"))

    assert (answer["results"], answer["meta"]["count"], answer["meta"]["counts_by_year"]) == ([], 0, [])


def test_the_number_of_statements_does_not_grow_with_the_works(client: Client) -> None:
    ada, bea = make_author("Ada"), make_author("Bea")
    counts = []
    for number in range(1, 5):
        make_work(f"Work {number}", authors=[ada, bea])
        with CaptureQueriesContext(connection) as queries:
            ask(client, ada, bea)
        counts.append(len(queries))

    assert counts == [4, 4, 4, 4]


@pytest.mark.parametrize(
    ("query", "pointer", "said"),
    [
        ("", "#/source", "A12"),
        ("source={ada}", "#/target", "A12"),
        ("source={ada}&target=Ada", "#/target", "A12"),
        ("source={ada}&target={ada}", "#/target", "same"),
        ("source={ada}&target=T1&from_year=2020&to_year=2010", "#/to_year", "before"),
        ("source={ada}&target=T1&per_page=101", "#/per_page", "1 to 100"),
        ("source={ada}&target=T1&page=1000&per_page=100", "#/page", "10000"),
        ("source={ada}&target=T1&depth=1", "#/depth", "no parameter"),
    ],
)
def test_what_is_wrong_is_named(client: Client, query: str, pointer: str, said: str) -> None:
    response = client.get(f"{EDGE}?{query.format(ada=make_author().short_id)}")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert (pointer, True) in [(error["pointer"], said in error["detail"]) for error in response.json()["errors"]]


def test_hidden_people_are_unknown_and_merged_ones_lead_on(client: Client) -> None:
    ada, hidden = make_author("Ada"), make_author("Canary", hidden=True)
    make_work(authors=[ada, hidden])
    merged: Author = make_author("A. Da", merged_into=ada)
    topic = make_topic()

    for source, target in ((ada, hidden), (hidden, ada), (hidden, topic)):
        response = client.get(EDGE, {"source": source.short_id, "target": target.short_id})
        assert (response.status_code, "Canary" in response.content.decode()) == (404, False)
    response = client.get(f"{EDGE}?source={topic.short_id}&target={merged.short_id}&per_page=5")
    assert (response.status_code, response["Location"]) == (
        301, f"{EDGE}?source={topic.short_id}&target={ada.short_id}&per_page=5",
    )  # fmt: skip
