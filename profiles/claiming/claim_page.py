"""What the pages of claims, disputes and vouches read: where somebody stands, and what each proof would give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from profiles.assessing import assessments, levels
from profiles.claiming import contests, evidence, evidence_words, ledger, vouches
from profiles.models import Claim, Dispute, InstitutionDomain, MergeRequest, ProofAttempt, User, Vouch
from profiles.orcid import accounts as orcid_accounts
from profiles.proofs.base import Offer, Proof
from profiles.proofs.registry import PROOFS, of_entry
from publications.models import Author, Work
from publications.querysets import WorkQuerySet

Status = Claim.Status
SAMPLE = 5
SHARED_ISSUER = frozenset({"orcid", "arxiv-page"})  # two proofs through one iD


# Where somebody stands


def own_claim(author: Author, user: User) -> Claim | None:
    """The account's claim to this record: the live one, else the one that ended last."""
    claims = Claim.objects.filter(author=author, user=user).select_related("author", "user")
    live = claims.filter(status__in=Claim.LIVE).first()
    return live or claims.order_by("-ended_at", "-pk").first()


def claim_of_others(author: Author, user: User | None) -> Claim | None:
    """The claim that others can object to: the owner's, else the one that has waited longest."""
    shown = Claim.objects.filter(author=author, status__in=(Status.APPROVED, Status.PENDING)).select_related("author")
    others = shown.exclude(user=user) if user else shown
    return others.order_by("status", "submitted_at", "pk").first()  # approved before pending


def disputes_of(author: Author, user: User) -> list[Dispute]:
    return list(contests.of_user(user).filter(author=author))


def sample_works(author: Author) -> WorkQuerySet:
    return Work.objects.by(author).visible().newest_first()[:SAMPLE]


# Proofs


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A proof that counts, as its holder sees it."""

    letter: str
    kind: str
    method: str
    issuer: str
    verified: datetime
    expires: datetime
    is_flagged: bool
    last_day: datetime
    misses: int
    source: str  # the ledger's name of the method


def held(claim: Claim) -> list[Held]:
    now = timezone.now()
    found = evidence.holding(claim, now)
    names = organisations(proof.entry.issuer for proof in found)
    return [
        Held(
            letter=proof.entry.kind,
            kind=evidence_words.kind(proof.entry.kind),
            method=evidence_words.method(proof.entry.method),
            issuer=evidence_words.issuer(proof.entry.issuer, names.get(proof.entry.issuer, "")),
            verified=proof.entry.at,
            expires=proof.expires,
            is_flagged=proof.is_flagged(now),
            last_day=proof.expires + proof.grace,
            misses=len(proof.misses),
            source=proof.entry.method,
        )
        for proof in found
    ]


def organisations(issuers: Iterable[str]) -> dict[str, str]:
    """The names behind ROR ids, by issuer."""
    numbers = [name.removeprefix("ror:") for name in issuers if name.startswith("ror:")]
    rows = InstitutionDomain.objects.filter(ror__in=numbers).order_by("-domain") if numbers else ()
    return {f"ror:{row.ror}": row.organisation for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One proof in the list of the wizard."""

    proof: Proof
    offer: Offer
    level: int  # what the record comes to with it, once nobody objected
    is_held: bool = False
    attempt: ProofAttempt | None = None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the claimant can go on with it now."""
        return self.offer.possible

    @property
    def is_late(self) -> bool:
        ends = self.attempt.expires_at if self.attempt else None
        return ends is not None and ends <= timezone.now()

    @property
    def is_waiting(self) -> bool:
        return self.attempt is not None and self.attempt.status == ProofAttempt.Status.WAITING


def choices(claim: Claim) -> list[Choice]:
    """Every proof with what it would give for this record; possible ones that are not held yet first."""
    given = evidence.holding(claim)
    latest = latest_attempts(claim)
    found = [_choice(claim, proof, given, latest.get(proof.method)) for proof in PROOFS.values()]
    return sorted(found, key=lambda choice: (choice.is_held, not choice.offer.possible))


def choice(claim: Claim, method: str) -> Choice:
    return _choice(claim, PROOFS[method], evidence.holding(claim), latest_attempts(claim).get(method))


def _choice(claim: Claim, proof: Proof, given: list[ledger.Proof], attempt: ProofAttempt | None) -> Choice:
    return Choice(
        proof=proof,
        offer=proof.offer(claim),
        level=level_with(claim, given, proof.kind, _issuer(proof, claim)),
        is_held=any(gives(proof.method, old.entry.method) for old in given),
        attempt=attempt,
        outcome=evidence_words.outcome(attempt) if attempt else "",
    )


def gives(method: str, stored: str) -> bool:
    """Whether a proof of the wizard wrote this method into the ledger ("orcid" writes "orcid-metadata")."""
    proof = of_entry(stored)
    return proof is not None and proof.method == method


def _issuer(proof: Proof, claim: Claim) -> str:
    """As it would stand in the ledger, as far as it is known before."""
    if proof.method not in SHARED_ISSUER:
        return f"proof:{proof.method}"
    return orcid_accounts.issuer(orcid_accounts.connected(claim.user))


def level_with(claim: Claim, given: Iterable[ledger.Proof], kind: str, issuer: str) -> int:
    """The record's level if this claim is approved, its days of objection are over and one more proof holds."""
    current = assessments.current(claim.author)
    if current is None:
        return 0
    today = datetime.now(UTC).date()
    added = levels.Evidence(kind=kind, issuer=issuer, verified=today, expires=today + timedelta(days=365))
    stands = replace(
        levels.from_json(current.inputs["standing"]),
        claim=levels.Claim(approved=today - levels.OBJECTION_WINDOW),
        evidence=(*(proof.as_evidence() for proof in given), added),
        contested=None,
    )
    return levels.level(stands, today)


def latest_attempts(claim: Claim) -> dict[str, ProofAttempt]:
    """By method."""
    return {attempt.method: attempt for attempt in claim.attempts.order_by("pk")}


def latest_attempt(claim: Claim, method: str) -> ProofAttempt | None:
    return claim.attempts.filter(method=method).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt in the list of what was tried."""

    attempt: ProofAttempt
    name: str
    outcome: str


def tried(claim: Claim) -> list[Tried]:
    """Latest first."""
    attempts = claim.attempts.order_by("-pk")[:20]
    return [Tried(a, _name(a.method), evidence_words.outcome(a)) for a in attempts]


def _name(method: str) -> str:
    proof = PROOFS.get(method)
    return str(proof.name) if proof else method


# Vouches and merge requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How many of the vouches that class V needs hold for a claim."""

    count: int
    organisations: int
    needed: int = vouches.NEEDED
    needed_organisations: int = vouches.ORGANISATIONS
    is_enough: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        enough = self.count >= self.needed and self.organisations >= self.needed_organisations
        object.__setattr__(self, "is_enough", enough)


def support(claim: Claim) -> Support:
    names = list(vouches.active(claim).values_list("organisation", flat=True))
    return Support(count=len(names), organisations=len(set(names)))


def vouches_by(user: User) -> QuerySet[Vouch]:
    """Those given, holding ones first."""
    given = Vouch.objects.filter(voucher=user, claim__author__hidden=False)
    return given.select_related("claim__author").order_by("ended_at", "-made_at")


def own_vouch(claim: Claim, user: User) -> Vouch | None:
    return vouches.active(claim).filter(voucher=user).first()


def merge_requests_of(user: User) -> QuerySet[MergeRequest]:
    asked = MergeRequest.objects.filter(user=user, author__hidden=False, other__hidden=False)
    return asked.select_related("author", "other").order_by("-made_at", "-pk")


# Disputes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """A dispute as one of its sides sees it."""

    dispute: Dispute
    role: str  # claimant, rival or objector
    statements: list[dict[str, Any]]
    is_open: bool
    appeal_until: datetime | None  # while this side can appeal


def hearing(dispute: Dispute, user: User) -> Hearing:
    return Hearing(
        dispute=dispute,
        role=_role(dispute, user),
        statements=[{"is_own": row.user_id == user.pk, "row": row} for row in dispute.statements.order_by("pk")],
        is_open=dispute.status in (Dispute.Status.OPEN, Dispute.Status.APPEALED),
        appeal_until=_appeal_until(dispute, user),
    )


def _role(dispute: Dispute, user: User) -> str:
    if dispute.claim.user_id == user.pk:
        return "claimant"
    return "rival" if dispute.rival and dispute.rival.user_id == user.pk else "objector"


def _appeal_until(dispute: Dispute, user: User) -> datetime | None:
    if (
        dispute.status != Dispute.Status.DECIDED
        or dispute.decided_at is None
        or user.pk not in contests.losers(dispute)
    ):
        return None
    ends = dispute.decided_at + contests.APPEAL
    return ends if ends > timezone.now() else None


def said_already(dispute: Dispute, user: User, text: str) -> bool:
    """Whether these are this side's last words: a form that was sent twice."""
    last = dispute.statements.filter(user=user).order_by("-pk").first()
    return last is not None and last.text == text.strip()


def objection_by(claim: Claim, user: User) -> Dispute | None:
    return Dispute.objects.filter(claim=claim, opened_by=user, kind=Dispute.Kind.OBJECTION).first()


def level_of(author: Author) -> int | None:
    current = assessments.current(author)
    return current.level if current else None
