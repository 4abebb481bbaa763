"""The graph in the API: a slice around a root, in Cytoscape's JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.request import Request

from bzpeer.kit.api.problems import not_found
from bzpeer.kit.api.views import ApiView, moved
from graph import questions, slices


class GraphView(ApiView):
    """`GET /graph?root=A12`: what stands around an author, a work, a topic or an institution."""

    parameters = questions.PARAMETERS

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        question = questions.read(request.query_params)
        try:
            found = slices.answer(question)
        except slices.MergedRootError as merged:
            return moved(_address(request, merged.into))
        except slices.UnknownRootError:
            raise not_found(_("author, work, topic or institution"), question.root) from None
        return _answer(request, found)


def _answer(request: Request, found: slices.Slice) -> HttpResponse:
    """The stored bytes as they are where the client takes gzip; a weak validator, as it names both forms."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.payload if packed else found.body, content_type="application/json")
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"] = f'W/"{found.version}"'
    return response


def _address(request: Request, root: str) -> str:
    query = request.query_params.copy()
    query["root"] = root
    return f"{reverse('api:graph')}?{query.urlencode(safe=':,')}"
