"""References between invented works: the rich get richer, and communities cite themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
BATCH = 200_000
OUTSIDE = 0.3  # share of references to works that the corpus does not hold
AT_HOME = 0.65  # share of the others that stay in the community


@dataclass(frozen=True, slots=True)
class References:
    """`cited[first[i]:first[i + 1]]` are what work i cites; a negative number stands for a work elsewhere."""

    first: Ints
    cited: npt.NDArray[np.int32]
    cited_by: Ints  # what a provider states for each work: more than the corpus holds


def invent(
    community: npt.NDArray[np.integer[Any]], citable: npt.NDArray[np.bool_], rng: np.random.Generator
) -> References:
    """References of works in order of date; only citable works cite and are cited."""
    works = len(community)
    count = np.minimum(70, rng.lognormal(2.35, 0.7, works)).astype(np.int64) * citable
    appeal = (rng.pareto(1.4, works) + 0.05) * citable
    overall = np.concatenate([[0.0], np.cumsum(appeal)])
    order = np.lexsort((np.arange(works), community))
    within = np.concatenate([[0.0], np.cumsum(appeal[order])])
    place = np.argsort(order)
    begin = np.searchsorted(community[order], community)
    first = np.concatenate([[0], np.cumsum(count)])
    cited = np.empty(first[-1], np.int32)
    for low in range(0, works, BATCH):
        high = min(works, low + BATCH)
        citing = np.repeat(np.arange(low, high), count[low:high])
        anywhere = _draw(overall, np.zeros(len(citing), np.int64), citing, rng)
        home = order[_draw(within, begin[citing], place[citing], rng)]
        chosen = np.where(rng.random(len(citing)) < AT_HOME, home, anywhere)
        impossible = (chosen >= citing) | ~citable[chosen]
        outside = impossible | (rng.random(len(citing)) < OUTSIDE)
        elsewhere = -1 - (rng.pareto(0.9, len(citing)) * works / 8).astype(np.int64) % (works * 4)
        cited[first[low] : first[high]] = np.where(outside, elsewhere, chosen)
    inside = np.bincount(cited[cited >= 0], minlength=works)
    further = (appeal * rng.uniform(0.5, 3.0, works) * np.linspace(6, 0.3, works)).astype(np.int64)
    return References(first=first, cited=cited, cited_by=inside + further)


def _draw(sums: npt.NDArray[np.float64], low: Ints, high: Ints, rng: np.random.Generator) -> Ints:
    """One index in [low, high) each, by weight; `low` itself where the range is empty."""
    target = sums[low] + rng.random(len(low)) * (sums[high] - sums[low])
    return np.clip(np.searchsorted(sums, target, "right") - 1, low, np.maximum(low, high - 1))
