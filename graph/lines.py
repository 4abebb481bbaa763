"""The lines of a slice: from the root to its first ring, and whatever else connects what is shown."""

from __future__ import annotations

from collections.abc import Iterable

from graph.edges import LARGEST_TEAM
from graph.neighbourhood import Candidate, Key, Line, Neighbourhood
from graph.queries import LineRow, between
from graph.questions import AUTHOR, INSTITUTION, KINDS, TOPIC, WORK

LINES_PER_NODE = 4
_DIRECTION = (AUTHOR, WORK, INSTITUTION, TOPIC)  # a line runs from the former kind to the latter
_ENDS = {
    "authorship": (AUTHOR, WORK),
    "has-topic": (WORK, TOPIC),
    "topic-of": (AUTHOR, TOPIC),
    "affiliation": (AUTHOR, INSTITUTION),
    "cites": (WORK, WORK),
    "coauthor": (AUTHOR, AUTHOR),
}


def among(found: Neighbourhood) -> list[Line]:
    """All lines within bounds: those to the root first, then the strongest of the others; notes what had no room."""
    star = [_to_root(found.root, candidate) for candidate in found.shown.values() if candidate.ring == 1]
    bound = max(len(star), LINES_PER_NODE * found.question.limit)
    lines = {(line.type, line.source, line.target): line for line in star}
    for row in _inner(found, bound):
        line = _line(row)
        lines.setdefault((line.type, line.source, line.target), line)
    others = sorted(list(lines.values())[len(star) :], key=_rank)
    found.lines_left_out += max(0, len(lines) - bound)
    return star + others[: bound - len(star)]


def _inner(found: Neighbourhood, bound: int) -> Iterable[LineRow]:
    works_that_count, least = found.question.within, found.question.strength
    shown = {kind: found.numbers(kind) for kind in KINDS}
    people, total = between.coauthor_lines(
        shown[AUTHOR], works_that_count, largest_team=LARGEST_TEAM, least=least, limit=bound
    )
    found.lines_left_out = total - len(people)
    yield from between.lines(shown, found.numbers(TOPIC, ring=2), works_that_count, least)
    yield from people


def _to_root(root: Key, candidate: Candidate) -> Line:
    source, target = _directed(root, candidate.key)
    if candidate.line in ("cites", "cited"):
        source, target = (root, candidate.key) if candidate.line == "cites" else (candidate.key, root)
    return Line(
        type="cites" if candidate.line == "cited" else candidate.line,
        source=source,
        target=target,
        works=candidate.works,
        weight=candidate.weight,
        first_year=candidate.first_year,
        last_year=candidate.last_year,
    )


def _directed(one: Key, other: Key) -> tuple[Key, Key]:
    first, second = sorted((one, other), key=lambda key: (_DIRECTION.index(key[0]), key[1]))
    return first, second


def _line(row: LineRow) -> Line:
    kinds = _ENDS[row.type]
    return Line(
        type="has-topic" if row.type == "topic-of" else row.type,
        source=(kinds[0], row.source),
        target=(kinds[1], row.target),
        works=row.works,
        weight=row.weight,
        first_year=row.first_year,
        last_year=row.last_year,
    )


def _rank(line: Line) -> tuple[float, str, Key, Key]:
    return -round(line.weight, 9), line.type, line.source, line.target
