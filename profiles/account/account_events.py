"""What follows from a change to an account: the level of the record it owns is assessed anew; a visit begins."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth.signals import user_logged_in

from profiles.account import visits
from profiles.assessing import assessments
from profiles.models import Claim, User


def connect() -> None:
    changed = "profiles.account.account_events"
    account_signals.email_confirmed.connect(address_confirmed, dispatch_uid=f"{changed}.email_confirmed")
    account_signals.email_changed.connect(account_changed, dispatch_uid=f"{changed}.email_changed")
    account_signals.email_removed.connect(account_changed, dispatch_uid=f"{changed}.email_removed")
    mfa_signals.authenticator_added.connect(account_changed, dispatch_uid=f"{changed}.authenticator_added")
    mfa_signals.authenticator_removed.connect(account_changed, dispatch_uid=f"{changed}.authenticator_removed")
    user_logged_in.connect(visit_begins, dispatch_uid=f"{changed}.user_logged_in")


def address_confirmed(sender: object, *, email_address: Any, **_: Any) -> None:
    mark_owned_record_due(email_address.user)


def account_changed(sender: object, *, user: User, **_: Any) -> None:
    mark_owned_record_due(user)


def visit_begins(sender: object, *, request: Any, user: User, **_: Any) -> None:
    if hasattr(request, "session"):
        visits.begin(request, user)


def mark_owned_record_due(user: User) -> None:
    owned = Claim.objects.filter(user=user, status=Claim.Status.APPROVED).values_list("author_id", flat=True)
    if ids := list(owned):
        assessments.mark_due(ids, "account")
