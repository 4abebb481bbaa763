"""The two people that a question about a connection names: read once for pages and API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from bzpeer.kit import ids
from bzpeer.kit.api.parameters import Parameter
from bzpeer.kit.api.problems import Mistake, Problem, invalid, not_found
from publications import lookup, search
from publications.addresses import survivor
from publications.models import Author
from publications.search import Hit
from publications.search_models import Kind

FOUND = 8  # people offered for a name
_SUGGESTED = re.compile(r"\((A[1-9]\d{0,17})\)$", re.ASCII)


class MergedEndError(LookupError):
    """One of the two was merged into another record; `ids` holds the short ids that stand now, by parameter."""

    def __init__(self, ids: dict[str, str]) -> None:
        super().__init__(", ".join(ids.values()))
        self.ids = ids


def parameter(name: str) -> Parameter:
    """An author's id in any form: A12, the address of the page, orcid:…"""

    def parse(text: str) -> Author:
        parsed = ids.parse(text)
        if parsed is None or parsed[0] in ("work", "topic", "institution", "source"):
            raise ValueError(_("“%(name)s” must be the id of an author, for example A12.") % {"name": name})
        found = lookup.record(Kind.AUTHORS, text)
        if found is None or survivor(found).hidden:
            raise not_found(_("author"), text)
        return Author.objects.get(pk=found.pk)

    return Parameter(name, parse)


def both(asked: Mapping[str, Any], one: str, other: str) -> tuple[Author, Author]:
    """The two authors under these names; raises a 400 that names what is wrong, or MergedEndError."""
    missing = [name for name in (one, other) if asked[name] is None]
    if missing:
        said = _("“%(name)s” must be the id of an author, for example A12.")
        raise invalid(*(Mistake(said % {"name": name}, f"#/{name}", "required") for name in missing))
    ends = {name: survivor(asked[name]) for name in (one, other)}
    if any(ends[name].pk != asked[name].pk for name in ends):
        raise MergedEndError({name: end.short_id for name, end in ends.items()})
    if ends[one].pk == ends[other].pk:
        raise invalid(Mistake(_("Both are the same author; name two different ones."), f"#/{other}", "same"))
    return ends[one], ends[other]


@dataclass(slots=True)
class End:
    """One of the two as a form asks for it: an id, a suggestion such as “Joan Example (A12)”, or a name to look for."""

    name: str
    text: str
    author: Author | None = None
    error: str = ""
    hits: list[Hit] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """What stands in the field."""
        return f"{self.author.display_name} ({self.author.short_id})" if self.author else self.text


def of_form(name: str, text: str) -> End:
    """What a field of a page holds; never refuses."""
    end = End(name, search.clean(text))
    asked = match[1] if (match := _SUGGESTED.search(end.text)) else end.text
    try:
        end.author = survivor(parameter(name).parse(asked)) if asked else None
    except ValueError:
        end.hits = search.hits(Kind.AUTHORS, search.find(Kind.AUTHORS, end.text).page(1, FOUND))
        end.error = "" if end.hits else _("Nobody found for “%(text)s”.") % {"text": end.text}
    except Problem as refusal:
        end.error = str(refusal.detail)
    return end
