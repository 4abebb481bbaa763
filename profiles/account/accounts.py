"""Accounts: what is proven of them, and how one ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from profiles.models import User, fold_email

KEPT_UNOPENED = timedelta(days=7)
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes stand in for one of these


def has_second_factor(user: User) -> bool:
    return bool(with_second_factor([user.pk]))


def with_second_factor(user_ids: Iterable[int]) -> set[int]:
    """Those of these accounts that sign in with more than a password."""
    found = Authenticator.objects.filter(user__in=list(user_ids), type__in=SECOND_FACTORS, user__is_active=True)
    return set(found.values_list("user_id", flat=True))


def has_confirmed_address(user: User) -> bool:
    return bool(with_confirmed_address([user.pk]))


def with_confirmed_address(user_ids: Iterable[int]) -> set[int]:
    """Those of these accounts whose address is known to be theirs."""
    found = EmailAddress.objects.filter(user__in=list(user_ids), verified=True, user__is_active=True)
    return set(found.values_list("user_id", flat=True))


# Addresses


def _confirmed() -> Exists:
    return Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True))


def _unopened() -> QuerySet[User]:
    """Accounts that were asked for and never opened: no confirmed address, nobody logged in."""
    asked = User.objects.filter(last_login__isnull=True, is_staff=False, is_superuser=False)
    return asked.filter(~_confirmed(), Exists(EmailAddress.objects.filter(user=OuterRef("pk"))))


def never_confirmed(email: str) -> QuerySet[User]:
    return _unopened().filter(email=fold_email(email))


def forget_unopened() -> int:
    """Delete accounts that were asked for a week ago and never opened: their links work no longer."""
    old = _unopened().filter(date_joined__lt=timezone.now() - KEPT_UNOPENED)
    return old.delete()[1].get(User._meta.label, 0)


def is_taken(email: str) -> bool:
    """Whether an account has this address, confirmed or not asked to be; two queries in any case."""
    address = fold_email(email)
    confirmed = EmailAddress.objects.filter(email=address, verified=True).exists()
    return User.objects.filter(email=address).exclude(pk__in=never_confirmed(address)).exists() or confirmed


def free_address(email: str, *, but_for: int | None = None) -> None:
    """Forget who else wrote this address down without confirming it: an address belongs to whoever reads its mail.

    Links sent earlier lose their meaning, and with them a password that somebody else chose for this address.
    """
    with transaction.atomic():
        never_confirmed(email).exclude(pk=but_for or 0).delete()
        EmailAddress.objects.filter(email=fold_email(email), verified=False).exclude(user=but_for or 0).delete()


@dataclass(frozen=True, slots=True)
class Addresses:
    """The address of an account, and the one it is changing to until that is confirmed."""

    current: str
    new: str


def addresses(user: User) -> Addresses:
    waiting = EmailAddress.objects.get_new(user)
    return Addresses(current=user.email, new=waiting.email if waiting else "")
