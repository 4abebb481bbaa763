"""The ledger of evidence as arithmetic: how entries are chained, and which proofs follow from them. Pure, no Django.

An entry's hash is SHA-256 over the hash before it and the entry's own fields as canonical JSON. Account and subject
stand in it as keyed hashes, so the chain also holds after these two were erased from a row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from profiles.assessing import levels

VERIFIED, CHECKED, MISSED, ENDED = "verified", "checked", "missed", "ended"
GRACE: Mapping[str, timedelta] = {"B": timedelta(days=30)}  # flagged, and still counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row. `proof` is the sequence of the VERIFIED entry that a later one is about, 0 for that entry itself."""

    sequence: int
    event: str
    proof: int = 0
    account: str  # keyed hash
    kind: str
    method: str
    issuer: str
    subject: str  # keyed hash
    payload: str  # SHA-256
    at: datetime
    expires: datetime | None = None
    reason: str = ""
    checked_by: tuple[str, ...] = ()
    previous: str = ""
    hash: str = field(default="", compare=False)
    holder: int = field(default=0, compare=False)  # the account, until it is erased; no part of the chain


def seal(entry: Entry) -> str:
    """The hash of an entry over everything in it, the hash before it included."""
    fields = asdict(entry)
    del fields["hash"], fields["holder"]
    fields["at"] = _utc(entry.at)
    fields["expires"] = _utc(entry.expires) if entry.expires else None
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_broken(entries: Iterable[Entry]) -> int | None:
    """The sequence at which a record's chain breaks, or None if it holds; entries in the order of their sequence."""
    before = ""
    for expected, entry in enumerate(entries, start=1):
        if entry.sequence != expected or entry.previous != before or entry.hash != seal(entry):
            return expected
        before = entry.hash
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a VERIFIED entry and everything later about it come to."""

    entry: Entry
    seen: datetime  # when it was last found to hold
    expires: datetime
    ended: datetime | None = None
    end_reason: str = ""
    misses: tuple[datetime, ...] = ()  # failed checks since the last good one

    @property
    def grace(self) -> timedelta:
        return GRACE.get(self.entry.kind, timedelta(0))

    def holds(self, now: datetime) -> bool:
        return self.entry.at <= now < self.expires + self.grace and (self.ended is None or now < self.ended)

    def is_flagged(self, now: datetime) -> bool:
        """Past its date and counted a while longer, so that there is time to renew it."""
        return self.holds(now) and now >= self.expires

    def as_evidence(self) -> levels.Evidence:
        """For the level, which counts in whole days (UTC)."""
        return levels.Evidence(
            kind=self.entry.kind,
            issuer=self.entry.issuer,
            method=self.entry.method,
            verified=_day(self.entry.at),
            expires=_day(self.expires + self.grace),
            revoked=_day(self.ended) if self.ended else None,
        )


def proofs(entries: Iterable[Entry]) -> list[Proof]:
    """Every proof of a record, oldest first; entries in the order of their sequence."""
    found: dict[int, Proof] = {}
    for entry in entries:
        if entry.event == VERIFIED:
            expires = entry.expires or entry.at
            found[entry.sequence] = Proof(entry=entry, seen=entry.at, expires=expires)
        elif entry.proof in found:
            found[entry.proof] = _later(found[entry.proof], entry)
    return list(found.values())


def _later(proof: Proof, entry: Entry) -> Proof:
    """A proof after one more entry about it; an ended proof never comes back."""
    if proof.ended is not None:
        return proof
    if entry.event == CHECKED:
        return replace(proof, seen=entry.at, expires=max(proof.expires, entry.expires or proof.expires), misses=())
    if entry.event == MISSED:
        return replace(proof, misses=(*proof.misses, entry.at))
    return replace(proof, ended=entry.at, end_reason=entry.reason)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
