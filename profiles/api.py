"""Authors over the API: the list and search, one author, and what belongs to an author."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import parameters
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.sorting import Field
from bzpeer.kit.api.views import ApiView, ListView, moved
from graph.models import CoauthorEdge
from profiles import representations
from profiles.assessing import assessments
from publications import representations as corpus
from publications import search
from publications.models import Author, AuthorInstitution, AuthorTopic, Work
from publications.representations import WORK_SORTS, api_url, found_rows, shown_record
from publications.search_models import Kind

AUTHOR_SORTS: Final = {
    "works_count": Field("works_count", ids_fall=False),
    "cited_by_count": Field("cited_by_count", ids_fall=False),
    "display_name": Field("sort_key", is_text=True, ids_fall=False),
}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("“at” must be a date such as 2026-01-31.")) from None


class AuthorList(ListView):
    """GET /authors"""

    sorts = AUTHOR_SORTS
    default_sort = "works_count:desc"
    parameters = (parameters.text("search"),)

    def get(self, request: Request) -> Response:
        asked = self.asked(request)
        if asked["search"]:
            found = search.find(Kind.AUTHORS, asked["search"])
            return self.answer(request, asked, found_rows(found, representations.authors))
        return self.answer(request, asked, Rows(rows=Author.objects.visible(), load=representations.authors))


class OfAuthor(ApiView, ABC):
    """What answers for one author: `part` is the rest of the address, kept when the record has moved."""

    part: ClassVar[str] = ""

    def get(self, request: Request, key: str) -> Response:
        asked = self.asked(request)
        author, short_id = shown_record(Kind.AUTHORS, key)
        if author is None:
            return moved(_with_query(request, api_url(f"authors/{short_id}{self.part}")))
        return self.show(request, author, asked)

    @abstractmethod
    def show(self, request: Request, author: Author, asked: dict[str, Any]) -> Response: ...


class AuthorDetail(OfAuthor):
    """GET /authors/{id}"""

    def show(self, request: Request, author: Author, asked: dict[str, Any]) -> Response:
        [shown] = representations.authors([author.pk])
        return Response(shown)


class AuthorTrust(OfAuthor):
    """GET /authors/{id}/trust, as it stands or stood at the end of a day"""

    part = "/trust"
    parameters = (Parameter("at", _day),)

    def show(self, request: Request, author: Author, asked: dict[str, Any]) -> Response:
        return Response(representations.trust(author, assessments.explain(author, asked["at"])))


class AuthorWorks(OfAuthor, ListView):
    """GET /authors/{id}/works"""

    part = "/works"
    sorts = WORK_SORTS
    default_sort = "publication_year:desc"

    def show(self, request: Request, author: Author, asked: dict[str, Any]) -> Response:
        return self.answer(request, asked, Rows(rows=Work.objects.visible().by(author), load=corpus.works))


class AuthorCoauthors(OfAuthor, ListView):
    """GET /authors/{id}/coauthors"""

    part = "/coauthors"
    sorts: ClassVar[dict[str, Field]] = {
        "works_count": Field("works"),
        "close_works_count": Field("close_works"),
        "display_name": Field("coauthor__sort_key", is_text=True),
    }
    default_sort = "works_count:desc"

    def show(self, request: Request, author: Author, asked: dict[str, Any]) -> Response:
        edges = CoauthorEdge.objects.filter(author=author, coauthor__in=Author.objects.visible())
        return self.answer(request, asked, Rows(rows=edges, load=representations.coauthors))


class AuthorTopics(OfAuthor, ListView):
    """GET /authors/{id}/topics"""

    part = "/topics"
    sorts: ClassVar[dict[str, Field]] = {
        "works_count": Field("works_count"),
        "display_name": Field("topic__sort_key", is_text=True),
    }
    default_sort = "works_count:desc"

    def show(self, request: Request, author: Author, asked: dict[str, Any]) -> Response:
        return self.answer(
            request, asked, Rows(rows=AuthorTopic.objects.filter(author=author), load=representations.topics)
        )


class AuthorInstitutions(OfAuthor, ListView):
    """GET /authors/{id}/institutions"""

    part = "/institutions"
    sorts: ClassVar[dict[str, Field]] = {
        "works_count": Field("works_count"),
        "last_year": Field("last_year", nullable=True),
        "display_name": Field("institution__sort_key", is_text=True),
    }
    default_sort = "works_count:desc"

    def show(self, request: Request, author: Author, asked: dict[str, Any]) -> Response:
        rows = AuthorInstitution.objects.filter(author=author)
        return self.answer(request, asked, Rows(rows=rows, load=representations.institutions))


def _with_query(request: Request, location: str) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{location}?{query}" if query else location
