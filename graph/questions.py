"""What may be asked of the graph: one parser for page and API, one canonical form for stored slices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from publications.models import Author, Institution, Topic, Work

WORK, AUTHOR, TOPIC, INSTITUTION = KINDS = ("work", "author", "topic", "institution")
MODELS: dict[str, type[Work | Author | Topic | Institution]] = {
    WORK: Work,
    AUTHOR: Author,
    TOPIC: Topic,
    INSTITUTION: Institution,
}
KIND_OF_PREFIX = {model.prefix: kind for kind, model in MODELS.items()}
PREFIX_OF_KIND = {kind: model.prefix for kind, model in MODELS.items()}

DEPTHS = (1, 2)
DEFAULT_LIMIT, LARGEST_LIMIT = 120, 500
PAGE_LIMIT = 80  # nodes of the slice on an author's page
FIRST_YEAR, LAST_YEAR = 1400, 2100
PARAMETERS = ("root", "depth", "types", "from_year", "to_year", "limit")
FORMULA = "1"  # raise it when ranking or layout changes: stored slices of another formula are not read

_SHORT_ID = re.compile(r"([AWTI])([1-9]\d{0,17})", re.ASCII | re.IGNORECASE)


class BadQuestionError(ValueError):
    """What is wrong with a question: pairs of parameter and explanation."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(detail for _parameter, detail in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A checked question; `kind` and `number` name the root."""

    kind: str
    number: int
    depth: int = 1
    types: tuple[str, ...] = KINDS
    from_year: int | None = None
    to_year: int | None = None
    limit: int = DEFAULT_LIMIT

    @property
    def root(self) -> str:
        return f"{PREFIX_OF_KIND[self.kind]}{self.number}"

    @property
    def has_years(self) -> bool:
        return self.from_year is not None or self.to_year is not None

    @property
    def is_common(self) -> bool:
        """Asked by our own pages or by default: worth storing. Anything else could fill a disk."""
        return not self.has_years and self.types == KINDS and self.limit in (PAGE_LIMIT, DEFAULT_LIMIT)

    @property
    def params(self) -> str:
        """The canonical form, without the root."""
        years = f"{self.from_year or ''}-{self.to_year or ''}"
        return f"v{FORMULA} depth={self.depth} types={','.join(self.types)} years={years} limit={self.limit}"


def short_id(kind: str, number: int) -> str:
    return f"{PREFIX_OF_KIND[kind]}{number}"


def split_root(text: str) -> tuple[str, int] | None:
    """(kind, number) of a short id like A12 in any case; None for anything else."""
    match = _SHORT_ID.fullmatch(text.strip())
    return (KIND_OF_PREFIX[match[1].upper()], int(match[2])) if match else None


def parse(params: Mapping[str, str]) -> Question:
    """The question that texts ask; raises BadQuestionError that names every wrong parameter."""
    errors: list[tuple[str, str]] = []
    root = split_root(params.get("root", ""))
    if root is None:
        errors.append(("root", _("Give the short id of an author, work, topic or institution, for example A12.")))
    depth = _integer(params, "depth", 1, DEPTHS, errors)
    limit = _integer(params, "limit", DEFAULT_LIMIT, (1, LARGEST_LIMIT), errors)
    from_year = _integer(params, "from_year", None, (FIRST_YEAR, LAST_YEAR), errors)
    to_year = _integer(params, "to_year", None, (FIRST_YEAR, LAST_YEAR), errors)
    if from_year and to_year and from_year > to_year:
        errors.append(("to_year", _("The last year lies before the first.")))
    types = _types(params.get("types", ""), errors)
    if errors or root is None:
        raise BadQuestionError(errors)
    return Question(
        kind=root[0],
        number=root[1],
        depth=depth or 1,
        types=types,
        from_year=from_year,
        to_year=to_year,
        limit=limit or DEFAULT_LIMIT,
    )


def _integer(
    params: Mapping[str, str],
    name: str,
    default: int | None,
    bounds: tuple[int, int],
    errors: list[tuple[str, str]],
) -> int | None:
    text = params.get(name, "").strip()
    if not text:
        return default
    if re.fullmatch(r"\d{1,6}", text, re.ASCII) and bounds[0] <= int(text) <= bounds[1]:
        return int(text)
    errors.append((name, _("Give a whole number from {first} to {last}.").format(first=bounds[0], last=bounds[1])))
    return default


def _types(text: str, errors: list[tuple[str, str]]) -> tuple[str, ...]:
    wanted = {part.strip() for part in text.split(",") if part.strip()}
    if wanted - set(KINDS):
        known = ", ".join(KINDS)
        errors.append(("types", _("Give kinds of node, separated by commas: {kinds}.").format(kinds=known)))
    return tuple(kind for kind in KINDS if kind in wanted) or KINDS
