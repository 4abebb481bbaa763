"""Reports of invitations and messages, and what moderators decide about them: they see no more than what they need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bzpeer.kit.text import without_controls
from profiles import limits
from profiles.claiming import verification
from profiles.claiming.ownership import day
from profiles.collaborating import parties
from profiles.models import Conversation, Invitation, Message, Participant, Report, User
from profiles.moderating import moderation
from profiles.notifying import notices
from publications.models import Author

CONTEXT = 5  # messages before and after a reported one
LONGEST_TEXT = 2000
DAYS, MOST_DAYS = 30, 365

Kind, Verdict = Report.Kind, Report.Verdict


def report(
    *,
    by: User,
    reason: str,
    text: str = "",
    message: Message | None = None,
    invitation: Invitation | None = None,
    conversation: Conversation | None = None,
) -> Report:
    """Ask moderators to look at one of these, by who was written to; reported again it is the same report.

    Raises ValidationError `not-found` for what one has no part in, `conflict` for one's own words, `throttled`.
    """
    if reason not in Report.Reason.values:
        known = ", ".join(Report.Reason.values)
        raise ValidationError({"reason": _("“reason” must be one of: %(known)s.") % {"known": known}})
    text = _text(text)
    about, author = _writer(by, message, invitation, conversation)
    item: dict[str, Any] = {"message": message, "invitation": invitation, "conversation": conversation}
    waiting = Report.objects.filter(reporter=by, decided_at=None, **item)
    if (same := waiting.first()) is not None:
        return same
    try:
        limits.spend("report", f"account:{by.pk}")
    except limits.LimitReached as error:
        raise verification.too_often(error) from error
    kind = next(name for name, given in item.items() if given is not None)
    said = {"kind": kind, "reason": reason, "text": text, "about": about, "about_author": author}
    try:
        with transaction.atomic():
            return Report.objects.create(reporter=by, **item, **said)
    except IntegrityError:  # two clicks at once
        return waiting.get()


def _text(text: str) -> str:
    text = without_controls(text).strip()
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": _("At most %(most)s characters.") % {"most": LONGEST_TEXT}})
    return text


def _writer(
    by: User, message: Message | None, invitation: Invitation | None, conversation: Conversation | None
) -> tuple[User | None, Author]:
    """Who wrote what is reported, under which record; raises ValidationError where that is no other side's."""
    if invitation is not None:
        if by.pk not in (invitation.sender_id, invitation.receiver_id):
            raise _missing()
        if by.pk == invitation.sender_id:
            raise _own_words()
        return invitation.sender, invitation.sender_author
    number = message.conversation_id if message else conversation.pk if conversation else 0
    sides = list(Participant.objects.filter(conversation=number).select_related("user", "author"))
    own = next((side for side in sides if side.user_id == by.pk and side.left_at is None), None)
    if own is None:
        raise _missing()
    if message is not None and message.sender_id == own.pk:
        raise _own_words()
    other = next(side for side in sides if side.pk != own.pk)
    return other.user, other.author


def _missing() -> ValidationError:
    return ValidationError(_("There is no such thing to report."), code="not-found")


def _own_words() -> ValidationError:
    return ValidationError(_("These are your own words."), code="conflict")


# Moderators


def waiting(moderator: User) -> QuerySet[Report]:
    """Reports that a moderator can decide, longest first: none in which they have a part."""
    return _open_to(moderator).filter(decided_at=None).order_by("made_at", "pk")


def undecided() -> QuerySet[Report]:
    """All that wait, longest first, for who runs the site: whoever they are about."""
    return Report.objects.filter(decided_at=None).select_related("about", "about_author").order_by("made_at", "pk")


def decided(moderator: User) -> QuerySet[Report]:
    return _open_to(moderator).filter(decided_at__isnull=False).order_by("-decided_at", "-pk")


def _open_to(moderator: User) -> QuerySet[Report]:
    if not moderation.is_moderator(moderator):
        return Report.objects.none()
    parts = Q(reporter=moderator) | Q(about=moderator)
    parts |= Q(invitation__sender=moderator) | Q(invitation__receiver=moderator)
    own = Report.objects.filter(parts).values("pk")
    return Report.objects.exclude(pk__in=own).select_related("about_author", "message", "invitation", "conversation")


def get(moderator: User, pk: int) -> Report:
    """Raises Report.DoesNotExist, also for who is no moderator or has a part in it."""
    return _open_to(moderator).get(pk=pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a moderator sees: the reported thing with its nearest messages, and nothing else that the two wrote.

    `reported` is the pk of the reported message, 0 where something else was reported.
    """

    invitation: Invitation | None
    messages: list[Message]
    reported: int
    reporter: Participant | None


def context(row: Report) -> Shown:
    """Of a message five before and five after; of a conversation the last five when it was reported."""
    if row.message is not None:
        around = Message.objects.filter(conversation=row.message.conversation_id).select_related("sender__author")
        before = list(around.filter(pk__lt=row.message.pk).order_by("-pk")[:CONTEXT])[::-1]
        after = list(around.filter(pk__gte=row.message.pk).order_by("pk")[: CONTEXT + 1])
        return _shown(row, None, before + after, row.message.conversation_id)
    if row.conversation is not None:
        rows = Message.objects.filter(conversation=row.conversation.pk, sent_at__lte=row.made_at)
        last = list(rows.select_related("sender__author").order_by("-pk")[:CONTEXT])[::-1]
        return _shown(row, row.conversation.invitation, last, row.conversation.pk)
    return _shown(row, row.invitation, [], 0)


def _shown(row: Report, invitation: Invitation | None, messages: list[Message], conversation_id: int) -> Shown:
    sides = Participant.objects.filter(conversation=conversation_id, user=row.reporter_id) if row.reporter_id else None
    return Shown(
        invitation=invitation,
        messages=messages,
        reported=row.message_id or 0,
        reporter=sides.select_related("author").first() if sides is not None else None,
    )


def decide(*, report: Report, by: User, verdict: str, text: str, days: int = DAYS) -> Report:
    """Dismiss it, remove the text, or let its writer send no invitations for some days; both sides are told why.

    Raises ValidationError `not-found` for who may not decide it, `conflict` when it was decided.
    """
    if verdict not in Verdict.values:
        known = ", ".join(Verdict.values)
        raise ValidationError({"verdict": _("“verdict” must be one of: %(known)s.") % {"known": known}})
    text = _text(text)
    if not text:
        raise ValidationError({"text": _("Say why: both sides read it.")})
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": _("Between 1 and %(most)s days.") % {"most": MOST_DAYS}})
    if not _open_to(by).filter(pk=report.pk).exists():
        raise ValidationError(_("There is no such report."), code="not-found")
    with transaction.atomic():
        row = (
            Report.objects.select_for_update(of=("self",))
            .select_related("about", "reporter", "about_author")
            .get(pk=report.pk)
        )
        if row.decided_at is not None:
            raise ValidationError(_("This report was decided already."), code="conflict")
        _carry_out(row, verdict, days)
        row.verdict, row.decision, row.decided_by, row.decided_at = verdict, text, by, timezone.now()
        row.save(update_fields=["verdict", "decision", "decided_by", "decided_at", "suspended_until"])
        _tell(row)
    return row


def _carry_out(row: Report, verdict: str, days: int) -> None:
    if verdict == Verdict.SUSPEND:
        row.suspended_until = timezone.now() + timedelta(days=days)
    if verdict != Verdict.REMOVE:
        return
    now = timezone.now()
    if row.message_id:
        Message.objects.filter(pk=row.message_id).update(text="", html="", removed_at=now)
    elif row.invitation_id:
        Invitation.objects.filter(pk=row.invitation_id).update(message="", message_html="", removed_at=now)
    else:
        raise ValidationError({"verdict": _("Remove a message or an invitation: whole conversations stay.")})


def _tell(row: Report) -> None:
    """The one who reported hears what came of it; who wrote it hears of it only where something was done."""
    reason = row.decision
    outcome = str(row.get_verdict_display())
    url = reverse("collaboration")
    notices.tell(row.reporter, "report-decided", key=f"report:{row.pk}", url=url, outcome=outcome, reason=reason)
    if row.verdict == Verdict.REMOVE:
        notices.tell(row.about, "text-removed", key=f"report:{row.pk}", url=url, reason=reason)
    if row.verdict == Verdict.SUSPEND and row.suspended_until is not None:
        until = day(row.suspended_until)
        notices.tell(row.about, "inviting-suspended", key=f"report:{row.pk}", url=url, until=until, reason=reason)


def party(row: Report) -> parties.Party:
    """Whom the report is about, as moderators see them."""
    return parties.party(row.about_id, row.about_author, owns=True)
