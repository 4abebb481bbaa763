"""A work page for machines: JSON-LD and the Highwire tags that reference managers and scholarly search engines read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from publications.models import Source, Work

TYPES = {
    Work.Type.BOOK: "Book",
    Work.Type.CHAPTER: "Chapter",
    Work.Type.DATASET: "Dataset",
    Work.Type.THESIS: "Thesis",
}


def scholarly_article(work: Any, author_rows: Iterable[dict[str, Any]], url: str) -> dict[str, Any]:
    """schema.org's description of a work, with the authors of the first page."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(work.type, "ScholarlyArticle"),
        "@id": url,
        "url": url,
        "headline": work.title[:300],
        "name": work.title,
    }
    optional = {
        "author": [{"@type": "Person", "name": row["name"]} for row in author_rows],
        "datePublished": _date(work),
        "abstract": work.abstract,
        "inLanguage": work.language,
        "isPartOf": {"@type": "CreativeWork", "name": work.source.name} if work.source else None,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": r["scheme"], "value": r["value"]} for r in work.id_rows
        ],
        "about": [row["name"] for row in work.topic_rows],
    }
    return data | {name: value for name, value in optional.items() if value}


def highwire(work: Any, author_rows: Iterable[dict[str, Any]], url: str) -> list[tuple[str, str]]:
    """(name, content) of the citation_* tags, in their usual order."""
    values = {row["scheme"]: row["value"] for row in work.id_rows}
    tags = [("citation_title", work.title)]
    tags += [("citation_author", row["name"]) for row in author_rows]
    tags += [
        ("citation_publication_date", _date(work).replace("-", "/")),
        (_venue_tag(work), work.source.name if work.source else ""),
        ("citation_doi", values.get("doi", "")),
        ("citation_arxiv_id", values.get("arxiv", "")),
        ("citation_language", work.language),
        ("citation_abstract_html_url", url),
    ]
    return [(name, content) for name, content in tags if name and content]


def _date(work: Work) -> str:
    return work.publication_date.isoformat() if work.publication_date else str(work.publication_year or "")


def _venue_tag(work: Work) -> str:
    tags = {Source.Kind.JOURNAL: "citation_journal_title", Source.Kind.CONFERENCE: "citation_conference_title"}
    return tags.get(Source.Kind(work.source.kind), "") if work.source else ""
