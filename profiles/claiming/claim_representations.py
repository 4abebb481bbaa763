"""Claims, proofs and decisions as the API shows them to claimants and moderators; never an address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from profiles.claiming import claim_facts, evidence, evidence_words, ownership, verification
from profiles.models import Claim, Decision, Dispute, ProofAttempt
from profiles.proofs.base import Offer, Proof
from publications.models import Author
from publications.representations import api_url, page_url

Shown = dict[str, Any]


def claim(row: Claim, *, own: bool) -> Shown:
    """`offers` says what each proof would mean for one's own claim that is under way."""
    live = own and row.is_live
    return {
        "id": row.pk,
        "author": {"id": row.author.short_id, "display_name": row.author.display_name},
        "status": row.status,
        "reason": row.reason or None,
        "note": row.note or None,
        "opened_at": _iso(row.opened_at),
        "submitted_at": _iso(row.submitted_at),
        "approved_at": _iso(row.approved_at),
        "objections_until": _iso(ownership.window_ends(row)) if row.status == Claim.Status.APPROVED else None,
        "ended_at": _iso(row.ended_at),
        "evidence": [_proof(proof) for proof in evidence.of_account(row)],
        "attempts": [attempt(one) for one in row.attempts.order_by("-pk")[:20]],
        "contest": _contest(row),
        "offers": [_offer(row, proof, offer) for proof, offer in verification.offers(row)] if live else [],
        "page_url": page_url(row.author) + "claim/",
        "evidence_url": api_url(f"claims/{row.pk}/evidence"),
    }


def _proof(proof: Any) -> Shown:
    return {
        "class": proof.entry.kind,
        "method": proof.entry.method,
        "issuer": proof.entry.issuer,
        "verified": proof.entry.at.strftime("%Y-%m"),
        "expires_at": _iso(proof.expires),
        "ended_at": _iso(proof.ended),
        "end_reason": proof.end_reason or None,
        "holds": proof.holds(timezone.now()),
    }


def attempt(row: ProofAttempt) -> Shown:
    """`hint` is a masked address or a host; the code and the address itself are never shown."""
    return {
        "method": row.method,
        "status": row.status,
        "hint": row.hint or None,
        "reason": row.detail or None,
        "detail": evidence_words.outcome(row) or None,
        "started_at": _iso(row.started_at),
        "expires_at": _iso(row.expires_at),
    }


def _contest(row: Claim) -> Shown | None:
    dispute = Dispute.objects.filter(author=row.author_id, **Dispute.CONTESTED).first()
    if dispute is None or row.pk not in (dispute.claim_id, dispute.rival_id):
        return None
    return {"id": dispute.pk, "status": dispute.status, "deadline": _iso(dispute.deadline)}


def _offer(row: Claim, proof: Proof, offer: Offer) -> Shown:
    """`asks` begins the proof, `confirms` answers what it sent; a field with `value` is not sent but to be used."""
    return {
        "method": proof.method,
        "class": proof.kind,
        "display_name": str(proof.name),
        "possible": offer.possible,
        "why": str(offer.why) or None,
        "gives": str(proof.gives),
        "takes": str(proof.takes),
        "asks": _fields(proof.form(row)) if offer.possible else [],
        "confirms": _fields(proof.confirms() if proof.confirms else None),
        "sign_in_url": offer.needs_sign_in or None,
    }


def _fields(form: forms.Form | None) -> list[Shown]:
    return [_field(name, field) for name, field in form.fields.items()] if form else []


def _field(name: str, field: forms.Field) -> Shown:
    shown: Shown = {"name": name, "label": str(field.label)}
    if isinstance(field, forms.ChoiceField):
        choices = cast("Iterable[tuple[object, object]]", field.choices)
        shown["choices"] = [{"value": str(value), "label": str(label)} for value, label in choices]
    if field.disabled:
        shown["value"] = field.initial
    return shown


def decision(row: Decision) -> Shown:
    return {
        "id": row.pk,
        "claim": row.claim_id,
        "verdict": row.verdict,
        "template": row.template or None,
        "text": row.text or None,
        "made_at": _iso(row.made_at),
    }


def public_evidence(author: Author) -> list[Shown]:
    """What anybody may know of the owner's proofs: class, method and issuer in words, month, expiry."""
    found = Author.objects.filter(pk=author.pk)
    shown = claim_facts.facts(claim_facts.with_claim_facts(found, AnonymousUser()).get())
    return [
        {
            "class": proof.letter,
            "kind": proof.kind,
            "method": proof.method,
            "issuer": proof.issuer,
            "verified": proof.verified.strftime("%Y-%m"),
            "expires": proof.expires.date().isoformat(),
            "flagged": proof.is_flagged,
        }
        for proof in shown.proofs
    ]


def _iso(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
