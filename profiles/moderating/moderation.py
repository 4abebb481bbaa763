"""Moderation: the queue with its signals, decisions with their reasons, the whole history, and how long people wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import ValidationError
from django.db.models import (
    Avg,
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.account import accounts
from profiles.claiming import attestations, claims, contests
from profiles.claiming.evidence import Locked
from profiles.models import Attestation, Claim, Decision, Dispute, DisputeStatement, Report, User
from profiles.promptly import assess_soon

GROUP = "moderators"
Verdict = Decision.Verdict
MOST_AT_ONCE = 100

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


def moderators() -> QuerySet[User]:
    return User.objects.filter(groups__name=GROUP, is_active=True).order_by("name", "pk")


def appoint(user: User) -> None:
    """Raises ValidationError for an account whose address nobody confirmed."""
    if not accounts.has_confirmed_address(user):
        raise ValidationError(_("The address of this account is not confirmed."), code="conflict")
    user.groups.add(Group.objects.get_or_create(name=GROUP)[0])


def dismiss(user: User) -> None:
    """From now on; what was decided stays decided."""
    user.groups.remove(*Group.objects.filter(name=GROUP))


# The queue

OPEN = (Dispute.Status.OPEN, Dispute.Status.APPEALED)


def waiting_claims() -> QuerySet[Claim]:
    """Claims that wait for a moderator and are not part of a contest, longest first."""
    rows = Claim.objects.filter(status=Claim.Status.PENDING).select_related("author", "user")
    contested = Dispute.objects.filter(**Dispute.CONTESTED).values("author")
    return rows.exclude(author__in=contested).order_by("submitted_at", "pk")


def submitted_claims() -> QuerySet[Claim]:
    """Those that moderators see: what is only begun is nobody else's."""
    return Claim.objects.filter(submitted_at__isnull=False).select_related("author", "user")


def chosen_claims(numbers: Iterable[str]) -> QuerySet[Claim]:
    """Those that a form names, in the order of the queue; what is no number is left out."""
    keys = [int(number) for number in numbers if number.isdecimal() and len(number) < 19]
    return submitted_claims().filter(pk__in=keys[:MOST_AT_ONCE]).order_by("submitted_at", "pk")


def approved_claims() -> QuerySet[Claim]:
    """Claims by which records are owned, latest first."""
    return submitted_claims().filter(status=Claim.Status.APPROVED).order_by("-approved_at", "-pk")


def disputes_of(claim: Claim) -> QuerySet[Dispute]:
    """Those about the claim's record, latest first."""
    return Dispute.objects.filter(author=claim.author_id).order_by("-opened_at", "-pk")


def waiting_disputes() -> QuerySet[Dispute]:
    """Contests, objections and appeals that are open, those that can be decided first; with `is_ripe`."""
    is_ripe = Q(deadline__lte=timezone.now())
    is_ripe |= _has_spoken("claim__user") & _has_spoken("rival__user") & _has_spoken("opened_by")
    rows = Dispute.objects.filter(status__in=OPEN).annotate(is_ripe=Case(When(is_ripe, Value(True)), default=False))
    return rows.select_related("author", "claim__user", "rival__user", "opened_by").order_by(
        "-is_ripe", "deadline", "pk"
    )


def _has_spoken(side: str) -> Q:
    """The account of a side has said something, or there is none."""
    spoken = DisputeStatement.objects.filter(dispute=OuterRef("pk"), user=OuterRef(side))
    return Q(Exists(spoken)) | Q(**{f"{side}__isnull": True})


def waiting_attestations() -> QuerySet[Attestation]:
    rows = Attestation.objects.filter(confirmed=None).select_related("claim__author", "claim__user", "proposed_by")
    return rows.order_by("proposed_at", "pk")


def visible_claims(user: User) -> QuerySet[Claim]:
    """One's own claims; moderators see all that were submitted."""
    rows = Claim.objects.select_related("author", "user")
    if is_moderator(user):
        return rows.filter(Q(user=user) | Q(submitted_at__isnull=False))
    return rows.filter(user=user)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many things wait for moderators."""

    claims: int
    disputes: int
    attestations: int
    reports: int

    @property
    def total(self) -> int:
        return self.claims + self.disputes + self.attestations + self.reports


def queue() -> Queue:
    return Queue(
        claims=waiting_claims().count(),
        disputes=Dispute.objects.filter(status__in=OPEN).count(),
        attestations=Attestation.objects.filter(confirmed=None).count(),
        reports=Report.objects.filter(decided_at=None).count(),
    )


# Decisions


def decide_claim(*, claim: Claim, by: User, verdict: str, template: str, text: str = "") -> Decision:
    """Approve or reject a waiting claim, or end an approved one; raises ValidationError."""
    _must_moderate(by)
    reason = words(template, text)
    with Locked(claim.author_id):
        _must_be_apart(claim, by)
        if verdict == Verdict.APPROVE:
            claims.approve(claim=claim)
        elif verdict in (Verdict.REJECT, Verdict.REVOKE):
            _must_not_be_heard(claim)
            end = claims.reject if verdict == Verdict.REJECT else claims.revoke
            end(claim=claim, reason=reason)
        else:
            raise ValidationError(_("A claim is approved, rejected or ended."), code="invalid")
        return _log(by, claim, verdict, template, text)


def _must_be_apart(claim: Claim, by: User) -> None:
    """Nobody decides on a claim of their own, or on one to a record that they claim."""
    if claim.user_id == by.pk:
        raise ValidationError(_("This is your own claim: another moderator decides."), code="permission-denied")
    if Claim.objects.filter(author=claim.author_id, user=by, status__in=Claim.LIVE).exists():
        raise ValidationError(_("You claim this record too: another moderator decides."), code="permission-denied")


def _must_not_be_heard(claim: Claim) -> None:
    """What two sides are heard about ends by the decision between them."""
    sides = Q(claim=claim) | Q(rival=claim)
    if Dispute.objects.filter(sides, **Dispute.CONTESTED).exists():
        raise ValidationError(_("The record is contested: decide the dispute."), code="conflict")


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
    outcomes = OUTCOMES[Dispute.Kind(dispute.kind)]
    if verdict not in outcomes:
        raise ValidationError(_("That does not decide this kind of dispute."), code="invalid")
    reason = words(template, text)
    with Locked(dispute.author_id):
        _must_be_another(dispute, by)
        decided = contests.decide(dispute=dispute, by=by, outcome=str(outcomes[Verdict(verdict)]), reason=reason)
        return _log(by, decided.claim, verdict, template, text, dispute=decided)


OUTCOMES = {
    Dispute.Kind.RIVALS: {v: v for v in (Verdict.KEEP, Verdict.REPLACE, Verdict.NEITHER)},
    Dispute.Kind.OBJECTION: {Verdict.DISMISS: Verdict.KEEP, Verdict.REVOKE: Verdict.NEITHER},
}


def _must_be_another(dispute: Dispute, by: User) -> None:
    """Neither a side nor who claims the record, nor who approved what is disputed."""
    _must_be_apart(dispute.claim, by)
    sides = [pk for pk in (dispute.claim_id, dispute.rival_id) if pk]
    if Decision.objects.filter(claim__in=sides, moderator=by, verdict=Verdict.APPROVE).exists():
        message = _("You approved the claim that is disputed: another moderator decides.")
        raise ValidationError(message, code="permission-denied")


def why_not_claim(claim: Claim, by: User) -> str:
    """Why this moderator cannot decide on a claim now, or an empty text."""
    return _refusal(lambda: _must_be_apart(claim, by), lambda: _must_not_be_heard(claim))


def why_not_dispute(dispute: Dispute, by: User) -> str:
    return _refusal(lambda: contests.may_decide(dispute, by), lambda: _must_be_another(dispute, by))


def _refusal(*checks: Callable[[], None]) -> str:
    try:
        for check in checks:
            check()
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


def attest(*, claim: Claim, by: User, method: str, issuer: str, result: str) -> Decision:
    """Record an authority's proof, for another moderator to confirm. Raises ValidationError."""
    _must_moderate(by)
    with Locked(claim.author_id):
        _must_be_apart(claim, by)
        row = attestations.propose(claim=claim, by=by, method=method, issuer=issuer, result=result)
        return _log(by, claim, Verdict.PROPOSE, "", result, attestation=row)


def settle_attestation(*, attestation: Attestation, by: User, confirm: bool, text: str = "") -> Decision:
    """Raises ValidationError for the moderator who recorded it."""
    _must_moderate(by)
    with Locked(attestation.claim.author_id):
        _must_be_apart(attestation.claim, by)
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
    row = Decision(moderator=by, claim=claim, verdict=verdict, template=template, text=text.strip(), **about)
    row.save(force_insert=True)
    assess_soon()
    return row


# Looking back


def history() -> QuerySet[Decision]:
    """Every decision, latest first."""
    return Decision.objects.select_related("moderator", "claim__author", "claim__user", "dispute").order_by(
        "-made_at", "-pk"
    )


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
