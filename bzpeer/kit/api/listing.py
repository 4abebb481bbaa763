"""Lists: `page` and `per_page` with a count, or `cursor=*` to any depth, in one envelope with a Link header."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.response import Response

from bzpeer.kit.api import parameters
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, invalid
from bzpeer.kit.api.sorting import LONGEST_CURSOR, Order

DEEPEST: Final = 10_000
PER_PAGE: Final = 25
MOST_PER_PAGE: Final = 100


def _cursor(text: str) -> str:
    if not text or len(text) > LONGEST_CURSOR:
        raise ValueError(_("This cursor does not belong to this list; start again with cursor=*."))
    return text


PARAMETERS: Final = (
    parameters.number("page", 1, DEEPEST, None),
    parameters.number("per_page", 1, MOST_PER_PAGE, PER_PAGE),
    Parameter("cursor", _cursor),
)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What a list shows. `load` turns ids into results, in their order and in a fixed number of queries.

    `best` are ids in order of relevance, used where no sort was asked; `count` replaces counting; `said` is added to
    `meta`.
    """

    rows: QuerySet[Any]
    load: Callable[[Sequence[int]], Sequence[Any]]
    best: Sequence[int] | None = None
    count: int | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


def respond(
    request: HttpRequest, asked: Mapping[str, Any], shown: Rows, order: Order, *, by_relevance: bool = False
) -> Response:
    """One page of a list; `asked` are the values of PARAMETERS."""
    if asked["cursor"] is not None:
        return _by_cursor(request, asked, shown, order)
    page, size = asked["page"] or 1, asked["per_page"]
    best = shown.best if by_relevance else None
    count = shown.rows.order_by().count() if shown.count is None else shown.count
    _refuse_depth(page, size, count, best)
    start = (page - 1) * size
    if best is not None:
        wanted = best[start : start + size]
    else:
        wanted = (
            list(order.apply(shown.rows).values_list("pk", flat=True)[start : start + size]) if start < count else []
        )
    reached = min(count, DEEPEST if best is None else len(best))
    links = {"prev": {"page": page - 1}} if page > 1 else {}
    if (page + 1) * size <= DEEPEST and page * size < reached:
        links["next"] = {"page": page + 1}
    meta = {"count": count, "page": page, "per_page": size, "next_cursor": None}
    return _answer(request, meta | dict(shown.said), shown.load(wanted), links)


def _by_cursor(request: HttpRequest, asked: Mapping[str, Any], shown: Rows, order: Order) -> Response:
    if asked["page"] is not None:
        raise invalid(Mistake(_("“page” and “cursor” exclude each other."), "#/page", "conflict"))
    wanted, following = order.after(shown.rows, asked["cursor"], asked["per_page"])
    links: dict[str, dict[str, Any]] = {"next": {"cursor": following}} if following else {}
    said = {name: value for name, value in shown.said.items() if name != "count_is_exact"}
    meta = {"count": None, "page": None, "per_page": asked["per_page"], "next_cursor": following}
    return _answer(request, meta | said, shown.load(wanted), links)


def _refuse_depth(page: int, size: int, count: int, best: Sequence[int] | None) -> None:
    if page * size > DEEPEST:
        said = _("page × per_page must not exceed %(most)s; use cursor=* to read on.") % {"most": DEEPEST}
        raise invalid(Mistake(said, "#/page", "too-deep"))
    if best is not None and len(best) < count and (page - 1) * size >= len(best):
        said = _("Only the first %(most)s matches are in order of relevance; add sort=… or cursor=* to read on.")
        raise invalid(Mistake(said % {"most": len(best)}, "#/page", "too-deep"))


def _answer(
    request: HttpRequest, meta: dict[str, Any], results: Sequence[Any], links: dict[str, dict[str, Any]]
) -> Response:
    written = ", ".join(f'<{address(request, **changed)}>; rel="{rel}"' for rel, changed in links.items())
    return Response({"meta": meta, "results": list(results)}, headers={"Link": written} if written else None)


def address(request: HttpRequest, **changed: Any) -> str:
    """The address of this request with some parameters changed, on the site's own host."""
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
    return f"{settings.BASE_URL.rstrip('/')}{request.path}?{query.urlencode(safe='*:,')}"
