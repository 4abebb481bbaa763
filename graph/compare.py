"""Two authors side by side: the people, topics and institutions they share, and those that only one of them has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from graph import turns
from graph.queries import evidence
from graph.questions import AUTHOR, INSTITUTION, MODELS, TOPIC
from publications.models import Author, Entity, Work

LOOKED_AT = 2_000  # of each author's co-authors, topics and institutions, the strongest first
SHOWN = 25  # of each column
WORKS = 10

_NAMES: dict[str, str | Promise] = {AUTHOR: _("Co-authors"), TOPIC: _("Topics"), INSTITUTION: _("Institutions")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something near one or both; `one` and `other` are how many works each has with it."""

    entity: Entity
    one: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The best of many: `total` counts all that were looked at."""

    rows: list[Row]
    total: int

    @property
    def omitted(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind: what is shared, what only the one has, what only the other has."""

    kind: str
    name: str | Promise
    shared: Column
    only_one: Column
    only_other: Column
    is_cut: bool  # one of them has more than was looked at

    @property
    def plural(self) -> str:
        """The name of this part in the API."""
        return {AUTHOR: "coauthors", TOPIC: "topics", INSTITUTION: "institutions"}[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    one: Author
    other: Author
    works: list[Work]
    works_total: int
    sections: list[Section]


def compare(one: Author, other: Author) -> Comparison:
    """Two different visible authors, in a number of statements that does not depend on the corpus; or TooBusyError."""
    with turns.turn():
        return _compared(one, other)


def _compared(one: Author, other: Author) -> Comparison:
    behind = evidence.works_of_line((AUTHOR, one.pk), (AUTHOR, other.pk), offset=0, most=WORKS)
    shown = Work.objects.in_bulk(behind.page)
    return Comparison(
        one=one,
        other=other,
        works=[shown[number] for number in behind.page if number in shown],
        works_total=behind.total,
        sections=[_section(kind, one, other) for kind in _NAMES],
    )


def _section(kind: str, one: Author, other: Author) -> Section:
    ties = [evidence.strongest(kind, author.pk, most=LOOKED_AT) for author in (one, other)]
    first, second = (dict(each) for each in ties)
    first.pop(other.pk, None) if kind == AUTHOR else None
    second.pop(one.pk, None) if kind == AUTHOR else None
    chosen = {
        "shared": _best(first.keys() & second.keys(), lambda key: min(first[key], second[key])),
        "only_one": _best(first.keys() - second.keys(), lambda key: first[key]),
        "only_other": _best(second.keys() - first.keys(), lambda key: second[key]),
    }
    entities = _entities(kind, (number for numbers, _total in chosen.values() for number in numbers))
    columns = {
        name: Column(
            rows=[
                Row(entity=entities[number], one=first.get(number, 0), other=second.get(number, 0))
                for number in numbers
                if number in entities
            ],
            total=total,
        )
        for name, (numbers, total) in chosen.items()
    }
    return Section(kind=kind, name=_NAMES[kind], is_cut=any(len(each) >= LOOKED_AT for each in ties), **columns)


def _best(numbers: Iterable[int], works: Callable[[int], int]) -> tuple[list[int], int]:
    ranked = sorted(numbers, key=lambda number: (-works(number), number))
    return ranked[:SHOWN], len(ranked)


def _entities(kind: str, numbers: Iterable[int]) -> dict[int, Any]:
    return MODELS[kind]._default_manager.in_bulk(list(numbers))
