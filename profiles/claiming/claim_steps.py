"""The steps of the claim pages: each form counts once however often it is sent, and levels follow within seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from profiles.claiming import claim_page, claims, contests, verification, vouches
from profiles.claiming.evidence import Locked
from profiles.models import Claim, Dispute, ProofAttempt, User
from profiles.promptly import assess_soon

Status = ProofAttempt.Status


def begin(*, claim: Claim, method: str, answers: Mapping[str, Any], session: str, by: User, after: int) -> ProofAttempt:
    """Start a proof; `after` is the latest attempt that the form knew of, 0 for none. Raises ValidationError."""
    with Locked(claim.author_id):
        latest = claim_page.latest_attempt(claim, method)
        if latest and latest.pk > after and latest.status in (Status.WAITING, Status.VERIFIED):
            return latest
        attempt = verification.begin(claim=claim, method=method, answers=answers, session=session, by=by)
    assess_soon()
    return attempt


def resend(*, claim: Claim, method: str, session: str, by: User, sent: int) -> ProofAttempt:
    """Send a code again; `sent` says how many the form knew of. Raises ValidationError."""
    with Locked(claim.author_id):
        latest = claim_page.latest_attempt(claim, method)
        if latest and latest.status == Status.WAITING and latest.sent > sent:
            return latest
        return verification.resend(claim=claim, method=method, session=session, by=by)


def answer(*, claim: Claim, method: str, answers: Mapping[str, Any], session: str, by: User) -> ProofAttempt:
    """Give the code; the same form a second time finds the proof given. Raises ValidationError."""
    try:
        attempt = verification.complete(claim=claim, method=method, answers=answers, session=session, by=by)
    except ValidationError:
        latest = claim_page.latest_attempt(claim, method)
        if latest is None or latest.status != Status.VERIFIED:
            raise
        return latest
    assess_soon()
    return attempt


def submit(*, claim: Claim, by: User, note: str) -> Claim:
    """Ask a moderator. Raises ValidationError."""
    submitted = claims.submit(claim=claim, by=by, note=note)
    assess_soon()
    return submitted


def end(*, claim: Claim, by: User) -> Claim:
    """Give up a record, or take back a claim to it; ended ones stay as they are. Raises ValidationError."""
    with Locked(claim.author_id):
        claim.refresh_from_db()
        if not claim.is_live:
            return claim
        verb = claims.release if claim.status == Claim.Status.APPROVED else claims.withdraw
        ended = verb(claim=claim, by=by)
    assess_soon()
    return ended


def object_to(*, claim: Claim, by: User, text: str) -> Dispute:
    """Object to a claim, or find the objection made before. Raises ValidationError."""
    with Locked(claim.author_id):
        return claim_page.objection_by(claim, by) or contests.object_to(claim=claim, by=by, text=text)


def state(*, dispute: Dispute, by: User, text: str) -> None:
    """Say something in a dispute; the same words twice in a row are said once. Raises ValidationError."""
    with Locked(dispute.author_id):
        if not claim_page.said_already(dispute, by, text):
            contests.state(dispute=dispute, by=by, text=text)


def appeal(*, dispute: Dispute, by: User, text: str) -> Dispute:
    """Raises ValidationError."""
    with Locked(dispute.author_id):
        dispute.refresh_from_db()
        if dispute.status == Dispute.Status.APPEALED and dispute.appealed_by_id == by.pk:
            return dispute
        appealed = contests.appeal(dispute=dispute, by=by, text=text)
    assess_soon()
    return appealed


def vouch(*, claim: Claim, by: User) -> None:
    """Vouch for a claim, unless that was done. Raises ValidationError."""
    with Locked(claim.author_id):
        if claim_page.own_vouch(claim, by) is None:
            vouches.vouch(claim=claim, by=by)
            assess_soon()


def take_back(*, claim: Claim, by: User) -> None:
    """Take one's vouch for a claim back, if there is one."""
    with Locked(claim.author_id):
        own = claim_page.own_vouch(claim, by)
        if own is not None:
            vouches.take_back(vouch=own, by=by)
            assess_soon()
