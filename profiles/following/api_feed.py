"""The feed over the API: read it, mark it as read, keep items for later."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Final, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import listing, parameters
from bzpeer.kit.api.accounts import AccountView, fields
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, invalid, not_found
from bzpeer.kit.api.sorting import START, Order
from profiles.following import feed, feed_representations
from profiles.following.feed import Wanted
from profiles.models import User
from publications.models import Work

MOST_IDS: Final = 1_000  # marked by one request
LARGEST: Final = 2**62


def _short_id(text: str) -> str:
    if feed.is_short_id(text):
        return text
    raise ValueError(_("“of” must be the id of an author, topic, institution or source, such as A12."))


class _LatestFirst(Order):
    """One request looks at a bounded part of a feed: the cursor leads on from there, also where little was found."""

    def __init__(self, user: User, wanted: Wanted) -> None:
        super().__init__((), ids_fall=True)
        self._part = user, wanted

    def after(self, rows: QuerySet[Any], cursor: str, size: int) -> tuple[list[int], str | None]:
        before = None if cursor == START else self._decode(cursor)[-1]
        found = feed.look(*self._part, size, before)
        return [item.pk for item in found.items], self._encode([found.older]) if found.older else None


class MyFeed(AccountView):
    """`GET /me/feed`: latest first, to any depth by `cursor`."""

    http_method_names = ["get", "head"]
    parameters: ClassVar[Sequence[Parameter]] = (
        parameters.number("per_page", 1, listing.MOST_PER_PAGE, listing.PER_PAGE),
        *(parameter for parameter in listing.PARAMETERS if parameter.name == "cursor"),
        parameters.choice("view", tuple(feed.VIEWS), "new"),
        parameters.choice("unread", ("true", "false"), "false"),
        parameters.choice("kind", tuple(feed.TARGETS.values()), ""),
        parameters.choice("type", tuple(Work.Type.values), ""),
        Parameter("of", _short_id, ""),
    )

    def get(self, request: Request) -> Response:
        asked = self.asked
        wanted = Wanted(asked["view"], asked["unread"] == "true", asked["kind"], asked["of"], asked["type"])
        rows = Rows(rows=feed.chosen(_user(request), wanted), load=partial(feed_representations.items, _user(request)))
        counted = asked | {"page": None, "cursor": asked["cursor"] or START}  # never counted: it may be thousands
        return listing.respond(request, counted, rows, _LatestFirst(_user(request), wanted))


class FeedRead(AccountView):
    """`POST /me/feed/read` `{"ids", "read"?}` or `{"up_to"}`: these, or all up to the newest that one has seen: 204."""

    http_method_names = ["post"]

    def post(self, request: Request) -> Response:
        given, user = fields(request, {"ids": list, "up_to": int, "read": bool}), _user(request)
        if ("ids" in given) == ("up_to" in given):
            raise invalid(Mistake(_("Send either “ids” or “up_to”."), "#"))
        if "up_to" in given:
            feed.mark_read(user, up_to=max(0, min(given["up_to"], LARGEST)))
            return Response(status=204)
        numbers = _numbers(given["ids"])
        (feed.mark_read if given.get("read", True) else feed.mark_unread)(user, numbers)
        return Response(status=204)


class FeedSaved(AccountView):
    """`PUT` and `DELETE /me/feed/{id}/saved`: keep an item for later, or let it go. Both may be repeated: 204."""

    http_method_names = ["put", "delete"]

    def put(self, request: Request, number: int) -> Response:
        return self._save(request, number, saved=True)

    def delete(self, request: Request, number: int) -> Response:
        return self._save(request, number, saved=False)

    def _save(self, request: Request, number: int, *, saved: bool) -> Response:
        fields(request, {})
        if number > LARGEST or not feed.save(_user(request), number, saved=saved):
            raise not_found(_("item of your feed"), str(number))
        return Response(status=204)


def _numbers(given: list[Any]) -> list[int]:
    if len(given) > MOST_IDS or not all(type(number) is int and 0 < number < LARGEST for number in given):
        raise invalid(Mistake(_("“ids” must be at most %(most)s numbers of items.") % {"most": MOST_IDS}, "#/ids"))
    return given


def _user(request: Request) -> User:
    return cast("User", request.user)
