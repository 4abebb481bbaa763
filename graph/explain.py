"""What a line rests on: the works behind it with their years, whatever two kinds of things it joins."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from bzpeer.kit.api.problems import Mistake, invalid
from graph import slices
from graph.neighbourhood import Key
from graph.queries import EVERYTHING, Within, evidence
from graph.questions import AUTHOR, INSTITUTION, TOPIC, WORK, Question
from publications.models import Author, Entity, Institution, Topic, Work

PEOPLE = 25  # named of those who tie two works, or a work and an institution

# The type of the line between two kinds, in the order in which it runs; two works also cite each other.
TYPES = {
    (AUTHOR, AUTHOR): "coauthor",
    (AUTHOR, WORK): "authorship",
    (AUTHOR, TOPIC): "has-topic",
    (AUTHOR, INSTITUTION): "affiliation",
    (WORK, WORK): "related",
    (WORK, TOPIC): "has-topic",
    (WORK, INSTITUTION): "affiliation",
    (TOPIC, TOPIC): "related",
    (INSTITUTION, TOPIC): "has-topic",
    (INSTITUTION, INSTITUTION): "related",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A page of the works behind a line, newest first.

    `weight` is Newman's, between two authors only; `cites` holds (citing, cited) of two works; `people` are the first
    of those who tie two works, or a work and an institution, None elsewhere.
    """

    source: Entity
    target: Entity
    type: str
    works: list[Work]
    count: int
    is_counted: bool
    by_year: list[tuple[int | None, int]]
    weight: float | None
    cites: list[tuple[int, int]] = field(default_factory=list)
    people: list[Author] | None = None
    people_count: int = 0


def explain(one: Key, other: Key, *, offset: int = 0, most: int = 25, within: Within = EVERYTHING) -> Explanation:
    """The line between two things in either order; raises UnknownRootError, MergedRootError or a 400."""
    if one == other:
        raise invalid(Mistake(_("Both ends are the same; name two different ones."), "#/target", "same"))
    cites = evidence.citations(one[1], other[1]) if one[0] == other[0] == WORK else []
    source, target = _directed(one, other, cites)
    ends = [slices.root_of(Question(kind=kind, number=number)) for kind, number in (source, target)]
    people, people_count = _people(source, target)
    works = _works_at_ends(source, target, cites, people_count)
    is_swapped = _is_read_first(ends[1], ends[0])
    read, belongs = (target, source) if is_swapped else (source, target)
    found = evidence.works_of_line(read, belongs, offset=offset, most=most, within=within, works=works)
    shown = Work.objects.in_bulk(found.page)
    return Explanation(
        source=ends[0],
        target=ends[1],
        type="cites" if cites else TYPES[source[0], target[0]],
        works=[shown[number] for number in found.page if number in shown],
        count=found.total,
        is_counted=found.total < evidence.COUNTED and _is_read_whole(ends[is_swapped]),
        by_year=found.by_year,
        weight=found.weight if isinstance(ends[1], Author) else None,
        cites=cites,
        people=people,
        people_count=people_count,
    )


def _directed(one: Key, other: Key, cites: list[tuple[int, int]]) -> tuple[Key, Key]:
    """From source to target as in a slice; two of one kind as they were named, but for a work that cites the other."""
    if len(cites) == 1:
        return (WORK, cites[0][0]), (WORK, cites[0][1])
    return (one, other) if (one[0], other[0]) in TYPES else (other, one)


def _people(source: Key, target: Key) -> tuple[list[Author] | None, int]:
    """Who ties two works, or a work and an institution."""
    if source[0] != WORK or target[0] not in (WORK, INSTITUTION):
        return None, 0
    numbers, total = evidence.people_of_both(source[1], target, most=PEOPLE)
    shown = Author.objects.in_bulk(numbers)
    return [shown[number] for number in numbers if number in shown], total


def _works_at_ends(source: Key, target: Key, cites: list[tuple[int, int]], people_count: int) -> list[int]:
    """A citation rests on the work that cites; two works by the same people on both; any other line on its work."""
    if cites:
        return [citing for citing, _cited in cites]
    if source[0] == target[0] == WORK and not people_count:
        return []
    return [number for kind, number in (source, target) if kind == WORK]


def _is_read_first(one: Entity, other: Entity) -> bool:
    """Of topics and institutions the one with fewer works."""
    large = (Topic, Institution)
    return isinstance(one, large) and isinstance(other, large) and one.works_count < other.works_count


def _is_read_whole(read: Entity) -> bool:
    return not isinstance(read, Topic | Institution) or read.works_count <= evidence.COUNTED
