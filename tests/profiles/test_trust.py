"""The score of trust.md: its reference values, and its properties over thousands of invented records."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import levels, trust
from tests.profiles import method
from tests.profiles.method import Facts, Person, Row

TODAY = date(2026, 11, 1)
EXAMPLES = 10_000 if os.environ.get("LONG") == "1" else 100
thorough = settings(max_examples=EXAMPLES, deadline=None)

NAMES = st.sampled_from([f"p{number}" for number in range(12)])
TOPICS = st.frozensets(st.sampled_from([f"t{number}" for number in range(25)]), max_size=4)
PROVIDERS = st.sampled_from(["arxiv", "crossref", "dblp", "zenodo", "manual", ""])


def rows(keys: st.SearchStrategy[str], retracted: st.SearchStrategy[bool]) -> st.SearchStrategy[Row]:
    return st.builds(
        Row,
        key=keys,
        provider=PROVIDERS,
        authors=st.integers(1, 4000),
        coauthors=st.frozensets(NAMES, max_size=5),
        topics=TOPICS,
        retracted=retracted,
        persistent=st.booleans(),
    )


def proof(kind: str, issuer: str, age: int, life: int, method: str, revoked: int | None) -> levels.Evidence:
    verified = TODAY - timedelta(days=age)
    return levels.Evidence(
        kind=kind,
        issuer=issuer,
        method=method,
        verified=verified,
        expires=verified + timedelta(days=life),
        revoked=None if revoked is None else verified + timedelta(days=revoked),
    )


EVIDENCE = st.builds(
    proof,
    st.sampled_from("ABCVX"),
    st.sampled_from(["orcid:1", "uni.example", "page.example"]),
    st.integers(0, 900),
    st.integers(1, 1500),
    st.sampled_from(["", levels.ORCID_IN_METADATA]),
    st.none() | st.integers(0, 900),
)
CLAIMS = st.builds(
    lambda age, confirmed, factors, names: levels.Claim(
        approved=TODAY - timedelta(days=age),
        address_confirmed=confirmed,
        multi_factor=factors,
        moderators=names,
    ),
    st.integers(0, 30),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(["m1", "m2", "m3"])),
)
PEOPLE = st.builds(
    Person, name=NAMES, level=st.integers(0, 4), organisation=st.sampled_from(["", "o1", "o2", "o3", "o4"])
)
FACTS = st.builds(
    Facts,
    rows=st.lists(rows(st.sampled_from([f"w{number}" for number in range(30)]), st.booleans()), max_size=40).map(tuple),
    people=st.lists(PEOPLE, max_size=12, unique_by=lambda person: person.name).map(tuple),
    followers=st.frozensets(NAMES),
    organisations=st.frozensets(st.sampled_from(["o1", "o2"])),
    evidence=st.lists(EVIDENCE, max_size=5).map(tuple),
    claim=st.none() | CLAIMS,
    resolved=st.booleans(),
)
INPUTS = st.builds(
    trust.Inputs,
    level=st.integers(0, 4),
    works=st.fractions(0, 2000, max_denominator=80),
    corroborated=st.fractions(0, 2000, max_denominator=20),
    topics=st.integers(0, 500),
    close_collaborators=st.integers(0, 500),
    collaborator_organisations=st.integers(0, 100),
    follower_organisations=st.integers(0, 1000),
    months=st.integers(0, 400),
)
SAMPLE = trust.Inputs(level=1, works=Fraction(21), topics=18, close_collaborators=4)


def score(facts: Facts) -> int:
    return method.evaluate(facts, TODAY).score


def exact(facts: Facts) -> Fraction:
    return method.evaluate(facts, TODAY).exact


# Reference values of trust.md


@pytest.mark.parametrize(
    ("inputs", "shown"),
    [
        (SAMPLE, 21),
        (replace(SAMPLE, follower_organisations=5), 23),
        (replace(SAMPLE, level=2), 36),
        (replace(SAMPLE, level=3), 48),
        (replace(SAMPLE, level=4), 61),
        (replace(SAMPLE, works=Fraction(300), corroborated=Fraction(300), follower_organisations=100), 34),
        (trust.Inputs(), 0),
    ],
    ids=["the sample page", "five organisations follow", "L2", "L3", "L4", "300 works, unclaimed", "nothing at all"],
)
def test_the_reference_values_are_met(inputs: trust.Inputs, shown: int) -> None:
    assert trust.evaluate(inputs).score == shown


def test_five_hundred_papers_of_three_thousand_authors_give_58() -> None:
    # each asserted by two moderated providers, with the sample's topics and collaborators and five organisations
    papers = 500 * trust.author_weight(3000)
    record = replace(SAMPLE, level=3, works=papers, corroborated=papers, follower_organisations=5)

    assert papers == 25
    assert trust.evaluate(record).score == 58


def test_the_sample_page_is_shown_as_21_emerging_with_parts_that_add_up() -> None:
    facts = Facts(
        rows=tuple(
            Row(
                f"2401.{n:05d}", coauthors=frozenset({f"c{n % 4}", f"c{(n + 1) % 4}"}), topics=frozenset({f"t{n % 18}"})
            )
            for n in range(21)
        )
    )

    outcome = method.evaluate(facts, TODAY)

    assert method.inputs(facts, TODAY) == SAMPLE
    assert (outcome.score, outcome.band, outcome.level) == (21, "Emerging", 1)
    assert dict(outcome.parts) == {
        "identity": 50, "works": 102, "corroboration": 0, "topics": 30, "collaboration": 30,
        "verified_collaborators": 0, "community": 0, "continuity": 0,
    }  # fmt: skip
    assert (outcome.total, outcome.rounding, outcome.reduction) == (212, -2, 0)


def test_the_sample_author_with_his_neighbourhood_gives_22() -> None:
    weights = 19 * trust.author_weight(3) + trust.author_weight(17)
    outcome = trust.evaluate(trust.Inputs(level=1, works=weights, topics=18, close_collaborators=10))

    assert (outcome.total, outcome.score, outcome.band) == (222, 22, "Emerging")


@pytest.mark.parametrize(
    ("shown", "word"),
    [(0, "Sparse"), (14, "Sparse"), (15, "Emerging"), (34, "Emerging"), (35, "Established"), (54, "Established"),
     (55, "Strong"), (74, "Strong"), (75, "Exemplary"), (100, "Exemplary")],
)  # fmt: skip
def test_bands_begin_where_the_method_says(shown: int, word: str) -> None:
    assert trust.band(shown) == word


@pytest.mark.parametrize(
    ("authors", "weight"),
    [(1, "1"), (10, "1"), (11, "1/2"), (50, "1/2"), (51, "1/5"), (200, "1/5"), (201, "1/20"), (3303, "1/20")],
)
def test_a_name_among_many_weighs_less(authors: int, weight: str) -> None:
    assert trust.author_weight(authors) == Fraction(weight)


@pytest.mark.parametrize(
    ("providers", "weight"),
    [({"arxiv"}, "1"), ({"zenodo"}, "1/4"), ({"zenodo", "acl"}, "1"), ({"manual"}, "0"), ({""}, "0"), (set(), "0")],
)
def test_the_best_provider_of_a_work_decides(providers: set[str], weight: str) -> None:
    assert trust.provider_weight(providers) == Fraction(weight)


def test_the_caps_add_up_to_one_hundred() -> None:
    assert trust.IDENTITY[4] + sum(curve.cap for curve in trust.CURVES.values()) == 100


# Properties of trust.md, in its numbering


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
        before, after = method.inputs(facts, TODAY), method.inputs(more, TODAY)
        assert trust.evaluate(replace(after, level=before.level)).score >= trust.evaluate(before).score


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

    assert trust.evaluate(replace(after, level=before.level)).exact - trust.evaluate(before).exact <= allowed


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


# Mills and crowds


def test_works_typed_by_hand_are_worth_nothing() -> None:
    assert score(Facts(rows=tuple(Row(f"m{n}", "manual") for n in range(500)))) == 0


def test_a_thousand_deposits_stay_sparse() -> None:
    mill = tuple(Row(f"m{n}", "zenodo", coauthors=frozenset("ab"), topics=frozenset({f"t{n}"})) for n in range(1000))

    assert score(Facts(rows=mill)) <= 14


def test_huge_collaborations_make_no_close_collaborators() -> None:
    crowd = tuple(Row(f"w{n}", authors=3000, coauthors=frozenset("abcde")) for n in range(50))
    inputs = method.inputs(Facts(rows=crowd), TODAY)

    assert (inputs.works, inputs.close_collaborators) == (Fraction(5, 2), 0)


# What would raise it


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


def test_the_sample_would_rise_by_claiming_most() -> None:
    steps = {step.change: (step.count, step.score) for step in trust.what_would_raise(SAMPLE)}

    assert steps == {
        "level": (1, 36),
        "work": (3, 22),
        "second-provider": (1, 22),
        "topic": (13, 22),
        "close-collaborator": (2, 22),
        "verified-collaborator": (1, 24),
        "follower-organisation": (1, 22),
    }


def test_at_the_ceiling_only_a_higher_level_raises() -> None:
    full = trust.Inputs(level=1, works=Fraction(300), corroborated=Fraction(200), topics=90, close_collaborators=60)

    assert [step.change for step in trust.what_would_raise(full)] == ["level"]
