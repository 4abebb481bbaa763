"""Notifications and the digest over the API: read them, mark them as read, choose how they come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import listing, parameters, sorting
from bzpeer.kit.api.accounts import AccountView, fields
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, Problem, invalid
from profiles.models import Notification, User
from profiles.notifying import notices, subscriptions
from profiles.notifying.notice_kinds import GROUPS, KINDS

LATEST_FIRST = sorting.Order((), ids_fall=True)
MOST_MARKED = 100


def _group(text: str) -> str:
    if text not in GROUPS:
        raise ValueError(_("Choose one of: %(known)s.") % {"known": ", ".join(GROUPS)})
    return text


class Notifications(AccountView):
    """`GET /me/notifications?unread=true&group=claims`: latest first, by pages or cursor."""

    http_method_names = ["get", "head"]
    parameters = (
        *listing.PARAMETERS,
        Parameter("group", _group),
        parameters.choice("unread", ("true", "false")),
    )

    def get(self, request: Request) -> Response:
        asked = self.asked
        rows = notices.latest(_user(request), group=asked["group"] or "", unread=asked["unread"] == "true")
        return listing.respond(request._request, asked, listing.Rows(rows=rows, load=_load), LATEST_FIRST)


class NotificationsRead(AccountView):
    """`POST /me/notifications/read` `{"ids"?: [≤ 100], "read"?: true}`: these, or without ids all, as read."""

    http_method_names = ["post"]

    def post(self, request: Request) -> Response:
        given = fields(request, {"ids": list, "read": bool})
        ids = given.get("ids")
        if ids is None and given.get("read") is False:
            raise invalid(Mistake(_("Say by “ids” which are to be unread."), "#/ids", "required"))
        if ids is not None and (len(ids) > MOST_MARKED or any(type(pk) is not int for pk in ids)):
            raise invalid(Mistake(_("“ids” must be a list of at most 100 numbers."), "#/ids"))
        marked = notices.mark_read(_user(request), ids, read=given.get("read", True))
        return Response({"marked": marked, "unread": notices.unread_count(_user(request))})


class SubscriptionView(AccountView):
    """`GET`, `PATCH /me/subscription` `{"digest"?, "notices"?: {group: {"in_app"?, "by_mail"?}}}` with If-Match."""

    http_method_names = ["get", "head", "patch"]

    def get(self, request: Request) -> Response:
        return _subscription(_user(request))

    @transaction.atomic
    def patch(self, request: Request) -> Response:
        user = User.objects.select_for_update(of=("self",)).get(pk=_user(request).pk)
        _require_match(request, _subscription(user)["ETag"])
        given = fields(request, {"digest": str, "notices": dict})
        changes = _wishes(user, given.get("notices", {}))
        try:
            if "digest" in given:
                subscriptions.choose_digest(given["digest"], by=user)
            for name, wish in changes.items():
                subscriptions.wish_for(name, by=user, **wish)
        except ValidationError as refusal:
            pointer = "#/notices" if refusal.code == "always" else "#/digest"
            raise invalid(Mistake(" ".join(refusal.messages), pointer, str(refusal.code))) from refusal
        return _subscription(user)


def _wishes(user: User, given: Mapping[str, Any]) -> dict[str, dict[str, bool]]:
    """What is asked for each group, beside what holds; raises a 400 that names every mistake."""
    mistakes, found = [], {}
    stored = {wish.name: {"in_app": wish.in_app, "by_mail": wish.by_mail} for wish in subscriptions.wishes(user)}
    for name, said in given.items():
        if name not in GROUPS:
            known = ", ".join(GROUPS)
            mistakes.append(
                Mistake(_("Choose one of: %(known)s.") % {"known": known}, f"#/notices/{name[:60]}", "unknown")
            )
        elif (
            not isinstance(said, dict) or set(said) - {"in_app", "by_mail"} or {type(v) for v in said.values()} - {bool}
        ):
            mistakes.append(Mistake(_("Say “in_app” and “by_mail” as true or false."), f"#/notices/{name}"))
        else:
            found[name] = stored[name] | said
    if mistakes:
        raise invalid(*mistakes)
    return found


def _require_match(request: Request, etag: str) -> None:
    """A change names the version that it changes."""
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem("precondition-required")
    if given.strip() != "*" and etag not in [one.strip() for one in given.split(",")]:
        raise Problem("precondition-failed")


def _subscription(user: User) -> Response:
    stored = subscriptions.of(user)
    said = {
        "digest": stored.digest,
        "digest_due_date": stored.digest_due_at,
        "time_zone": str(subscriptions.zone_of(user)),
        "notices": {
            wish.name: {"title": str(wish.group.title), "in_app": wish.in_app, "by_mail": wish.by_mail}
            for wish in subscriptions.wishes(user)
        },
    }
    digest = hashlib.blake2b(json.dumps(said, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()
    return Response(said, headers={"ETag": f'"{digest}"'})


def _load(pks: Sequence[int]) -> list[dict[str, Any]]:
    rows = Notification.objects.in_bulk(pks)
    return [_notification(rows[pk]) for pk in pks if pk in rows]


def _notification(row: Notification) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "group": KINDS[row.kind].group,
        "title": notices.title(row),
        "text": notices.text(row),
        "url": notices.address(row),
        "created_date": row.created_at,
        "read_date": row.read_at,
    }


def _user(request: Request) -> User:
    return cast("User", request.user)
