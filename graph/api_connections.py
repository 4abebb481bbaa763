"""Connections in the API: paths between two authors, the two side by side, and what a line rests on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import listing, parameters
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, invalid, not_found
from bzpeer.kit.api.views import COSTLY, ApiView, moved
from graph import compare, ends, explain, paths, questions, slices
from publications import tex
from publications.models import Author, Entity, Work


class PathView(ApiView):
    """`GET /graph/path?from=A12&to=A99&k=3`: the shortest chains of co-authors, each step with its works."""

    cost = COSTLY
    parameters = (
        ends.parameter("from"),
        ends.parameter("to"),
        parameters.number("k", 1, paths.MOST_PATHS, paths.PATHS),
    )

    def get(self, request: Request) -> Response:
        asked = self.asked(request)
        try:
            start, goal = ends.both(asked, "from", "to")
        except ends.MergedEndError as merged:
            return moved(_address(request, "api:graph-path", merged.ids))
        found = paths.between(start, goal, k=asked["k"])
        return Response({"meta": _meta(found, asked["k"]), "results": [_chain(chain) for chain in found.chains]})


class CompareView(ApiView):
    """`GET /graph/compare?a=A12&b=A99`: what two authors share, and what only one of them has."""

    cost = COSTLY
    parameters = (ends.parameter("a"), ends.parameter("b"))

    def get(self, request: Request) -> Response:
        asked = self.asked(request)
        try:
            one, other = ends.both(asked, "a", "b")
        except ends.MergedEndError as merged:
            return moved(_address(request, "api:graph-compare", merged.ids))
        found = compare.compare(one, other)
        meta = {"a": one.short_id, "b": other.short_id, "works_count": found.works_total}
        works = {"count": found.works_total, "results": [shown_work(work) for work in found.works]}
        return Response({"meta": meta, "works": works} | {part.plural: _section(part) for part in found.sections})


class EdgeView(ApiView):
    """`GET /graph/edge?source=A12&target=T3`: which works the line between any two things rests on, in which years."""

    cost = COSTLY
    parameters = (
        Parameter("source", questions.find_root),
        Parameter("target", questions.find_root),
        *(parameter for parameter in questions.PARAMETERS if parameter.name in ("from_year", "to_year", "topic")),
        parameters.number("page", 1, listing.DEEPEST, 1),
        parameters.number("per_page", 1, listing.MOST_PER_PAGE, listing.PER_PAGE),
    )

    def get(self, request: Request) -> Response:
        asked = self.asked(request)
        _check_edge(asked)
        page, size = asked["page"], asked["per_page"]
        ends = asked["source"], asked["target"]
        try:
            found = explain.explain(*ends, offset=(page - 1) * size, most=size, within=questions.within(asked))
        except slices.MergedRootError as merged:
            return moved(_address(request, "api:graph-edge", _replaced(asked, merged)))
        except slices.UnknownRootError as unknown:
            raise not_found(_("author, work, topic or institution"), str(unknown)) from None
        following = listing.address(request, page=page + 1) if page * size < found.count else ""
        headers = {"Link": f'<{following}>; rel="next"'} if following else None
        works = [shown_work(work) for work in found.works]
        return Response({"meta": _edge_meta(found, page, size), "results": works}, headers=headers)


def shown_work(work: Work) -> dict[str, Any]:
    return {
        "id": work.short_id,
        "title": tex.to_plain(work.title),
        "publication_year": work.publication_year,
        "type": work.type,
        "cited_by_count": work.cited_by_count,
        "is_retracted": work.is_retracted,
        "url": _url(work),
    }


def shown_author(author: Author) -> dict[str, Any]:
    return {
        "id": author.short_id,
        "display_name": author.display_name,
        "works_count": author.works_count,
        "url": _url(author),
    }


def _meta(found: paths.Connection, k: int) -> dict[str, Any]:
    return {
        "from": found.start.short_id,
        "to": found.goal.short_id,
        "k": k,
        "count": len(found.chains),
        "connected": found.connected,
        "exact": found.is_exact,
        "stopped": found.stopped or None,
        "detail": found.reason or None,
        "authors_read": found.read,
    }


def _check_edge(asked: dict[str, Any]) -> None:
    missing = [name for name in ("source", "target") if asked[name] is None]
    if missing:
        said = _("“%(name)s” must be the id of an author, work, topic or institution, for example A12.")
        raise invalid(*(Mistake(said % {"name": name}, f"#/{name}", "required") for name in missing))
    if asked["from_year"] and asked["to_year"] and asked["from_year"] > asked["to_year"]:
        raise invalid(Mistake(_("“to_year” lies before “from_year”."), "#/to_year"))
    if asked["page"] * asked["per_page"] > listing.DEEPEST:
        said = _("page × per_page must not exceed %(most)s.") % {"most": listing.DEEPEST}
        raise invalid(Mistake(said, "#/page", "too-deep"))


def _replaced(asked: dict[str, Any], merged: slices.MergedRootError) -> dict[str, str]:
    """The end that was merged, by its parameter, with what stands in its place."""
    name = next(name for name in ("source", "target") if questions.short_id(*asked[name]) == merged.root)
    return {name: merged.into}


def _edge_meta(found: explain.Explanation, page: int, size: int) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "source": found.source.short_id,
        "target": found.target.short_id,
        "type": found.type,
        "weight": None if found.weight is None else round(found.weight, 6),
        "count": found.count,
        "count_is_exact": found.is_counted,
        "page": page,
        "per_page": size,
        "counts_by_year": [{"year": year, "works_count": works} for year, works in found.by_year],
    }
    if isinstance(found.source, Work) and isinstance(found.target, Work):
        meta["cites"] = [{"citing": f"W{citing}", "cited": f"W{cited}"} for citing, cited in found.cites]
    if found.people is not None:
        people = [shown_author(author) for author in found.people]
        meta["people"] = {"count": found.people_count, "results": people}
    return meta


def _section(section: compare.Section) -> dict[str, Any]:
    columns = {"shared": section.shared, "only_a": section.only_one, "only_b": section.only_other}
    answer: dict[str, Any] = {"is_cut": section.is_cut}
    for name, column in columns.items():
        answer[name] = {"count": column.total, "results": [_compared(row) for row in column.rows]}
    return answer


def _compared(row: compare.Row) -> dict[str, Any]:
    return {
        "id": row.entity.short_id,
        "display_name": row.entity.label,
        "url": _url(row.entity),
        "works_with_a": row.one,
        "works_with_b": row.other,
    }


def _chain(chain: paths.Chain) -> dict[str, Any]:
    return {
        "length": chain.length,
        "authors": [shown_author(author) for author in chain.authors],
        "hops": [_hop(hop) for hop in chain.hops],
    }


def _hop(hop: paths.Hop) -> dict[str, Any]:
    return {
        "source": hop.source.short_id,
        "target": hop.target.short_id,
        "length": hop.length,
        "weight": round(hop.weight, 6),
        "works": hop.works,
        "first_year": hop.first_year,
        "last_year": hop.last_year,
        "shared_works": [shown_work(work) for work in hop.shared],
    }


def _url(entity: Entity) -> str:
    return settings.BASE_URL.rstrip("/") + entity.get_absolute_url()


def _address(request: Request, name: str, changed: dict[str, str]) -> str:
    query = request.query_params.copy()
    for parameter, value in changed.items():
        query[parameter] = value
    return f"{reverse(name)}?{query.urlencode(safe=':,')}"
