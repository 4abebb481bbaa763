"""Moderation: the queue with its signals, decisions with their reasons, the whole history, and how long people wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles import attestations, claims, contests, evidence
from profiles.models import Attestation, Claim, Decision, Dispute, User
from profiles.record_names import agree

GROUP = "moderators"
Verdict = Decision.Verdict

# Reasons that claimants read; a moderator can add to each in free words.
REASONS = {
    "name": gettext_lazy("The name of the account is not a name on this record."),
    "no-proof": gettext_lazy("Nothing shows that you wrote these works. Give one of the proofs on the claim's page."),
    "other-person": gettext_lazy("The record belongs to another person of a similar name."),
    "mixed": gettext_lazy("The record holds works of several people. It has to be split before it can be claimed."),
    "not-answered": gettext_lazy("We asked and had no answer."),
    "shown": gettext_lazy("What you told and showed us fits the record."),
    "organisation": gettext_lazy("Your organisation confirmed it."),
    "other": gettext_lazy("See below."),
}


def is_moderator(user: User | AnonymousUser) -> bool:
    """A role of its own: administrators are no moderators by that."""
    return user.is_authenticated and user.is_active and user.groups.filter(name=GROUP).exists()


# The queue


def waiting_claims() -> QuerySet[Claim]:
    """Claims that wait for a moderator and are not part of a contest, longest first."""
    rows = Claim.objects.filter(status=Claim.Status.PENDING).select_related("author", "user")
    contested = Dispute.objects.filter(**Dispute.CONTESTED).values("author")
    return rows.exclude(author__in=contested).order_by("submitted_at", "pk")


def waiting_disputes() -> QuerySet[Dispute]:
    """Contests, objections and appeals that are open, those due first."""
    rows = Dispute.objects.filter(status__in=(Dispute.Status.OPEN, Dispute.Status.APPEALED))
    return rows.select_related("author", "claim__user", "rival__user").order_by("deadline", "pk")


def waiting_attestations() -> QuerySet[Attestation]:
    rows = Attestation.objects.filter(confirmed=None).select_related("claim__author", "claim__user", "proposed_by")
    return rows.order_by("proposed_at", "pk")


def visible_claims(user: User) -> QuerySet[Claim]:
    """One's own claims; moderators see all that were submitted."""
    rows = Claim.objects.select_related("author", "user")
    if is_moderator(user):
        return rows.filter(Q(user=user) | Q(submitted_at__isnull=False))
    return rows.filter(user=user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What speaks for and against a claim, for a moderator; never shown to others."""

    name_agrees: bool
    domain: str  # listed, moderated, public, unknown
    account_days: int
    proofs: tuple[str, ...]  # kinds that hold
    has_owner: bool
    others_waiting: int
    earlier_claims: int  # of this account, to other records
    rejected_before: int


def signals(claim: Claim) -> Signals:
    others = Claim.objects.filter(author=claim.author_id).exclude(pk=claim.pk)
    earlier = Claim.objects.filter(user=claim.user_id).exclude(pk=claim.pk)
    user = claim.user
    return Signals(
        name_agrees=user is not None and agree(user.name, claim.author),
        domain=_domain_class(user),
        account_days=(timezone.now() - user.date_joined).days if user else 0,
        proofs=tuple(proof.entry.kind for proof in evidence.holding(claim)),
        has_owner=others.filter(status=Claim.Status.APPROVED).exists(),
        others_waiting=others.filter(status=Claim.Status.PENDING).count(),
        earlier_claims=earlier.exclude(author=claim.author_id).count() if user else 0,
        rejected_before=earlier.filter(status__in=(Claim.Status.REJECTED, Claim.Status.REVOKED)).count() if user else 0,
    )


def _domain_class(user: User | None) -> str:
    from profiles import domains

    return domains.judge(user.email).verdict if user else "unknown"


# Decisions


def decide_claim(*, claim: Claim, by: User, verdict: str, template: str, text: str = "") -> Decision:
    """Approve or reject a waiting claim, or end an approved one; raises ValidationError."""
    _must_moderate(by)
    if claim.user_id == by.pk:
        raise ValidationError(_("This is your own claim: another moderator decides."), code="permission-denied")
    reason = words(template, text)
    if verdict == Verdict.APPROVE:
        claims.approve(claim=claim)
    elif verdict == Verdict.REJECT:
        claims.reject(claim=claim, reason=reason)
    elif verdict == Verdict.REVOKE:
        claims.revoke(claim=claim, reason=reason)
    else:
        raise ValidationError(_("A claim is approved, rejected or ended."), code="invalid")
    return _log(by, claim, verdict, template, text)


def decide_claims(
    *, chosen: Iterable[Claim], by: User, verdict: str, template: str, text: str = ""
) -> tuple[list[Decision], list[tuple[Claim, str]]]:
    """Several at once, each by itself: what was decided, and what was refused with its reason."""
    done: list[Decision] = []
    refused: list[tuple[Claim, str]] = []
    for claim in chosen:
        try:
            done.append(decide_claim(claim=claim, by=by, verdict=verdict, template=template, text=text))
        except ValidationError as error:
            refused.append((claim, " ".join(error.messages)))
    return done, refused


def decide_dispute(*, dispute: Dispute, by: User, verdict: str, template: str, text: str = "") -> Decision:
    """Keep, replace or neither between two claims; dismiss or revoke after an objection. Raises ValidationError."""
    _must_moderate(by)
    outcomes = {
        Dispute.Kind.RIVALS: {v: v for v in (Verdict.KEEP, Verdict.REPLACE, Verdict.NEITHER)},
        Dispute.Kind.OBJECTION: {Verdict.DISMISS: Verdict.KEEP, Verdict.REVOKE: Verdict.NEITHER},
    }[Dispute.Kind(dispute.kind)]
    if verdict not in outcomes:
        raise ValidationError(_("That does not decide this kind of dispute."), code="invalid")
    decided = contests.decide(
        dispute=dispute, by=by, outcome=str(outcomes[Verdict(verdict)]), reason=words(template, text)
    )
    return _log(by, decided.claim, verdict, template, text, dispute=decided)


def attest(*, claim: Claim, by: User, method: str, issuer: str, result: str) -> Decision:
    """Record an authority's proof, for another moderator to confirm. Raises ValidationError."""
    _must_moderate(by)
    row = attestations.propose(claim=claim, by=by, method=method, issuer=issuer, result=result)
    return _log(by, claim, Verdict.PROPOSE, "", result, attestation=row)


def settle_attestation(*, attestation: Attestation, by: User, confirm: bool, text: str = "") -> Decision:
    """Raises ValidationError for the moderator who recorded it."""
    _must_moderate(by)
    row = attestations.settle(attestation=attestation, by=by, confirm=confirm)
    return _log(by, row.claim, Verdict.CONFIRM if confirm else Verdict.REFUSE, "", text, attestation=row)


def words(template: str, text: str) -> str:
    """The reason as people read it; raises ValidationError without one."""
    if template not in REASONS:
        raise ValidationError(_("Choose a reason."), code="invalid")
    if template == "other" and not text.strip():
        raise ValidationError(_("Write the reason in your own words."), code="invalid")
    parts = [] if template == "other" else [str(REASONS[template])]
    return " ".join([*parts, text.strip()]).strip()


def _must_moderate(by: User) -> None:
    if not is_moderator(by):
        raise ValidationError(_("Only moderators decide."), code="permission-denied")


def _log(by: User, claim: Claim, verdict: str, template: str, text: str, **about: Any) -> Decision:
    return Decision.objects.create(
        moderator=by, claim=claim, verdict=verdict, template=template, text=text.strip(), **about
    )


# Looking back


def history() -> QuerySet[Decision]:
    """Every decision, latest first."""
    return Decision.objects.select_related("moderator", "claim__author", "dispute").order_by("-made_at", "-pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long claims wait: those waiting now, and those decided in the last 90 days."""

    now: int
    oldest: timedelta | None
    decided: int
    mean: timedelta | None
    longest: timedelta | None


def waiting_times() -> Waiting:
    moment = timezone.now()
    queue = waiting_claims().aggregate(
        n=Count("pk"), first=Max(moment - F("submitted_at"), output_field=DurationField())
    )
    waited = ExpressionWrapper(F("made_at") - F("claim__submitted_at"), output_field=DurationField())
    first_decisions = Q(verdict__in=(Verdict.APPROVE, Verdict.REJECT), made_at__gt=moment - timedelta(days=90))
    past = Decision.objects.filter(first_decisions, claim__submitted_at__isnull=False)
    figures = past.aggregate(n=Count("pk"), mean=Avg(waited), longest=Max(waited))
    return Waiting(
        now=queue["n"], oldest=queue["first"], decided=figures["n"], mean=figures["mean"], longest=figures["longest"]
    )
