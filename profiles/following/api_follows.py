"""Following over the API: follow, mute and unfollow what has a page, and the list of what one follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, cast

from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import listing, parameters, sorting
from bzpeer.kit.api.accounts import AccountView, fields
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.sorting import Field, Order
from bzpeer.kit.api.views import moved
from profiles.following import follow_lists, following_page, follows
from profiles.models import Follow, User
from profiles.models.following import FOLLOWABLE
from publications.representations import api_url, in_order, page_url, shown_record
from publications.search_models import Kind

LATEST_FIRST: Final = Order((), ids_fall=True)
_TRUTH: Final = {"true": True, "false": False}


class FollowTarget(AccountView):
    """`PUT` follows, with `{"muted"}` it mutes or unmutes as well; `DELETE` unfollows. Both may be repeated: 204."""

    http_method_names = ["put", "delete"]
    kind: ClassVar[Kind] = Kind.AUTHORS

    def put(self, request: Request, key: str) -> Response:
        given = fields(request, {"muted": bool})
        target, short_id = shown_record(self.kind, key)
        if target is None:
            return self._moved(short_id)
        follows.follow(target, by=_user(request))
        if "muted" in given:
            follows.mute(target, by=_user(request), muted=given["muted"])
        return Response(status=204)

    def delete(self, request: Request, key: str) -> Response:
        fields(request, {})
        target, short_id = shown_record(self.kind, key)
        if target is None:
            return self._moved(short_id)
        follows.unfollow(target, by=_user(request))
        return Response(status=204)

    def _moved(self, short_id: str) -> Response:
        return moved(api_url(f"{self.kind.value}/{short_id}/follow"))


class MyFollows(AccountView):
    """`GET /me/follows`: what one follows, latest first."""

    http_method_names = ["get", "head"]
    sorts: ClassVar[dict[str, Field]] = {
        "works_count": Field("works"),
        "display_name": Field("sort_key", is_text=True),
    }
    parameters = (
        *listing.PARAMETERS,
        sorting.parameter(sorts),
        parameters.choice("kind", tuple(FOLLOWABLE)),
        parameters.choice("muted", tuple(_TRUTH)),
        parameters.text("search"),
    )

    def get(self, request: Request) -> Response:
        asked = self.asked
        rows = following_page.narrowed(
            _user(request), kind=asked["kind"] or "", query=asked["search"], muted=_TRUTH.get(asked["muted"])
        )
        return listing.respond(request, asked, Rows(rows=rows, load=_shown), asked["sort"] or LATEST_FIRST)


def _shown(wanted: Sequence[int]) -> list[dict[str, Any]]:
    """Follows as the API shows them, in this order."""
    rows = Follow.objects.filter(pk__in=wanted).select_related(*FOLLOWABLE)
    return [_follow(row) for row in in_order(wanted, rows)]


def _follow(row: Follow) -> dict[str, Any]:
    target = follows.target_of(row)
    return {
        "id": row.target,
        "entity_type": follows.KINDS[row.target[0]],
        "display_name": target.label,
        "works_count": target.works_count,
        "muted": row.muted,
        "followed_at": row.created_at.isoformat(),
        "page_url": page_url(target),
        "feed_url": follow_lists.feed_url(row.target),
    }


def _user(request: Request) -> User:
    return cast("User", request.user)
