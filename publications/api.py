"""The corpus over the API: works, topics, institutions, sources, and suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import parameters
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.parameters import nearest
from bzpeer.kit.api.problems import Problem
from bzpeer.kit.api.sorting import Field
from bzpeer.kit.api.views import ApiView, ListView, moved
from publications import representations, search
from publications.hits import MODELS
from publications.models import Work
from publications.representations import WORK_SORTS, api_url, found_rows, shown_record
from publications.search_models import Kind

ENTITY_SORTS: Final = {
    "works_count": Field("works_count", ids_fall=False),
    "display_name": Field("sort_key", is_text=True, ids_fall=False),
}


class WorkList(ListView):
    """GET /works"""

    sorts = WORK_SORTS
    default_sort = "cited_by_count:desc"
    parameters = (parameters.text("search"),)

    def get(self, request: Request) -> Response:
        asked = self.asked(request)
        if asked["search"]:
            return self.answer(
                request, asked, found_rows(search.find(Kind.WORKS, asked["search"]), representations.works)
            )
        return self.answer(request, asked, Rows(rows=Work.objects.visible(), load=representations.works))


class WorkDetail(ApiView):
    """GET /works/{id}"""

    def get(self, request: Request, key: str) -> Response:
        self.asked(request)
        record, short_id = shown_record(Kind.WORKS, key)
        return Response(representations.work(record.pk)) if record else moved(api_url(f"works/{short_id}"))


class EntityList(ListView):
    """GET /topics, /institutions, /sources"""

    sorts = ENTITY_SORTS
    default_sort = "works_count:desc"
    parameters = (parameters.text("search"),)
    kind: ClassVar[Kind] = Kind.TOPICS

    def get(self, request: Request) -> Response:
        asked = self.asked(request)

        def load(wanted: Sequence[int]) -> Sequence[Any]:
            return representations.entities(self.kind, wanted)

        if asked["search"]:
            return self.answer(request, asked, found_rows(search.find(self.kind, asked["search"]), load))
        return self.answer(request, asked, Rows(rows=MODELS[self.kind].objects.all(), load=load))


class EntityDetail(ApiView):
    """GET /topics/{id}, /institutions/{id}, /sources/{id}"""

    kind: ClassVar[Kind] = Kind.TOPICS

    def get(self, request: Request, key: str) -> Response:
        self.asked(request)
        record, _short_id = shown_record(self.kind, key)
        [shown] = representations.entities(self.kind, [record.pk] if record else [])
        return Response(shown)


class Autocomplete(ApiView):
    """GET /autocomplete/{entity}?q="""

    parameters = (parameters.text("q"),)

    def get(self, request: Request, entity: str) -> Response:
        asked = self.asked(request)
        if entity not in Kind.values:
            said = {"entity": entity[:50], "near": nearest(entity, Kind.values) or ", ".join(Kind.values)}
            raise Problem("not-found", _("There are no suggestions for “%(entity)s”; try %(near)s.") % said)
        hits = [asdict(hit) for hit in search.suggest(entity, asked["q"])]
        return Response({"meta": {"count": len(hits)}, "results": hits})
