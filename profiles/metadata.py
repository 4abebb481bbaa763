"""An author page for machines: JSON-LD."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from profiles.author_page import AuthorFacts
from publications.models import Author


def person(author: Author, facts: AuthorFacts, absolute: Callable[[str], str]) -> dict[str, Any]:
    """schema.org's Person: the ids on the page are the same person; who proved what is for readers of the page."""
    url = absolute(author.get_absolute_url())
    data: dict[str, Any] = {"@context": "https://schema.org", "@type": "Person", "@id": url, "url": url}
    data["name"] = author.display_name
    others = [choice.label for choice in facts.names if choice.label != author.display_name]
    institutions = [place for place in facts.places if place.url]
    optional = {
        "alternateName": others,
        "sameAs": [identifier.url for identifier in facts.identifiers],
        "affiliation": [{"@type": "Organization", "name": p.name, "url": absolute(p.url)} for p in institutions[:1]],
        "knowsAbout": [topic.name for topic, _works in facts.topics[:10]],
    }
    return data | {name: value for name, value in optional.items() if value}
