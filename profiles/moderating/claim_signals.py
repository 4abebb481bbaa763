"""Signals: what speaks for and against claims, for moderators; for a page of claims in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from profiles.account import accounts
from profiles.claiming import domains, evidence, ledger
from profiles.claiming.record_names import MOST_NAMES, fits
from profiles.models import Claim, User
from publications.models import AuthorName

Status = Claim.Status
REFUSED = (Status.REJECTED, Status.REVOKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Of one claim; never shown to others. `address` is masked: moderators do not see addresses."""

    name_agrees: bool
    domain: str  # listed, moderated, public, unknown, refused
    organisation: str  # behind a listed domain
    address: str
    address_confirmed: bool
    second_factor: bool
    account_days: int
    proofs: tuple[str, ...]  # kinds that hold
    has_owner: bool  # another account's claim to the record was approved
    others_waiting: int
    earlier_claims: int  # of this account, to other records
    rejected_before: int  # of this account, to any record


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the queries brought, for all claims of a page."""

    names: Mapping[int, Sequence[str]]
    judged: Mapping[str, domains.Judgement]
    confirmed: frozenset[int]
    factors: frozenset[int]
    ledgers: Mapping[int, list[ledger.Entry]]
    by_record: Mapping[int, list[Claim]]
    by_account: Mapping[int, list[Claim]]


def of(claim: Claim) -> Signals:
    return of_all([claim])[claim.pk]


def of_all(claims: Iterable[Claim]) -> dict[int, Signals]:
    """By claim; `author` and `user` of the claims are fetched already."""
    rows = list(claims)
    if not rows:
        return {}
    seen = _look(rows)
    return {claim.pk: _signals(claim, claim.user, seen) for claim in rows}


def _look(claims: Sequence[Claim]) -> _Seen:
    records = {claim.author_id for claim in claims}
    users = {claim.user.pk: claim.user for claim in claims if claim.user}
    printed = AuthorName.objects.filter(author__in=records).values_list("author_id", "name")
    fields = ("pk", "author_id", "user_id", "status")
    return _Seen(
        names=_grouped((author, name) for author, name in printed),
        judged=domains.judge_all({user.email for user in users.values()}),
        confirmed=frozenset(accounts.with_confirmed_address(users)),
        factors=frozenset(accounts.with_second_factor(users)),
        ledgers=evidence.of_records(records),
        by_record=_grouped((row.author_id, row) for row in Claim.objects.filter(author__in=records).only(*fields)),
        by_account=_grouped((row.user_id, row) for row in Claim.objects.filter(user__in=users).only(*fields)),
    )


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


def _signals(claim: Claim, user: User | None, seen: _Seen) -> Signals:
    others = [row for row in seen.by_record.get(claim.author_id, ()) if row.pk != claim.pk]
    earlier = [row for row in seen.by_account.get(claim.user_id or 0, ()) if row.pk != claim.pk]
    judged = seen.judged[user.email] if user else domains.Judgement(domains.UNKNOWN)
    return Signals(
        name_agrees=user is not None and fits(user.name, _names(claim, seen)),
        domain=judged.verdict,
        organisation=judged.organisation,
        address=domains.masked(user.email) if user else "",
        address_confirmed=claim.user_id in seen.confirmed,
        second_factor=claim.user_id in seen.factors,
        account_days=(timezone.now() - user.date_joined).days if user else 0,
        proofs=_proofs(claim, seen),
        has_owner=any(row.status == Status.APPROVED for row in others),
        others_waiting=sum(row.status == Status.PENDING for row in others),
        earlier_claims=sum(row.author_id != claim.author_id for row in earlier),
        rejected_before=sum(row.status in REFUSED for row in earlier),
    )


def _names(claim: Claim, seen: _Seen) -> set[str]:
    return {claim.author.display_name, *seen.names.get(claim.author_id, ())[:MOST_NAMES]}


def _proofs(claim: Claim, seen: _Seen) -> tuple[str, ...]:
    if claim.user_id is None:
        return ()
    now, proofs = timezone.now(), ledger.proofs(seen.ledgers.get(claim.author_id, ()))
    return tuple(p.entry.kind for p in proofs if p.entry.holder == claim.user_id and p.holds(now))
