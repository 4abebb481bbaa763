"""The score of trust.md: its reference values, what is worth nothing, and what would raise it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from profiles.assessing import trust
from tests.profiles import method
from tests.profiles.method import Facts, Row
from tests.profiles.trust_facts import SAMPLE, TODAY, score

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
