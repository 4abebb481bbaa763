"""What the pages of moderation read: lists with filters and signals, one claim, one dispute, the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles import author_page
from profiles.claiming import claim_page, domains, evidence, evidence_words, ledger
from profiles.models import Claim, Decision, Dispute, DisputeStatement, User
from profiles.moderating import claim_signals, moderation
from profiles.moderating.claim_signals import Signals
from publications.models import Author, Work

PER_PAGE = 25
MOST = 500  # claims whose signals a filter looks at
NEW_ACCOUNT = 7  # days
WORKS = 10
ROWS = 50
SIGNAL_FILTERS = ("domain", "name", "proof", "account", "record")


def person(user: User | None) -> str:
    """An account as a moderator sees it: its name, never an address."""
    if user is None:
        return _("a deleted account")
    return user.name if user.name and "@" not in user.name else domains.masked(user.email)


# The queue


@dataclass(frozen=True, slots=True)
class Line:
    """A claim in a list."""

    claim: Claim
    signals: Signals


@dataclass(frozen=True, slots=True)
class Lines:
    rows: list[Line]
    page: Page[Any]
    is_cut: bool = False  # only the first MOST were looked at


def waiting(chosen: Mapping[str, str], number: str | None) -> Lines:
    """A page of the waiting claims that fit."""
    claims = _found(moderation.waiting_claims(), chosen.get("q", "")).order_by(*_order(chosen.get("sort", "")))
    if not any(name in chosen for name in SIGNAL_FILTERS):
        return _lines(claims, number)
    some = list(claims[: MOST + 1])
    signals = claim_signals.of_all(some[:MOST])
    kept = [Line(claim, signals[claim.pk]) for claim in some[:MOST] if _fits(signals[claim.pk], chosen)]
    page = Paginator(kept, PER_PAGE).get_page(number)
    return Lines(list(page), page, is_cut=len(some) > MOST)


def owners(chosen: Mapping[str, str], number: str | None) -> Lines:
    """A page of the approved claims, latest first."""
    claims = _found(moderation.approved_claims(), chosen.get("q", ""))
    return _lines(claims, number)


def _lines(claims: QuerySet[Claim], number: str | None) -> Lines:
    page = Paginator(claims, PER_PAGE).get_page(number)
    rows = list(page)
    signals = claim_signals.of_all(rows)
    return Lines([Line(claim, signals[claim.pk]) for claim in rows], page)


def _found(claims: QuerySet[Claim], words: str) -> QuerySet[Claim]:
    """By the names of the record and of the account, or the record's number (A12)."""
    if words[:1] in "Aa" and words[1:].isdecimal() and len(words) < 19:
        return claims.filter(author=int(words[1:]))
    for word in words.split():
        claims = claims.filter(Q(author__display_name__icontains=word) | Q(user__name__icontains=word))
    return claims


def _order(sort: str) -> Sequence[str]:
    orders = {"newest": ("-submitted_at", "-pk"), "name": ("author__sort_key", "pk")}
    return orders.get(sort, ("submitted_at", "pk"))


def _fits(signals: Signals, chosen: Mapping[str, str]) -> bool:
    facts = {
        "domain": {signals.domain},
        "name": {"fits" if signals.name_agrees else "differs"},
        "proof": {"held" if signals.proofs else "none"},
        "record": {"owned" if signals.has_owner else "free"},
        "account": _account_facts(signals),
    }
    return all(chosen[name] in found for name, found in facts.items() if name in chosen)


def _account_facts(signals: Signals) -> set[str]:
    found = {"new"} if signals.account_days < NEW_ACCOUNT else set()
    return found | ({"refused"} if signals.rejected_before else set())


def next_waiting(after: Claim) -> Claim | None:
    """The claim that has waited longest, besides this one."""
    return moderation.waiting_claims().exclude(pk=after.pk).first()


def disputes(number: str | None) -> Page[Any]:
    return Paginator(moderation.waiting_disputes(), PER_PAGE).get_page(number)


# One claim


def claim_or_404(pk: int) -> Claim:
    """One that was submitted; what is only begun is nobody else's business."""
    return get_object_or_404(moderation.submitted_claims(), pk=pk)


@dataclass(frozen=True, slots=True)
class GivenProof:
    """A proof of the claim's account, ended ones too."""

    letter: str
    kind: str
    method: str
    issuer: str
    proof: ledger.Proof
    holds: bool


def proofs(claim: Claim) -> list[GivenProof]:
    now, found = timezone.now(), evidence.of_account(claim)
    names = claim_page.organisations(proof.entry.issuer for proof in found)
    return [
        GivenProof(
            letter=proof.entry.kind,
            kind=evidence_words.kind(proof.entry.kind),
            method=evidence_words.method(proof.entry.method),
            issuer=evidence_words.issuer(proof.entry.issuer, names.get(proof.entry.issuer, "")),
            proof=proof,
            holds=proof.holds(now),
        )
        for proof in found
    ]


def claim_facts(claim: Claim, by: User) -> dict[str, Any]:
    """Everything that a moderator reads of a claim."""
    shown = Author.objects.with_page_facts().get(pk=claim.author_id)
    submitted = moderation.submitted_claims().exclude(pk=claim.pk)
    return {
        "claim": claim,
        "author": shown,
        "facts": author_page.facts(shown),
        "person": person(claim.user),
        "signals": claim_signals.of(claim),
        "level": claim_page.level_of(claim.author),
        "works": Work.objects.by(claim.author).visible().newest_first()[:WORKS],
        "proofs": proofs(claim),
        "tried": claim_page.tried(claim),
        "rivals": submitted.filter(author=claim.author_id).order_by("-submitted_at")[:ROWS],
        "earlier": submitted.filter(user=claim.user_id).order_by("-submitted_at")[:ROWS] if claim.user_id else (),
        "disputes": moderation.disputes_of(claim)[:ROWS],
        "attestations": claim.attestations.select_related("proposed_by", "settled_by").order_by("-pk")[:ROWS],
        "decisions": moderation.history().filter(claim__author=claim.author_id)[:ROWS],
        "why_not": moderation.why_not_claim(claim, by),
    }


# One dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a dispute as a moderator sees it."""

    label: str
    person: str
    user_id: int | None
    claim: Claim | None
    signals: Signals | None


@dataclass(frozen=True, slots=True)
class Said:
    label: str
    row: DisputeStatement


def dispute_or_404(pk: int) -> Dispute:
    rows = Dispute.objects.select_related("author", "opened_by", "decided_by", "claim__author", "rival__author")
    return get_object_or_404(rows.select_related("claim__user", "rival__user"), pk=pk)


def sides(dispute: Dispute) -> list[Side]:
    """The first claim, and the other claim or who objects."""
    claims = [claim for claim in (dispute.claim, dispute.rival) if claim]
    signals = claim_signals.of_all(claims)
    labels = (_("The first claim"), _("The other claim"))
    found = [_side(label, claim, signals[claim.pk]) for label, claim in zip(labels, claims, strict=False)]
    if dispute.rival is None:
        who = dispute.opened_by
        objector = Side(
            label=_("Who objects"),
            person=person(who),
            user_id=who.pk if who else None,
            claim=None,
            signals=None,
        )
        found.append(objector)
    return found


def _side(label: str, claim: Claim, signals: Signals) -> Side:
    return Side(label=label, person=person(claim.user), user_id=claim.user_id, claim=claim, signals=signals)


def dispute_facts(dispute: Dispute, by: User) -> dict[str, Any]:
    both = sides(dispute)
    labels = {side.user_id: side.label for side in both if side.user_id}
    return {
        "dispute": dispute,
        "author": dispute.author,
        "sides": both,
        "said": [Said(labels.get(row.user_id or 0, _("A deleted account")), row) for row in dispute.statements.all()],
        "decisions": moderation.history().filter(dispute=dispute),
        "is_open": dispute.status in moderation.OPEN,
        "why_not": moderation.why_not_dispute(dispute, by),
    }


# Looking back


@dataclass(frozen=True, slots=True)
class Past:
    """A decision in words."""

    decision: Decision
    by: str
    reason: str


def history(chosen: Mapping[str, str], number: str | None) -> tuple[list[Past], Page[Any]]:
    rows = moderation.history()
    for word in chosen.get("q", "").split():
        about = Q(claim__author__display_name__icontains=word) | Q(claim__user__name__icontains=word)
        rows = rows.filter(about | Q(text__icontains=word))
    if "verdict" in chosen:
        rows = rows.filter(verdict=chosen["verdict"])
    if "by" in chosen:
        rows = rows.filter(moderator__name__icontains=chosen["by"])
    page = Paginator(rows, ROWS).get_page(number)
    return [past(row) for row in page], page


def past(row: Decision) -> Past:
    template = moderation.REASONS.get(row.template) if row.template != "other" else None
    reason = " ".join(part for part in (str(template or ""), row.text) if part)
    return Past(row, person(row.moderator), reason)
