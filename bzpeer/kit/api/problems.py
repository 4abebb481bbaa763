"""Errors as problem details (RFC 9457): one type per kind of failure, whose URI is a help page on this site."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from bzpeer.kit.api.kinds import KINDS
from bzpeer.kit.api.renderers import ProblemRenderer

MEDIA_TYPE: Final = ProblemRenderer.media_type
API_PATH: Final = "/api/"


_BY_STATUS: Final = {kind.status: name for name, kind in reversed(KINDS.items())}
_BY_STATUS.update({403: "permission-denied", 409: "conflict"})


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one parameter or field; `pointer` is a JSON pointer as fragment: #/per_page."""

    detail: str
    pointer: str
    code: str = "invalid"


class Problem(exceptions.APIException):
    """Raised anywhere below a view; `kind` is a key of KINDS."""

    def __init__(
        self,
        kind: str,
        detail: object = "",
        *,
        mistakes: Sequence[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.mistakes, self.headers = kind, tuple(mistakes), dict(headers or {})
        self.status_code = KINDS[kind].status
        super().__init__(detail=str(detail) or str(KINDS[kind].title), code=kind)


def invalid(*mistakes: Mistake) -> Problem:
    """400 with everything that is wrong at once."""
    return Problem("invalid", " ".join(mistake.detail for mistake in mistakes), mistakes=mistakes)


def not_found(noun: str, key: str) -> Problem:
    """404, in the same words for what is missing and for what one may not see."""
    return Problem("not-found", _("There is no %(noun)s with the id “%(key)s”.") % {"noun": noun, "key": key[:200]})


def body(kind: str, detail: object = "", mistakes: Sequence[Mistake] = (), status: int | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": f"{settings.BASE_URL.rstrip('/')}/problems/{kind}/",
        "title": str(KINDS[kind].title),
        "status": status or KINDS[kind].status,
        "detail": str(detail) or str(KINDS[kind].remedy),
        "instance": uuid.uuid4().urn,
    }
    return said | ({"errors": [asdict(mistake) for mistake in mistakes]} if KINDS[kind].status == 400 else {})


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler; what is not an answer to the client is left to Django's 500."""
    problem = _as_problem(exc)
    if problem is None:
        return None
    said = body(problem.kind, problem.detail, problem.mistakes, problem.status_code)
    response = Response(said, status=problem.status_code, headers=problem.headers, content_type=MEDIA_TYPE)
    request = context.get("request")
    if request is not None:
        request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), MEDIA_TYPE
    return response


def plain(
    request: HttpRequest, status: int, detail: object = "", headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The same answer for Django's own error handlers and for middleware."""
    said = body(_BY_STATUS.get(status, "internal-error"), detail, status=status)
    response = HttpResponse(
        json.dumps(said, ensure_ascii=False), status=status, content_type=MEDIA_TYPE, headers=headers
    )
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    return response


def carry(problem: Problem, response: HttpResponse) -> HttpResponse:
    """A page that tells of a problem, with the problem's headers."""
    for name, value in problem.headers.items():
        response[name] = value
    return response


def is_api(request: HttpRequest) -> bool:
    """Whether errors of this request are answered as problem details."""
    return request.path_info.startswith(API_PATH)


def _as_problem(exc: Exception) -> Problem | None:
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, DjangoValidationError):
        return _refusal(exc) or invalid(*_django_mistakes(exc))
    if isinstance(exc, Http404):
        return Problem("not-found", KINDS["not-found"].remedy)
    if isinstance(exc, PermissionDenied):
        return Problem("permission-denied")
    if isinstance(exc, exceptions.ValidationError):
        return invalid(*_mistakes(exc.detail))
    return _of_framework(exc) if isinstance(exc, exceptions.APIException) else None


def _refusal(exc: DjangoValidationError) -> Problem | None:
    """What a feature refuses with the name of a problem as its code: nothing is wrong with the request's fields."""
    code = getattr(exc, "code", "") or ""
    if code == "invalid" or code not in KINDS:
        return None
    wait = (getattr(exc, "params", None) or {}).get("retry_after")
    return Problem(code, " ".join(exc.messages), headers={"Retry-After": str(wait)} if wait else {})


def _of_framework(exc: exceptions.APIException) -> Problem:
    headers = {}
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait + 0.999))
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    kind = _BY_STATUS.get(exc.status_code, "internal-error")
    if kind == "invalid":
        return invalid(Mistake(detail=str(exc.detail), pointer="#", code=str(exc.get_codes())))
    return Problem(kind, exc.detail, headers=headers)


def _mistakes(detail: Any, pointer: str = "#") -> Iterator[Mistake]:
    """REST framework's nested messages, each with a pointer to its field."""
    if isinstance(detail, Mapping):
        for field, inner in detail.items():
            yield from _mistakes(inner, pointer if field == "non_field_errors" else f"{pointer}/{field}")
    elif isinstance(detail, list):
        nested = any(isinstance(inner, (Mapping, list)) for inner in detail)
        for place, inner in enumerate(detail):
            yield from _mistakes(inner, f"{pointer}/{place}" if nested else pointer)
    else:
        yield Mistake(detail=str(detail), pointer=pointer, code=getattr(detail, "code", "invalid"))


def _django_mistakes(exc: DjangoValidationError) -> Iterator[Mistake]:
    by_field = exc.error_dict if hasattr(exc, "error_dict") else {NON_FIELD_ERRORS: exc.error_list}
    for field, errors in by_field.items():
        for error in errors:
            pointer = "#" if field == NON_FIELD_ERRORS else f"#/{field}"
            for message in error.messages:
                yield Mistake(detail=message, pointer=pointer, code=error.code or "invalid")
