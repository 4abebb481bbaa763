"""The graph in the API: a slice around a root, in Cytoscape's JSON or as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.request import Request

from bzpeer.kit.api import parameters
from bzpeer.kit.api.problems import Mistake, invalid, not_found
from bzpeer.kit.api.views import COSTLY, ApiView, moved
from graph import exports, questions, slices
from graph.exports import Export


class GraphView(ApiView):
    """`GET /graph?root=A12`: what stands around an author, a work, a topic or an institution.

    `format=` answers with a file: graphml, gexf, svg, png, csv (an archive of two tables, or one of them with `part=`).
    """

    cost = COSTLY
    parameters = (
        *questions.PARAMETERS,
        parameters.choice("format", exports.FORMATS),
        parameters.choice("part", exports.PARTS),
    )

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = self.asked(request)
        if asked["part"] and asked["format"] != "csv":
            raise invalid(Mistake(_("“part” goes with format=csv only."), "#/part", "conflict"))
        question = questions.checked(asked)
        try:
            found = slices.answer(question)
        except slices.MergedRootError as merged:
            return moved(_address(request, merged.into))
        except slices.UnknownRootError:
            raise not_found(_("author, work, topic or institution"), question.root) from None
        if asked["format"] in exports.EXPORTS:
            return _file(request, found, asked["format"], asked["part"])
        response = _answer(request, found)
        if asked["format"]:
            response["Content-Disposition"] = f'attachment; filename="bzpeer-{found.root}.json"'
        return response


def _answer(request: Request, found: slices.Slice) -> HttpResponse:
    """The stored bytes as they are where the client takes gzip; a weak validator, as it names both forms."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.payload if packed else found.body, content_type="application/json")
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"] = f'W/"{found.version}"'
    return response


def _file(request: Request, found: slices.Slice, wanted: str, part: str | None) -> HttpResponse:
    """The slice as a file; not written again for a client that has it."""
    etag = f'W/"{found.version}-{wanted}-{part or "all"}-{exports.EDITION}"'
    export: Export = exports.csv_table(part) if part else exports.EXPORTS[wanted]
    is_known = get_conditional_response(request, etag=etag) is not None  # ApiView answers 304 then
    response = HttpResponse(b"" if is_known else export.write(found.document), content_type=export.media_type)
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(found.root, export, part)}"'
    response["ETag"] = etag
    return response


def _address(request: Request, root: str) -> str:
    query = request.query_params.copy()
    query["root"] = root
    return f"{reverse('api:graph')}?{query.urlencode(safe=':,')}"
