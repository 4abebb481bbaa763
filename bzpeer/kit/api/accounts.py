"""The base of endpoints that need an account: signed in by session with CSRF, strict bodies, never cached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from bzpeer.kit.api import parameters
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, invalid

LONGEST = 20_000  # characters of a text in a body
MOST_NAMED = 20  # of unknown fields: looking for what each may have meant costs more than sending it


class Session(SessionAuthentication):
    """A session of the site; whoever has none gets a 401, not a 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class AccountView(APIView):
    """An endpoint for those who are signed in."""

    authentication_classes = (Session,)
    permission_classes = (IsAuthenticated,)
    http_method_names = ["get", "head", "post", "delete"]
    parameters: ClassVar[Sequence[Parameter]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.asked = parameters.read(request.query_params, self.parameters)  # an unknown one is a 400


def fields(request: Request, known: Mapping[str, type]) -> dict[str, Any]:
    """The body, an object with some of these fields; raises a 400 that names other fields and every wrong type."""
    data = request.data or {}
    if not isinstance(data, Mapping):
        raise invalid(Mistake(_("Send a JSON object."), "#"))
    strange = islice((name for name in data if name not in known), MOST_NAMED)
    mistakes = [_unknown(name, known) for name in strange]
    for name, kind in known.items():
        if name in data and (type(data[name]) is not kind or (kind is str and len(data[name]) > LONGEST)):
            said = {str: _("a text"), bool: _("true or false")}.get(kind, kind.__name__)
            mistakes.append(Mistake(_("“%(name)s” must be %(said)s.") % {"name": name, "said": said}, f"#/{name}"))
    if mistakes:
        raise invalid(*mistakes)
    return {name: data[name] for name in known if name in data}


def _unknown(name: object, known: Mapping[str, type]) -> Mistake:
    near = get_close_matches(str(name), known, n=1)
    hint = _("Did you mean “%(near)s”?") % {"near": near[0]} if near else _("Leave it out.")
    detail = _("“%(name)s” is no field of this request.") % {"name": str(name)[:60]}
    return Mistake(f"{detail} {hint}", f"#/{str(name)[:60]}", "unknown")
