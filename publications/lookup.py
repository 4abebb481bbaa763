"""Records by an id in any form people paste: A12, the page's address, doi:…, arxiv:…, orcid:…, the full https form."""

from __future__ import annotations

from typing import Any, Final

from bzpeer.kit import ids
from publications.hits import MODELS, SINGULAR
from publications.models import AuthorId, InstitutionId, SourceId, WorkId
from publications.search_models import Kind

_TABLES: Final[dict[Kind, tuple[Any, str]]] = {
    Kind.AUTHORS: (AuthorId, "author"),
    Kind.WORKS: (WorkId, "work"),
    Kind.INSTITUTIONS: (InstitutionId, "institution"),
    Kind.SOURCES: (SourceId, "source"),
}


def record(kind: Kind, text: str) -> Any | None:
    """The record of this kind that an id names, hidden and merged ones included: the caller decides what to show."""
    parsed = ids.parse(text)
    if parsed is None:
        return None
    scheme, value = parsed
    if scheme in SINGULAR.values():
        return MODELS[kind].objects.filter(pk=int(value)).first() if scheme == SINGULAR[kind] else None
    return _outside(kind, scheme, value)


def any_record(text: str) -> Any | None:
    """The visible record of whatever kind that an id names."""
    for kind in Kind:
        found = record(kind, text)
        if found is not None and is_shown(found):
            return found
    return None


def is_shown(found: Any) -> bool:
    """Whether anybody may see it: neither hidden nor merged into another."""
    return not getattr(found, "hidden", False) and not is_merged(found)


def is_merged(found: Any) -> bool:
    return getattr(found, "merged_into_id", None) is not None


def _outside(kind: Kind, scheme: str, value: str) -> Any | None:
    if kind == Kind.TOPICS:
        return MODELS[kind].objects.filter(scheme=scheme, code__iexact=value).first()
    table, owner = _TABLES[kind]
    row = table.objects.select_related(owner).filter(scheme=scheme, value=value).first()
    return getattr(row, owner) if row else None
