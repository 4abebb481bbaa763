"""Verification levels L0 to L4: what has been proven about who stands behind a record. Pure, no Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

NAMES = ("Unresolved", "Source-asserted", "Linked", "Corroborated", "Assured")
IDENTITY = frozenset("ABC")  # scholarly iD, institution, authorship control
CORROBORATING = frozenset("ABCV")  # and vouches
DATED = frozenset("ABCX")  # what continuity counts from
OBJECTION_WINDOW = timedelta(days=7)
ORCID_IN_METADATA = "orcid-metadata"  # the one method of class A that skips the window

RESOLVED_BY_PROVIDER = "provider-id"
RESOLVED_BY_WORKS = "works"  # at least 60 % of them hang together


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One proof. `issuer` is who vouches for it: A and C1 through one ORCID iD have the same issuer."""

    kind: str  # A | B | C | V | X
    issuer: str
    verified: date
    expires: date
    method: str = ""
    revoked: date | None = None

    def holds(self, on: date) -> bool:
        return self.verified <= on < self.expires and (self.revoked is None or on < self.revoked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An account's approved claim to a record. The objection window opens on the day of approval."""

    approved: date
    address_confirmed: bool = True
    multi_factor: bool = False
    moderators: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything a level depends on.

    `moderated_id`: a work that is not retracted has a DOI, arXiv or Anthology id from a moderated provider.
    `resolved_by`: "provider-id", "works" or empty. `contested`: the day from which two claims have been open.
    """

    moderated_id: bool = False
    resolved_by: str = ""
    claim: Claim | None = None
    evidence: tuple[Evidence, ...] = ()
    contested: date | None = None


def level(standing: Standing, on: date) -> int:
    """The level of a record on a day."""
    if not (standing.moderated_id and standing.resolved_by):
        return 0
    proofs = counted_evidence(standing, on)
    if standing.claim is None or not linked(standing, standing.claim, proofs, on):
        return 1
    if not independent(proofs, CORROBORATING):
        return 2
    return 4 if assured(standing.claim, proofs) else 3


def counted_evidence(standing: Standing, on: date) -> tuple[Evidence, ...]:
    """Proofs that hold. In a contested record nobody gains: what came after the day the contest began waits.

    That day itself counts, or a dispute would take away what was proved in the morning; tools are frozen from the hour.
    """
    limit = standing.contested or date.max
    return tuple(proof for proof in standing.evidence if proof.holds(on) and proof.verified <= limit)


def linked(standing: Standing, claim: Claim, proofs: Iterable[Evidence], on: date) -> bool:
    """L2: an approved claim, a confirmed address, one proof of identity and an undisturbed objection window."""
    identity = [proof for proof in proofs if proof.kind in IDENTITY]
    limit = standing.contested or date.max
    if not identity or not claim.address_confirmed or not claim.approved <= on or claim.approved > limit:
        return False
    ends = claim.approved + OBJECTION_WINDOW
    undisturbed = ends <= on and ends <= limit
    return undisturbed or any(proof.kind == "A" and proof.method == ORCID_IN_METADATA for proof in identity)


def independent(proofs: Iterable[Evidence], kinds: frozenset[str]) -> bool:
    """Whether two proofs are of different kinds and from different issuers."""
    pairs = {(proof.kind, proof.issuer) for proof in proofs if proof.kind in kinds}
    return any(a[0] != b[0] and a[1] != b[1] for a in pairs for b in pairs)


def assured(claim: Claim, proofs: Iterable[Evidence]) -> bool:
    """L4 beyond L3: two independent proofs of identity, an authority, two factors and two moderators."""
    proofs = tuple(proofs)
    authority = any(proof.kind == "X" for proof in proofs)
    return authority and independent(proofs, IDENTITY) and claim.multi_factor and len(claim.moderators) >= 2


def months_of_evidence(standing: Standing, on: date) -> int:
    """Whole months since the oldest A, B, C or X proof that still counts; 0 below L2."""
    days = [proof.verified for proof in counted_evidence(standing, on) if proof.kind in DATED]
    if not days or level(standing, on) < 2:
        return 0
    first = min(days)
    return (on.year - first.year) * 12 + on.month - first.month - (on.day < first.day)


def to_json(standing: Standing) -> dict[str, Any]:
    """A form that can be stored; an unclaimed record has no dates in it, so it is the same on every day."""
    stored: dict[str, Any] = {"moderated_id": standing.moderated_id, "resolved_by": standing.resolved_by}
    if standing.claim:
        claim = standing.claim
        stored["claim"] = {
            "approved": claim.approved.isoformat(),
            "address_confirmed": claim.address_confirmed,
            "multi_factor": claim.multi_factor,
            "moderators": sorted(claim.moderators),
        }
    if standing.evidence:
        stored["evidence"] = [_evidence_to_json(proof) for proof in sorted(set(standing.evidence), key=_evidence_key)]
    if standing.contested:
        stored["contested"] = standing.contested.isoformat()
    return stored


def from_json(stored: dict[str, Any]) -> Standing:
    return Standing(
        moderated_id=stored["moderated_id"],
        resolved_by=stored["resolved_by"],
        claim=_claim_from_json(stored["claim"]) if "claim" in stored else None,
        evidence=tuple(_evidence_from_json(proof) for proof in stored.get("evidence", ())),
        contested=_day(stored["contested"]) if "contested" in stored else None,
    )


def _claim_from_json(stored: dict[str, Any]) -> Claim:
    return Claim(
        approved=_day(stored["approved"]),
        address_confirmed=stored["address_confirmed"],
        multi_factor=stored["multi_factor"],
        moderators=frozenset(stored["moderators"]),
    )


def _evidence_key(proof: Evidence) -> tuple[str, ...]:
    return (proof.kind, proof.issuer, proof.method, str(proof.verified), str(proof.expires), str(proof.revoked or ""))


def _evidence_to_json(proof: Evidence) -> dict[str, str]:
    names = ("kind", "issuer", "method", "verified", "expires", "revoked")
    return {name: value for name, value in zip(names, _evidence_key(proof), strict=True) if value}


def _evidence_from_json(stored: dict[str, str]) -> Evidence:
    days = {name: _day(stored[name]) for name in ("verified", "expires", "revoked") if name in stored}
    return Evidence(kind=stored["kind"], issuer=stored["issuer"], method=stored.get("method", ""), **days)


def _day(text: str) -> date:
    return date.fromisoformat(text)
