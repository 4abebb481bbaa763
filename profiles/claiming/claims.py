"""Claims: the verbs from the first step to the end; each locks the record and does what follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles import limits
from profiles.assessing import assessments, levels
from profiles.claiming import contests, evidence, ownership
from profiles.claiming.evidence import Locked
from profiles.claiming.ownership import Status
from profiles.claiming.record_names import agree
from profiles.models import Claim, MergeRequest, User
from profiles.notifying import notices
from publications.addresses import survivor
from publications.models import Author

LAPSE = timedelta(days=30)  # of a claim that was begun and left


def open_claim(*, author: Author, by: User) -> Claim:
    """Start a claim, or go on with the one begun.

    Raises ValidationError: `gone` (no such record any more), `claim-pending` (the account has another claim under way),
    `already-claimed` (the account owns a record: a second one is a merge request), `throttled`.
    """
    if author.hidden or author.merged_into_id:
        raise ValidationError(_("This record is no longer available, so it cannot be claimed."), code="gone")
    own = ownership.live(by)
    if own is not None:
        if own.author_id == author.pk:
            return own
        raise _has_other_claim(own)
    try:
        limits.spend("open-claim", f"account:{by.pk}")
    except limits.LimitReached as error:
        message = _("You began many claims today. Go on tomorrow.")
        raise ValidationError(message, code="throttled", params={"retry_after": error.retry_after}) from error
    try:
        with transaction.atomic():
            return Claim.objects.create(author=author, user=by)
    except IntegrityError:  # two clicks at once: the other one made it
        return open_claim(author=author, by=by)


def _has_other_claim(own: Claim) -> ValidationError:
    name = own.author.display_name
    if own.status == Status.APPROVED:
        message = _("You own the record %(name)s. Ask for this one to be merged into it.")
        return ValidationError(message % {"name": name}, code="already-claimed")
    message = _("You are claiming %(name)s. Withdraw that claim first: an account stands for one person.")
    return ValidationError(message % {"name": name}, code="claim-pending")


def submit(*, claim: Claim, by: User, note: str) -> Claim:
    """Ask a moderator to look at it: the path for those whom no proof fits. Raises ValidationError."""
    with Locked(claim.author_id):
        claim = _own(claim, by, Status.OPEN, Status.PENDING)
        claim.note = note.strip()
        if not claim.note:
            raise ValidationError(_("Say in a sentence why this is you: moderators decide by it."), code="invalid")
        claim.save(update_fields=["note"])
        return settle(claim)


def settle(claim: Claim) -> Claim:
    """What follows from the proofs and requests of a claim: approval, a contest, or a moderator's look."""
    with Locked(claim.author_id):
        claim.refresh_from_db()
        assessments.mark_due([claim.author_id], "evidence")
        if claim.status not in (Status.OPEN, Status.PENDING):
            return claim
        proofs = [proof.as_evidence() for proof in evidence.holding(claim)]
        identity = [proof for proof in proofs if proof.kind in levels.IDENTITY]
        judged = ownership.was_judged(claim)
        rival = None if judged else _rival(claim, identity)
        if judged:
            _wait(claim, _("You were part of a decision or dispute about this record before: moderators look at it."))
        elif rival is not None:
            _wait(claim, _("Another account claims this record too."))
            contests.open_rivals(claim=rival, rival=claim)
        elif why := _why_it_waits(claim, identity):
            _wait(claim, why)
        else:
            ownership.approve(claim)
    return claim


def _rival(claim: Claim, identity: list[levels.Evidence]) -> Claim | None:
    """Who stands against it: an owner, where something was proved; else whoever asked before.

    An ORCID iD in the metadata of the works goes before a request that nothing proves, and a request without proof
    does not make an owned record contested: else disputes would be a weapon.
    """
    others = Claim.objects.filter(author=claim.author_id).exclude(pk=claim.pk)
    owner = others.filter(status=Status.APPROVED).first()
    if owner is not None:
        return owner if identity else None
    waiting = others.filter(status=Status.PENDING).order_by("submitted_at", "pk")
    strong = any(proof.method == levels.ORCID_IN_METADATA for proof in identity)
    return next((other for other in waiting if not strong or ownership.is_proved(other)), None)


def _why_it_waits(claim: Claim, identity: list[levels.Evidence]) -> str:
    """Why a moderator must look, or an empty text."""
    if claim.author.hidden:
        return _("The record is not shown at present.")
    if Claim.objects.filter(author=claim.author_id, status=Status.APPROVED).exists():
        return _("The record has an owner, and your claim has no proof yet.")
    if not identity:
        return _("Your claim has no proof yet, so a moderator looks at it.")
    if {proof.kind for proof in identity} == {"B"} and not agree(claim.user.name if claim.user else "", claim.author):
        return _("The name of your account is not a name on this record.")
    return ""


def _wait(claim: Claim, reason: str) -> None:
    first = claim.status == Status.OPEN
    claim.status, claim.reason = Status.PENDING, reason
    claim.submitted_at = claim.submitted_at or timezone.now()
    claim.save(update_fields=["status", "reason", "submitted_at"])
    if first:
        notices.tell(claim.user, "claim-waiting", **ownership.about(claim), reason=reason)


# Ends


def withdraw(*, claim: Claim, by: User) -> Claim:
    """Take back a claim that was not approved; what was proved for it no longer counts. Raises ValidationError."""
    with Locked(claim.author_id):
        return _end(_own(claim, by, Status.OPEN, Status.PENDING), Status.WITHDRAWN)


def release(*, claim: Claim, by: User) -> Claim:
    """Give up a record one owns; works and follows stay with it. Raises ValidationError."""
    with Locked(claim.author_id):
        return _end(_own(claim, by, Status.APPROVED), Status.RELEASED)


def reject(*, claim: Claim, reason: str) -> Claim:
    """By a moderator's decision (`moderating`). Raises ValidationError when there is nothing to reject."""
    with Locked(claim.author_id):
        ended = _end(_in(claim, Status.PENDING), Status.REJECTED, reason)
        notices.tell(ended.user, "claim-rejected", **ownership.about(ended), reason=reason)
    return ended


def revoke(*, claim: Claim, reason: str) -> Claim:
    """By a moderator's decision. Raises ValidationError when nobody owns it by this claim."""
    with Locked(claim.author_id):
        ended = _end(_in(claim, Status.APPROVED), Status.REVOKED, reason)
        notices.tell(ended.user, "claim-revoked", **ownership.about(ended), reason=reason)
    return ended


def approve(*, claim: Claim) -> Claim:
    """By a moderator's decision. Raises ValidationError when it does not wait, or the record has an owner."""
    with Locked(claim.author_id):
        claim = _in(claim, Status.PENDING)
        if ownership.contested_since(claim.author_id):
            raise ValidationError(_("The record is contested: decide the dispute."), code="conflict")
        return ownership.approve(claim)


def lapse(now: datetime) -> int:
    """End the claims that were begun and then left for 30 days; the account is free for another one."""
    left = list(Claim.objects.filter(status=Status.OPEN, opened_at__lt=now - LAPSE))
    for claim in left:
        with Locked(claim.author_id):
            claim.refresh_from_db()
            if claim.status == Status.OPEN:
                _end(claim, Status.LAPSED)
    return len(left)


def _end(claim: Claim, status: str, reason: str = "") -> Claim:
    """End it; those who waited behind it go on."""
    ownership.close(claim, status, reason)
    for waiting in contests.party_left(claim):
        if ownership.is_proved(waiting):
            settle(waiting)
    return claim


def _own(claim: Claim, by: User, *statuses: str) -> Claim:
    if claim.user_id != by.pk:
        raise ValidationError(_("There is no such claim."), code="not-found")
    return _in(claim, *statuses)


def _in(claim: Claim, *statuses: str) -> Claim:
    """The claim as it now stands, the record being locked."""
    fresh = Claim.objects.select_related("author", "user").get(pk=claim.pk)
    if fresh.status not in statuses:
        message = _("That is not possible any more: the claim is now “%(status)s”.")
        raise ValidationError(message % {"status": fresh.get_status_display()}, code="conflict")
    return fresh


# A second record, and records that become one


def request_merge(*, other: Author, by: User, note: str = "") -> MergeRequest:
    """The owner of a record says that another is also theirs. Raises ValidationError without a record of one's own."""
    own = ownership.live(by)
    if own is None or own.status != Status.APPROVED:
        raise ValidationError(_("Claim your own record first."), code="conflict")
    if own.author_id == other.pk:
        raise ValidationError(_("This record is yours already."), code="conflict")
    waiting = MergeRequest.Status.WAITING
    facts = {"author": own.author, "note": note.strip()}
    request, _made = MergeRequest.objects.get_or_create(user=by, other=other, status=waiting, defaults=facts)
    return request


def withdraw_merge_request(*, request: MergeRequest, by: User) -> None:
    MergeRequest.objects.filter(pk=request.pk, user=by).update(status=MergeRequest.Status.WITHDRAWN)


def carry_over(author_ids: Iterable[int]) -> None:
    """Claims to an author that was merged away go on at whom that author became (in the corpus's transaction).

    All records are locked at once, before anything else that claims wait for: so nobody waits in a ring.
    """
    found = Claim.objects.filter(author__in=list(author_ids), author__merged_into__isnull=False, status__in=Claim.LIVE)
    finals = {claim.pk: survivor(claim.author) for claim in found.select_related("author")}
    records = {*found.values_list("author_id", flat=True), *(final.pk for final in finals.values())}
    with Locked(*records):
        fresh = Claim.objects.filter(pk__in=finals, status__in=Claim.LIVE).select_related("author", "user")
        for claim in fresh.order_by("pk"):
            _move(claim, finals[claim.pk])


def _move(claim: Claim, final: Author) -> None:
    """With its proofs and disputes. Where the other record has an owner too, the two are heard."""
    owned = claim.status == Status.APPROVED
    taken = owned and Claim.objects.filter(author=final, status=Status.APPROVED).exists()
    evidence.carry(claim, final)
    contests.carry(claim, final)
    claim.author = final
    claim.status = Status.PENDING if taken else claim.status
    claim.save(update_fields=["author", "status"])
    assessments.mark_due([final.pk], "claim")
    if claim.status == Status.PENDING:
        settle(claim)
