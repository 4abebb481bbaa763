"""Direct collaboration over the API: invitations, conversations and their messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from bzpeer.kit.api import listing, parameters
from bzpeer.kit.api.accounts import AccountView, fields
from bzpeer.kit.api.listing import Rows
from bzpeer.kit.api.problems import Mistake, Problem, invalid, not_found
from bzpeer.kit.api.sorting import Key, Order
from bzpeer.kit.api.views import COSTLY
from profiles.collaborating import collaboration, conversations, fit, markdown
from profiles.collaborating import collaboration_representations as shown
from profiles.models import Invitation, Message, Participant, User
from publications.addresses import survivor
from publications.lookup import is_merged, is_shown, record
from publications.models import Author
from publications.representations import api_url, in_order, shown_record
from publications.search_models import Kind

LATEST_FIRST: Final = Order((), ids_fall=True)
LAST_MOVED_FIRST: Final = Order((Key("moved", falls=True),), ids_fall=True)
STATUSES: Final = tuple(Invitation.Status.values)
LONGEST_LIST = 20  # ids in a body; how many an invitation may name is the feature's rule


class Invitations(AccountView):
    """`GET /invitations`; `POST` `{"author", "purpose", "message", "works"?, "topics"?}`. Takes Idempotency-Key."""

    http_method_names = ["get", "head", "post"]
    parameters = (
        *listing.PARAMETERS,
        parameters.choice("box", ("received", "sent"), "received"),
        parameters.choice("status", STATUSES),
    )

    def get(self, request: Request) -> Response:
        user, asked = asking(request), self.asked
        rows = collaboration.box(user, asked["box"], asked["status"] or "")

        def load(wanted: Sequence[int]) -> list[Any]:
            found = collaboration.with_facts(Invitation.objects.filter(pk__in=wanted))
            return [shown.invitation(row, user) for row in in_order(wanted, found)]

        said = {"allowance": shown.allowance(user)}
        return listing.respond(request, asked, Rows(rows=rows, load=load, said=said), LATEST_FIRST)

    def post(self, request: Request) -> Response:
        given = fields(request, {"author": str, "purpose": str, "message": str, "works": list, "topics": list})
        needed(given, "author", "purpose", "message")
        author, short_id = shown_record(Kind.AUTHORS, given["author"])
        if author is None:
            author = cast("Author", record(Kind.AUTHORS, short_id))  # whom a merged one became
        sent = collaboration.invite(
            author=author,
            by=asking(request),
            purpose=given["purpose"],
            message=_text(given, "message"),
            works=_records(Kind.WORKS, given, "works"),
            topics=_records(Kind.TOPICS, given, "topics"),
            key=_key(request),
        )
        return _invitation(request, sent.pk, status=201)


class InvitationDetail(AccountView):
    """`GET /invitations/{id}`; `DELETE` withdraws one's own."""

    http_method_names = ["get", "head", "delete"]

    def get(self, request: Request, number: int) -> Response:
        return _invitation(request, number)

    def delete(self, request: Request, number: int) -> Response:
        fields(request, {})
        with known(_("invitation"), number):
            collaboration.withdraw(invitation=own_invitation(request, number), by=asking(request))
        return Response(status=204)


class InvitationFit(AccountView):
    """`GET /invitations/{id}/fit`: what the two share, how they are connected, and what may stand between them."""

    http_method_names = ["get", "head"]
    cost = COSTLY

    def get(self, request: Request, number: int) -> Response:
        row = own_invitation(request, number)
        own, other = row.receiver_author, row.sender_author
        if row.sender_id == asking(request).pk:
            own, other = other, own
        if not (is_shown(own) and is_shown(other)):
            raise Problem("gone", _("One of the two records is no longer available."))
        return Response(shown.shown_fit(fit.between(own, other, purpose=row.purpose, works=row.works.all())))


class InvitationDecline(AccountView):
    """`POST /invitations/{id}/decline` `{"reason"?, "text"?}`"""

    http_method_names = ["post"]

    def post(self, request: Request, number: int) -> Response:
        given = fields(request, {"reason": str, "text": str})
        with known(_("invitation"), number):
            collaboration.decline(invitation=own_invitation(request, number), by=asking(request), **given)
        return _invitation(request, number)


class Conversations(AccountView):
    """`GET /conversations`; `POST` `{"invitation"}` accepts an invitation, which begins one."""

    http_method_names = ["get", "head", "post"]
    parameters = (*listing.PARAMETERS, parameters.choice("archived", ("true", "false"), "false"))

    def get(self, request: Request) -> Response:
        archived = self.asked["archived"] == "true"
        user = asking(request)

        def load(wanted: Sequence[int]) -> list[Any]:
            found = conversations.listed(user, archived=archived).filter(pk__in=wanted)
            return [shown.conversation(line) for line in conversations.lines(in_order(wanted, found))]

        rows = conversations.listed(user, archived=archived)
        return listing.respond(request, self.asked, Rows(rows=rows, load=load), LAST_MOVED_FIRST)

    def post(self, request: Request) -> Response:
        given = fields(request, {"invitation": int})
        needed(given, "invitation")
        number = given["invitation"]
        with known(_("invitation"), number):
            begun = collaboration.accept(invitation=own_invitation(request, number), by=asking(request))
        return _conversation(request, begun.pk, status=201)


class ConversationDetail(AccountView):
    """`GET /conversations/{id}`; `DELETE` leaves it for good."""

    http_method_names = ["get", "head", "delete"]

    def get(self, request: Request, number: int) -> Response:
        return _conversation(request, number)

    def delete(self, request: Request, number: int) -> Response:
        fields(request, {})
        conversations.leave(side=own_side(request, number))
        return Response(status=204)


class ConversationMessages(AccountView):
    """`GET /conversations/{id}/messages`, latest first; `POST` `{"text"}` writes one. Takes Idempotency-Key."""

    http_method_names = ["get", "head", "post"]
    parameters = listing.PARAMETERS

    def get(self, request: Request, number: int) -> Response:
        side = own_side(request, number)
        rows = Message.objects.filter(conversation=number)

        def load(wanted: Sequence[int]) -> list[Any]:
            return [shown.message(row, side) for row in in_order(wanted, rows.filter(pk__in=wanted))]

        return listing.respond(request, self.asked, Rows(rows=rows, load=load), LATEST_FIRST)

    def post(self, request: Request, number: int) -> Response:
        given = fields(request, {"text": str})
        side = own_side(request, number)
        sent = conversations.send(side=side, text=_text(given, "text"), key=_key(request))
        return Response(shown.message(sent, side), status=201)


class ConversationRead(AccountView):
    """`POST /conversations/{id}/read` `{"up_to"}`: one has seen the messages up to this one."""

    http_method_names = ["post"]

    def post(self, request: Request, number: int) -> Response:
        given = fields(request, {"up_to": int})
        needed(given, "up_to")
        conversations.mark_read(side=own_side(request, number), up_to=max(0, min(given["up_to"], 2**62)))
        return Response(status=204)


class ConversationArchive(AccountView):
    """`PUT /conversations/{id}/archive` puts it away until the next message, `DELETE` brings it back; both repeat."""

    http_method_names = ["put", "delete"]

    def put(self, request: Request, number: int) -> Response:
        return self._put_away(request, number, archived=True)

    def delete(self, request: Request, number: int) -> Response:
        return self._put_away(request, number, archived=False)

    def _put_away(self, request: Request, number: int, *, archived: bool) -> Response:
        fields(request, {})
        conversations.archive(side=own_side(request, number), archived=archived)
        return Response(status=204)


# Reading requests


def asking(request: Request) -> User:
    return cast("User", request.user)


def _key(request: Request) -> str:
    return str(request.headers.get("Idempotency-Key", "")).strip()


def needed(given: dict[str, Any], *names: str) -> None:
    missing = [name for name in names if name not in given]
    if missing:
        raise invalid(*(Mistake(_("“%(name)s” is missing.") % {"name": n}, f"#/{n}", "required") for n in missing))


def _text(given: dict[str, Any], name: str) -> str:
    try:
        return markdown.cleaned(given.get(name, ""))
    except ValidationError as mistake:
        raise ValidationError({name: mistake}) from mistake


def _records(kind: Kind, given: dict[str, Any], name: str) -> list[Any]:
    """The visible records that a list of ids names; raises a 400 with a pointer to each that names none."""
    keys = given.get(name, [])
    if len(keys) > LONGEST_LIST:
        raise invalid(Mistake(_("Too many ids."), f"#/{name}"))
    found, mistakes = [], []
    for place, key in enumerate(keys):
        row = record(kind, key) if isinstance(key, str) and len(key) < 300 else None
        row = survivor(row) if row is not None and is_merged(row) else row
        if row is None or not is_shown(row):
            mistakes.append(
                Mistake(_("There is nothing with the id “%(key)s”.") % {"key": str(key)[:60]}, f"#/{name}/{place}")
            )
        else:
            found.append(row)
    if mistakes:
        raise invalid(*mistakes)
    return found


class known:
    """What a feature calls not found is answered in the words of a missing one."""

    def __init__(self, noun: str, number: int) -> None:
        self.noun, self.number = noun, number

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, ValidationError) and getattr(error, "code", "") == "not-found":
            raise not_found(self.noun, str(self.number)) from error


def own_invitation(request: Request, number: int) -> Invitation:
    try:
        return collaboration.get(asking(request), bounded(number))
    except Invitation.DoesNotExist:
        raise not_found(_("invitation"), str(number)) from None


def own_side(request: Request, number: int) -> Participant:
    try:
        return conversations.get(asking(request), bounded(number))
    except Participant.DoesNotExist:
        raise not_found(_("conversation"), str(number)) from None


def bounded(number: int) -> int:
    """Numbers that no row can have are like those that none has."""
    return number if 0 < number < 2**62 else 0


# Answers


def _invitation(request: Request, number: int, status: int = 200) -> Response:
    row = own_invitation(request, number)
    headers = {"Location": api_url(f"invitations/{number}")} if status == 201 else None
    return Response(shown.invitation(row, asking(request)), status=status, headers=headers)


def _conversation(request: Request, number: int, status: int = 200) -> Response:
    side = own_side(request, number)
    found = conversations.listed(asking(request), archived=side.archived_at is not None).filter(pk=side.pk)
    [line] = conversations.lines(list(found))
    headers = {"Location": api_url(f"conversations/{number}")} if status == 201 else None
    return Response(shown.conversation(line), status=status, headers=headers)
