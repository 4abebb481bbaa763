"""What pages of direct collaboration show: the section of an author page, lists of invitations, one invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.account import biographies
from profiles.assessing import assessments
from profiles.claiming import ownership
from profiles.claiming.claim_facts import ClaimFacts
from profiles.collaborating import blocks, collaboration, conversations, fit, inviting, parties, quotas
from profiles.collaborating.parties import Party
from profiles.models import Claim, Conversation, Invitation, User
from publications.models import Author

PER_PAGE = 20
BOXES: tuple[tuple[str, str, str | Promise], ...] = (
    ("received", "waiting", gettext_lazy("To answer")),
    ("received", "answered", gettext_lazy("Answered")),
    ("sent", "waiting", gettext_lazy("Sent, waiting")),
    ("sent", "answered", gettext_lazy("Sent, answered")),
)
STATUSES = {"waiting": "open", "answered": "ended"}
Status = Invitation.Status


# The section of an author page


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Whether a reader can invite the person of a record: `state` is a word that templates/collaboration/_door knows.

    `why` says what stands against it in words; `pk` is the invitation or conversation that there is.
    """

    state: str
    why: str = ""
    pk: int = 0
    contact: str = ""
    own: Author | None = None  # the record that the reader has claimed
    is_own: bool = False
    is_claimant: bool = False


def door(author: Any, claim: ClaimFacts, level: int | None, reader: User | AnonymousUser) -> Door:
    """Of an author fetched `with_claim_facts`; for who is not signed in without a query."""
    if not claim.has_owner:
        return Door(state="locked", is_claimant=claim.is_claimant)
    if (level or 0) < parties.OPENS_AT:
        return Door(state="unproved", is_own=claim.is_owner)
    if claim.status == "contested":
        return Door(state="contested")
    if not reader.is_authenticated:
        return Door(state="stranger")
    if claim.is_owner:
        return Door(state="own", contact=biographies.of(reader).get_contact_display())
    owner = next(row["user"] for row in author.claim_rows if row["status"] == Claim.Status.APPROVED)
    return _between(reader, owner) or _for_member(author, reader)


def _between(reader: User, owner: int) -> Door | None:
    """What the two have open: an invitation that waits, or a conversation."""
    rows = inviting.between(reader.pk, owner).order_by("-pk")
    talking = Q(status=Status.ACCEPTED, conversation__ended_at=None)
    row = rows.filter(talking | Q(status=Status.PENDING)).select_related("conversation").first()
    if row is None or not (row.is_open or row.status == Status.ACCEPTED):
        return None
    if row.status == Status.ACCEPTED:
        return Door(state="conversation", pk=row.conversation.pk)
    return Door(state="sent" if row.sender_id == reader.pk else "received", pk=row.pk)


def _for_member(author: Author, reader: User) -> Door:
    """Whether this account may invite anybody, and this person now, as the form would say."""
    try:
        own = parties.sender_claim(reader)
    except ValidationError as refusal:
        live = ownership.live(reader)
        return Door(state="not-yet", why=" ".join(refusal.messages), own=live.author if live else None)
    theirs = ownership.owner_claim(author)
    try:
        if theirs is not None:
            asks = inviting.refuse if inviting.may_refuse(reader, theirs.user_id or 0) else inviting.refuse_unwilling
            asks(own, theirs)
    except ValidationError as refusal:
        return Door(state="closed", why=" ".join(refusal.messages))
    return Door(state="open")


# The account's own standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an account may do here: its record, whether that is verified, what it may still send."""

    author: Author | None
    is_verified: bool
    contact: str
    allowance: quotas.Allowance
    suspended_until: datetime | None


def standing(user: User) -> Standing:
    claim, allowance = parties.claim_of(user), quotas.allowance(user)
    return Standing(
        author=claim.author if claim else None,
        is_verified=allowance.level >= parties.OPENS_AT,
        contact=biographies.of(user).get_contact_display(),
        allowance=allowance,
        suspended_until=parties.suspended_until(user),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """For the tabs."""

    waiting: int
    unread: int


def counts(user: User) -> Counts:
    return Counts(collaboration.waiting(user).count(), conversations.unread_count(user))


# Lists


@dataclass(frozen=True, slots=True)
class Box:
    box: str
    state: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLine:
    invitation: Invitation
    other: Party
    status: str
    preview: str
    is_new: bool


def boxes(user: User) -> list[Box]:
    return [
        Box(box, state, str(label), collaboration.box(user, box, STATUSES[state]).count())
        for box, state, label in BOXES
    ]


def invitations(user: User, box: str, state: str, q: str, number: str | None) -> Page[Any]:
    """A page of one's invitations; `q` are words of the other's name."""
    rows = collaboration.box(user, box, STATUSES[state])
    found = _named(rows, "receiver_author" if box == "sent" else "sender_author", q)
    page = Paginator(found, PER_PAGE).get_page(number)
    page.object_list = [_line(row, user) for row in page.object_list]
    return page


def _line(row: Invitation, user: User) -> InvitationLine:
    is_received = row.receiver_id == user.pk
    return InvitationLine(
        invitation=row,
        other=collaboration.sides(row)[0 if is_received else 1],
        status=status_of(row),
        preview=conversations.preview(row.message),
        is_new=is_received and row.is_open,
    )


def _named(rows: QuerySet[Any], author: str, q: str) -> QuerySet[Any]:
    """Those whose record has all these words in its name and may be named."""
    if q.split():
        rows = rows.filter(**{f"{author}__hidden": False, f"{author.removesuffix('_author')}__isnull": False})
    for word in q.split()[:8]:
        rows = rows.filter(**{f"{author}__display_name__icontains": word})
    return rows


def blocked(user: User, number: str | None) -> Page[Any]:
    return Paginator(blocks.listed(user), PER_PAGE).get_page(number)


# One invitation


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    text: str
    quoted: str = ""


def invitation_or_404(user: User, pk: int) -> Invitation:
    """One's own, sent or received; others' are not found like missing ones."""
    try:
        return collaboration.get(user, pk)
    except Invitation.DoesNotExist as missing:
        raise Http404 from missing


def status_of(row: Invitation) -> str:
    """In words; one whose time is over has expired even before the night that notes it."""
    status = Status.EXPIRED if row.status == Status.PENDING and not row.is_open else Status(row.status)
    return str(status.label)


def history(row: Invitation) -> list[Event]:
    """What happened to it, in order."""
    events = [Event(row.created_at, _("The invitation was sent."))]
    if row.answered_at:
        events.append(Event(row.answered_at, _ended_words(row), row.decline_text))
    elif not row.is_open:
        events.append(Event(row.expires_at, _("It expired without an answer.")))
    return events


def _ended_words(row: Invitation) -> str:
    if row.status != Status.DECLINED:
        said = {
            Status.ACCEPTED: _("It was accepted."),
            Status.WITHDRAWN: _("It was withdrawn."),
            Status.EXPIRED: _("It expired without an answer."),
        }
        return said[Status(row.status)]
    reasons = [str(row.get_decline_reason_display())] if row.decline_reason else []
    return " ".join([_("It was declined."), *(f"{reason}." for reason in reasons)])


def invitation_facts(row: Invitation, user: User) -> dict[str, Any]:
    """Everything on the page of an invitation."""
    is_received = row.receiver_id == user.pk
    sender, receiver = collaboration.sides(row)
    other = sender if is_received else receiver
    box, state = "received" if is_received else "sent", "waiting" if row.is_open else "answered"
    return {
        "invitation": row,
        "is_received": is_received,
        "other": other,
        "other_is_there": not other.is_gone,
        "status": status_of(row),
        "history": history(row),
        "works": visible_works(row),
        "topics": list(row.topics.all()),
        "trust": assessments.current(other.author) if other.author else None,
        "fit": _fit(row, is_received=is_received) if other.author else None,
        "conversation": _conversation(row, user),
        "back_url": f"{reverse('collaboration')}?box={box}&state={state}",
        "counts": counts(user),
        "tab": "invitations",
    }


def _conversation(row: Invitation, user: User) -> Conversation | None:
    """What it became, unless the reader left it."""
    return Conversation.objects.filter(invitation=row, participants__user=user, participants__left_at=None).first()


def visible_works(row: Invitation) -> list[Any]:
    return [work for work in row.works.all() if not work.merged_into_id]


def _fit(row: Invitation, *, is_received: bool) -> Any:
    reader, other = row.receiver_author, row.sender_author
    if not is_received:
        reader, other = other, reader
    return fit.between(reader, other, purpose=row.purpose, works=row.works.all())
