"""What can be reported, and what moderators read of a report: the thing itself and what stands next to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from profiles.collaborating import collaboration_page, conversation_page, reports
from profiles.models import Invitation, Message, Report, User
from publications.models import Author

EARLIER = 20


@dataclass(frozen=True, slots=True)
class Reportable:
    """Something that was written to the reader; `html` is empty for a whole conversation."""

    named: dict[str, Any]  # how profiles.collaborating.reports.report is given it
    html: SafeString
    back_url: str


def reportable(user: User, kind: str, pk: int) -> Reportable:
    """One that the account received; 404 for its own words, for what others wrote each other, and for removed texts."""
    found = {"invitation": _invitation, "message": _message, "conversation": _conversation}.get(kind)
    if found is None:
        raise Http404
    return found(user, pk)


def _invitation(user: User, pk: int) -> Reportable:
    row = collaboration_page.invitation_or_404(user, pk)
    if row.receiver_id != user.pk or row.removed_at:
        raise Http404
    return Reportable({"invitation": row}, _stored(row.message_html), reverse("invitation", args=[pk]))


def _message(user: User, pk: int) -> Reportable:
    row = Message.objects.filter(pk=pk, removed_at=None).exclude(sender__user=user).first()
    if row is None:
        raise Http404
    side = conversation_page.side_or_404(user, row.conversation_id)
    back = reverse("conversation", args=[side.conversation_id])
    return Reportable({"message": row}, _stored(row.html), f"{back}#message-{pk}")


def _conversation(user: User, pk: int) -> Reportable:
    side = conversation_page.side_or_404(user, pk)
    return Reportable({"conversation": side.conversation}, SafeString(""), reverse("conversation", args=[pk]))


def _stored(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - rendered by profiles.collaborating.markdown when it was written


# Moderators


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One text of what a moderator reads."""

    name: str
    at: datetime
    html: SafeString
    is_reported: bool


def facts(row: Report, by: User) -> dict[str, Any]:
    shown = reports.context(row)
    lines = [_of_invitation(shown.invitation, row)] if shown.invitation else []
    lines += [
        Line(
            name=_name(message.sender.author),
            at=message.sent_at,
            html=_stored(message.html),
            is_reported=message.pk == shown.reported,
        )
        for message in shown.messages
    ]
    return {"report": row, "lines": lines, "about": reports.party(row), "earlier": _earlier(row, by)}


def _earlier(row: Report, by: User) -> list[Report]:
    """Other reports about the same account, waiting ones first."""
    if row.about_id is None:
        return []
    lists = (reports.waiting(by), reports.decided(by))
    return [one for rows in lists for one in rows.filter(about=row.about_id).exclude(pk=row.pk)[:EARLIER]]


def _of_invitation(invitation: Invitation, row: Report) -> Line:
    return Line(
        name=_name(invitation.sender_author),
        at=invitation.created_at,
        html=_stored(invitation.message_html),
        is_reported=row.kind == Report.Kind.INVITATION,
    )


def _name(author: Author) -> str:
    return _("name withheld") if author.hidden else author.display_name
