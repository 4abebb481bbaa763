"""Invitations: one verified person asks another to work together, who accepts, declines, or lets it expire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bzpeer.kit.text import without_controls
from profiles import limits
from profiles.claiming import verification
from profiles.collaborating import conversations, inviting, markdown, parties
from profiles.collaborating.parties import locked
from profiles.models import Claim, Conversation, Invitation, Participant, Report, User
from profiles.notifying import notices
from publications.addresses import survivor
from publications.models import Author, Topic, Work

MOST_WORKS = MOST_TOPICS = 5
LONGEST_REASON, LONGEST_KEY = 1000, 100
COUNTED = 100

Status = Invitation.Status


def invite(
    *,
    author: Author,
    by: User,
    purpose: str,
    message: str,
    works: Iterable[Work] = (),
    topics: Iterable[Topic] = (),
    key: str = "",
) -> Invitation:
    """Invite the owner of a record; the same `key` gives the same invitation again.

    Raises ValidationError: `author-unclaimed`, `permission-denied`, `conflict`, `gone`, `throttled`, or what is wrong
    with what was said. A receiver who takes no invitations, takes none from so far away, or blocked the sender gives
    one and the same answer.
    """
    text = markdown.cleaned(message)
    about = _named(purpose, list(works), list(topics), key)
    if (sent := _sent_before(by, author, key)) is not None:
        return sent
    parties.sender_claim(by)
    _spend("invite", by)
    receiver = parties.receiver_claim(author).user_id
    assert receiver is not None  # constraint an_owner_is_known
    with locked(by.pk, receiver):
        if (sent := _sent_before(by, author, key)) is not None:
            return sent
        own, theirs = parties.sender_claim(by), parties.receiver_claim(author)
        if theirs.user_id != receiver:
            raise ValidationError(_("The record changed hands just now. Look at its page again."), code="conflict")
        _expire(inviting.between(by.pk, receiver), timezone.now())
        inviting.refuse(own, theirs)
        return _send(own, theirs, text, about)


def _named(purpose: str, works: list[Work], topics: list[Topic], key: str) -> dict[str, Any]:
    """What an invitation says besides its text; raises ValidationError with what is wrong."""
    if purpose not in Invitation.Purpose.values:
        said = _("“purpose” must be one of: %(known)s.") % {"known": ", ".join(Invitation.Purpose.values)}
        raise ValidationError({"purpose": said})
    works, topics = list(dict.fromkeys(works)), list(dict.fromkeys(topics))
    for name, given, most in (("works", works, MOST_WORKS), ("topics", topics, MOST_TOPICS)):
        if len(given) > most:
            raise ValidationError({name: _("An invitation refers to up to %(most)s of these.") % {"most": most}})
    if len(key) > LONGEST_KEY:
        raise ValidationError({"key": _("A key has at most %(most)s characters.") % {"most": LONGEST_KEY}})
    return {"purpose": purpose, "works": works, "topics": topics, "key": key}


def _sent_before(by: User, author: Author, key: str) -> Invitation | None:
    sent = Invitation.objects.filter(sender=by, key=key).first() if key else None
    if sent is not None and sent.receiver_author_id != author.pk:
        raise ValidationError(_("This key was used for another invitation."), code="conflict")
    return sent


def _spend(action: str, by: User) -> None:
    try:
        limits.spend(action, f"account:{by.pk}")
    except limits.LimitReached as error:
        raise verification.too_often(error) from error


def _send(own: Claim, theirs: Claim, text: str, about: dict[str, Any]) -> Invitation:
    works, topics = about.pop("works"), about.pop("topics")
    sent = Invitation.objects.create(
        sender=own.user,
        sender_author=own.author,
        receiver=theirs.user,
        receiver_author=theirs.author,
        message=text,
        message_html=markdown.to_html(text),
        **about,
    )
    sent.works.set(works)
    sent.topics.set(topics)
    purpose = str(sent.get_purpose_display())
    notices.tell(theirs.user, "invitation-received", key=_key(sent), **_about(own.author, sent), purpose=purpose)
    return sent


# What stands against it


def may_invite(author: Author, by: User) -> str:
    """Nothing where an invitation would be sent now, else why not, in words; it counts as no try."""
    try:
        own, theirs = parties.sender_claim(by), parties.receiver_claim(author)
        inviting.refuse(own, theirs)
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


# Answers: of several at once exactly one counts


def accept(*, invitation: Invitation, by: User) -> Conversation:
    """Begin the conversation; raises ValidationError `conflict` when it was answered, `permission-denied`."""
    with _AtHand(invitation, by, invitation.receiver_id) as row:
        own = parties.sender_claim(by)
        if survivor(row.receiver_author).pk != own.author_id:
            message = _("You do not own the record any more to which this invitation was sent.")
            raise ValidationError(message, code="permission-denied")
        sender = parties.claim_of(row.sender) if row.sender else None
        if sender is None or sender.author_id != survivor(row.sender_author).pk:
            message = _("Who sent this does not own their record any more, so it cannot be accepted.")
            raise ValidationError(message, code="conflict")
        _end(row, Status.ACCEPTED)
        begun = conversations.start(row)
        notices.tell(row.sender, "invitation-accepted", key=_key(row), **_about(row.receiver_author, row, begun))
    return begun


def decline(*, invitation: Invitation, by: User, reason: str = "", text: str = "") -> Invitation:
    """Say no, with a reason if one likes; raises ValidationError `conflict` when it was answered."""
    if reason and reason not in Invitation.DeclineReason.values:
        known = ", ".join(Invitation.DeclineReason.values)
        raise ValidationError({"reason": _("“reason” must be one of: %(known)s.") % {"known": known}})
    text = without_controls(text).strip()
    if len(text) > LONGEST_REASON:
        raise ValidationError({"text": _("At most %(most)s characters.") % {"most": LONGEST_REASON}})
    with _AtHand(invitation, by, invitation.receiver_id) as row:
        _end(row, Status.DECLINED, decline_reason=reason, decline_text=text)
        said = str(row.get_decline_reason_display()) if reason else ""
        notices.tell(row.sender, "invitation-declined", key=_key(row), **_about(row.receiver_author, row), reason=said)
    return row


def withdraw(*, invitation: Invitation, by: User) -> Invitation:
    """Take it back; raises ValidationError `conflict` when it was answered."""
    with _AtHand(invitation, by, invitation.sender_id) as row:
        _end(row, Status.WITHDRAWN)
    return row


class _AtHand:
    """The invitation as it stands, still open, while no other step between the two sides can be made."""

    def __init__(self, invitation: Invitation, by: User, whose: int | None) -> None:
        if by.pk != whose:
            raise ValidationError(_("There is no such invitation."), code="not-found")
        self.pk = invitation.pk
        sides = (invitation.sender_id, invitation.receiver_id)
        self.lock = locked(*(side for side in sides if side))

    def __enter__(self) -> Invitation:
        self.lock.__enter__()
        try:
            rows = Invitation.objects.select_related("sender", "receiver", "sender_author", "receiver_author")
            row = rows.filter(pk=self.pk).first()
            if row is None:  # its sender's account was just deleted
                raise ValidationError(_("There is no such invitation."), code="not-found")
            if not row.is_open:
                raise ValidationError(_not_open(row), code="conflict")
        except BaseException as error:
            self.lock.__exit__(type(error), error, error.__traceback__)
            raise
        return row

    def __exit__(self, *error: Any) -> None:
        self.lock.__exit__(*error)


def _not_open(row: Invitation) -> str:
    status = Status.EXPIRED if row.status == Status.PENDING else Status(row.status)
    return _("This invitation cannot be answered any more: %(status)s.") % {"status": status.label}


def _end(row: Invitation, status: Status, **said: str) -> None:
    """Conditional, so that it holds without the lock, too."""
    now = timezone.now()
    ended = Invitation.objects.filter(pk=row.pk, status=Status.PENDING)
    if not ended.update(status=status, answered_at=now, **said):
        raise ValidationError(_("This invitation was answered already."), code="conflict")
    row.status, row.answered_at = status, now
    for name, value in said.items():
        setattr(row, name, value)
    if row.receiver is not None:
        notices.mark_told(row.receiver, "invitation-received", _key(row))


# What time, blocks and the end of an account do


def expire(now: datetime | None = None) -> int:
    """Every night: invitations that nobody answered for 30 days; returns how many. Senders are told."""
    now = now or timezone.now()
    return _expire(Invitation.objects.all(), now)


def _expire(rows: QuerySet[Invitation], now: datetime) -> int:
    due = rows.filter(status=Status.PENDING, expires_at__lte=now).values_list("pk", flat=True)
    return sum(_expire_one(pk, now) for pk in list(due))


@transaction.atomic
def _expire_one(pk: int, now: datetime) -> bool:
    if not Invitation.objects.filter(pk=pk, status=Status.PENDING).update(status=Status.EXPIRED, answered_at=now):
        return False
    row = Invitation.objects.select_related("sender", "receiver", "receiver_author").get(pk=pk)
    notices.tell(row.sender, "invitation-expired", key=_key(row), **_about(row.receiver_author, row))
    if row.receiver is not None:
        notices.mark_told(row.receiver, "invitation-received", _key(row))
    return True


def end_between(by: User, other: User) -> None:
    """Before a block, with both accounts locked: what waits between the two ends as if it had been answered."""
    waits = inviting.between(by.pk, other.pk).filter(status=Status.PENDING)
    for row in waits.select_related("sender", "receiver", "receiver_author"):
        mine = row.sender_id == by.pk
        _end(row, Status.WITHDRAWN if mine else Status.DECLINED)
        if not mine:
            about = _about(row.receiver_author, row)
            notices.tell(row.sender, "invitation-declined", key=_key(row), **about, reason="")


def leave(user: User) -> None:
    """Before an account is deleted: what it sent and nobody accepted goes; what it was sent is left unanswered."""
    now = timezone.now()
    sent = Invitation.objects.filter(sender=user)
    for row in sent.filter(status=Status.PENDING).select_related("receiver"):
        _end(row, Status.WITHDRAWN)
    reported = Exists(Report.objects.filter(invitation=OuterRef("pk"), decided_at=None))
    sent.exclude(status=Status.ACCEPTED).exclude(reported).delete()
    received = Invitation.objects.filter(receiver=user)
    for pk in list(received.filter(status=Status.PENDING).values_list("pk", flat=True)):
        _expire_one(pk, now)
    received.update(decline_text="")


def forget() -> int:
    """Every night: what belongs to no account any more and nobody reported; returns how many."""
    conversations.forget_left()
    reported = Exists(Report.objects.filter(invitation=OuterRef("pk"), decided_at=None))
    rows = Invitation.objects.filter(sender=None, receiver=None, conversation=None).exclude(reported)
    return rows.delete()[1].get("profiles.Invitation", 0)


def carry_over(author_ids: Iterable[int]) -> None:
    """Records that were merged away: what was sent from and to them belongs to whom they became."""
    gone = Author.objects.filter(pk__in=list(author_ids), merged_into__isnull=False).select_related("merged_into")
    for author in gone:
        into = survivor(author)
        Invitation.objects.filter(sender_author=author).update(sender_author=into)
        Invitation.objects.filter(receiver_author=author).update(receiver_author=into)
        conversations.carry_over(author, into)


# Lists


def box(user: User, which: str = "received", status: str = "") -> QuerySet[Invitation]:
    """Received or sent, latest first, with everything that is shown of them in a fixed number of queries.

    `status` also takes "open" and "ended".
    """
    mine = Q(sender=user) if which == "sent" else Q(receiver=user)
    rows = with_facts(Invitation.objects.filter(mine))
    return rows.filter(_with_status(status)) if status else rows


def _with_status(status: str) -> Q:
    open_now = Q(status=Status.PENDING, expires_at__gt=timezone.now())
    if status in ("open", Status.PENDING):
        return open_now
    if status == "ended":
        return ~open_now
    if status == Status.EXPIRED:
        return Q(status=Status.EXPIRED) | Q(status=Status.PENDING) & ~open_now
    return Q(status=status)


def get(user: User, pk: int) -> Invitation:
    """One's own, sent or received; raises Invitation.DoesNotExist for those of others as for missing ones."""
    return with_facts(Invitation.objects.filter(Q(sender=user) | Q(receiver=user))).get(pk=pk)


def with_facts(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    rows = rows.select_related("sender_author", "receiver_author", "conversation")
    rows = rows.annotate(sender_owns=parties.owns("sender", "sender_author"))
    rows = rows.annotate(receiver_owns=parties.owns("receiver", "receiver_author"))
    rows = rows.annotate(sender_reads=_reads("sender"), receiver_reads=_reads("receiver"))
    return rows.prefetch_related("works", "topics").order_by("-pk")


def _reads(user: str) -> Exists:
    """Whether the account in this field is still in the conversation."""
    sides = Participant.objects.filter(conversation__invitation=OuterRef("pk"), user=OuterRef(user), left_at=None)
    return Exists(sides.order_by())


def conversation_of(row: Any, user: User) -> int | None:
    """The number of the conversation that an invitation became, as long as this account has not left it."""
    reads = row.sender_reads if row.sender_id == user.pk else row.receiver_reads
    return int(row.conversation.pk) if reads else None


def sides(row: Any) -> tuple[parties.Party, parties.Party]:
    """Sender and receiver of an invitation that came `with_facts`."""
    sender = parties.party(row.sender_id, row.sender_author, owns=row.sender_owns)
    return sender, parties.party(row.receiver_id, row.receiver_author, owns=row.receiver_owns)


def waiting(user: User) -> QuerySet[Invitation]:
    """Those that an account can still answer."""
    return Invitation.objects.filter(receiver=user, status=Status.PENDING, expires_at__gt=Now())


def waiting_count(user: User) -> int:
    """Invitations to answer and conversations with something unread, counted up to 100."""
    return min(COUNTED, waiting(user)[:COUNTED].count() + conversations.unread_count(user))


# Words of notices


def _key(invitation: Invitation) -> str:
    return f"invitation:{invitation.pk}"


def _about(author: Author, invitation: Invitation, conversation: Conversation | None = None) -> dict[str, Any]:
    """Params of a notice about an invitation, in which this record is the other side."""
    url = (
        reverse("conversation", args=[conversation.pk]) if conversation else reverse("invitation", args=[invitation.pk])
    )
    return {"author": author.display_name, "author_id": author.pk, "invitation_id": invitation.pk, "url": url}
