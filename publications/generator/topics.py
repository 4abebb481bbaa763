"""Fields and topics of the invented corpus, with the phrases that its prose is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from publications.generator import words

LISTS = ("topics-exact.txt", "topics-physics.txt", "topics-life.txt", "topics-society.txt")
GRAMMARS = {
    "theory": "theory",
    "computing": "computing",
    "physics": "empirical",
    "experiment": "empirical",
    "earth": "empirical",
    "life": "empirical",
    "clinical": "social",
    "society": "social",
    "humanities": "humanities",
}
FIRST_TOPIC = 990_001  # far above the ids that OpenAlex has given


@dataclass(frozen=True, slots=True)
class Field:
    number: int
    name: str
    domain: str
    subfield: str
    family: str
    methods: tuple[str, ...]
    quantities: tuple[str, ...]
    materials: tuple[str, ...]

    @property
    def grammar(self) -> str:
        return GRAMMARS[self.family]


@dataclass(frozen=True, slots=True)
class Topic:
    """`categories` are arXiv's codes, none for what arXiv does not take."""

    number: int
    name: str
    field: Field
    categories: tuple[str, ...]
    objects: tuple[str, ...]
    methods: tuple[str, ...]
    quantities: tuple[str, ...]

    @property
    def openalex_id(self) -> str:
        return f"https://openalex.org/T{FIRST_TOPIC + self.number}"


def _field(number: int, line: str) -> Field:
    name, domain, subfield, family, *phrases = words.cells(line.removeprefix("@ "))
    methods, quantities, materials = map(words.items, phrases)
    return Field(number, name, domain, subfield, family, methods, quantities, materials)


def _topic(number: int, field: Field, line: str) -> Topic:
    name, categories, *phrases = words.cells(line)
    objects, methods, quantities = map(words.items, phrases)
    codes = () if categories == "-" else tuple(categories.split())
    return Topic(number, name, field, codes, objects, methods * 2 + field.methods, quantities * 2 + field.quantities)


@cache
def load() -> tuple[tuple[Field, ...], tuple[Topic, ...]]:
    """All fields and topics; the topics of one field stand together."""
    fields: list[Field] = []
    topics: list[Topic] = []
    for name in LISTS:
        for line in words.lines(name):
            if line.startswith("@ "):
                fields.append(_field(len(fields), line))
            else:
                topics.append(_topic(len(topics), fields[-1], line))
    return tuple(fields), tuple(topics)
