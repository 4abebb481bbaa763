"""Rows around a graph that tests.corpus does not make, and what a slice shows of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Min

from graph import edges, slices
from publications.models import (
    Author,
    AuthorInstitution,
    Authorship,
    AuthorshipInstitution,
    AuthorTopic,
    Citation,
    Institution,
    Topic,
    Work,
)
from tests.corpus import make_author, make_topic, make_work


def make_institution(name: str = "Institute of Invention") -> Institution:
    return Institution.objects.create(name=name, sort_key=name.casefold())


def place(work: Work, institution: Institution, authors: Iterable[Author]) -> None:
    """These authors of the work name the institution as their affiliation."""
    for authorship in Authorship.objects.filter(work=work, author__in=list(authors)):
        AuthorshipInstitution.objects.create(authorship=authorship, institution=institution)


def settle() -> None:
    """Bring counts and edges in line with the works, as an import does."""
    edges.refresh(Author.objects.values_list("pk", flat=True))
    AuthorTopic.objects.all().delete()
    AuthorInstitution.objects.all().delete()
    topics = Authorship.objects.filter(author__isnull=False, work__work_topics__isnull=False)
    AuthorTopic.objects.bulk_create(
        AuthorTopic(author_id=row["author"], topic_id=row["work__topics"], works_count=row["works"])
        for row in topics.values("author", "work__topics").annotate(works=Count("work"))
    )
    places = AuthorshipInstitution.objects.filter(authorship__author__isnull=False)
    AuthorInstitution.objects.bulk_create(
        AuthorInstitution(
            author_id=row["authorship__author"],
            institution_id=row["institution"],
            works_count=row["works"],
            first_year=row["first"],
            last_year=row["last"],
        )
        for row in places.values("authorship__author", "institution").annotate(
            works=Count("authorship__work"),
            first=Min("authorship__work__publication_year"),
            last=Max("authorship__work__publication_year"),
        )
    )


def small_corpus() -> tuple[Author, Author, Author, Work, Work, Topic]:
    """Root writes twice with Bea, once with Bea and Cy; one topic; one work cites the other; one institution."""
    root, bea, cy = make_author("Root"), make_author("Bea"), make_author("Cy")
    topic = make_topic()
    first = make_work("First", authors=[root, bea], topics=[topic], year=2019)
    second = make_work("Second", authors=[root, bea, cy], topics=[topic], year=2024)
    Citation.objects.create(citing=second, cited=first, scheme="doi", value="10.1/first")
    institute = make_institution()
    place(first, institute, [root])
    place(second, institute, [root, cy])
    settle()
    return root, bea, cy, first, second, topic


def ids(found: slices.Slice, kind: str | None = None) -> list[str]:
    nodes = [node["data"] for node in found.nodes]
    return [node["id"] for node in nodes if kind in (None, node["type"])]


def lines(found: slices.Slice, kind: str) -> set[tuple[str, str]]:
    return {(edge["data"]["source"], edge["data"]["target"]) for edge in found.edges if edge["data"]["type"] == kind}


def data_of(found: slices.Slice, short_id: str) -> dict[str, Any]:
    return next(node["data"] for node in found.nodes if node["data"]["id"] == short_id)
