"""What stands against an invitation: a block, a preference, one that waits or was declined, a quota."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from graph.models import CoauthorEdge
from profiles.account import biographies
from profiles.claiming.ownership import day
from profiles.collaborating import parties, quotas
from profiles.models import Block, Claim, Invitation, Report, ResearcherProfile, User
from publications.models import Author

AFTER_DECLINE = timedelta(days=90)  # nobody is asked again so soon by whom they declined
AGAIN, MOST_AGAIN = timedelta(days=30), 3  # invitations to one person that were not accepted

Contact = ResearcherProfile.Contact
Status = Invitation.Status


def between(one: int, other: int) -> QuerySet[Invitation]:
    """Those of two accounts, either way."""
    return Invitation.objects.filter(Q(sender=one, receiver=other) | Q(sender=other, receiver=one))


def refuse(own: Claim, theirs: Claim) -> None:
    """Raises ValidationError with what stands against an invitation by the one owner to the other."""
    sender, receiver = own.user, theirs.user
    assert sender is not None and receiver is not None  # noqa: PT018 - constraint an_owner_is_known
    if sender == receiver:
        raise ValidationError(_("This is your own record."), code="conflict")
    if Block.objects.filter(blocker=sender, blocked=receiver).exists():
        raise ValidationError(_("You blocked this person. Unblock them first."), code="conflict")
    until = parties.suspended_until(sender)
    if until:
        message = _("A moderator suspended your invitations until %(until)s.") % {"until": day(until)}
        raise ValidationError(message, code="permission-denied")
    _refuse_again(sender, receiver, theirs.author)  # first: who was declined reads that, blocked or not
    refuse_unwilling(own, theirs)
    quotas.refuse_beyond(sender)


def may_refuse(sender: User, receiver: int) -> bool:
    """In one query: whether `refuse` must be asked about more than the receiver's will and what waits between the two.

    Quotas are those of the lowest level, so it may say so in vain.
    """
    now, least = timezone.now(), quotas.LEAST
    sent = Invitation.objects.filter(sender=sender)
    to_them = sent.filter(receiver=receiver)
    today = sent.filter(created_at__gt=now - quotas.DAY)
    waiting = sent.filter(status=Status.PENDING, expires_at__gt=now)
    unaccepted = to_them.exclude(status=Status.ACCEPTED).filter(created_at__gt=now - AGAIN)
    lists: tuple[QuerySet[Any], ...] = (
        Block.objects.filter(blocker=sender, blocked=receiver),
        Report.objects.filter(about=sender, suspended_until__gt=now),
        to_them.filter(status=Status.DECLINED, answered_at__gt=now - AFTER_DECLINE),
        unaccepted[MOST_AGAIN - 1 : MOST_AGAIN],
        today[least.per_day - 1 : least.per_day],
        waiting[least.waiting - 1 : least.waiting],
    )
    first, *rest = [rows.values_list("pk") for rows in lists]
    return first.union(*rest, all=True).exists()


def refuse_unwilling(own: Claim, theirs: Claim) -> None:
    """Both are always asked, so that neither answer nor time tells a block from a preference."""
    assert theirs.user is not None
    blocked = Block.objects.filter(blocker=theirs.user, blocked=own.user_id).exists()
    contact = biographies.of(theirs.user).contact
    near = contact == Contact.VERIFIED or (contact == Contact.CLOSE and are_close(own.author_id, theirs.author_id))
    if blocked or not near or not theirs.user.is_active:
        message = _("This person takes no invitation from you. Who may invite them is their own choice.")
        raise ValidationError(message, code="permission-denied")


def are_close(one: int, other: int) -> bool:
    """Whether two records wrote together, or both with one and the same third."""
    direct = CoauthorEdge.objects.filter(author=one, coauthor=other)
    through = CoauthorEdge.objects.filter(
        author=one, coauthor__hidden=False, coauthor__coauthor_edges__coauthor=other
    ).order_by()
    return direct.exists() or through.exists()


def _refuse_again(sender: User, receiver: User, author: Author) -> None:
    now = timezone.now()
    waiting = between(sender.pk, receiver.pk).filter(status=Status.PENDING, expires_at__gt=now).first()
    if waiting is not None and waiting.sender_id == receiver.pk:
        message = _("%(author)s has invited you already. Answer that invitation instead.")
        raise _conflict(message % {"author": author.display_name}, waiting)
    if waiting is not None:
        message = _("Your invitation to %(author)s still waits for an answer.") % {"author": author.display_name}
        raise _conflict(message, waiting)
    before = Invitation.objects.filter(sender=sender, receiver=receiver)
    declined = before.filter(status=Status.DECLINED, answered_at__gt=now - AFTER_DECLINE).order_by("answered_at").last()
    if declined is not None and declined.answered_at is not None:
        message = _("%(author)s declined an invitation of yours. You can ask again from %(day)s.")
        again = day(declined.answered_at + AFTER_DECLINE)
        raise _conflict(message % {"author": author.display_name, "day": again}, declined)
    unaccepted = before.exclude(status=Status.ACCEPTED).filter(created_at__gt=now - AGAIN)
    if unaccepted.count() >= MOST_AGAIN:
        message = _("You invited %(author)s several times this month. Give them time.")
        raise ValidationError(message % {"author": author.display_name}, code="conflict")


def _conflict(message: str, invitation: Invitation) -> ValidationError:
    return ValidationError(message, code="conflict", params={"invitation": invitation.pk})
