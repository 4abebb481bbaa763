"""The neighbourhood of a root: what it shows, what connects it, and how much was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from graph.questions import Question

Key = tuple[str, int]  # kind and number


class Candidate(NamedTuple):  # a hub makes thousands, and a frozen dataclass takes five times as long
    """Something that may be shown: how it ranks, the type of its line to the root, what the two have in common."""

    kind: str
    number: int
    score: float
    line: str = ""
    works: int = 1
    weight: float = 1
    first_year: int | None = None
    last_year: int | None = None
    ring: int = 1

    @property
    def key(self) -> Key:
        return self.kind, self.number


class Line(NamedTuple):
    """A connection between two things shown."""

    type: str
    source: Key
    target: Key
    works: int = 1
    weight: float = 1
    first_year: int | None = None
    last_year: int | None = None


@dataclass(slots=True)
class Neighbourhood:
    """`shown` holds what is shown beside the root; `total` counts what is known of each kind, shown or not."""

    question: Question
    shown: dict[Key, Candidate] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    total: dict[str, int] = field(default_factory=dict)
    lines_left_out: int = 0
    large_works: int = 0
    is_exact: bool = True  # everything one step from the root was ranked; else what leads

    @property
    def root(self) -> Key:
        return self.question.kind, self.question.number

    def numbers(self, kind: str, *, ring: int | None = None) -> list[int]:
        """Of what is shown of a kind, in order; the root counts as ring 0."""
        rings = {self.root: 0} | {key: candidate.ring for key, candidate in self.shown.items()}
        return sorted(number for (of_kind, number), at in rings.items() if of_kind == kind and ring in (None, at))
