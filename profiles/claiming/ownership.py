"""Who owns a record: making and ending ownership, and what everybody sees of it; claims and contests stand on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from profiles.assessing import assessments, levels
from profiles.claiming import evidence, ledger
from profiles.following import news
from profiles.models import Claim, Dispute, User
from profiles.notifying import notices
from publications.models import Author

Status = Claim.Status


def approve(claim: Claim) -> Claim:
    """Make the claimant the owner; the record is locked by the caller.

    Raises ValidationError `already-claimed` when the record has an owner or the account another claim, `gone` while
    the record is hidden.
    """
    if Author.objects.filter(pk=claim.author_id, hidden=True).exists():
        raise ValidationError(_("This record is no longer available, so it cannot be claimed."), code="gone")
    now = timezone.now()
    claim.status, claim.approved_at, claim.ended_at, claim.reason = Status.APPROVED, now, None, ""
    claim.submitted_at = claim.submitted_at or now
    try:
        with transaction.atomic():
            claim.save(update_fields=["status", "approved_at", "submitted_at", "ended_at", "reason"])
    except IntegrityError as error:
        message = _("This record has an owner, or the account has another claim.")
        raise ValidationError(message, code="already-claimed") from error
    assessments.mark_due([claim.author_id], "claim")
    news.note_claim(claim)
    _tell_of_approval(claim)
    return claim


def _tell_of_approval(claim: Claim) -> None:
    until = day(window_ends(claim))
    notices.tell(claim.user, "claim-linked" if skips_window(claim) else "claim-approved", **about(claim), until=until)
    for user in verified_collaborators(claim.author):
        notices.tell(user, "claim-by-other", key=f"claim:{claim.pk}", **about(claim), until=until)


def close(claim: Claim, status: str, reason: str = "", *, keep_evidence: bool = False) -> Claim:
    """End a claim in this way; the record is locked by the caller. Its proofs end with it unless an appeal is open."""
    claim.status, claim.reason, claim.ended_at = status, reason, timezone.now()
    claim.save(update_fields=["status", "reason", "ended_at"])
    claim.attempts.filter(status="waiting").update(status="ended", target="", code_hash="", session_hash="")
    if not keep_evidence:
        evidence.end_all(claim, f"claim-{status}")
    assessments.mark_due([claim.author_id], "claim")
    return claim


# What is known


def live(user: User) -> Claim | None:
    """The account's claim that has not ended: it has one at most."""
    return Claim.objects.filter(user=user, status__in=Claim.LIVE).select_related("author", "user").first()


def owner_claim(author: Author) -> Claim | None:
    return Claim.objects.filter(author=author, status=Status.APPROVED).select_related("user", "author").first()


def is_proved(claim: Claim) -> bool:
    """Whether something of class A, B or C holds for it."""
    return any(proof.entry.kind in levels.IDENTITY for proof in evidence.holding(claim))


def was_judged(claim: Claim) -> bool:
    """Whether a decision about this record went against this account before, or it left a contest of its own accord.

    What it says or proves anew is for a moderator: else a decision would last until the next click, and an owner could
    be held up for ever by claims that are withdrawn and begun again.
    """
    before = Claim.objects.filter(author=claim.author_id, user=claim.user_id).exclude(pk=claim.pk)
    heard = Q(disputes__isnull=False) | Q(disputes_opened__isnull=False)
    left = Q(disputes__kind=Dispute.Kind.RIVALS) | Q(disputes_opened__isnull=False)
    gone = Q(left, status__in=(Status.WITHDRAWN, Status.RELEASED))
    return before.filter(Q(status=Status.REVOKED) | Q(heard, status=Status.REJECTED) | gone).exists()


def window_ends(claim: Claim) -> datetime:
    """Until when others can object to an approved claim."""
    return (claim.approved_at or timezone.now()) + levels.OBJECTION_WINDOW


def skips_window(claim: Claim) -> bool:
    return _skips_window(claim, evidence.of_record(claim.author_id))


def contested_since(author_id: int) -> datetime | None:
    """Since when two accounts have been heard about a record, or None."""
    dispute = Dispute.objects.filter(author=author_id, **Dispute.CONTESTED).first()
    return (dispute.appealed_at or dispute.opened_at) if dispute else None


def status_of(author: Author) -> str:
    """What everybody sees: unclaimed, pending, claimed or contested."""
    return statuses([author.pk]).get(author.pk, "unclaimed")


def statuses(author_ids: Iterable[int]) -> dict[int, str]:
    """The same for several records in a fixed number of queries; those left out are unclaimed.

    A claim is pending while a moderator looks at it, and while others can object to it.
    """
    ids = list(author_ids)
    rows = Claim.objects.filter(author__in=ids, status__in=(Status.PENDING, Status.APPROVED)).order_by("status")
    claims = list(rows)  # approved before pending
    ledgers = evidence.of_records(claim.author_id for claim in claims if _is_in_window(claim))
    found: dict[int, str] = {}
    for claim in claims:
        found.setdefault(claim.author_id, _status(claim, ledgers.get(claim.author_id, [])))
    contested = Dispute.objects.filter(author__in=ids, **Dispute.CONTESTED).values_list("author_id", flat=True)
    return found | dict.fromkeys(contested, "contested")


def _status(claim: Claim, entries: list[ledger.Entry]) -> str:
    if claim.status != Status.APPROVED:
        return "pending"
    return "claimed" if not _is_in_window(claim) or _skips_window(claim, ledger.proofs(entries)) else "pending"


def _is_in_window(claim: Claim) -> bool:
    return claim.status == Status.APPROVED and window_ends(claim) > timezone.now()


def _skips_window(claim: Claim, proofs: Iterable[ledger.Proof]) -> bool:
    now = timezone.now()
    own = (proof for proof in proofs if proof.entry.holder == claim.user_id and proof.holds(now))
    return any(proof.entry.method == levels.ORCID_IN_METADATA for proof in own)


def verified_collaborators(author: Author) -> list[User]:
    """Accounts at L2 or above that own the record of a close collaborator; 200 at most."""
    owners = User.objects.filter(
        claims__status=Status.APPROVED,
        claims__author__coauthor_edges__coauthor=author,
        claims__author__coauthor_edges__close_works__gte=2,
        claims__author__assessments__is_current=True,
        claims__author__assessments__level__gte=2,
    )
    return list(owners.distinct()[:200])


# Words and addresses


def about(claim: Claim) -> dict[str, Any]:
    """Params of a notice about a claim."""
    url = reverse("author_claim", args=[claim.author_id])
    return {"author": claim.author.display_name, "author_id": claim.author_id, "claim_id": claim.pk, "url": url}


def day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
