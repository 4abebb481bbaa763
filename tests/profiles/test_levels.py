"""Verification levels: what is proven, by whom, on which day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.assessing import levels
from profiles.assessing.levels import Claim, Evidence, Standing
from tests.profiles.trust_facts import CLAIMS, EVIDENCE, TODAY, thorough

APPROVED = date(2026, 1, 1)
LATER = APPROVED + levels.OBJECTION_WINDOW


def proof(kind: str, issuer: str = "", method: str = "", verified: date = APPROVED) -> Evidence:
    return Evidence(
        kind=kind, issuer=issuer or f"issuer of {kind}", method=method, verified=verified, expires=date(2027, 1, 1)
    )


def claimed(*evidence: Evidence, **claim: object) -> Standing:
    return Standing(
        moderated_id=True,
        resolved_by=levels.RESOLVED_BY_WORKS,
        claim=Claim(approved=APPROVED, **claim),  # type: ignore[arg-type]  # each test names fields of Claim
        evidence=evidence,
    )


@pytest.mark.parametrize(
    ("moderated", "resolved", "level"),
    [(False, "", 0), (True, "", 0), (False, "provider-id", 0), (True, "works", 1), (True, "provider-id", 1)],
)
def test_the_corpus_alone_gives_l0_or_l1(moderated: bool, resolved: str, level: int) -> None:
    assert levels.level(Standing(moderated_id=moderated, resolved_by=resolved), LATER) == level


def test_an_unresolved_record_stays_l0_whatever_is_proven() -> None:
    standing = replace(claimed(proof("A"), proof("B")), resolved_by="")

    assert levels.level(standing, LATER) == 0


@pytest.mark.parametrize("kind", ["A", "B", "C"])
def test_one_proof_of_identity_links_after_the_objection_window(kind: str) -> None:
    standing = claimed(proof(kind))

    assert levels.level(standing, LATER - timedelta(days=1)) == 1
    assert levels.level(standing, LATER) == 2


def test_an_orcid_id_in_the_metadata_of_a_work_skips_the_window() -> None:
    assert levels.level(claimed(proof("A", method=levels.ORCID_IN_METADATA)), APPROVED) == 2


@pytest.mark.parametrize(
    "standing",
    [
        claimed(),
        claimed(proof("V")),
        claimed(proof("X")),
        claimed(proof("A"), address_confirmed=False),
        replace(claimed(proof("A")), claim=None),
        claimed(replace(proof("A"), revoked=APPROVED)),
        claimed(replace(proof("A"), expires=LATER)),
    ],
    ids=["no proof", "a vouch", "an authority", "address not confirmed", "no claim", "revoked", "expired"],
)
def test_less_than_a_claim_with_a_proof_of_identity_stays_l1(standing: Standing) -> None:
    assert levels.level(standing, LATER) == 1


@pytest.mark.parametrize("second", ["B", "C", "V"])
def test_a_second_class_from_another_issuer_corroborates(second: str) -> None:
    assert levels.level(claimed(proof("A"), proof(second)), LATER) == 3


def test_two_proofs_through_one_orcid_id_count_once() -> None:
    assert levels.level(claimed(proof("A", "orcid:1"), proof("C", "orcid:1")), LATER) == 2


def test_two_proofs_of_one_class_count_once() -> None:
    assert levels.level(claimed(proof("B", "one"), proof("B", "two")), LATER) == 2


def test_assurance_needs_authority_two_factors_and_two_moderators() -> None:
    moderators = frozenset({"m1", "m2"})
    full = claimed(proof("A"), proof("B"), proof("X"), multi_factor=True, moderators=moderators)
    assert full.claim is not None

    assert levels.level(full, LATER) == 4
    assert levels.level(replace(full, evidence=(proof("A"), proof("B"))), LATER) == 3
    assert levels.level(replace(full, evidence=(proof("A"), proof("V"), proof("X"))), LATER) == 3
    assert levels.level(replace(full, claim=replace(full.claim, multi_factor=False)), LATER) == 3
    assert levels.level(replace(full, claim=replace(full.claim, moderators=frozenset({"m1"}))), LATER) == 3


def test_in_a_contested_record_nobody_gains_and_the_level_stays() -> None:
    contest = LATER + timedelta(days=10)
    before = claimed(proof("A"))
    later = contest + timedelta(days=1)
    contested = replace(before, contested=contest)
    gained = replace(contested, evidence=(*before.evidence, proof("B", verified=later)))

    assert levels.level(contested, later) == 2
    assert levels.level(gained, later) == 2
    assert levels.level(replace(gained, contested=None), later) == 3


def test_a_dispute_takes_nothing_that_was_gained_earlier_on_the_same_day() -> None:
    standing = claimed(proof("A", method=levels.ORCID_IN_METADATA))

    assert levels.level(replace(standing, contested=APPROVED), APPROVED) == levels.level(standing, APPROVED) == 2


def test_a_contest_within_the_window_keeps_it_open() -> None:
    standing = replace(claimed(proof("B")), contested=APPROVED + timedelta(days=3))

    assert levels.level(standing, LATER + timedelta(days=100)) == 1
    assert levels.level(replace(standing, contested=None), LATER) == 2


@pytest.mark.parametrize(
    ("on", "months"),
    [(date(2026, 1, 31), 0), (date(2026, 2, 1), 1), (date(2026, 12, 31), 11), (date(2027, 1, 1), 0)],
)
def test_continuity_counts_whole_months_while_the_oldest_proof_holds(on: date, months: int) -> None:
    assert levels.months_of_evidence(claimed(proof("A"), proof("V", verified=date(2025, 1, 1))), on) == months


def test_continuity_needs_l2() -> None:
    assert levels.months_of_evidence(replace(claimed(proof("A")), claim=None), date(2026, 6, 1)) == 0


@thorough
@given(CLAIMS, st.lists(EVIDENCE, max_size=5), st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 1)))
def test_a_stored_standing_can_be_read_again(claim: Claim, proofs: list[Evidence], contested: date | None) -> None:
    standing = Standing(
        moderated_id=True, resolved_by="works", claim=claim, evidence=tuple(proofs), contested=contested
    )
    stored = json.loads(json.dumps(levels.to_json(standing)))
    again = levels.from_json(stored)

    assert levels.to_json(again) == stored
    assert levels.level(again, TODAY) == levels.level(standing, TODAY)
    assert levels.months_of_evidence(again, TODAY) == levels.months_of_evidence(standing, TODAY)
