"""What time does to claims and proofs: windows end, proofs expire or are checked again, people are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from profiles import limits
from profiles.account import accounts, own_sessions
from profiles.assessing import assessments
from profiles.claiming import claims, contests, evidence, ledger, ownership, verification, vouches
from profiles.claiming.evidence import Locked
from profiles.collaborating import collaboration
from profiles.fediverse import deliveries, inbox, updates
from profiles.following import feed
from profiles.models import Claim
from profiles.notifying import notices
from profiles.proofs.base import GoneForGood, NotVerified, RecheckedProof
from profiles.proofs.registry import PROOFS, of_entry

REMIND = timedelta(days=30)  # before a proof expires
MISSED_AGAIN = timedelta(days=1)  # after a failed check


def nightly(now: datetime | None = None) -> None:
    """Everything that a day may change. Safe to run twice, and to miss a night."""
    now = now or timezone.now()
    claims.lapse(now)
    claims.carry_over(merged_away())
    contests.close_decided(now)
    for claim in Claim.objects.filter(status=Claim.Status.APPROVED).select_related("author", "user").iterator():
        _look_after(claim, now)
    vouches.review_all()
    collaboration.expire(now)
    collaboration.forget()
    owned = Claim.objects.filter(status=Claim.Status.APPROVED).values_list("author_id", flat=True)
    assessments.mark_due(owned, "day")  # months pass, windows and proofs end
    limits.forget_old()
    inbox.forget_old()
    deliveries.forget_old()
    updates.mark_all()
    own_sessions.forget_ended()
    accounts.forget_unopened()
    feed.forget_old(now)


def merged_away() -> list[int]:
    """Records that lead elsewhere and still have claims: begun in the moment in which an import merged them."""
    left = Claim.objects.filter(status__in=Claim.LIVE, author__merged_into__isnull=False)
    return list(left.values_list("author_id", flat=True))


def _look_after(claim: Claim, now: datetime) -> None:
    _tell_window_over(claim, now)
    for proof in evidence.of_account(claim):
        if proof.ended is not None:
            continue
        if not proof.holds(now):
            _expire(claim, proof)
        elif (source := _rechecked_by(proof)) is not None:
            _recheck_if_due(claim, proof, source, now)
        elif proof.expires - REMIND <= now:
            _remind(claim, proof)


def _tell_window_over(claim: Claim, now: datetime) -> None:
    ends = ownership.window_ends(claim)
    waited = ends <= now < ends + REMIND and not ownership.skips_window(claim)
    if waited and ownership.is_proved(claim) and not ownership.contested_since(claim.author_id):
        notices.tell(claim.user, "window-over", key=f"claim:{claim.pk}", **ownership.about(claim))


def _expire(claim: Claim, proof: ledger.Proof) -> None:
    with Locked(claim.author_id):
        if any(p.entry.sequence == proof.entry.sequence and p.ended for p in evidence.of_account(claim)):
            return
        evidence.end(proof, claim.author_id, "expired")
    _tell_ended(claim, proof)


def _remind(claim: Claim, proof: ledger.Proof) -> None:
    key = f"proof:{claim.author_id}:{proof.entry.sequence}:{proof.expires:%Y-%m-%d}"
    words: dict[str, Any] = {"until": ownership.day(proof.expires), "proof": name_of(proof)}
    notices.tell(claim.user, "evidence-expires", key=key, **ownership.about(claim), **words)


def _tell_ended(claim: Claim, proof: ledger.Proof) -> None:
    key = f"proof:{claim.author_id}:{proof.entry.sequence}"
    notices.tell(claim.user, "evidence-ended", key=key, **ownership.about(claim), proof=name_of(proof))


def _rechecked_by(proof: ledger.Proof) -> RecheckedProof | None:
    """What looks at it again by itself (a page); every other proof its owner gives again."""
    source = of_entry(proof.entry.method)
    return source if isinstance(source, RecheckedProof) else None


def _recheck_if_due(claim: Claim, proof: ledger.Proof, source: RecheckedProof, now: datetime) -> None:
    """As often as the proof says, and daily after a failed check."""
    due = proof.misses[-1] + MISSED_AGAIN if proof.misses else proof.seen + source.check_every
    if now >= due:
        check_again(claim, proof, source)


def check_again(claim: Claim, proof: ledger.Proof, source: RecheckedProof) -> None:
    """Look once more. The other site is asked without holding the record."""
    try:
        verified = source.recheck(claim, proof)
    except NotVerified as failure:
        with Locked(claim.author_id):
            evidence.missed(proof, claim.author_id, failure.reason)
            after = next(p for p in evidence.of_account(claim) if p.entry.sequence == proof.entry.sequence)
            gone = isinstance(failure, GoneForGood)
            if gone or not source.still_counts(after.misses):
                evidence.end(after, claim.author_id, failure.reason if gone else "page-gone")
                assessments.mark_due([claim.author_id], "evidence")
                _tell_ended(claim, proof)
        return
    with Locked(claim.author_id):
        evidence.checked(proof, claim.author_id, timezone.now() + verified.valid, verified.seen)


def name_of(proof: ledger.Proof) -> str:
    """A proof as people know it."""
    named = {entry.method: entry.name for entry in PROOFS.values()}
    kinds = {"A": _("ORCID iD"), "B": _("Institution"), "C": _("Authorship"), "V": _("Vouches"), "X": _("Authority")}
    return str(named.get(proof.entry.method) or kinds[proof.entry.kind])


def sweep() -> None:
    """Every minute: checks whose task was lost."""
    for attempt_id in verification.checks_due():
        verification.check(attempt_id)
