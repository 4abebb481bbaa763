"""What a line rests on: the works that an author shares with another author, a topic, an institution or a work."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bzpeer.kit.api.problems import Mistake, invalid
from graph import slices
from graph.queries import Years, evidence
from graph.questions import AUTHOR, INSTITUTION, TOPIC, WORK, Question
from publications.models import Author, Entity, Work

LINES = {AUTHOR: "coauthor", TOPIC: "has-topic", INSTITUTION: "affiliation", WORK: "authorship"}
Key = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A page of the works behind a line, newest first; `weight` is Newman's, between two authors only."""

    source: Entity
    target: Entity
    type: str
    works: list[Work]
    count: int
    by_year: list[tuple[int | None, int]]
    weight: float | None

    @property
    def is_counted(self) -> bool:
        return self.count < evidence.COUNTED


def explain(one: Key, other: Key, *, offset: int = 0, most: int = 25, years: Years = evidence.EVER) -> Explanation:
    """The line between two things in either order; raises UnknownRootError, MergedRootError or a 400."""
    if AUTHOR not in (one[0], other[0]):
        said = _("One end of the line must be an author: works tie authors to authors, topics, institutions and works.")
        raise invalid(Mistake(said, "#/source"))
    if one == other:
        raise invalid(Mistake(_("Both ends are the same; name two different ones."), "#/target", "same"))
    source, target = (one, other) if one[0] == AUTHOR else (other, one)
    ends = [slices.root_of(Question(kind=kind, number=number)) for kind, number in (source, target)]
    found = evidence.works_of_line(source[1], target, offset=offset, most=most, years=years)
    shown = Work.objects.in_bulk(found.page)
    return Explanation(
        source=ends[0],
        target=ends[1],
        type=LINES[target[0]],
        works=[shown[number] for number in found.page if number in shown],
        count=found.total,
        by_year=found.by_year,
        weight=found.weight if isinstance(ends[1], Author) else None,
    )
