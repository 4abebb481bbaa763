"""One address per page: redirects to it, and what a merged record became."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponsePermanentRedirect

from publications.models import Author, Entity, Work

Merged = TypeVar("Merged", Author, Work)


def redirect_to_canonical(request: HttpRequest, entity: Entity) -> HttpResponsePermanentRedirect | None:
    """A 301 to the entity's own address where the request came by another one; keeps the query string."""
    canonical = entity.get_absolute_url()
    if request.path == unquote(canonical):
        return None
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{canonical}?{query}" if query else canonical)


def survivor(record: Merged) -> Merged:
    """What a record was merged into, however often; the record itself where it was not."""
    seen = {record.pk}
    while record.merged_into is not None and record.merged_into.pk not in seen:
        record = record.merged_into
        seen.add(record.pk)
    return record
