"""Disputes about claims: who may say what until when, what a decision does, and one appeal."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles import limits
from profiles.assessing import assessments
from profiles.claiming import evidence
from profiles.claiming.evidence import Locked
from profiles.claiming.ownership import Status, about, approve, close, day
from profiles.models import Claim, Dispute, DisputeStatement, User
from profiles.notifying import notices
from publications.models import Author

HEARING = timedelta(days=14)  # both sides are heard so long
APPEAL = timedelta(days=14)  # and the one who lost may appeal so long
Outcome = Dispute.Outcome


def open_rivals(*, claim: Claim, rival: Claim) -> Dispute:
    """Two claims to one record: both accounts are told and heard. Where a contest is open, the rival waits for it."""
    now = timezone.now()
    try:
        with transaction.atomic():
            dispute = Dispute.objects.create(
                author_id=claim.author_id,
                kind=Dispute.Kind.RIVALS,
                claim=claim,
                rival=rival,
                opened_by=rival.user,
                opened_at=now,
                deadline=now + HEARING,
            )
    except IntegrityError:
        return Dispute.objects.get(author=claim.author_id, **Dispute.CONTESTED)
    assessments.mark_due([claim.author_id], "contest")
    for side in (claim, rival):
        notices.tell(side.user, "contested", key=f"dispute:{dispute.pk}", **about(side), until=day(dispute.deadline))
    return dispute


def object_to(*, claim: Claim, by: User, text: str) -> Dispute:
    """Say that a claim is somebody else's; it goes to the moderators and changes nothing by itself.

    Raises ValidationError: one's own claim, a claim that is neither waiting nor approved, no reason, said before.
    """
    if claim.user_id == by.pk:
        raise ValidationError(_("This is your own claim. You can give it up instead."), code="conflict")
    if claim.status not in (Status.PENDING, Status.APPROVED):
        raise ValidationError(_("This claim has ended."), code="conflict")
    if not text.strip():
        raise ValidationError(_("Say why this is not the person of the record."), code="invalid")
    _spend("objection", by)
    deadline = timezone.now() + HEARING
    try:
        with transaction.atomic():
            dispute = Dispute.objects.create(
                author_id=claim.author_id, kind=Dispute.Kind.OBJECTION, claim=claim, opened_by=by, deadline=deadline
            )
    except IntegrityError as error:
        message = _("You objected to this claim before. Moderators look at it.")
        raise ValidationError(message, code="conflict") from error
    DisputeStatement.objects.create(dispute=dispute, user=by, text=text.strip())
    decided = claim.disputes.filter(kind=Dispute.Kind.OBJECTION).exclude(status=Dispute.Status.OPEN).count()
    told_once = f"objection:{claim.pk}:{decided}"  # however many accounts object before moderators looked
    notices.tell(claim.user, "objection", key=told_once, **about(claim), until=day(deadline))
    return dispute


def state(*, dispute: Dispute, by: User, text: str) -> DisputeStatement:
    """One side's words. Raises ValidationError when it is not one's dispute, or it was decided."""
    if by.pk not in parties(dispute):
        raise ValidationError(_("Only the two sides are heard."), code="not-found")
    if dispute.status not in (Dispute.Status.OPEN, Dispute.Status.APPEALED):
        raise ValidationError(_("This dispute was decided."), code="conflict")
    if not text.strip():
        raise ValidationError(_("Write what moderators should know."), code="invalid")
    _spend("statement", by)
    return DisputeStatement.objects.create(dispute=dispute, user=by, text=text.strip())


def parties(dispute: Dispute) -> set[int]:
    """Accounts of the two sides; of those that still exist."""
    sides = {dispute.claim.user_id, dispute.opened_by_id, dispute.rival.user_id if dispute.rival else None}
    return {pk for pk in sides if pk is not None}


def is_ripe(dispute: Dispute) -> bool:
    """Whether it can be decided: both sides have spoken, or the time for it is over."""
    heard = set(dispute.statements.values_list("user_id", flat=True))
    return parties(dispute) <= heard or dispute.deadline <= timezone.now()


def decide(*, dispute: Dispute, by: User, outcome: str, reason: str) -> Dispute:
    """A moderator's decision between two claims; the second one, after an appeal, is final.

    Raises ValidationError: not ripe, decided already, a moderator who is a side or decided before.
    """
    with Locked(dispute.author_id):
        dispute = Dispute.objects.select_related("claim__author", "rival__author").get(pk=dispute.pk)
        may_decide(dispute, by)
        final = dispute.status == Dispute.Status.APPEALED
        dispute.outcome, dispute.reason, dispute.decided_at = outcome, reason, timezone.now()
        dispute.status = Dispute.Status.CLOSED if final else Dispute.Status.DECIDED
        dispute.decided_by = by
        dispute.save()
        _carry_out(dispute, keep_evidence=not final)
    label = str(Outcome(outcome).label)
    for side in _sides(dispute):
        key = f"dispute:{dispute.pk}:{'final' if final else 'first'}"
        notices.tell(side.user, "dispute-decided", key=key, **about(side), outcome=label, reason=reason)
    if dispute.rival is None:  # who objected
        notices.tell(
            dispute.opened_by, "dispute-decided", key=key, **about(dispute.claim), outcome=label, reason=reason
        )
    return dispute


def may_decide(dispute: Dispute, by: User) -> None:
    """Raises ValidationError that says why this moderator cannot decide it, or not yet."""
    if dispute.status not in (Dispute.Status.OPEN, Dispute.Status.APPEALED):
        raise ValidationError(_("This dispute was decided."), code="conflict")
    if by.pk in parties(dispute):
        raise ValidationError(_("You are a side of this dispute: another moderator decides."), code="permission-denied")
    if dispute.status == Dispute.Status.APPEALED and dispute.decided_by_id == by.pk:
        raise ValidationError(_("You decided before: another moderator hears the appeal."), code="permission-denied")
    if not is_ripe(dispute):
        message = _("Both sides are heard until %(day)s; one of them has said nothing yet.")
        raise ValidationError(message % {"day": day(dispute.deadline)}, code="conflict")


def _carry_out(dispute: Dispute, *, keep_evidence: bool) -> None:
    """Who lost first: so the record has room for who won. The loser's proofs rest until no appeal is left."""
    if dispute.kind == Dispute.Kind.OBJECTION:
        if dispute.outcome != Outcome.KEEP:
            _lose(dispute.claim, dispute.reason, keep_evidence=keep_evidence)
        return
    winner = {Outcome.KEEP: dispute.claim, Outcome.REPLACE: dispute.rival}.get(Outcome(dispute.outcome))
    for side in _sides(dispute):
        if side != winner:
            _lose(side, dispute.reason, keep_evidence=keep_evidence)
    if winner is not None and winner.status != Status.APPROVED and winner.user_id is not None:
        for anew in Claim.objects.filter(author=dispute.author_id, user=winner.user_id, status__in=Claim.LIVE):
            if anew.pk != winner.pk:
                close(anew, Status.WITHDRAWN, keep_evidence=True)
        approve(winner)
    assessments.mark_due([dispute.author_id], "contest")


def _lose(claim: Claim, reason: str, *, keep_evidence: bool) -> None:
    if claim.is_live:
        status = Status.REVOKED if claim.status == Status.APPROVED else Status.REJECTED
        close(claim, status, reason, keep_evidence=keep_evidence)
    elif not keep_evidence:
        evidence.end_all(claim, "dispute-lost")


def _sides(dispute: Dispute) -> list[Claim]:
    return [side for side in (dispute.claim, dispute.rival) if side is not None]


# Appeals


def losers(dispute: Dispute) -> set[int]:
    """The accounts that a decision went against."""
    lost = [side for side in _sides(dispute) if side.status in (Status.REJECTED, Status.REVOKED)]
    return {side.user_id for side in lost if side.user_id is not None}


def appeal(*, dispute: Dispute, by: User, text: str) -> Dispute:
    """Once, within 14 days, by the side that lost; another moderator decides. Raises ValidationError."""
    if not text.strip():
        raise ValidationError(_("Say what the decision overlooked."), code="invalid")
    with Locked(dispute.author_id):
        dispute = Dispute.objects.select_related("claim__author", "rival__author").get(pk=dispute.pk)
        _may_appeal(dispute, by)
        now = timezone.now()
        dispute.status, dispute.appealed_by, dispute.appealed_at = Dispute.Status.APPEALED, by, now
        dispute.deadline = now + HEARING
        try:
            with transaction.atomic():
                dispute.save()
        except IntegrityError as error:
            message = _("The record is contested again by another account. Ask the moderators by the contact address.")
            raise ValidationError(message, code="conflict") from error
        DisputeStatement.objects.create(dispute=dispute, user=by, text=text.strip())
        assessments.mark_due([dispute.author_id], "contest")
    for side in _sides(dispute):
        notices.tell(side.user, "appealed", key=f"dispute:{dispute.pk}", **about(side), until=day(dispute.deadline))
    return dispute


def _may_appeal(dispute: Dispute, by: User) -> None:
    if by.pk not in losers(dispute) or dispute.status != Dispute.Status.DECIDED:
        raise ValidationError(_("Only who lost a dispute can appeal, and only once."), code="conflict")
    if dispute.decided_at is None or dispute.decided_at + APPEAL <= timezone.now():
        raise ValidationError(_("The 14 days for an appeal are over."), code="conflict")


def close_decided(now: datetime) -> int:
    """Decisions that nobody appealed become final; the proofs of who lost end."""
    due = Dispute.objects.filter(status=Dispute.Status.DECIDED, decided_at__lte=now - APPEAL)
    for dispute in due.select_related("claim", "rival"):
        with Locked(dispute.author_id):
            Dispute.objects.filter(pk=dispute.pk, status=Dispute.Status.DECIDED).update(status=Dispute.Status.CLOSED)
            for side in _sides(dispute):
                if not side.is_live:
                    evidence.end_all(side, "dispute-lost")
    return len(due)


# When a side leaves


def party_left(claim: Claim) -> list[Claim]:
    """Close the contest of a claim that ended by itself; returns the claims that can go on. The record is locked."""
    open_ones = Dispute.objects.filter(Q(claim=claim) | Q(rival=claim), status__in=(OPEN, APPEALED))
    for dispute in open_ones:
        dispute.status, dispute.decided_at = Dispute.Status.CLOSED, timezone.now()
        dispute.outcome = Outcome.REPLACE if dispute.claim_id == claim.pk and dispute.rival_id else Outcome.KEEP
        dispute.reason = _("The other claim was given up.")
        dispute.save()
    return list(Claim.objects.filter(author=claim.author_id, status=Status.PENDING).order_by("submitted_at", "pk"))


def carry(claim: Claim, final: Author) -> None:
    """The claim goes on at another record, and its disputes with it, but where that one is contested already."""
    for dispute in Dispute.objects.filter(Q(claim=claim) | Q(rival=claim)).exclude(author=final):
        with suppress(IntegrityError), transaction.atomic():
            Dispute.objects.filter(pk=dispute.pk).update(author=final)


OPEN, APPEALED = Dispute.Status.OPEN, Dispute.Status.APPEALED


def of_user(user: User) -> QuerySet[Dispute]:
    """Disputes that an account is a side of, latest first."""
    mine = Q(claim__user=user) | Q(rival__user=user) | Q(opened_by=user)
    return Dispute.objects.filter(mine).select_related("author", "claim", "rival").distinct().order_by("-opened_at")


def _spend(action: str, by: User) -> None:
    try:
        limits.spend(action, f"account:{by.pk}")
    except limits.LimitReached as error:
        message = _("That was often enough for today. Go on tomorrow.")
        raise ValidationError(message, code="throttled", params={"retry_after": error.retry_after}) from error
