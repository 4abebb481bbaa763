"""Works per year as the numbers of a bar chart: pure, drawn by the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH = 320
HEIGHT = 72
LONGEST = 80  # years; a longer span starts later


@dataclass(frozen=True, slots=True)
class Bar:
    """One year: a box in units of the chart, from the top left."""

    year: int
    works: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class YearChart:
    bars: tuple[Bar, ...]
    first: int
    last: int
    most: int
    undated: int
    width: int = WIDTH
    height: int = HEIGHT


def year_chart(works_by_year: Mapping[int | None, int]) -> YearChart | None:
    """Bars for every year from the first to the last, empty ones included; None without a dated work."""
    dated = {year: works for year, works in works_by_year.items() if year is not None and works}
    if not dated:
        return None
    last, most = max(dated), max(dated.values())
    first = max(min(dated), last - LONGEST + 1)
    step = WIDTH / max(last - first + 1, 8)
    bars = []
    for index, year in enumerate(range(first, last + 1)):
        works = dated.get(year, 0)
        height = round(max(3, works / most * HEIGHT), 2) if works else 0
        bars.append(Bar(year, works, round(index * step, 2), round(HEIGHT - height, 2), round(step * 0.82, 2), height))
    return YearChart(tuple(bars), first, last, most, works_by_year.get(None, 0))
