"""The properties of trust.md, in its numbering, over thousands of invented records (ten thousand with LONG=1)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.assessing import levels, trust
from tests.profiles import method
from tests.profiles.method import Facts, Person, Row
from tests.profiles.trust_facts import (
    EVIDENCE,
    FACTS,
    INPUTS,
    PEOPLE,
    SAMPLE,
    TODAY,
    exact,
    proof,
    rows,
    score,
    thorough,
)


@thorough
@given(FACTS)
def test_01_the_score_is_a_whole_number_from_0_to_the_ceiling(facts: Facts) -> None:
    outcome = method.evaluate(facts, TODAY)

    assert isinstance(outcome.score, int)
    assert 0 <= outcome.score <= trust.CEILINGS[outcome.level]


@thorough
@given(INPUTS, st.sampled_from(sorted(trust.CURVES)), st.fractions(0, 50, max_denominator=80))
def test_02_more_of_anything_never_lowers_the_score_at_a_level(inputs: trust.Inputs, name: str, more: Fraction) -> None:
    field = trust.CURVES[name].field
    amount = more if name in trust.FRACTIONAL else int(more)
    raised = replace(inputs, **{field: getattr(inputs, field) + amount})

    assert trust.evaluate(raised).score >= trust.evaluate(inputs).score


@thorough
@given(FACTS, rows(st.just("new"), st.booleans()), PEOPLE, EVIDENCE)
def test_02_a_new_work_follower_or_proof_never_lowers_the_score_at_a_level(
    facts: Facts, row: Row, person: Person, proof: levels.Evidence
) -> None:
    stranger = replace(person, name="stranger")
    grown = [
        replace(facts, rows=(*facts.rows, row)),
        replace(facts, people=(*facts.people, stranger), followers=facts.followers | {"stranger"}),
        replace(facts, evidence=(*facts.evidence, proof)),
    ]

    for more in grown:
        before, after = method.inputs(facts, TODAY), method.inputs(resolved_as(more, facts), TODAY)
        assert before.level <= after.level
        assert trust.evaluate(replace(after, level=before.level)).score >= trust.evaluate(before).score


def resolved_as(more: Facts, facts: Facts) -> Facts:
    """With a level fixed, what it rests on is fixed too: a stray work may leave a record unresolved, and then neither
    its level nor the months since its proofs count (both begin with a resolved record)."""
    return replace(more, resolved=more.resolved or method.standing(facts).resolved_by != "")


def test_02_a_stray_work_that_leaves_a_record_unresolved_takes_its_level_and_the_months_with_it() -> None:
    proven = Facts(
        rows=tuple(Row(f"w{number}", topics=frozenset({"t1"})) for number in range(3)),
        evidence=(proof("A", "orcid:1", 400, 800, levels.ORCID_IN_METADATA, None),),
        claim=levels.Claim(approved=TODAY - timedelta(days=400)),
    )
    strays = tuple(Row(f"stray{number}", topics=frozenset({f"s{number}"})) for number in range(3))
    before, after = (method.inputs(facts, TODAY) for facts in (proven, replace(proven, rows=proven.rows + strays)))

    assert (before.level, before.months, before.works) == (2, 13, Fraction(3))
    assert (after.level, after.months, after.works) == (0, 0, Fraction(6))


@thorough
@given(FACTS, st.randoms())
def test_03_duplicates_and_order_change_nothing(facts: Facts, random: Random) -> None:
    many, proofs, people = list(facts.rows) * 3, list(facts.evidence) * 2, list(facts.people) * 2
    for pile in (many, proofs, people):
        random.shuffle(pile)
    shuffled = replace(facts, rows=tuple(many), evidence=tuple(proofs), people=tuple(people))

    assert method.inputs(shuffled, TODAY) == method.inputs(facts, TODAY)


@thorough
@given(INPUTS, st.fractions(0, 1, max_denominator=80))
def test_04_one_more_work_or_organisation_moves_the_score_little(inputs: trust.Inputs, weight: Fraction) -> None:
    before = trust.evaluate(inputs).exact
    work = trust.evaluate(replace(inputs, works=inputs.works + weight)).exact
    organisation = trust.evaluate(replace(inputs, follower_organisations=inputs.follower_organisations + 1)).exact

    assert work - before <= Fraction(15, 11)
    assert organisation - before <= Fraction(5, 11)


@thorough
@given(FACTS, rows(st.just("new"), st.just(False)))
def test_04_one_more_work_moves_the_score_by_itself_its_topics_and_its_collaborators(facts: Facts, row: Row) -> None:
    row = replace(row, provider="arxiv")
    before = method.inputs(facts, TODAY)
    after = method.inputs(replace(facts, rows=(*facts.rows, row)), TODAY)
    allowed = (
        Fraction(15, 11) + len(row.topics) * Fraction(4, 7) + len(row.coauthors) * (Fraction(6, 5) + Fraction(10, 4))
    )

    fixed = replace(after, level=before.level, months=before.months)

    assert after.months == before.months or after.level != before.level  # months count from L2 on, and only with it
    assert trust.evaluate(fixed).exact - trust.evaluate(before).exact <= allowed


@thorough
@given(FACTS, st.integers(0, 300), st.integers(0, 5), st.integers(0, 4))
def test_05_any_number_of_sybils_adds_at_most_what_their_organisations_allow(
    facts: Facts, accounts: int, organisations: int, level: int
) -> None:
    names = [f"evil{number % organisations}" if organisations else "" for number in range(accounts)]
    sybils = tuple(Person(f"s{number}", level, name) for number, name in enumerate(names))
    attacked = replace(
        facts, people=facts.people + sybils, followers=facts.followers | {sybil.name for sybil in sybils}
    )

    gain = exact(attacked) - exact(facts)

    assert 0 <= gain <= Fraction(5 * organisations, organisations + 10)
    assert method.evaluate(replace(attacked, followers=facts.followers), TODAY) == method.evaluate(facts, TODAY)


@thorough
@given(FACTS)
def test_06_an_unclaimed_record_never_exceeds_34(facts: Facts) -> None:
    assert score(replace(facts, claim=None)) <= 34


@thorough
@given(FACTS, st.integers(0, 4), st.integers(0, 1500))
def test_07_revoking_or_letting_expire_never_raises(facts: Facts, index: int, days: int) -> None:
    proofs = list(facts.evidence)
    if index < len(proofs):
        proofs[index] = replace(proofs[index], revoked=proofs[index].verified)
    ended = tuple(replace(item, expires=min(item.expires, TODAY - timedelta(days=days))) for item in facts.evidence)

    assert score(replace(facts, evidence=tuple(proofs))) <= score(facts)
    assert score(replace(facts, evidence=ended)) <= score(facts)


@thorough
@given(INPUTS)
def test_08_the_shown_parts_add_up_to_the_shown_score(inputs: trust.Inputs) -> None:
    outcome = trust.evaluate(inputs)
    points = trust.factors(inputs)

    assert sum(outcome.parts.values()) + outcome.rounding + outcome.reduction == 10 * outcome.score
    assert all(abs(outcome.parts[name] - 10 * points[name]) <= 1 for name in trust.FACTORS)
    assert trust.half_up(Fraction(outcome.total, 10)) * 10 == outcome.total + outcome.rounding
    assert outcome.reduction <= 0


@thorough
@given(FACTS, FACTS)
def test_09_merging_records_of_disjoint_works_loses_nothing(one: Facts, other: Facts) -> None:
    # one person's two records, merged by decision: the same account, proofs and organisations stand behind both
    other = replace(other, people=one.people, claim=one.claim, evidence=one.evidence, organisations=one.organisations)
    theirs = tuple(replace(row, key=f"other-{row.key}") for row in other.rows)
    merged = replace(one, rows=one.rows + theirs, followers=one.followers | other.followers, resolved=True)

    assert score(merged) >= max(score(one), score(other))


@thorough
@given(FACTS)
def test_10_the_same_facts_give_the_same_score_after_everything_was_thrown_away(facts: Facts) -> None:
    before = method.evaluate(facts, TODAY)
    trust.evaluate.cache_clear()

    assert method.evaluate(facts, TODAY) == before


@thorough
@given(FACTS, FACTS)
def test_11_what_happens_to_strangers_changes_nothing(facts: Facts, other: Facts) -> None:
    known = {name for row in facts.rows for name in row.coauthors} | facts.followers | {p.name for p in facts.people}
    strangers = tuple(person for person in other.people if person.name not in known)

    assert method.inputs(replace(facts, people=facts.people + strangers), TODAY) == method.inputs(facts, TODAY)


@thorough
@given(INPUTS)
def test_14_a_stored_assessment_can_be_computed_again(inputs: trust.Inputs) -> None:
    stored = json.loads(json.dumps(trust.to_json(inputs)))

    assert trust.from_json(stored) == inputs
    assert trust.recompute(stored, trust.VERSION) == trust.evaluate(inputs)


def test_14_a_formula_version_of_another_time_is_refused_with_both_versions_named() -> None:
    with pytest.raises(ValueError, match=r"formula 1\.0; the assessment was made with 0\.9"):
        trust.recompute(trust.to_json(SAMPLE), "0.9")


@thorough
@given(INPUTS)
def test_every_step_gives_exactly_the_score_it_promises_and_nothing_less_would_do(inputs: trust.Inputs) -> None:
    now = trust.evaluate(inputs).score
    for step in trust.what_would_raise(inputs):
        changed = trust.CHANGES[step.change](inputs, step.count)
        assert changed is not None
        assert trust.evaluate(changed).score == step.score == now + step.gain > now
        fewer = trust.CHANGES[step.change](inputs, step.count - 1) if step.count > 1 else inputs
        assert fewer is not None
        assert trust.evaluate(fewer).score == now
