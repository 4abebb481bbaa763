"""What every proof has in common: each is a small module with one `Proof`, listed in `profiles.proofs.PROOFS`.

The wizard asks `offer` what a proof would give for a claim, shows `asks` (if any) and calls `start`, then either shows
`confirms` and calls `verify` with the answer, or, without `confirms`, has a task call `verify`. `verify` returns what
was proved or raises NotVerified with a reason that `profiles.proofs.reasons` puts into words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise

from profiles.claiming import ledger
from profiles.models import Claim, ProofAttempt

YEAR = timedelta(days=365)
TWO_YEARS = timedelta(days=730)

Text = str | Promise


class NotVerified(Exception):
    """The proof does not hold; `reason` is a name in `profiles.proofs.reasons.REASONS`."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class GoneForGood(NotVerified):
    """What was proved is over, however many failed checks are forgiven: a deprecated iD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a proof found.

    `issuer` vouches for it ("orcid:0000-0002-…", "ror:05gq02987", "host:uni.example"): two proofs corroborate each
    other only if their issuers differ. `subject` is the id at the issuer, never an e-mail address: of an address,
    given as `secret_subject`, a keyed hash is kept. `seen` is what was looked at; only its hash is stored.
    """

    method: str  # as stored in the ledger; "orcid-metadata" skips the objection window
    issuer: str
    subject: str = ""
    secret_subject: str = ""
    valid: timedelta
    seen: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a proof would mean for one claim, before anything is sent or fetched."""

    possible: bool
    why: Text = ""  # why it fits ("this iD stands on 3 works"), or why not and what to do instead
    needs_sign_in: str = ""  # URL where something must be linked first (ORCID)


class Proof(ABC):
    """One way to prove a claim."""

    method: ClassVar[str]  # in addresses: /authors/A12/claim/<method>/
    kind: ClassVar[str]  # A, B, C (V and X are not given by the claimant alone)
    name: ClassVar[Text]
    gives: ClassVar[Text]  # "Level 2 at once", "Level 2 after seven days without an objection"
    takes: ClassVar[Text]  # "A minute", "Until the mail arrives"
    asks: ClassVar[type[forms.Form] | None] = None
    confirms: ClassVar[type[forms.Form] | None] = None
    resends: ClassVar[bool] = False
    keeps: ClassVar[frozenset[str]] = frozenset()  # keys of an attempt's data that stay once it is verified

    entered_as: ClassVar[frozenset[str]] = frozenset()  # methods in the ledger, where they are not `method`

    def form(self, claim: Claim, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """`asks` for this claim: what it offers or shows may depend on it."""
        return self.asks(data) if self.asks else None

    @abstractmethod
    def offer(self, claim: Claim) -> Offer:
        """What it would give for this claim; nothing is sent or fetched."""

    @abstractmethod
    def start(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
        """Fill `target`, `hint`, `data`, `expires_at` of the attempt (it is saved afterwards) and send what is sent."""

    def send_again(self, attempt: ProofAttempt) -> None:  # noqa: B027 - most have nothing to send again
        """Send once more what `start` sent, where `resends`."""

    @abstractmethod
    def verify(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> Verified:
        """What was proved; raises NotVerified."""


class RecheckedProof(Proof):
    """One that looks at something which may go away: how often it does, and how long a failure is forgiven."""

    check_every: ClassVar[timedelta]

    @abstractmethod
    def recheck(self, claim: Claim, proof: ledger.Proof) -> Verified:
        """Look again; raises NotVerified."""

    @abstractmethod
    def still_counts(self, misses: Sequence[datetime]) -> bool:
        """Whether it counts in spite of these failed checks since the last good one."""
