"""Blocks and reports over the API, and what moderators decide about reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import listing
from bzpeer.kit.api.accounts import AccountView, fields
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.problems import Mistake, Problem, invalid, not_found
from bzpeer.kit.api.sorting import Order
from profiles.collaborating import blocks, reports
from profiles.collaborating import collaboration_representations as shown
from profiles.collaborating.api_collaboration import (
    LATEST_FIRST,
    asking,
    bounded,
    known,
    needed,
    own_invitation,
    own_side,
)
from profiles.models import Message, Report
from profiles.moderating import moderation
from publications.representations import in_order

OLDEST_FIRST = Order((), ids_fall=False)


class Blocks(AccountView):
    """`GET /blocks`; `POST` `{"invitation"}` or `{"conversation"}` blocks the other side."""

    http_method_names = ["get", "head", "post"]
    parameters = listing.PARAMETERS

    def get(self, request: Request) -> Response:
        rows = blocks.listed(asking(request))

        def load(wanted: Sequence[int]) -> list[Any]:
            return [shown.block(row) for row in in_order(wanted, rows.filter(pk__in=wanted))]

        return listing.respond(request, self.asked, Rows(rows=rows, load=load), LATEST_FIRST)

    def post(self, request: Request) -> Response:
        given = fields(request, {"invitation": int, "conversation": int})
        name = _one(given, "invitation", "conversation")
        if name == "invitation":
            row = blocks.block_sender(invitation=own_invitation(request, given[name]), by=asking(request))
        else:
            row = blocks.block_other(side=own_side(request, given[name]), by=asking(request))
        return Response(shown.block(row), status=201)


class BlockDetail(AccountView):
    """`DELETE /blocks/{id}`: let them invite again."""

    http_method_names = ["delete"]

    def delete(self, request: Request, number: int) -> Response:
        fields(request, {})
        if not blocks.unblock(pk=number, by=asking(request)):
            raise not_found(_("block"), str(number))
        return Response(status=204)


class Reports(AccountView):
    """`POST /reports` `{"message"|"invitation"|"conversation", "reason", "text"?}`; `GET` the queue, for moderators."""

    http_method_names = ["get", "head", "post"]
    parameters = listing.PARAMETERS

    def get(self, request: Request) -> Response:
        _moderator(request)
        rows = reports.waiting(asking(request))

        def load(wanted: Sequence[int]) -> list[Any]:
            return [shown.report(row) for row in in_order(wanted, rows.filter(pk__in=wanted))]

        return listing.respond(request, self.asked, Rows(rows=rows, load=load), OLDEST_FIRST)

    def post(self, request: Request) -> Response:
        names = {"message": int, "invitation": int, "conversation": int, "reason": str, "text": str}
        given = fields(request, names)
        needed(given, "reason")
        name = _one(given, "message", "invitation", "conversation")
        said = {"reason": given["reason"], "text": given.get("text", "")}
        with known(name, given[name]):
            row = reports.report(by=asking(request), **{name: _reported(request, name, given[name])}, **said)
        return Response(shown.own_report(row), status=201)


class ReportDecision(AccountView):
    """`POST /reports/{id}/decision` `{"verdict", "text", "days"?}`, for moderators who have no part in it."""

    http_method_names = ["post"]

    def post(self, request: Request, number: int) -> Response:
        given = fields(request, {"verdict": str, "text": str, "days": int})
        row = _report(request, number)
        said = {"verdict": "", "text": ""} | given
        return Response(shown.own_report(reports.decide(report=row, by=asking(request), **said)), status=201)


# Reading requests


def _one(given: dict[str, Any], *names: str) -> str:
    named = [name for name in names if name in given]
    if len(named) != 1:
        raise invalid(Mistake(_("Name one of: %(names)s.") % {"names": ", ".join(names)}, "#", "required"))
    return named[0]


def _reported(request: Request, name: str, number: int) -> Any:
    if name == "invitation":
        return own_invitation(request, number)
    if name == "conversation":
        return own_side(request, number).conversation
    row = Message.objects.filter(pk=bounded(number)).first()
    if row is None:
        raise not_found(name, str(number))
    return row


def _moderator(request: Request) -> None:
    if not moderation.is_moderator(asking(request)):
        raise Problem("permission-denied")


def _report(request: Request, number: int) -> Report:
    try:
        return reports.get(asking(request), bounded(number))
    except Report.DoesNotExist:
        raise not_found(_("report"), str(number)) from None
