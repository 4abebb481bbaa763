"""What page templates need beyond Django's own tags: JSON-LD, numbers in words, paging addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from publications import tex
from publications.cards import LINK_NAMES
from publications.listing import WorkFilters
from publications.models import Topic

register = template.Library()

# As django.utils.html.json_script does: nothing in the data can end the script element.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

_NAMES = {
    **LINK_NAMES,
    "crossref": "Crossref",
    "dblp": "DBLP",
    "issn": "ISSN",
    "openreview": "OpenReview",
    "orcid": "ORCID",
    "pubmed": "PubMed",
    "ror": "ROR",
    "ssrn": "SSRN",
    "zenodo": "Zenodo",
}


@register.simple_tag
def json_ld(data: Mapping[str, Any]) -> SafeString:
    """A data block of JSON-LD; browsers never execute it, so the CSP lets it stand in the page."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


@register.filter
def years(span: Any) -> str:
    """First and last year of something as people write them: 2019–2026, 2019, or nothing."""
    first, last = getattr(span, "first", None), getattr(span, "last", None)
    if not first or not last or first == last:
        return str(last or first or "")
    return f"{first}–{last}"


# TeX as plain text, for the title of a page and what other sites show of it
register.filter("plain", tex.to_plain)


@register.filter
def provider_name(key: str) -> str:
    """A provider, or a scheme of ids, as it writes its own name."""
    return _NAMES.get(key, key)


@register.filter
def language_name(code: str) -> str:
    """A language in words; the code where Django does not know it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.simple_tag(takes_context=True)
def with_page(context: template.Context, number: int, name: str = "page") -> str:
    """The present query string with another page number."""
    query: QueryDict = context["request"].GET.copy()
    query.pop(name, None)
    if number > 1:
        query[name] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def year_address(filters: WorkFilters, year: int | str) -> str:
    """The list's address narrowed to a year, or without a year where that one is already chosen."""
    return filters.address(year=None if filters.year == int(year) else int(year))


@register.filter
def type_address(filters: WorkFilters, type_: str) -> str:
    return filters.address(type="" if filters.type == type_ else type_)


@register.filter
def topic_address(filters: WorkFilters, topic: Topic | int | str) -> str:
    number = topic.pk if isinstance(topic, Topic) else int(topic)
    return filters.address(topic=None if filters.topic == number else number)


@register.filter
def page_address(filters: WorkFilters, page: int) -> str:
    return filters.address(page=page)


@register.filter
def everything_address(filters: WorkFilters) -> str:
    """The list's address without any filter; the order stays."""
    return filters.address(year=None, type="", topic=None)
