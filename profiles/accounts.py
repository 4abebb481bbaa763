"""Accounts: what is proven of them, and how one ends."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from profiles.models import User

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
