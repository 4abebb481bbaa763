"""The trust score, version 1.0: how well a record and the person behind it are evidenced. Pure, exact, no Django.

It measures neither the quality nor the importance of research: citations, followers as such and journals are no inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import floor
from types import MappingProxyType
from typing import Any

VERSION = "1.0"

MODERATED = ("arxiv", "crossref", "pubmed", "dblp", "openreview", "acl")
DEPOSITS = ("zenodo", "figshare", "ssrn")
AUTHOR_WEIGHTS = ((10, Fraction(1)), (50, Fraction(1, 2)), (200, Fraction(1, 5)))  # up to so many authors
CROWD_WEIGHT = Fraction(1, 20)
DEPOSIT_WEIGHT = Fraction(1, 4)

IDENTITY = (0, 5, 20, 32, 45)  # points of L0 to L4
CEILINGS = (14, 34, 54, 74, 100)
BANDS = ((75, "Exemplary"), (55, "Strong"), (35, "Established"), (15, "Emerging"), (0, "Sparse"))


@dataclass(frozen=True, slots=True)
class Curve:
    """cap · x / (x + half): half of `cap` at x = `half`, never more than `cap`."""

    letter: str
    field: str  # of Inputs
    cap: int
    half: int

    def at(self, x: Fraction | int) -> Fraction:
        return Fraction(self.cap) * x / (x + self.half)


CURVES: Mapping[str, Curve] = MappingProxyType(
    {
        "works": Curve("W", "works", 15, 10),
        "corroboration": Curve("R", "corroborated", 10, 10),
        "topics": Curve("T", "topics", 4, 6),
        "collaboration": Curve("C", "close_collaborators", 6, 4),
        "verified_collaborators": Curve("V", "collaborator_organisations", 10, 3),
        "community": Curve("F", "follower_organisations", 5, 10),
        "continuity": Curve("A", "months", 5, 12),
    }
)
FACTORS = ("identity", *CURVES)
FRACTIONAL = frozenset({"works", "corroboration"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the formula reads: weighted sums of works as exact fractions, everything else whole numbers."""

    level: int = 0
    works: Fraction = Fraction(0)
    corroborated: Fraction = Fraction(0)
    topics: int = 0
    close_collaborators: int = 0
    collaborator_organisations: int = 0
    follower_organisations: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A score with everything that is shown about it.

    `parts` maps each factor to tenths; together with `rounding` and `reduction` (what the ceiling takes away, also
    tenths) they add up to ten times the score.
    """

    score: int
    band: str
    level: int
    exact: Fraction
    parts: Mapping[str, int]
    rounding: int
    reduction: int

    @property
    def total(self) -> int:
        """Tenths before rounding and ceiling: the sum of the parts."""
        return sum(self.parts.values())


def author_weight(authors: int) -> Fraction:
    """How much one author's name on a work of so many authors says."""
    return next((weight for most, weight in AUTHOR_WEIGHTS if authors <= most), CROWD_WEIGHT)


def provider_weight(providers: Collection[str]) -> Fraction:
    """The best of what stands behind a work: moderated 1, open deposit 1/4, anything else 0."""
    if any(provider in MODERATED for provider in providers):
        return Fraction(1)
    return DEPOSIT_WEIGHT if any(provider in DEPOSITS for provider in providers) else Fraction(0)


def band(score: int) -> str:
    return next(name for least, name in BANDS if score >= least)


def factors(inputs: Inputs) -> dict[str, Fraction]:
    """Exact points of each factor."""
    curved = {name: curve.at(getattr(inputs, curve.field)) for name, curve in CURVES.items()}
    return {"identity": Fraction(IDENTITY[inputs.level]), **curved}


@lru_cache(maxsize=65536)
def evaluate(inputs: Inputs) -> Outcome:
    """The formula. Cached, because a corpus has far fewer distinct inputs than authors."""
    exact = factors(inputs)
    raw = sum(exact.values(), Fraction(0))
    rounded = half_up(raw)
    score = min(CEILINGS[inputs.level], rounded)
    parts = shown_parts(exact, rounded)
    return Outcome(
        score=score,
        band=band(score),
        level=inputs.level,
        exact=raw,
        parts=MappingProxyType(parts),
        rounding=10 * rounded - sum(parts.values()),
        reduction=10 * (score - rounded),
    )


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def shown_parts(exact: Mapping[str, Fraction], rounded: int) -> dict[str, int]:
    """Whole tenths that add up to the total in tenths (largest remainder).

    A total of 21.46 is shown as 21.4, not 21.5, because 21.5 would be read as 22.
    """
    total = min(half_up(sum(exact.values(), Fraction(0)) * 10), 10 * rounded + 4)
    tenths = {name: floor(value * 10) for name, value in exact.items()}
    missing = total - sum(tenths.values())
    by_remainder = sorted(exact, key=lambda name: (tenths[name] - exact[name] * 10, FACTORS.index(name)))
    for name in by_remainder[:missing]:
        tenths[name] += 1
    return tenths


# What would raise it


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change and what the formula then gives. `count` is the least number of times at which the score rises."""

    change: str
    count: int
    score: int
    gain: int


Change = Callable[[Inputs, int], Inputs | None]


def _plus(field: str) -> Change:
    return lambda inputs, count: replace(inputs, **{field: getattr(inputs, field) + count})


def _next_level(inputs: Inputs, count: int) -> Inputs | None:
    return replace(inputs, level=inputs.level + 1) if count == 1 and inputs.level < 4 else None


def _corroborate(inputs: Inputs, count: int) -> Inputs | None:
    most = inputs.works - inputs.corroborated
    return replace(inputs, corroborated=inputs.corroborated + count) if count <= most else None


def _verify_collaborators(inputs: Inputs, count: int) -> Inputs | None:
    field = inputs.collaborator_organisations + count
    return replace(inputs, collaborator_organisations=field) if field <= inputs.close_collaborators else None


def _wait(inputs: Inputs, count: int) -> Inputs | None:
    return replace(inputs, months=inputs.months + count) if inputs.level >= 2 else None


CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "level": _next_level,
        "work": _plus("works"),
        "second-provider": _corroborate,
        "topic": _plus("topics"),
        "close-collaborator": _plus("close_collaborators"),
        "verified-collaborator": _verify_collaborators,
        "follower-organisation": _plus("follower_organisations"),
        "month": _wait,
    }
)
MOST_STEPS = 24


def what_would_raise(inputs: Inputs) -> tuple[Step, ...]:
    """For each kind of change the least of it that raises the score, found by running the formula again.

    A change that cannot raise it within 24 steps (a ceiling, a saturated factor) is not listed.
    """
    steps = (least_step(inputs, name) for name in CHANGES)
    return tuple(step for step in steps if step)


def least_step(inputs: Inputs, change: str) -> Step | None:
    now = evaluate(inputs).score
    for count in range(1, MOST_STEPS + 1):
        changed = CHANGES[change](inputs, count)
        if changed is None:
            return None
        score = evaluate(changed).score
        if score > now:
            return Step(change=change, count=count, score=score, gain=score - now)
    return None


# Stored form


def to_json(inputs: Inputs) -> dict[str, Any]:
    """Exact: fractions as strings."""
    return {
        "level": inputs.level,
        "works": str(inputs.works),
        "corroborated": str(inputs.corroborated),
        **{curve.field: getattr(inputs, curve.field) for name, curve in CURVES.items() if name not in FRACTIONAL},
    }


def from_json(stored: Mapping[str, Any]) -> Inputs:
    """The inputs as they were; unknown keys (the standing beside them) are left alone."""
    kinds = {curve.field: Fraction if name in FRACTIONAL else int for name, curve in CURVES.items()}
    values: dict[str, Any] = {field: kind(stored[field]) for field, kind in kinds.items()}
    return Inputs(level=int(stored["level"]), **values)


def recompute(stored: Mapping[str, Any], version: str) -> Outcome:
    """A stored assessment once more; raises ValueError for a version this code does not know."""
    if version != VERSION:
        raise ValueError(f"This is formula {VERSION}; the assessment was made with {version}.")
    return evaluate(from_json(stored))
