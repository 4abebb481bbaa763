"""What the trust page says besides the assessment: which works weigh what, why they are here, a chart of history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from profiles.assessing import trust
from profiles.assessing.assessment_inputs import connections
from publications.models import Author, Authorship

CONFIRMED = (Authorship.Reason.ORCID, Authorship.Reason.PROVIDER_ID, Authorship.Reason.CLAIMED)


@dataclass(frozen=True, slots=True)
class Reasons:
    """How many of an author's works are theirs by an id or a claim, and how many by their name only."""

    confirmed: int
    guessed: int
    by_reason: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return self.confirmed + self.guessed


def reasons_summary(author: Author) -> Reasons:
    """Why the works of an author stand on their page; no badge may cover guessed works."""
    shown = Authorship.objects.filter(author=author, work__merged_into__isnull=True).order_by()
    return reasons_of({row["reason"]: row["works"] for row in shown.values("reason").annotate(works=Count("pk"))})


def reasons_of(works_by_reason: Mapping[str, int]) -> Reasons:
    labels = dict(Authorship.Reason.choices)
    known = {reason: works_by_reason[reason] for reason in labels if works_by_reason.get(reason)}
    confirmed = sum(known.get(reason, 0) for reason in CONFIRMED)
    words = tuple((str(labels[reason]), works) for reason, works in known.items())
    return Reasons(confirmed, sum(known.values()) - confirmed, words)


# Which works weigh what


@dataclass(frozen=True, slots=True)
class WeightLine:
    """Works that weigh the same for the same reason."""

    authors: str
    standing: str
    works: int
    weight: Fraction

    @property
    def total(self) -> Fraction:
        return self.works * self.weight


STANDINGS = {
    Fraction(1): _("from a moderated provider"),
    trust.DEPOSIT_WEIGHT: _("from an open deposit"),
    Fraction(0): _("from no provider that counts"),
}


def work_weights(author: Author) -> list[WeightLine]:
    """The works of an author as they are now, grouped by weight, heaviest first."""
    shown = Authorship.objects.filter(author=author, work__merged_into__isnull=True).order_by()
    per_work = shown.values_list("work_id", "work__authors_count", "work__is_retracted").annotate(
        providers=ArrayAgg("work__records__published_via", distinct=True, default=[])
    )
    groups = Counter(_group(count, retracted, providers) for _work, count, retracted, providers in per_work)
    lines = [WeightLine(authors, standing, works, weight) for (weight, authors, standing), works in groups.items()]
    return sorted(lines, key=lambda line: (-line.weight, line.standing, line.authors))


def _group(authors: int, retracted: bool, providers: Sequence[str]) -> tuple[Fraction, str, str]:
    if retracted:
        return Fraction(0), crowd(authors), str(_("retracted"))
    standing = trust.provider_weight(providers)
    return trust.author_weight(authors) * standing, crowd(authors), str(STANDINGS[standing])


def crowd(authors: int) -> str:
    """The range of author numbers that shares a weight: 1–10, 11–50, 51–200, 201+."""
    least = 1
    for most, _weight in trust.AUTHOR_WEIGHTS:
        if authors <= most:
            return f"{least}–{most}"
        least = most + 1
    return f"{least}+"


def connected_works(author: Author) -> int:
    """How many of an author's works hang together by shared co-authors or topics."""
    found = connections([author.pk]).get(author.pk)
    return found.works if found else 0


# History as a chart


WIDTH, HEIGHT, MARGIN = 640, 160, 28


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """A line that steps at each new assessment; scores run from 0 at the bottom to 100 at the top."""

    points: tuple[Point, ...]
    path: str
    lines: tuple[tuple[int, float], ...]
    first: datetime
    last: datetime
    width: int = WIDTH
    height: int = HEIGHT
    margin: int = MARGIN


def history_chart(entries: Iterable[Mapping[str, Any]]) -> HistoryChart | None:
    """Of the history as explained; None before there are two snapshots: one point says nothing."""
    dated = sorted((entry["assessed_at"], entry["score"]) for entry in entries)
    if len(dated) < 2:
        return None
    first, last = dated[0][0], dated[-1][0]
    span = (last - first).total_seconds() or 1.0
    points = tuple(
        Point(_x((moment - first).total_seconds() / span), _y(score), f"{moment:%Y-%m-%d}: {score}")
        for moment, score in dated
    )
    steps = "".join(f" H {point.x} V {point.y}" for point in points[1:])
    lines = tuple((score, _y(score)) for score in (0, 25, 50, 75, 100))
    return HistoryChart(points, f"M {points[0].x} {points[0].y}{steps}", lines, first, last)


def _x(share: float) -> float:
    return round(MARGIN + share * (WIDTH - MARGIN - 8), 2)


def _y(score: int) -> float:
    return round(HEIGHT - 8 - score / 100 * (HEIGHT - 16), 2)


# Tables of the methodology, from the formula's own numbers


def weight_table() -> list[tuple[str, Fraction]]:
    limits = [most for most, _weight in trust.AUTHOR_WEIGHTS]
    return [(crowd(authors), trust.author_weight(authors)) for authors in (*limits, limits[-1] + 1)]


def band_table() -> list[tuple[str, int, int]]:
    """Name, lowest and highest score of each band, from the lowest."""
    table, highest = [], 100
    for least, name in trust.BANDS:
        table.append((name, least, highest))
        highest = least - 1
    return table[::-1]
