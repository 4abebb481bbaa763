"""Short links in the API: make one for a state of the explorer, resolve one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit import allowance
from bzpeer.kit.api import parameters
from bzpeer.kit.api.problems import Mistake, invalid, not_found
from bzpeer.kit.api.views import ApiView
from graph import shares
from graph.models import SharedView
from graph.shares import State


class LinksView(ApiView):
    """`POST /graph/links` `{"url": …}` or `{"query": …}`: 201 with a new link, 200 with the one there is.

    `GET /graph/links?code=…` says where a link leads.
    """

    http_method_names = ["get", "head", "options", "post"]
    parameters = (parameters.text("code"),)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        code = self.asked(request)["code"]
        if not code:
            raise invalid(Mistake(_("Name a link with “code”."), "#/code", "required"))
        link = shares.find(code)
        if link is None:
            raise not_found(_("short link"), code)
        return Response(_said(link))

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        state = _state(request.data)
        link, is_new = shares.share(state.query, client=allowance.client_of(request._request))
        return Response(_said(link), status=201 if is_new else 200, headers={"Location": shares.short_address(link)})


def _state(data: Any) -> State:
    given = [name for name in ("url", "query") if isinstance(data, dict) and isinstance(data.get(name), str)]
    if len(given) != 1 or len(data) != 1:
        detail = _("Send one of “url”, an address of the explorer, and “query”, what stands behind its question mark.")
        raise invalid(Mistake(detail, "#", "required"))
    return shares.read_address(data["url"]) if given == ["url"] else shares.read_text(data["query"])


def _said(link: SharedView) -> dict[str, str]:
    return {
        "code": link.code,
        "short_url": shares.short_address(link),
        "url": settings.BASE_URL + shares.explorer_address(link.state),
    }
