"""How an account wants its news: the digest, notices group by group, and the address at which one click ends a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.models import NoticePreference, Notification, ResearcherProfile, Subscription, User
from profiles.notifying.digest_dates import next_due
from profiles.notifying.notice_kinds import GROUPS, KINDS, Group

DIGEST = "digest"

# The digest


def of(user: User) -> Subscription:
    """What is stored, or the defaults."""
    return Subscription.objects.filter(user=user).first() or Subscription(user=user, digest_since=timezone.now())


@transaction.atomic
def choose_digest(choice: str, *, by: User, now: datetime | None = None) -> Subscription:
    """Off, daily, weekly or monthly, from the next such day on. What came while it was off is in no digest."""
    if choice not in Subscription.Digest.values:
        known = ", ".join(Subscription.Digest.values)
        raise ValidationError(_("Choose one of: %(known)s.") % {"known": known}, code="unknown")
    now = now or timezone.now()
    row = _locked(by)
    if row.digest == choice:
        return row
    if row.digest == Subscription.Digest.OFF:
        row.digest_since = now
    row.digest = choice
    row.digest_due_at = None if choice == Subscription.Digest.OFF else next_due(choice, now, zone_of(by))
    row.save(update_fields=["digest", "digest_due_at", "digest_since"])
    return row


@transaction.atomic
def follow_time_zone(user: User, now: datetime | None = None) -> None:
    """After a change of the time zone. A digest that is due already stays due."""
    now = now or timezone.now()
    later = Subscription.objects.filter(user=user, digest_due_at__gt=now).select_for_update().first()
    if later is not None:
        later.digest_due_at = next_due(later.digest, now, zone_of(user))
        later.save(update_fields=["digest_due_at"])


def zone_of(user: User) -> ZoneInfo:
    name = ResearcherProfile.objects.filter(user=user).values_list("time_zone", flat=True).first()
    return ZoneInfo(name or "UTC")


def _locked(user: User) -> Subscription:
    Subscription.objects.get_or_create(user=user)
    return Subscription.objects.select_for_update().get(user=user)


# Notices


@dataclass(frozen=True, slots=True)
class Wish:
    """How an account is told about one group."""

    name: str
    group: Group
    in_app: bool
    by_mail: bool


def wishes(user: User) -> list[Wish]:
    stored = {row.group: row for row in NoticePreference.objects.filter(user=user)}
    return [_wish(name, stored.get(name)) for name in GROUPS]


def wish(user: User, group: str) -> Wish:
    return _wish(group, NoticePreference.objects.filter(user=user, group=group).first())


def _wish(name: str, row: NoticePreference | None) -> Wish:
    group = GROUPS[name]
    in_app = group.always_in_app or row is None or row.in_app
    return Wish(name, group, in_app=in_app, by_mail=row is None or row.by_mail)


@transaction.atomic
def wish_for(group: str, *, by: User, in_app: bool, by_mail: bool) -> None:
    """How notices of this group come from now on; mails that still wait are not sent once mail is switched off."""
    if group not in GROUPS:
        raise ValidationError(_("There is no group “%(name)s” of notices.") % {"name": group}, code="unknown")
    if GROUPS[group].always_in_app and not in_app:
        said = _("“%(title)s” is always shown in the app.") % {"title": GROUPS[group].title}
        raise ValidationError(said, code="always")
    said_now = {"in_app": in_app, "by_mail": by_mail}
    NoticePreference.objects.update_or_create(user=by, group=group, defaults=said_now)
    if not by_mail:
        kinds = [name for name, kind in KINDS.items() if kind.group == group]
        waiting = Notification.objects.filter(user=by, kind__in=kinds, mail_due_at__isnull=False)
        waiting.update(mail_due_at=None)


# One click (RFC 8058)


@dataclass(frozen=True, slots=True)
class Stop:
    """What an address at the foot of a mail ends: the digest, or mails of one group."""

    user: User
    what: str

    @property
    def title(self) -> str:
        return str(_("the digest")) if self.what == DIGEST else f"“{GROUPS[self.what].title}”"


def stop_address(user: User, what: str) -> str:
    """Bound to the account and to what it ends; it opens nothing else and does not expire."""
    token = _signer().sign(f"{user.pk}:{what}")
    return f"{settings.BASE_URL}{reverse('mail_stop', args=[token])}"


def read_stop(token: str) -> Stop | None:
    """None for what we did not sign, and for an account that is gone."""
    try:
        number, what = _signer().unsign(token).split(":")
    except BadSignature:
        return None
    user = User.objects.filter(pk=int(number)).first()
    return Stop(user, what) if user is not None and (what == DIGEST or what in GROUPS) else None


def stop(asked: Stop) -> None:
    """Safe to repeat."""
    if asked.what == DIGEST:
        choose_digest(Subscription.Digest.OFF, by=asked.user)
    else:
        stored = wish(asked.user, asked.what)
        wish_for(asked.what, by=asked.user, in_app=stored.in_app, by_mail=False)


def _signer() -> Signer:
    return Signer(salt="bzpeer.mail-stop")
