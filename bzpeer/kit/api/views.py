"""The base of every endpoint: parameters read strictly, conditional answers, headers for caches and browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bzpeer.kit.api import listing, parameters, sorting
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Problem
from bzpeer.kit.api.sorting import Field

FRESH_FOR = 30  # seconds; what is hidden must be gone within 60
COSTLY = 5  # calls that a search or a question to the graph counts for
EXPOSED = "Content-Disposition, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After"


class ApiView(APIView):
    """An endpoint that anybody may read. Subclasses list their `parameters` and answer `get`."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    parameters: ClassVar[Sequence[Parameter]] = ()
    cost: ClassVar[int] = 1  # in calls, for bzpeer.rates
    http_method_names = ["get", "head", "options"]

    def asked(self, request: Request) -> dict[str, Any]:
        """The value of every parameter; raises a 400 that names all mistakes."""
        return parameters.read(request.query_params, self.accepted())

    def accepted(self) -> Sequence[Parameter]:
        return self.parameters

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return response
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        return _conditional(request, response) if request.method != "OPTIONS" else response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """A browser's question before a call from another site."""
        headers = {"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS", "Access-Control-Max-Age": "86400"}
        return Response(status=204, headers=headers)


class ListView(ApiView):
    """A list: paging, cursors and order besides its own parameters."""

    sorts: ClassVar[Mapping[str, Field]] = {}
    default_sort: ClassVar[str] = ""

    def accepted(self) -> Sequence[Parameter]:
        return (*listing.PARAMETERS, sorting.parameter(self.sorts), *self.parameters)

    def answer(self, request: Request, asked: Mapping[str, Any], rows: Rows) -> Response:
        """One page: by relevance where a search is not sorted otherwise."""
        order = asked["sort"] or sorting.parse(self.default_sort, self.sorts)
        return listing.respond(request, asked, rows, order, by_relevance=asked["sort"] is None)


def moved(location: str) -> Response:
    """301 to the record that this one was merged into."""
    return Response(status=301, headers={"Location": location})


class UnknownAddress(ApiView):
    """Any address below /api/ that no endpoint has, for every method."""

    http_method_names = ["get", "head", "options", "post", "put", "patch", "delete"]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise Problem("not-found", _("There is no such address in this API; addresses have no slash at the end."))

    post = put = patch = delete = get


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A validator and a short life for a good answer; 304 where the client has it already."""
    patch_vary_headers(response, ["Accept"])
    if response.status_code != 200:
        patch_cache_control(
            response, **({"public": True, "max_age": FRESH_FOR} if response.status_code == 301 else {"no_store": True})
        )
        return response
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, public=True, max_age=FRESH_FOR)
    if not isinstance(response, HttpResponse):
        return response
    if isinstance(response, Response):
        response.render()
    if not response.has_header("ETag"):
        response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=16).hexdigest()}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
