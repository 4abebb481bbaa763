"""Two authors side by side over the API; the page is in test_connection_pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from graph import compare
from publications.models import Author
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import settle

pytestmark = pytest.mark.django_db
COMPARE = "/api/v1/graph/compare"


@pytest.fixture
def pair() -> tuple[Author, Author]:
    """Ada and Bea wrote twice together; 30 people know both, Hid is hidden, Cy knows Ada alone."""
    ada, bea = make_author("Ada"), make_author("Bea")
    for year in (2001, 2002):
        make_work(f"Of {year}", authors=[ada, bea], topics=[make_topic()], year=year)
    for number in range(30):
        make_work(authors=[ada, bea, make_author(f"Friend {number}")], year=1990)
    make_work(authors=[ada, bea, make_author("Hid", hidden=True)], year=1990)
    make_work(authors=[ada, make_author("Cy")], topics=[make_topic("math.CO", "Combinatorics")])
    settle()
    return ada, bea


def ask(client: Client, one: Author, other: Author) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(COMPARE, {"a": one.short_id, "b": other.short_id}).json()
    return answer


def test_columns_are_bounded_and_count_the_rest(client: Client, pair: tuple[Author, Author]) -> None:
    answer = ask(client, *pair)

    assert list(answer) == ["meta", "works", "coauthors", "topics", "institutions"]
    assert (answer["meta"]["works_count"], len(answer["works"]["results"])) == (33, compare.WORKS)
    assert [work["title"] for work in answer["works"]["results"][:2]] == ["Of 2002", "Of 2001"]
    shared = answer["coauthors"]["shared"]
    assert (shared["count"], len(shared["results"])) == (30, compare.SHOWN)
    assert [row["display_name"] for row in answer["coauthors"]["only_a"]["results"]] == ["Cy"]
    assert answer["coauthors"]["only_b"] == {"count": 0, "results": []}
    [topic] = answer["topics"]["shared"]["results"]
    assert (topic["display_name"], topic["works_with_a"], topic["works_with_b"]) == ("Machine Learning", 2, 2)
    assert "Hid" not in str(answer)


def test_turning_it_round_turns_the_answer_round(client: Client, pair: tuple[Author, Author]) -> None:
    there, back = ask(client, *pair), ask(client, pair[1], pair[0])

    assert there["coauthors"]["only_a"]["count"] == back["coauthors"]["only_b"]["count"] == 1
    assert [row["id"] for row in there["coauthors"]["shared"]["results"]] == [
        row["id"] for row in back["coauthors"]["shared"]["results"]
    ]


def test_the_number_of_statements_is_fixed(pair: tuple[Author, Author]) -> None:
    lonely = make_author("Lonely"), make_author("Lonelier")
    counts = []
    for one, other in (pair, lonely):
        with CaptureQueriesContext(connection) as queries:
            compare.compare(one, other)
        counts.append(len(queries))

    assert max(counts) <= 11  # works and their ids; for each kind two lists and the names in them


@pytest.mark.parametrize(("query", "status"), [("a={}", 400), ("a={}&b={}", 400), ("a={}&b=A99999", 404)])
def test_refusals_are_problems(client: Client, query: str, status: int) -> None:
    ada = make_author().short_id

    response = client.get(f"{COMPARE}?{query.format(ada, ada)}")

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_a_merged_author_leads_on(client: Client, pair: tuple[Author, Author]) -> None:
    merged = make_author("A. Da", merged_into=pair[0])

    response = client.get(f"{COMPARE}?a={merged.short_id}&b={pair[1].short_id}")

    assert (response.status_code, response["Location"]) == (
        301, f"{COMPARE}?a={pair[0].short_id}&b={pair[1].short_id}",
    )  # fmt: skip
