"""Claims, contests, decisions and expiry in any order: what must hold after every step (R13)."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from profiles.assessing import assessments, levels
from profiles.claiming import claims, contests, evidence, ledger, upkeep
from profiles.models import Claim, Dispute, User
from profiles.moderating import moderation
from publications.models import Author
from tests.profiles.people import assess, make_moderator, make_record, make_user, prove

pytestmark = pytest.mark.django_db

PERSON, RECORD = st.integers(0, 2), st.integers(0, 1)


class Claims(RuleBasedStateMachine):
    """Three people, two records, two moderators."""

    @initialize()
    def start(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.people: list[User] = [make_user() for _ in range(3)]
        self.records: list[Author] = [make_record(f"Joan {letter}xample", works=2) for letter in "EF"]
        self.moderators = [make_moderator() for _ in range(2)]

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def live(self, person: int) -> Claim | None:
        return Claim.objects.filter(user=self.people[person], status__in=Claim.LIVE).first()

    @rule(person=PERSON, record=RECORD)
    def claim(self, person: int, record: int) -> None:
        with suppress(ValidationError):
            claims.open_claim(author=self.records[record], by=self.people[person])

    @rule(person=PERSON, kind=st.sampled_from("ABC"), strong=st.booleans())
    def prove(self, person: int, kind: str, strong: bool) -> None:
        if claim := self.live(person):
            method = "orcid-metadata" if kind == "A" and strong else f"method {kind}"
            prove(claim, kind, method=method, issuer=f"{kind} of {person}")
            claims.settle(claim)

    @rule(person=PERSON)
    def ask(self, person: int) -> None:
        if claim := self.live(person):
            with suppress(ValidationError):
                claims.submit(claim=claim, by=self.people[person], note="Me.")

    @rule(person=PERSON, verb=st.sampled_from([claims.withdraw, claims.release]))
    def leave(self, person: int, verb: Any) -> None:
        if claim := self.live(person):
            with suppress(ValidationError):
                verb(claim=claim, by=self.people[person])

    @rule(person=PERSON, by=st.integers(0, 1), verdict=st.sampled_from(["approve", "reject", "revoke"]))
    def moderate(self, person: int, by: int, verdict: str) -> None:
        if claim := self.live(person):
            with suppress(ValidationError):
                moderation.decide_claim(claim=claim, by=self.moderators[by], verdict=verdict, template="shown")

    @rule(by=st.integers(0, 1), verdict=st.sampled_from(["keep", "replace", "neither", "dismiss", "revoke"]))
    def decide(self, by: int, verdict: str) -> None:
        Dispute.objects.update(deadline=timezone.now())
        for dispute in Dispute.objects.filter(status__in=("open", "appealed")):
            with suppress(ValidationError):
                moderation.decide_dispute(dispute=dispute, by=self.moderators[by], verdict=verdict, template="shown")

    @rule(person=PERSON)
    def appeal(self, person: int) -> None:
        for dispute in Dispute.objects.filter(status="decided"):
            with suppress(ValidationError):
                contests.appeal(dispute=dispute, by=self.people[person], text="Look again.")

    @rule(person=PERSON, record=RECORD)
    def object_to(self, person: int, record: int) -> None:
        for claim in Claim.objects.filter(author=self.records[record], status__in=("pending", "approved")):
            before = self.shown(claim.author)
            with suppress(ValidationError):
                contests.object_to(claim=claim, by=self.people[person], text="It is somebody else.")
            assert self.shown(claim.author) == before

    @rule(person=PERSON)
    def unlink(self, person: int) -> None:
        before = {record.pk: self.shown(record) for record in self.records}
        evidence.end_by_issuer(self.people[person], f"A of {person}", "unlinked")
        for record in self.records:
            assert self.shown(record) <= before[record.pk]  # revocation never raises

    @rule(days=st.sampled_from([0, 10, 40, 1000]))
    def night(self, days: int) -> None:
        upkeep.nightly(timezone.now() + timedelta(days=days))

    @rule(record=RECORD)
    def window_over(self, record: int) -> None:
        Claim.objects.filter(author=self.records[record], status="approved").update(
            approved_at=timezone.now() - timedelta(days=8)
        )

    def shown(self, author: Author) -> tuple[int, int]:
        assess(author)
        current = assessments.current(author)
        assert current is not None
        return current.level, current.score

    @invariant()
    def one_owner_one_claim(self) -> None:
        if not hasattr(self, "records"):
            return
        for record in self.records:
            assert Claim.objects.filter(author=record, status="approved").count() <= 1
        for person in self.people:
            assert Claim.objects.filter(user=person, status__in=Claim.LIVE).count() <= 1

    @invariant()
    def contests_are_between_living_claims(self) -> None:
        for dispute in Dispute.objects.filter(kind="rivals", status="open").select_related("claim", "rival"):
            assert dispute.rival is not None
            assert {dispute.claim.status, dispute.rival.status} <= {"pending", "approved"}

    @invariant()
    def the_ledger_holds_and_gives_the_level(self) -> None:
        for record in getattr(self, "records", ()):
            rows = evidence.entries(record.pk)
            assert ledger.first_broken(rows) is None
            level, _score = self.shown(record)
            owner = Claim.objects.filter(author=record, status="approved").first()
            assert owner is not None or level <= 1
            assert level == self.recomputed(record, owner, rows)

    def recomputed(self, record: Author, owner: Claim | None, rows: list[ledger.Entry]) -> int:
        """The level from the stored standing with the proofs read from the ledger again."""
        current = assessments.current(record)
        assert current is not None
        standing = levels.from_json(current.inputs["standing"])
        if owner is not None and owner.user_id is not None and standing.contested is None:
            proofs = [proof for proof in ledger.proofs(rows) if proof.entry.holder == owner.user_id]
            standing = replace(standing, evidence=tuple(proof.as_evidence() for proof in proofs))
        return levels.level(standing, timezone.now().date())


def test_claims_in_any_order_keep_one_owner_a_whole_ledger_and_the_level_it_gives() -> None:
    examples = 300 if os.environ.get("LONG") else 8
    run_state_machine_as_test(
        Claims,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
