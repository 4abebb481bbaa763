"""What matters most: arithmetic."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import ranking
from graph.questions import KINDS


@pytest.mark.parametrize(
    ("year", "newest", "expected"),
    [(2024, 2024, 1), (2016, 2024, 0.5), (2008, 2024, 0.25), (2030, 2024, 1), (None, 2024, 0.25), (2024, None, 0.25)],
)
def test_a_fact_counts_half_every_eight_years(year: int | None, newest: int | None, expected: float) -> None:
    assert ranking.recency(year, newest) == expected


def test_citations_count_by_their_logarithm() -> None:
    assert ranking.work_score(cited_by=0, team=3, year=2024, newest=2024) == 1
    assert ranking.work_score(cited_by=99, team=3, year=2024, newest=2024) == pytest.approx(1 + math.log(100))


def test_a_work_of_three_thousand_counts_a_three_hundredth() -> None:
    alone = ranking.work_score(cited_by=50, team=1, year=2020, newest=2024)

    assert ranking.work_score(cited_by=50, team=10, year=2020, newest=2024) == alone
    assert ranking.work_score(cited_by=50, team=3000, year=2020, newest=2024) == pytest.approx(alone / 300)


def test_those_who_lead_add_a_half_at_most() -> None:
    assert [ranking.led(leaders) for leaders in (0, 1, 10, 60)] == [1, 1.05, 1.5, 1.5]


def test_a_recent_tie_beats_an_old_one_of_the_same_weight() -> None:
    recent = ranking.tie_score(weight=2, last_year=2024, newest=2024)

    assert recent > ranking.tie_score(weight=2, last_year=2010, newest=2024)


def test_a_common_topic_says_less_than_a_rare_one() -> None:
    assert ranking.topic_score(works=5, topic_works=20) > ranking.topic_score(works=6, topic_works=500_000)


def test_places_are_shared_by_the_shares() -> None:
    shares = ranking.SHARES["author"]

    shared = ranking.share_out(100, shares, dict.fromkeys(KINDS, 1_000))

    assert shared == {"author": 40, "work": 34, "topic": 16, "institution": 10}


def test_what_one_kind_leaves_goes_to_the_others() -> None:
    shares = ranking.SHARES["author"]

    shared = ranking.share_out(100, shares, {"author": 5, "work": 1_000, "topic": 1_000, "institution": 0})

    assert shared == {"author": 5, "work": 57, "topic": 38, "institution": 0}


@given(
    places=st.integers(0, 499),
    root=st.sampled_from(KINDS),
    available=st.dictionaries(st.sampled_from(KINDS), st.integers(0, 700)),
)
def test_no_place_is_wasted_and_none_given_twice(places: int, root: str, available: dict[str, int]) -> None:
    shared = ranking.share_out(places, ranking.SHARES[root], available)

    assert set(shared) == set(available)
    assert all(0 <= shared[kind] <= available[kind] for kind in available)
    assert sum(shared.values()) == min(places, sum(available.values()))
