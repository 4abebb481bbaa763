"""Rows around a graph that tests.corpus does not make: institutions, kept counts, edges."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Max, Min

from graph import edges
from publications.models import (
    Author,
    AuthorInstitution,
    Authorship,
    AuthorshipInstitution,
    AuthorTopic,
    Institution,
    Work,
)


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
