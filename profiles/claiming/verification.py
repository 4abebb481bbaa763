"""Giving proofs: from the wizard or the API to the ledger, whichever the proof is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bzpeer.kit.keyed import keyed_hash
from profiles import limits, promptly
from profiles.claiming import claims, evidence, ownership
from profiles.claiming.evidence import Locked
from profiles.models import Claim, ProofAttempt, User
from profiles.proofs.base import NotVerified, Offer, Proof, Verified
from profiles.proofs.registry import PROOFS

Status = ProofAttempt.Status
CHECK_AGAIN = timedelta(minutes=2)  # a check whose task was lost is sent again
MOST_CHECKS = 3


def offers(claim: Claim) -> list[tuple[Proof, Offer]]:
    """Every proof with what it would mean for this claim, possible ones first."""
    found = [(proof, proof.offer(claim)) for proof in PROOFS.values()]
    return sorted(found, key=lambda pair: not pair[1].possible)


def begin(*, claim: Claim, method: str, answers: Mapping[str, Any], session: str, by: User) -> ProofAttempt:
    """Start a proof, in place of an earlier try by the same method; raises ValidationError.

    A proof by code waits for `complete` in the same session; any other is checked by a task, which `check` does.
    """
    proof = _proof(method)
    with Locked(claim.author_id):
        claim = _open_to_proofs(claim, by)
        offer = proof.offer(claim)
        if not offer.possible:
            raise ValidationError(str(offer.why), code="conflict")
        claim.attempts.filter(method=method, status=Status.WAITING).update(**ENDED)
        attempt = ProofAttempt(claim=claim, method=method, session_hash=session_hash(session))
        attempt.expires_at = timezone.now() + CHECK_AGAIN
        attempt.save()
        Claim.objects.filter(pk=claim.pk).update(method=method)
        _start(proof, attempt, answers)
    if attempt.status == Status.WAITING and proof.confirms is None:
        send_check(attempt.pk)
    return attempt


def _start(proof: Proof, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
    """What is refused at once ends the attempt; too many attempts are said as such."""
    try:
        with transaction.atomic():
            proof.start(attempt, answers)
            attempt.save()
    except NotVerified as failure:
        _fail(attempt, failure)
    except limits.LimitReached as error:
        raise too_often(error) from error


def resend(*, claim: Claim, method: str, session: str, by: User) -> ProofAttempt:
    """Send the code once more; the earlier one no longer counts. Raises ValidationError."""
    proof = _proof(method)
    with Locked(claim.author_id):
        attempt = _waiting(_open_to_proofs(claim, by), method)
        if not proof.resends or not attempt.target:
            raise ValidationError(_("There is nothing to send again. Start this proof anew."), code="conflict")
        attempt.session_hash, attempt.detail = session_hash(session), ""
        try:
            proof.send_again(attempt)
        except limits.LimitReached as error:
            raise too_often(error) from error
        attempt.save()
    return attempt


def complete(*, claim: Claim, method: str, answers: Mapping[str, Any], session: str, by: User) -> ProofAttempt:
    """Answer what a proof asked (a code), in the session in which it was asked. Raises ValidationError.

    A wrong answer is counted and the attempt goes on waiting; `detail` says what was wrong.
    """
    proof = _proof(method)
    with Locked(claim.author_id):
        attempt = _waiting(_open_to_proofs(claim, by), method)
        if attempt.session_hash != session_hash(session):
            attempt.detail = "other-session"
            attempt.save(update_fields=["detail"])
            return attempt
        try:
            verified = proof.verify(attempt, answers)
        except NotVerified as failure:
            attempt.detail = failure.reason
            attempt.save(update_fields=["detail", "tries"])
            return attempt
        except limits.LimitReached as error:
            raise too_often(error) from error
        return _record(proof, attempt, verified)


def check(attempt_id: int) -> ProofAttempt | None:
    """By a task: look at what an attempt is about, and record what was found. None if it is not waiting any more.

    The other site is asked without holding the record; nothing is recorded if the attempt ended meanwhile.
    """
    attempt = _take(attempt_id)
    if attempt is None:
        return None
    proof = _proof(attempt.method)
    try:
        verified = proof.verify(attempt, {})
    except NotVerified as failure:
        with Locked(attempt.claim.author_id):
            fresh = ProofAttempt.objects.get(pk=attempt.pk)
            return _fail(fresh, failure) if fresh.status == Status.WAITING else fresh
    with Locked(attempt.claim.author_id):
        fresh = ProofAttempt.objects.select_related("claim__author", "claim__user").get(pk=attempt.pk)
        if fresh.status != Status.WAITING or not fresh.claim.is_live:
            return fresh
        return _record(proof, fresh, verified)


def _take(attempt_id: int) -> ProofAttempt | None:
    """The attempt, counted as checked once more before the check: one that kills its worker stops after three."""
    with transaction.atomic():
        rows = ProofAttempt.objects.select_for_update(of=("self",)).select_related("claim__author", "claim__user")
        attempt = rows.filter(pk=attempt_id, status=Status.WAITING).first()
        if attempt is None:
            return None
        if attempt.tries >= MOST_CHECKS:
            _fail(attempt, NotVerified("upstream"))
            return None
        attempt.tries += 1
        attempt.expires_at = timezone.now() + CHECK_AGAIN
        attempt.save(update_fields=["tries", "expires_at"])
    return attempt


def checks_due() -> list[int]:
    """Attempts whose check was lost on the way; beat sends them again."""
    by_task = [method for method, proof in PROOFS.items() if proof.confirms is None]
    rows = ProofAttempt.objects.filter(status=Status.WAITING, method__in=by_task, expires_at__lt=timezone.now())
    return list(rows.values_list("pk", flat=True)[:100])


def send_check(attempt_id: int) -> None:
    """After the transaction; without a broker the sweep of the next minute does it."""
    promptly.check_proof_soon(attempt_id)


def _record(proof: Proof, attempt: ProofAttempt, verified: Verified) -> ProofAttempt:
    """The proof holds: into the ledger, and what follows for the claim. The record is locked."""
    evidence.append(
        attempt.claim,
        kind=proof.kind,
        method=verified.method,
        issuer=verified.issuer,
        expires=timezone.now() + verified.valid,
        subject=verified.subject,
        secret_subject=verified.secret_subject,
        seen=verified.seen,
    )
    attempt.status, attempt.detail, attempt.target, attempt.code_hash = Status.VERIFIED, "", "", ""
    attempt.data = {key: value for key, value in attempt.data.items() if key in proof.keeps}
    attempt.save()
    claims.settle(attempt.claim)
    return attempt


ENDED = {"status": Status.ENDED, "target": "", "code_hash": "", "session_hash": ""}


def _fail(attempt: ProofAttempt, failure: NotVerified) -> ProofAttempt:
    attempt.status, attempt.detail = Status.FAILED, failure.reason
    attempt.target, attempt.code_hash = "", ""
    attempt.data = {"facts": {key: str(value) for key, value in failure.facts.items()}}
    attempt.save()
    return attempt


def _proof(method: str) -> Proof:
    try:
        return PROOFS[method]
    except KeyError:
        raise ValidationError(_("There is no such proof."), code="not-found") from None


def _open_to_proofs(claim: Claim, by: User) -> Claim:
    """The claim as it stands. While a record is contested its owner's tools rest; a claimant may still prove."""
    fresh = Claim.objects.select_related("author", "user").get(pk=claim.pk)
    if fresh.user_id != by.pk:
        raise ValidationError(_("There is no such claim."), code="not-found")
    if not fresh.is_live:
        raise ValidationError(_("This claim has ended. Begin a new one."), code="conflict")
    if fresh.status == Claim.Status.APPROVED and ownership.contested_since(fresh.author_id):
        message = _("The record is contested: nothing can be added until the dispute is decided.")
        raise ValidationError(message, code="conflict")
    return fresh


def _waiting(claim: Claim, method: str) -> ProofAttempt:
    attempt = ProofAttempt.objects.select_for_update().filter(claim=claim, method=method, status=Status.WAITING).first()
    if attempt is None:
        raise ValidationError(_("This proof was not started, or it has ended. Start it anew."), code="conflict")
    attempt.claim = claim
    return attempt


def session_hash(session: str) -> str:
    return keyed_hash("proof-session", session) if session else ""


def too_often(error: limits.LimitReached) -> ValidationError:
    minutes = max(1, round(error.retry_after / 60))
    message = _("That was tried too often. Again in %(minutes)s minutes; nothing is lost.")
    return ValidationError(message, code="throttled", params={"minutes": minutes, "retry_after": error.retry_after})
