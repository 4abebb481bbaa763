"""How many invitations a level may send in a day and have waiting, and what of it is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.collaborating import parties
from profiles.models import Invitation, User

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quota:
    per_day: int
    waiting: int


QUOTAS = {2: Quota(5, 20), 3: Quota(10, 50), 4: Quota(20, 100)}
LEAST = QUOTAS[2]
NONE = Quota(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an account may send; `next_at`: when the day's quota gives again; `first_ends`: when one expires."""

    level: int
    quota: Quota
    sent_today: int
    waiting: int
    next_at: datetime | None
    first_ends: datetime | None

    @property
    def left_today(self) -> int:
        return max(0, min(self.quota.per_day - self.sent_today, self.quota.waiting - self.waiting))


def allowance(user: User) -> Allowance:
    """Of an account without a record at level 2: nothing."""
    claim = parties.claim_of(user)
    level = parties.level_of(claim.author_id) if claim else 0
    now = timezone.now()
    sent = Invitation.objects.filter(sender=user, created_at__gt=now - DAY).aggregate(
        n=Count("pk"), at=Min("created_at")
    )
    open_ones = Invitation.objects.filter(sender=user, status=Invitation.Status.PENDING, expires_at__gt=now)
    waiting = open_ones.aggregate(n=Count("pk"), at=Min("expires_at"))
    return Allowance(
        level=level,
        quota=QUOTAS.get(level, NONE),
        sent_today=sent["n"],
        waiting=waiting["n"],
        next_at=sent["at"] + DAY if sent["at"] else None,
        first_ends=waiting["at"],
    )


def refuse_beyond(user: User) -> None:
    """Raises ValidationError `throttled` when an account has sent what its level may; its lock is held."""
    now = allowance(user)
    if now.sent_today >= now.quota.per_day:
        message = _("At level %(level)s you can send %(most)s invitations a day, and you did. Go on tomorrow.")
        raise _throttled(message % {"level": now.level, "most": now.quota.per_day}, now.next_at)
    if now.waiting >= now.quota.waiting:
        message = _(
            "%(most)s invitations of yours wait for an answer: as many as can at level %(level)s. Withdraw some."
        )
        raise _throttled(message % {"level": now.level, "most": now.quota.waiting}, now.first_ends)


def _throttled(message: str, again: datetime | None) -> ValidationError:
    wait = (again - timezone.now()).total_seconds() if again else DAY.total_seconds()
    return ValidationError(message, code="throttled", params={"retry_after": max(1, int(wait) + 1)})
