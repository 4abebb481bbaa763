"""An author as the API shows it: the page's facts and figures, for many authors in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Count
from django.urls import reverse

from bzpeer.kit.masking import without_addresses
from graph.edges import CLOSE_WORKS
from graph.models import CoauthorEdge
from profiles import author_page
from profiles.assessing import levels
from profiles.claiming import claim_representations, ownership
from profiles.following import follows
from profiles.models import Assessment
from publications.models import Author, AuthorInstitution, AuthorTopic
from publications.representations import Shown, api_url, dates, id_urls, in_order, page_url

UNCLAIMED: Final = "unclaimed"


def authors(wanted: Sequence[int]) -> list[Shown]:
    """Authors in this order: six queries."""
    found = in_order(wanted, Author.objects.filter(pk__in=wanted).with_page_facts())
    standing = Assessment.objects.filter(author__in=wanted, is_current=True).in_bulk(field_name="pk")
    assessed = {assessment.author_id: assessment for assessment in standing.values()}
    followers = follows.counts(f"A{number}" for number in wanted)
    close = _counts(close_edges().filter(author__in=wanted))
    claimed = ownership.statuses(wanted)
    shown = [_author(author, assessed.get(author.pk), followers, close) for author in found]
    status = [{"claim": {"status": claimed.get(author.pk, UNCLAIMED)}} for author in found]
    return [one | claim for one, claim in zip(shown, status, strict=True)]


def close_edges() -> Any:
    """Edges between close collaborators who may be shown."""
    return CoauthorEdge.objects.filter(
        close_works__gte=CLOSE_WORKS, coauthor__hidden=False, coauthor__merged_into__isnull=True
    )


def _counts(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values_list("author").annotate(n=Count("pk")))


def _author(author: Any, standing: Assessment | None, followers: Mapping[str, int], close: Mapping[int, int]) -> Shown:
    facts, addresses = author_page.facts(author), id_urls(author, author.id_rows)
    others = [choice.label for choice in facts.names if choice.label != author.display_name]
    return {
        "id": author.short_id,
        "display_name": author.display_name,
        "display_name_alternatives": others,
        "orcid": addresses.get("orcid"),
        "ids": addresses,
        "works_count": author.works_count,
        "cited_by_count": author.cited_by_count,
        "counts_by_year": _by_year(author.year_rows),
        "topics": [_counted("T", row) for row in author.topic_rows],
        "institutions": [_counted("I", row) for row in author.institution_rows],
        "affiliations": [_affiliation(place) for place in facts.places],
        "trust": {"score": standing.score if standing else None, "band": standing.band if standing else None},
        "verification": verification(standing),
        "claim": {"status": UNCLAIMED},
        "followers_count": followers.get(author.short_id, 0),
        "close_collaborators_count": close.get(author.pk, 0),
        "works_api_url": api_url(f"authors/{author.short_id}/works"),
        **dates(author),
    }


def verification(standing: Assessment | None) -> Shown:
    """Null while an author waits for the first assessment."""
    if standing is None:
        return {"level": None, "name": None}
    return {"level": standing.level, "name": levels.NAMES[standing.level]}


def _by_year(year_rows: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """Latest year first; works without a year are in works_count only."""
    works: Counter[int] = Counter()
    for row in year_rows:
        if row["year"] is not None:
            works[row["year"]] += row["works"]
    return [{"year": year, "works_count": works[year]} for year in sorted(works, reverse=True)]


def _counted(prefix: str, row: Mapping[str, Any]) -> Shown:
    return {"id": f"{prefix}{row['id']}", "display_name": row["name"], "works_count": row["works"]}


def _affiliation(place: author_page.Place) -> Shown:
    """A known institution, or a name as printed."""
    return {
        "display_name": without_addresses(place.name),
        "first_year": place.first,
        "last_year": place.last,
        "works_count": place.works,
    }


# ---------------------------------------------------------------- what belongs to an author


def coauthors(wanted: Sequence[int]) -> list[Shown]:
    """Co-author edges in this order: one query."""
    edges = CoauthorEdge.objects.filter(pk__in=wanted).select_related("coauthor")
    return [
        {
            "author": {"id": edge.coauthor.short_id, "display_name": edge.coauthor.display_name},
            "works_count": edge.works,
            "close_works_count": edge.close_works,
            "is_close": edge.close_works >= CLOSE_WORKS,
            "first_year": edge.first_year,
            "last_year": edge.last_year,
        }
        for edge in in_order(wanted, edges)
    ]


def topics(wanted: Sequence[int]) -> list[Shown]:
    found = in_order(wanted, AuthorTopic.objects.filter(pk__in=wanted).select_related("topic"))
    return [
        {
            "topic": {"id": row.topic.short_id, "display_name": row.topic.name, "scheme": row.topic.scheme},
            "works_count": row.works_count,
        }
        for row in found
    ]


def institutions(wanted: Sequence[int]) -> list[Shown]:
    found = in_order(wanted, AuthorInstitution.objects.filter(pk__in=wanted).select_related("institution"))
    return [
        {
            "institution": {"id": row.institution.short_id, "display_name": row.institution.name},
            "works_count": row.works_count,
            "first_year": row.first_year,
            "last_year": row.last_year,
        }
        for row in found
    ]


def trust(author: Author, explained: Mapping[str, Any]) -> Shown:
    """The whole explanation, with the pages that a reader can open."""
    return {
        "id": author.short_id,
        "display_name": author.display_name,
        **explained,
        "claim": {"status": ownership.status_of(author)},
        "evidence": claim_representations.public_evidence(author),
        "url": page_url(author),
        "methodology_url": page_url_of("methodology"),
    }


def page_url_of(name: str) -> str:
    return api_url("").removesuffix("/api/v1/") + reverse(name)
