"""However large the works and however much is asked (S27): bounded nodes, lines, statements and time, or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from graph import edges
from graph.lines import LINES_PER_NODE
from graph.models import CoauthorEdge
from publications import counts
from publications.models import Author, Authorship, AuthorshipInstitution, Topic, Work
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import make_institution
from tests.patience import patience

pytestmark = pytest.mark.django_db
GRAPH, EDGE = "/api/v1/graph", "/api/v1/graph/edge"
CROWD = 3_000


class Rows:
    """Counts the rows that statements bring back or write."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        self.read += max(0, context["cursor"].rowcount)
        return result


@pytest.fixture
def crowd() -> dict[str, Any]:
    """Two works by the same 3,000 people, and one by ninety of them, on one topic from one institution."""
    people = Author.objects.bulk_create(
        Author(display_name=f"P {number}", sort_key=f"p {number}") for number in range(CROWD)
    )
    topic, institution = make_topic(), make_institution()
    works = [make_work(f"Detector {year}", topics=[topic], year=year, authors_count=CROWD) for year in (2023, 2024)]
    works.append(make_work("Ninety", topics=[topic], year=2021, authors_count=90))
    for work in works:
        Authorship.objects.bulk_create(
            Authorship(work=work, author=author, position=position, raw_name="x", name_key="x", block="x")
            for position, author in enumerate(people[: work.authors_count], start=1)
        )
    there = Authorship.objects.filter(work=works[0])
    AuthorshipInstitution.objects.bulk_create(
        AuthorshipInstitution(authorship=authorship, institution=institution) for authorship in there
    )
    edges.refresh(person.pk for person in people[:90])
    counts.refresh_authors([person.pk for person in people])
    Topic.objects.filter(pk=topic.pk).update(works_count=3, authors_count=CROWD)
    return {"author": people[0], "work": works[0], "topic": topic, "institution": institution, "ninety": works[-1]}


def test_the_dearest_questions_and_lines_are_bounded(client: Client, crowd: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '60s'")  # of a hang: none takes a fifth of a second
    for root in crowd.values():
        for filters in ({}, {"from_year": 2000, "topic": crowd["topic"].short_id}):
            asked = {"root": root.short_id, "depth": 2, "limit": 500} | filters
            rows = Rows()
            with patience(), CaptureQueriesContext(connection) as queries, connection.execute_wrapper(rows):
                answer = client.get(GRAPH, asked).json()

            assert answer["meta"]["count"] == len(answer["elements"]["nodes"]) <= 500
            assert len(answer["elements"]["edges"]) <= LINES_PER_NODE * 500
            assert rows.read <= 5 * CROWD  # its square is nine millions
            assert len(queries) <= 50  # with the slice without filters, whose places it keeps

    assert CoauthorEdge.objects.filter(author=crowd["author"]).count() == 89
    _check_lines(client, crowd)


def _check_lines(client: Client, crowd: dict[str, Any]) -> None:
    """Lines between crowds name few people and count all."""
    for other in (Work.objects.get(title="Detector 2024"), crowd["institution"]):
        rows = Rows()
        with patience(), connection.execute_wrapper(rows):
            answer = client.get(EDGE, {"source": crowd["work"].short_id, "target": other.short_id})
        people = answer.json()["meta"]["people"]
        assert rows.read <= 100
        assert (people["count"], len(people["results"])) == (CROWD, 25)


@pytest.mark.parametrize(
    "asked", ["depth=99", "depth=-1", "limit=100000", "limit=501", "strength=1000000", "depth=9e9"]
)
def test_more_than_the_bounds_is_refused_in_one_statement_or_none(client: Client, asked: str) -> None:
    root = make_author("Root")

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"{GRAPH}?root={root.short_id}&{asked}")

    assert (response.status_code, len(queries)) == (400, 0)
