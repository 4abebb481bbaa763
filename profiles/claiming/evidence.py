"""Evidence: the verbs that append to a record's ledger, and what it holds."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bzpeer.kit.keyed import keyed_hash
from profiles.claiming import ledger
from profiles.models import Claim, Evidence, User
from publications.models import Author


class Locked:
    """What changes claims or evidence of records waits here, record by record, in the order of their numbers."""

    def __init__(self, *author_ids: int) -> None:
        self.author_ids = sorted(set(author_ids))

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        with connection.cursor() as cursor:
            for author_id in self.author_ids:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('claims', %s))", [author_id])

    def __exit__(self, *error: Any) -> None:
        self.atomic.__exit__(*error)


def try_lock(author_id: int) -> bool:
    """The same lock until the end of the transaction, if nobody has it: for who holds what others wait for with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('claims', %s))", [author_id])
        return bool(cursor.fetchone()[0])


def append(
    claim: Claim,
    *,
    kind: str,
    method: str,
    issuer: str,
    expires: datetime,
    subject: str = "",
    secret_subject: str = "",
    seen: Mapping[str, Any] | None = None,
    checked_by: Sequence[User] = (),
) -> Evidence:
    """Record a proof of a claim. Where the same still holds it is renewed, and keeps the day it was first verified."""
    assert claim.user_id is not None
    subject_hash = keyed_hash("evidence-subject", secret_subject or subject)
    with Locked(claim.author_id):
        for old in holding(claim):
            if (old.entry.method, old.entry.issuer, old.entry.subject) == (method, issuer, subject_hash):
                return checked(old, claim.author_id, expires, seen)
        return _write(
            Evidence(
                author_id=claim.author_id,
                event=Evidence.Event.VERIFIED,
                account_id=claim.user_id,
                account_hash=keyed_hash("evidence-account", str(claim.user_id)),
                kind=kind,
                method=method,
                issuer=issuer,
                subject=subject,
                subject_hash=subject_hash,
                payload_hash=payload_hash(seen or {}),
                at=timezone.now(),
                expires_at=expires,
                checked_by=sorted(moderator_hash(user) for user in checked_by),
            )
        )


def checked(proof: ledger.Proof, author_id: int, expires: datetime, seen: Mapping[str, Any] | None = None) -> Evidence:
    """A later check found that it still holds, until a later date."""
    return _append_later(author_id, proof.entry.sequence, Evidence.Event.CHECKED, expires=expires, seen=seen)


def missed(proof: ledger.Proof, author_id: int, reason: str) -> Evidence:
    """A later check did not find it; whether it still counts is for its own rule to say."""
    return _append_later(author_id, proof.entry.sequence, Evidence.Event.MISSED, reason=reason)


def end(proof: ledger.Proof, author_id: int, reason: str) -> Evidence:
    """It no longer counts, from now on."""
    return _append_later(author_id, proof.entry.sequence, Evidence.Event.ENDED, reason=reason)


def end_all(claim: Claim, reason: str) -> int:
    """End every proof that the claim's account gave for this record; returns how many."""
    with Locked(claim.author_id):
        held = holding(claim)
        for proof in held:
            end(proof, claim.author_id, reason)
    return len(held)


def end_by_issuer(user: User, issuer: str, reason: str) -> list[int]:
    """End what an issuer vouched for an account, on every record; returns these records' numbers."""
    rows = Evidence.objects.filter(account=user, issuer=issuer, event=Evidence.Event.VERIFIED, later__event=None)
    author_ids = sorted(set(rows.order_by().values_list("author_id", flat=True)))
    ended: set[int] = set()
    for author_id in author_ids:
        with Locked(author_id):
            for proof in of_record(author_id):
                if _counts(proof, user.pk, timezone.now()) and proof.entry.issuer == issuer:
                    end(proof, author_id, reason)
                    ended.add(author_id)
    return sorted(ended)


def carry(claim: Claim, final: Author) -> None:
    """The record was merged into another: proofs go on there since the same day, and end here. Both are locked."""
    for proof in holding(claim):
        row = Evidence.objects.get(author_id=claim.author_id, sequence=proof.entry.sequence)
        end(proof, claim.author_id, "record-merged")
        copy = Evidence(**{name: getattr(row, name) for name in CARRIED}, author=final, expires_at=proof.expires)
        copy.reason = f"from-A{claim.author_id}"
        _write(copy)


CARRIED = ["event", "account_id", "account_hash", "kind", "method", "issuer", "subject", "subject_hash"]
CARRIED += ["payload_hash", "at", "checked_by"]


def holding(claim: Claim, now: datetime | None = None) -> list[ledger.Proof]:
    """The proofs of the claim's account for its record that count, oldest first."""
    if claim.user_id is None:
        return []
    return [proof for proof in of_record(claim.author_id) if _counts(proof, claim.user_id, now or timezone.now())]


def is_held_by_others(secret_subject: str, user_id: int | None) -> bool:
    """Whether another account's proof, on any record, rests on this address: a mailbox stands for one account."""
    now, hashed = timezone.now(), keyed_hash("evidence-subject", secret_subject)
    rows = Evidence.objects.filter(subject_hash=hashed, event=Evidence.Event.VERIFIED, account__isnull=False)
    records = set(rows.exclude(account=user_id).values_list("author_id", flat=True))
    proofs = (proof for author_id in records for proof in of_record(author_id))
    return any(p.entry.subject == hashed and p.entry.holder not in (0, user_id) and p.holds(now) for p in proofs)


def of_account(claim: Claim) -> list[ledger.Proof]:
    """Every proof of the claim's account for its record, ended ones too, oldest first."""
    return [proof for proof in of_record(claim.author_id) if claim.user_id and proof.entry.holder == claim.user_id]


def of_record(author_id: int) -> list[ledger.Proof]:
    return ledger.proofs(entries(author_id))


def entries(author_id: int) -> list[ledger.Entry]:
    """A record's ledger, in order."""
    return of_records([author_id]).get(author_id, [])


def of_records(author_ids: Iterable[int]) -> dict[int, list[ledger.Entry]]:
    """The ledgers of several records, in one query."""
    found: defaultdict[int, list[ledger.Entry]] = defaultdict(list)
    rows = Evidence.objects.filter(author__in=list(author_ids)).order_by("author_id", "sequence")
    for row in rows.select_related("proof"):
        found[row.author_id].append(entry_of(row))
    return dict(found)


def entry_of(row: Evidence) -> ledger.Entry:
    return ledger.Entry(
        sequence=row.sequence,
        event=row.event,
        proof=row.proof.sequence if row.proof else 0,
        account=row.account_hash,
        kind=row.kind,
        method=row.method,
        issuer=row.issuer,
        subject=row.subject_hash,
        payload=row.payload_hash,
        at=row.at,
        expires=row.expires_at,
        reason=row.reason,
        checked_by=tuple(row.checked_by),
        previous=row.previous_hash,
        hash=row.hash,
        holder=row.account_id or 0,
    )


def moderator_hash(user: User) -> str:
    return keyed_hash("evidence-moderator", str(user.pk))


def payload_hash(seen: Mapping[str, Any]) -> str:
    canonical = json.dumps(seen, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _counts(proof: ledger.Proof, user_id: int, now: datetime) -> bool:
    return proof.entry.holder == user_id and proof.holds(now)


def _append_later(
    author_id: int,
    sequence: int,
    event: Evidence.Event,
    *,
    reason: str = "",
    expires: datetime | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Evidence:
    with Locked(author_id):
        proof = Evidence.objects.get(author_id=author_id, sequence=sequence)
        return _write(
            Evidence(
                author_id=author_id,
                event=event,
                proof=proof,
                account_id=proof.account_id,
                account_hash=proof.account_hash,
                kind=proof.kind,
                method=proof.method,
                issuer=proof.issuer,
                subject=proof.subject,
                subject_hash=proof.subject_hash,
                payload_hash=payload_hash(seen) if seen else proof.payload_hash,
                at=timezone.now(),
                expires_at=expires,
                reason=reason,
            )
        )


def _write(row: Evidence) -> Evidence:
    """Chain a row to the record's last one and insert it; the record is locked."""
    last = Evidence.objects.filter(author_id=row.author_id).order_by("-sequence").first()
    row.sequence = last.sequence + 1 if last else 1
    row.previous_hash = last.hash if last else ""
    row.hash = ledger.seal(entry_of(row))
    row.save(force_insert=True)
    return row
