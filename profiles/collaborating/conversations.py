"""Conversations: what an accepted invitation became; messages, what was read, putting away and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, Func, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles import limits
from profiles.claiming import verification
from profiles.collaborating import markdown, parties
from profiles.collaborating.parties import Party
from profiles.models import Block, Conversation, Invitation, Message, Participant, Report, User
from profiles.notifying import notices
from publications.models import Author

COUNTED = 100  # unread messages, and conversations with some, are counted up to here: "99+"
PAGE = 50
PREVIEW = 160  # characters of the last message in a list
LONGEST_KEY = 100
BEYOND = 2**63 - 1
MICROSECONDS = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"  # a time as a number, for cursors

End = Conversation.End


def start(invitation: Invitation) -> Conversation:
    """Within the transaction that accepts it."""
    begun = Conversation.objects.create(invitation=invitation)
    sides = ((invitation.sender, invitation.sender_author), (invitation.receiver, invitation.receiver_author))
    Participant.objects.bulk_create(Participant(conversation=begun, user=user, author=author) for user, author in sides)
    return begun


def send(*, side: Participant, text: str, key: str = "") -> Message:
    """Write to the other side; the same `key` gives the same message again.

    Raises ValidationError `conflict` when the conversation has ended, `throttled`, or what is wrong with the text.
    """
    text = markdown.cleaned(text)
    if len(key) > LONGEST_KEY:
        raise ValidationError({"key": _("A key has at most %(most)s characters.") % {"most": LONGEST_KEY}})
    if (sent := _sent_before(side, key)) is not None:
        return sent
    try:
        limits.spend("send-message", f"account:{side.user_id}")
    except limits.LimitReached as error:
        raise verification.too_often(error) from error
    html = markdown.to_html(text)
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().get(pk=side.conversation_id)
        if (sent := _sent_before(side, key)) is not None:
            return sent
        if conversation.ended_at is not None:
            raise ValidationError(ended_words(), code="conflict")
        sent = Message.objects.create(conversation=conversation, sender=side, text=text, html=html, key=key)
        _arrived(sent, side)
    return sent


def _sent_before(side: Participant, key: str) -> Message | None:
    return Message.objects.filter(sender=side, key=key).first() if key else None


def _arrived(message: Message, side: Participant) -> None:
    """What was put away comes back; the other is told once until they read. What one has not seen stays unread."""
    Conversation.objects.filter(pk=message.conversation_id).update(latest_at=message.sent_at)
    if not _unread(side).exists():
        Participant.objects.filter(pk=side.pk).update(read_up_to=message.pk)
    others = Participant.objects.filter(conversation=message.conversation_id).exclude(pk=side.pk)
    others.update(archived_at=None)
    about = {
        "author": side.author.display_name,
        "author_id": side.author_id,
        "conversation_id": message.conversation_id,
        "url": reverse("conversation", args=[message.conversation_id]),
    }
    for other in others.filter(left_at=None).select_related("user"):
        notices.tell(other.user, "message", key=_key(message.conversation_id), again_when_read=True, **about)


def _key(conversation_id: int) -> str:
    return f"conversation:{conversation_id}"


def mark_read(*, side: Participant, up_to: int) -> None:
    """One has seen the messages up to this one; going back changes nothing."""
    seen = Message.objects.filter(conversation=side.conversation_id, pk__lte=up_to).order_by("-pk")
    last = seen.values_list("pk", flat=True).first() or 0
    Participant.objects.filter(pk=side.pk, read_up_to__lt=last).update(read_up_to=last)
    side.refresh_from_db(fields=["read_up_to"])
    if side.user is not None and not _unread(side).exists():
        notices.mark_told(side.user, "message", _key(side.conversation_id))


def _unread(side: Participant) -> QuerySet[Message]:
    rows = Message.objects.filter(conversation=side.conversation_id, pk__gt=side.read_up_to)
    return rows.exclude(sender=side)


def archive(*, side: Participant, archived: bool = True) -> None:
    """Put it away, until the next message; or bring it back."""
    Participant.objects.filter(pk=side.pk).update(archived_at=timezone.now() if archived else None)


def leave(*, side: Participant) -> None:
    """End it for good: the one who leaves sees it no more, the other can still read."""
    with transaction.atomic():
        Participant.objects.filter(pk=side.pk, left_at=None).update(left_at=timezone.now())
        _end(Conversation.objects.filter(pk=side.conversation_id), End.LEFT)
        if side.user is not None:
            notices.mark_told(side.user, "message", _key(side.conversation_id))


def end_between(by: User, other: User) -> None:
    """Before a block, with both accounts locked: nobody writes any more, and who blocks sees it put away."""
    shared = Conversation.objects.filter(participants__user=by).filter(participants__user=other)
    ids = list(shared.values_list("pk", flat=True))
    _end(Conversation.objects.filter(pk__in=ids), End.BLOCKED)
    Participant.objects.filter(conversation__in=ids, user=by).update(archived_at=timezone.now())
    for number in ids:
        notices.mark_told(by, "message", _key(number))


def leave_all(user: User) -> None:
    """Before an account is deleted: what it wrote was sent to others and stays with them, without its name."""
    ids = list(Participant.objects.filter(user=user).values_list("conversation_id", flat=True))
    Participant.objects.filter(user=user, left_at=None).update(left_at=timezone.now())
    _end(Conversation.objects.filter(pk__in=ids), End.DELETED)


def _end(rows: QuerySet[Conversation], reason: str) -> None:
    rows.filter(ended_at=None).update(ended_at=timezone.now(), end_reason=reason)


def forget_left() -> int:
    """Delete conversations that nobody can read any more and no report waits about; returns how many."""
    reading = Participant.objects.filter(conversation=OuterRef("pk"), left_at=None, user__isnull=False)
    about = Q(conversation=OuterRef("pk")) | Q(message__conversation=OuterRef("pk"))
    reported = Report.objects.filter(about | Q(invitation__conversation=OuterRef("pk")), decided_at=None)
    rows = Conversation.objects.filter(~Exists(reading), ~Exists(reported))
    count = rows.count()
    rows.delete()
    return count


def carry_over(author: Author, into: Author) -> None:
    """A record was merged into another one: whoever spoke for it speaks for that one."""
    Participant.objects.filter(author=author).update(author=into)
    Block.objects.filter(author=author).update(author=into)
    Report.objects.filter(about_author=author).update(about_author=into)


# What is known


def ended_words() -> str:
    """The same whoever ended it and how."""
    return _("This conversation has ended. It can be read and not written in.")


def get(user: User, pk: int) -> Participant:
    """One's own side; raises Participant.DoesNotExist for conversations of others, missing ones and those one left."""
    return _with_others(Participant.objects.filter(user=user, left_at=None)).get(conversation=pk)


def other_side(side: Participant) -> Participant:
    """The other one, as it came with `get` and `listed`."""
    return next(one for one in side.conversation.participants.all() if one.pk != side.pk)


def party(side: Any) -> Party:
    """A side, from `get`, `listed` or `other_side`, as the other sees it."""
    return parties.party(side.user_id, side.author, owns=side.owns)


def _with_others(rows: QuerySet[Participant]) -> QuerySet[Participant]:
    others = Participant.objects.select_related("author").annotate(owns=parties.owns("user", "author"))
    together = Prefetch("conversation__participants", others.order_by("pk"))
    rows = rows.select_related("author", "user", "conversation__invitation").prefetch_related(together)
    return rows.annotate(owns=parties.owns("user", "author"))


def listed(user: User, *, archived: bool = False) -> QuerySet[Participant]:
    """One's own sides, the last to move first; each with `unread` (up to 100), `last_id`, and `moved`."""
    messages = Message.objects.filter(conversation=OuterRef("conversation")).order_by("-pk").values("pk")
    unread = messages.filter(pk__gt=OuterRef("read_up_to")).exclude(sender=OuterRef("pk"))[:COUNTED]
    rows = Participant.objects.filter(user=user, left_at=None, archived_at__isnull=not archived)
    rows = rows.annotate(
        moved=Func(F("conversation__latest_at"), template=MICROSECONDS, output_field=BigIntegerField()),
        unread=Func(ArraySubquery(unread), function="cardinality", output_field=IntegerField()),
        last_id=Subquery(messages[:1]),
    )
    return _with_others(rows).order_by("-conversation__latest_at", "-pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A conversation in a list; `preview` is the beginning of the last message, or of the invitation."""

    side: Participant
    other: Party
    unread: int
    last: Message | None
    preview: str
    is_mine: bool

    @property
    def conversation(self) -> Conversation:
        return self.side.conversation

    @property
    def is_over(self) -> bool:
        return self.side.conversation.ended_at is not None


def with_last(sides: Sequence[Any]) -> Sequence[Any]:
    """A page of `listed`, each with its `last` message, or None, in one further query."""
    found = Message.objects.in_bulk([side.last_id for side in sides if side.last_id])
    for side in sides:
        side.last = found.get(side.last_id)
    return sides


def lines(sides: Sequence[Any]) -> list[Line]:
    """A page of `listed` as it is shown, in one further query."""
    return [_line(side, side.last) for side in with_last(sides)]


def _line(side: Any, last: Message | None) -> Line:
    invitation = side.conversation.invitation
    return Line(
        side=side,
        other=party(other_side(side)),
        unread=side.unread,
        last=last,
        preview=preview(last.text if last else invitation.message),
        is_mine=last.sender_id == side.pk if last else invitation.sender_id == side.user_id,
    )


def preview(text: str, longest: int = PREVIEW) -> str:
    """The beginning of a text on one line, without marks."""
    line = " ".join(markdown.to_plain(text[: 4 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def messages(
    side: Participant, *, before: int | None = None, after: int | None = None, most: int = PAGE
) -> list[Message]:
    """A page, oldest first: the latest, those before a message, or those after one."""
    rows = Message.objects.filter(conversation=side.conversation_id).select_related("sender__author")
    if after is not None:
        return list(rows.filter(pk__gt=after).order_by("pk")[:most])
    rows = rows.filter(pk__lt=before) if before is not None else rows
    return list(rows.order_by("-pk")[:most])[::-1]


def first_unread(side: Participant) -> int:
    """The number of the first message that one has not read; beyond all where there is none."""
    return _unread(side).order_by("pk").values_list("pk", flat=True).first() or BEYOND


def last_message(side: Participant) -> Message | None:
    return Message.objects.filter(conversation=side.conversation_id).order_by("-pk").first()


def unread(user: User) -> QuerySet[Participant]:
    """One's sides of conversations with something unread."""
    messages = Message.objects.filter(conversation=OuterRef("conversation"), pk__gt=OuterRef("read_up_to"))
    messages = messages.exclude(sender=OuterRef("pk"))
    return Participant.objects.filter(Exists(messages), user=user, left_at=None)


def unread_count(user: User) -> int:
    """Conversations with something unread, up to 100."""
    return unread(user)[:COUNTED].count()


def seen_by_other(side: Participant, shown: Iterable[Message]) -> set[int]:
    """Which of one's own messages the other side has seen."""
    reached = other_side(side).read_up_to
    return {message.pk for message in shown if message.sender_id == side.pk and message.pk <= reached}
