"""The two sides of an invitation or conversation: what each may know of the other, and how their steps wait in line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.claiming import ownership
from profiles.models import Assessment, Claim, Report, User
from publications.models import Author

OPENS_AT = 2  # the level from which people invite and are invited


@contextmanager
def locked(*user_ids: int) -> Iterator[None]:
    """A transaction in which nobody else changes what is between these accounts; locks go by number."""
    with transaction.atomic(), connection.cursor() as cursor:
        for user_id in sorted(set(user_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('collaboration', %s))", [user_id])
        yield


# What is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side as the other sees it: the record it spoke for, never the account's name or address.

    `author` is None where no page can be shown. `is_owner`: the account still owns that record.
    """

    name: str
    author: Author | None
    is_owner: bool
    is_gone: bool  # the account was deleted

    @property
    def url(self) -> str:
        return self.author.get_absolute_url() if self.author else ""


def party(user_id: int | None, author: Author, *, owns: bool) -> Party:
    if user_id is None:
        return Party(name=_("Former member"), author=None, is_owner=False, is_gone=True)
    if author.hidden:
        return Party(name=_("Member"), author=None, is_owner=owns, is_gone=False)
    return Party(name=author.display_name, author=author, is_owner=owns, is_gone=False)


def owns(user: str, author: str) -> Exists:
    """An annotation: whether the account in this field owns the record in that one."""
    return Exists(
        Claim.objects.filter(user=OuterRef(user), author=OuterRef(author), status=Claim.Status.APPROVED).order_by()
    )


# Who may


def level_of(author_id: int) -> int:
    """The level that everybody sees of a record; 0 before its first assessment."""
    found = Assessment.objects.filter(author=author_id, is_current=True).values_list("level", flat=True).first()
    return found or 0


def claim_of(user: User) -> Claim | None:
    """The claim by which an account owns its record."""
    rows = Claim.objects.filter(user=user, status=Claim.Status.APPROVED)
    return rows.select_related("author", "user").first()


def sender_claim(user: User) -> Claim:
    """The claim for which an account may invite and answer; raises ValidationError with what is missing."""
    claim = claim_of(user)
    if claim is None or claim.author.hidden:
        raise _refused(_("Invitations come from verified owners of a record: find yours and claim it first."))
    if level_of(claim.author_id) < OPENS_AT:
        message = _("Your record is not at verification level 2 yet. The page of your claim says what is missing.")
        raise _refused(message)
    if ownership.contested_since(claim.author_id):
        raise _refused(_("Your record is contested. You can invite and accept again once that is decided."))
    return claim


def receiver_claim(author: Author) -> Claim:
    """The claim of the person who can be invited under a record; raises ValidationError from what everybody sees."""
    if author.hidden or author.merged_into_id:
        raise ValidationError(_("This author page is no longer available."), code="gone")
    claim = ownership.owner_claim(author)
    if claim is None:
        message = _("Nobody has claimed this author’s record, so an invitation would reach nobody.")
        raise ValidationError(message, code="author-unclaimed")
    if level_of(author.pk) < OPENS_AT:
        message = _("Who claimed this record is not verified yet: invitations open at level 2.")
        raise ValidationError(message, code="author-unclaimed")
    if ownership.contested_since(author.pk):
        raise ValidationError(_("This record is contested. Invite again once that is decided."), code="conflict")
    return claim


def suspended_until(user: User) -> Any:
    """Until when a moderator's decision keeps an account from inviting, or None."""
    rows = Report.objects.filter(about=user, suspended_until__gt=timezone.now())
    return rows.order_by("-suspended_until").values_list("suspended_until", flat=True).first()


def _refused(message: str) -> ValidationError:
    return ValidationError(message, code="permission-denied")
