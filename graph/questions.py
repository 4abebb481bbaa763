"""What may be asked of the graph: one parser for page and API, one canonical form for stored slices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bzpeer.kit import ids
from bzpeer.kit.api import parameters
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, invalid, not_found
from graph.queries import Within
from publications import lookup
from publications.models import Author, Institution, Topic, Work
from publications.search_models import Kind

WORK, AUTHOR, TOPIC, INSTITUTION = KINDS = ("work", "author", "topic", "institution")
MODELS: dict[str, type[Work | Author | Topic | Institution]] = {
    WORK: Work,
    AUTHOR: Author,
    TOPIC: Topic,
    INSTITUTION: Institution,
}
KIND_OF_PREFIX = {model.prefix: kind for kind, model in MODELS.items()}
PREFIX_OF_KIND = {kind: model.prefix for kind, model in MODELS.items()}

DEFAULT_LIMIT, LARGEST_LIMIT = 120, 500
PAGE_LIMIT = 80  # nodes of the slice on an author's page
FIRST_YEAR, LAST_YEAR = 1400, 2100
LARGEST_STRENGTH = 99
FORMULA = "4"  # raise it when ranking or layout changes: stored slices of another formula are not read

_SHORT_ID = re.compile(r"([AWTI])([1-9]\d{0,17})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A checked question; `kind` and `number` name the root."""

    kind: str
    number: int
    depth: int = 1
    types: tuple[str, ...] = KINDS
    from_year: int | None = None
    to_year: int | None = None
    topic: int | None = None
    strength: int = 1
    limit: int = DEFAULT_LIMIT

    @property
    def root(self) -> str:
        return f"{PREFIX_OF_KIND[self.kind]}{self.number}"

    @property
    def within(self) -> Within:
        return _within(self.from_year, self.to_year, self.topic)

    @property
    def is_common(self) -> bool:
        """Asked by our own pages or by default: worth storing. Anything else could fill a disk."""
        return self == self.common

    @property
    def common(self) -> Question:
        """The question without filters that comes nearest."""
        limit = PAGE_LIMIT if self.limit <= PAGE_LIMIT else DEFAULT_LIMIT
        return Question(kind=self.kind, number=self.number, depth=self.depth, limit=limit)

    @property
    def params(self) -> str:
        """The canonical form, without the root."""
        years = f"{self.from_year or ''}-{self.to_year or ''}"
        narrow = f"topic={self.topic or ''} strength={self.strength}"
        return f"v{FORMULA} depth={self.depth} types={','.join(self.types)} years={years} {narrow} limit={self.limit}"

    @classmethod
    def of(cls, root: str, params: str) -> Question | None:
        """The common question that a stored slice answers; None where it is none of today's."""
        named = split_root(root)
        if named is None:
            return None
        asked = (
            cls(kind=named[0], number=named[1], depth=depth, limit=limit)
            for depth in (1, 2)
            for limit in (PAGE_LIMIT, DEFAULT_LIMIT)
        )
        return next((question for question in asked if question.params == params), None)


def short_id(kind: str, number: int) -> str:
    return f"{PREFIX_OF_KIND[kind]}{number}"


def split_root(text: str) -> tuple[str, int] | None:
    """(kind, number) of a short id like A12 in any case; None for anything else."""
    match = _SHORT_ID.fullmatch(text.strip())
    return (KIND_OF_PREFIX[match[1].upper()], int(match[2])) if match else None


def read(query: QueryDict) -> Question:
    """The question that an address asks; raises a Problem that names every mistake."""
    return checked(parameters.read(query, PARAMETERS))


def checked(asked: dict[str, Any]) -> Question:
    """The question that the values of PARAMETERS ask."""
    if asked["root"] is None:
        raise invalid(Mistake(_what_a_root_is(), "#/root", "required"))
    if asked["from_year"] and asked["to_year"] and asked["from_year"] > asked["to_year"]:
        raise invalid(Mistake(_("“to_year” lies before “from_year”."), "#/to_year"))
    kind, number = asked["root"]
    others = {parameter.name: asked[parameter.name] for parameter in PARAMETERS if parameter.name != "root"}
    return Question(kind=kind, number=number, **others)


def within(asked: Mapping[str, Any]) -> Within:
    """Which works count by the values of from_year, to_year and topic."""
    return _within(asked["from_year"], asked["to_year"], asked["topic"])


def _within(first: int | None, last: int | None, topic: int | None) -> Within:
    """A work without a year is within no real bounds."""
    return Within(first or 1, last or LAST_YEAR, topic) if first or last else Within(topic=topic)


def find_root(text: str) -> tuple[str, int]:
    """(kind, number) of a root in any form of id; raises ValueError for what is no id, not-found for an unknown one."""
    parsed = ids.parse(text)
    if parsed is None or parsed[0] == "source":
        raise ValueError(_what_a_root_is())
    if parsed[0] in KINDS:
        return parsed[0], int(parsed[1])
    for kind, collection in _COLLECTIONS.items():
        record = lookup.record(collection, text)
        if record is not None and not getattr(record, "hidden", False):  # else its number would stand in the refusal
            return kind, record.pk
    raise not_found(_("author, work, topic or institution"), text)


def _what_a_root_is() -> str:
    return _("“root” must be the id of an author, work, topic or institution, for example A12.")


def find_topic(text: str) -> int:
    """The number of a topic in any form of id; raises ValueError for what is none, not-found for an unknown one."""
    said = _("“topic” must be the id of a topic, for example T3.")
    try:
        kind, number = find_root(text)
    except ValueError:
        raise ValueError(said) from None
    if kind != TOPIC:
        raise ValueError(said)
    if not Topic.objects.filter(pk=number).exists():
        raise not_found(_("topic"), text)
    return number


_COLLECTIONS = {AUTHOR: Kind.AUTHORS, WORK: Kind.WORKS, INSTITUTION: Kind.INSTITUTIONS, TOPIC: Kind.TOPICS}
PARAMETERS = (
    Parameter("root", find_root),
    parameters.number("depth", 1, 2, 1),
    parameters.choices("types", KINDS),
    parameters.number("from_year", FIRST_YEAR, LAST_YEAR),
    parameters.number("to_year", FIRST_YEAR, LAST_YEAR),
    Parameter("topic", find_topic),
    parameters.number("strength", 1, LARGEST_STRENGTH, 1),
    parameters.number("limit", 1, LARGEST_LIMIT, DEFAULT_LIMIT),
)
