"""A conversation as a page shows it: messages by day in the reader's time zone, what is new, what was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, When
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from profiles.collaborating import conversations
from profiles.collaborating.parties import Party
from profiles.models import Message, Participant, User

PER_PAGE, MESSAGES = 20, 50
MOST_NEW, BEFORE_NEW = 200, 5  # unread messages at once, and how many read ones stand before them


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message; `label` names it for screen readers."""

    message: Message
    is_own: bool
    name: str
    label: str
    is_first_new: bool
    may_report: bool


@dataclass(frozen=True, slots=True)
class Day:
    """`is_named` is false where what stands before is of the same day."""

    date: date
    lines: list[Line]
    is_named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A page of messages; `older` is the cursor to those before it, `last` the number of the newest shown.

    `is_cut`: later ones are left out, unread as they are.
    """

    days: list[Day] = field(default_factory=list)
    before: int = 0
    after: int = 0
    older: int = 0
    is_cut: bool = False
    last: int = 0
    last_day: date | None = None
    read_words: str = ""


def side_or_404(user: User, pk: int) -> Participant:
    """One's own side of a conversation; others' conversations are not found like missing ones."""
    try:
        return conversations.get(user, pk)
    except Participant.DoesNotExist as missing:
        raise Http404 from missing


def thread(side: Participant, other: Party, *, before: int = 0) -> Thread:
    """The latest messages, all that one has not read among them, or those before one; a line begins what is new."""
    found = conversations.messages(side, before=before or None, most=MESSAGES + 1)
    shown, is_cut = found[-MESSAGES:], False
    if not before and len(found) > MESSAGES and (first := conversations.first_unread(side)) < shown[0].pk:
        found, shown, is_cut = _from_first_new(side, first)
    lines = list(_lines(shown, side, other, read_up_to=side.read_up_to))
    return Thread(
        days=_days(lines, None),
        before=before,
        older=shown[0].pk if len(found) > len(shown) else 0,
        is_cut=is_cut,
        last=shown[-1].pk if shown else 0,
        last_day=_day(shown[-1]) if shown else None,
        read_words="" if before or is_cut else read_words(side, shown[-1] if shown else None),
    )


def _from_first_new(side: Participant, first: int) -> tuple[list[Message], list[Message], bool]:
    """What is new with a few before it, once with one more in front if there is, and whether it was too much."""
    new = conversations.messages(side, after=first - 1, most=MOST_NEW + 1)
    found = conversations.messages(side, before=first, most=BEFORE_NEW + 1) + new[:MOST_NEW]
    return found, found[-BEFORE_NEW - len(new[:MOST_NEW]) :], len(new) > MOST_NEW


def is_news(side: Participant, shown: Thread) -> bool:
    """Whether looking at these messages is reading on; those before one say nothing of what came between."""
    return not shown.before and shown.last > side.read_up_to


def news(side: Participant, other: Party, *, after: int, day: date | None) -> Thread:
    """What came since a message; `day` is the last that the page has named."""
    found = conversations.messages(side, after=after, most=MESSAGES)
    lines = list(_lines(found, side, other, read_up_to=after))
    latest = found or conversations.messages(side, most=1)
    return Thread(
        days=_days(lines, day),
        after=after,
        last=found[-1].pk if found else after,
        last_day=_day(found[-1]) if found else day,
        read_words=read_words(side, latest[-1] if latest else None),
    )


def read_words(side: Participant, last: Message | None) -> str:
    """Whether the other has seen the last message, where that is one's own."""
    if last is None or last.sender_id != side.pk:
        return ""
    return _("Read") if conversations.seen_by_other(side, [last]) else _("Sent")


def _lines(found: list[Message], side: Participant, other: Party, *, read_up_to: int) -> Iterator[Line]:
    is_marked = False
    for message in found:
        is_own = message.sender_id == side.pk
        is_new = not is_own and message.pk > read_up_to
        said = {"name": _("You") if is_own else other.name, "time": date_format(_local(message), "H:i")}
        yield Line(
            message=message,
            is_own=is_own,
            name=other.name,
            label=_("%(name)s, %(time)s") % said,
            is_first_new=is_new and not is_marked,
            may_report=not is_own and not message.removed_at and not other.is_gone,
        )
        is_marked = is_marked or is_new


def _days(lines: list[Line], named: date | None) -> list[Day]:
    days = groupby(lines, key=lambda line: _day(line.message))
    return [Day(one, list(some), one != named) for one, some in days]


def _day(message: Message) -> date:
    return _local(message).date()


def _local(message: Message) -> datetime:
    return timezone.localtime(message.sent_at)


# Lists


def listed(user: User, *, archived: bool, q: str, number: str | None) -> Page[Any]:
    """A page of one's conversations, unread ones first; `q` are words of the other's name."""
    rows = conversations.listed(user, archived=archived)
    for word in q.split()[:8]:
        named = Participant.objects.filter(
            author__display_name__icontains=word, author__hidden=False, user__isnull=False
        )
        rows = rows.filter(conversation__in=named.exclude(user=user).order_by().values("conversation"))
    unread_first = Case(When(unread__gt=0, then=0), default=1)
    ordered = rows.order_by(unread_first, "-conversation__latest_at", "-pk")
    page: Page[Any] = Paginator(ordered, PER_PAGE).get_page(number)
    page.object_list = conversations.lines(list(page.object_list))
    return page
