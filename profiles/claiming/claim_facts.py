"""What everybody sees of who stands behind a record, in the author's own query: status, proofs, the owner's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.safestring import SafeString

from profiles.account import biographies
from profiles.assessing import levels
from profiles.claiming import evidence_words, ledger
from profiles.models import Attestation, Claim, Dispute, Evidence, InstitutionDomain, ResearcherProfile, User
from publications.querysets import AuthorQuerySet, rows

Status = Claim.Status


@dataclass(frozen=True, slots=True)
class ShownProof:
    """One proof as anybody may see it."""

    letter: str
    kind: str
    method: str
    issuer: str
    verified: datetime
    expires: datetime
    is_flagged: bool
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """`status` is unclaimed, pending, claimed or contested, as `ownership.statuses` says it.

    `since`: of the owner's approval, else of the first waiting claim. `until`: while others can object.
    """

    status: str = "unclaimed"
    has_owner: bool = False
    since: datetime | None = None
    until: datetime | None = None
    proofs: tuple[ShownProof, ...] = ()
    past_proofs: tuple[ShownProof, ...] = ()
    orcids: frozenset[str] = frozenset()
    biography: str = ""
    links: tuple[Mapping[str, str], ...] = ()
    is_owner: bool = False
    is_claimant: bool = False  # the reader's own claim is under way

    @property
    def biography_html(self) -> SafeString:
        return biographies.to_html(self.biography)


def with_claim_facts(authors: AuthorQuerySet, viewer: User | AnonymousUser) -> AuthorQuerySet:
    """Adds what `facts` reads, without a further query."""
    of_record = {"author": OuterRef("pk")}
    shown = Q(status__in=(Status.PENDING, Status.APPROVED))
    if viewer.is_authenticated:
        shown |= Q(status=Status.OPEN, user=viewer.pk)
    claims = Claim.objects.filter(shown, **of_record).order_by("submitted_at", "pk")
    profiles = ResearcherProfile.objects.filter(
        user__claims__author=OuterRef("pk"), user__claims__status=Status.APPROVED, user__is_active=True
    )
    annotated = authors.annotate(
        claim_rows=rows(
            claims, status=F("status"), user=F("user"), approved=F("approved_at"), submitted=F("submitted_at")
        ),
        is_contested=Exists(Dispute.objects.filter(**of_record, **Dispute.CONTESTED)),
        evidence_rows=_evidence_rows(),
        owner_rows=rows(profiles, biography=F("biography"), links=F("links")),
        viewer=Value(viewer.pk or 0),
    )
    return cast("AuthorQuerySet", annotated)


def _evidence_rows() -> Any:
    """The record's ledger as far as a page shows it, with the names behind issuers."""
    named = InstitutionDomain.objects.filter(ror=Substr(OuterRef("issuer"), 5)).exclude(ror="")
    attested = Attestation.objects.filter(claim__author=OuterRef("author"), method=OuterRef("method"), confirmed=True)
    entries = Evidence.objects.filter(author=OuterRef("pk")).order_by("sequence")
    entries = entries.annotate(
        organisation=Subquery(named.order_by("domain").values("organisation")[:1]),
        authority=Subquery(attested.order_by("-pk").values("issuer")[:1]),
    )
    names = ("sequence", "event", "kind", "method", "issuer", "subject", "at", "organisation", "authority", "reason")
    fields: dict[str, Any] = {name: F(name) for name in names}
    return rows(entries, holder=F("account"), proof=F("proof__sequence"), expires=F("expires_at"), **fields)


def facts(author: Any) -> ClaimFacts:
    """Of an author fetched `with_claim_facts`."""
    owner = next((row for row in author.claim_rows if row["status"] == Status.APPROVED), None)
    waiting = [row for row in author.claim_rows if row["status"] == Status.PENDING]
    holder = owner["user"] if owner else 0
    proofs = [row for row in _proofs(author.evidence_rows) if holder and row.entry.holder == holder]
    now = timezone.now()
    held = [proof for proof in proofs if proof.holds(now)]
    until = _window(owner, held, now)
    first = owner["approved"] if owner else (waiting[0]["submitted"] if waiting else None)
    by_sequence = {row["sequence"]: row for row in author.evidence_rows}
    said: Mapping[str, Any] = author.owner_rows[0] if author.owner_rows else {}
    own = [row["status"] for row in author.claim_rows if author.viewer and row["user"] == author.viewer]
    return ClaimFacts(
        status=_status(contested=author.is_contested, owned=bool(owner), until=until, waiting=bool(waiting)),
        has_owner=bool(owner),
        since=_moment(first),
        until=until,
        proofs=tuple(_shown(proof, by_sequence[proof.entry.sequence], now) for proof in held),
        past_proofs=tuple(_shown(p, by_sequence[p.entry.sequence], now) for p in proofs if p not in held),
        orcids=frozenset(by_sequence[p.entry.sequence]["subject"] for p in held if p.entry.kind == "A") - {""},
        biography=said.get("biography", ""),
        links=tuple(said.get("links", ())),
        **_reader(own),
    )


def _reader(own: list[str]) -> dict[str, bool]:
    return {"is_owner": Status.APPROVED in own, "is_claimant": bool(own) and Status.APPROVED not in own}


def _status(*, contested: bool, owned: bool, until: datetime | None, waiting: bool) -> str:
    if contested:
        return "contested"
    if owned:
        return "pending" if until else "claimed"
    return "pending" if waiting else "unclaimed"


def _window(owner: Mapping[str, Any] | None, held: Iterable[ledger.Proof], now: datetime) -> datetime | None:
    """Until when others can object to the owner's claim, while they can."""
    if owner is None or any(proof.entry.method == levels.ORCID_IN_METADATA for proof in held):
        return None
    approved = _moment(owner["approved"])
    ends = (approved or now) + levels.OBJECTION_WINDOW
    return ends if ends > now else None


def _proofs(stored: Iterable[Mapping[str, Any]]) -> list[ledger.Proof]:
    return ledger.proofs(_entry(row) for row in stored)


def _entry(row: Mapping[str, Any]) -> ledger.Entry:
    at = _moment(row["at"])
    assert at is not None
    return ledger.Entry(
        sequence=row["sequence"],
        event=row["event"],
        proof=row["proof"] or 0,
        account="",
        holder=row["holder"] or 0,
        kind=row["kind"],
        method=row["method"],
        issuer=row["issuer"],
        subject="",
        payload="",
        at=at,
        expires=_moment(row["expires"]),
        reason=row["reason"],
    )


def _shown(proof: ledger.Proof, row: Mapping[str, Any], now: datetime) -> ShownProof:
    name = row["authority"] if proof.entry.kind == "X" else row["organisation"]
    ended = proof.ended or (None if proof.holds(now) else proof.expires + proof.grace)
    return ShownProof(
        letter=proof.entry.kind,
        kind=evidence_words.kind(proof.entry.kind),
        method=evidence_words.method(proof.entry.method),
        issuer=evidence_words.issuer(proof.entry.issuer, name or ""),
        verified=proof.entry.at,
        expires=proof.expires,
        is_flagged=proof.is_flagged(now),
        ended=ended,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
