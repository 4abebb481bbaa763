"""Connections in the API: paths between two authors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import parameters
from bzpeer.kit.api.views import ApiView, moved
from graph import ends, paths
from publications import tex
from publications.models import Author, Work


class PathView(ApiView):
    """`GET /graph/path?from=A12&to=A99&k=3`: the shortest chains of co-authors, each step with its works."""

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


def _url(entity: Author | Work) -> str:
    return settings.BASE_URL.rstrip("/") + entity.get_absolute_url()


def _address(request: Request, name: str, changed: dict[str, str]) -> str:
    query = request.query_params.copy()
    for parameter, value in changed.items():
        query[parameter] = value
    return f"{reverse(name)}?{query.urlencode(safe=':,')}"
