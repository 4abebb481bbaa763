"""Authorities (class X): one moderator records what an organisation or service found, another one confirms it."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.assessing import assessments
from profiles.claiming import evidence, ownership
from profiles.claiming.evidence import Locked
from profiles.models import Attestation, Claim, User
from profiles.notifying import notices

VALID = timedelta(days=365)


def propose(*, claim: Claim, by: User, method: str, issuer: str, result: str) -> Attestation:
    """The first moderator's half; it counts for nothing until confirmed. Raises ValidationError."""
    _refuse_own(claim, by)
    if method not in Attestation.Method.values or not issuer.strip() or not result.strip():
        raise ValidationError(_("Name the kind, the organisation and what it found."), code="invalid")
    if claim.status != Claim.Status.APPROVED:
        raise ValidationError(_("An authority's proof is recorded for approved claims."), code="conflict")
    try:
        with transaction.atomic():
            return Attestation.objects.create(
                claim=claim, method=method, issuer=issuer.strip(), result=result.strip(), proposed_by=by
            )
    except IntegrityError as error:
        raise ValidationError(_("Another one waits to be confirmed for this claim."), code="conflict") from error


def settle(*, attestation: Attestation, by: User, confirm: bool) -> Attestation:
    """The second moderator's half: into the ledger, or not. Raises ValidationError for the one who recorded it."""
    with Locked(attestation.claim.author_id):
        row = Attestation.objects.select_for_update(of=("self",)).select_related("claim__author", "claim__user")
        fresh = row.get(pk=attestation.pk)
        _refuse_own(fresh.claim, by)
        if fresh.confirmed is not None:
            raise ValidationError(_("This was settled before."), code="conflict")
        if fresh.proposed_by_id == by.pk or (confirm and fresh.proposed_by is None):
            raise ValidationError(_("Another moderator than who recorded it confirms it."), code="permission-denied")
        if confirm and (fresh.claim.status != Claim.Status.APPROVED or fresh.claim.user is None):
            raise ValidationError(_("The claim has ended."), code="conflict")
        fresh.settled_by, fresh.settled_at, fresh.confirmed = by, timezone.now(), confirm
        fresh.save()
        if confirm and fresh.proposed_by is not None:
            _record(fresh, fresh.proposed_by, by)
    return fresh


def _record(row: Attestation, first: User, second: User) -> None:
    evidence.append(
        row.claim,
        kind="X",
        method=row.method,
        issuer=f"authority:{row.issuer.casefold()}"[:200],
        expires=timezone.now() + VALID,
        seen={"result": row.result, "attestation": row.pk},
        checked_by=[first, second],
    )
    assessments.mark_due([row.claim.author_id], "evidence")
    notices.tell(row.claim.user, "attested", **ownership.about(row.claim), issuer=row.issuer)


def _refuse_own(claim: Claim, by: User) -> None:
    if claim.user_id == by.pk:
        raise ValidationError(_("This is your own claim: other moderators decide."), code="permission-denied")
