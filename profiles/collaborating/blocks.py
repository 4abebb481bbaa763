"""Blocks: an account wants nothing more from another one, which learns of it by no answer."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from profiles.collaborating import collaboration, conversations
from profiles.collaborating.parties import locked
from profiles.models import Block, Invitation, Participant, User
from publications.models import Author


def block(*, user: User, author: Author, by: User) -> Block:
    """Take nothing more from this account, known under this record; what is between the two ends.

    Invitations that wait end as if they had been declined or withdrawn, conversations can be read and not written in.
    """
    if user == by:
        raise ValidationError(_("That is you."), code="conflict")
    with locked(by.pk, user.pk):
        if User.objects.filter(pk__in=(by.pk, user.pk)).count() < 2:
            raise _gone()
        row, made = Block.objects.get_or_create(blocker=by, blocked=user, defaults={"author": author})
        if made:
            collaboration.end_between(by, user)
            conversations.end_between(by, user)
    return row


def block_sender(*, invitation: Invitation, by: User) -> Block:
    """The other side of an invitation; raises ValidationError `not-found` for one of others, `gone`."""
    if by.pk not in (invitation.sender_id, invitation.receiver_id):
        raise ValidationError(_("There is no such invitation."), code="not-found")
    sent = by.pk == invitation.sender_id
    other = invitation.receiver if sent else invitation.sender
    return _block(other, invitation.receiver_author if sent else invitation.sender_author, by)


def block_other(*, side: Participant, by: User) -> Block:
    """The other side of a conversation; raises ValidationError `not-found` for one of others, `gone`."""
    if side.user_id != by.pk:
        raise ValidationError(_("There is no such conversation."), code="not-found")
    other = conversations.other_side(side)
    return _block(other.user, other.author, by)


def _block(user: User | None, author: Author, by: User) -> Block:
    if user is None:
        raise _gone()
    return block(user=user, author=author, by=by)


def _gone() -> ValidationError:
    return ValidationError(_("This account was deleted; nothing more can come from it."), code="gone")


def unblock(*, pk: int, by: User) -> bool:
    """Let them invite again; what ended stays ended. False when there was no such block."""
    return bool(Block.objects.filter(pk=pk, blocker=by).delete()[0])


def listed(user: User) -> QuerySet[Block]:
    """Whom an account has blocked, by the record it knew them under; latest first."""
    return Block.objects.filter(blocker=user).select_related("author").order_by("-pk")
