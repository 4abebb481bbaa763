"""Pages of works, topics, institutions and sources: fetch, ask, render."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from publications import metadata, queries
from publications.addresses import redirect_to_canonical, survivor
from publications.cards import id_links, topic_of
from publications.listing import SORTS, WorkFilters, cards_page, page_number, paged, works_page
from publications.models import Institution, Source, Topic, Work
from publications.querysets import WorkQuerySet

TOP_AUTHORS = 24
AUTHORS_PER_PAGE = 100


@require_safe
def work_detail(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """A work with all its authors, its records, and its references and citations within the corpus."""
    work = get_object_or_404(Work.objects.with_page_facts(), pk=number)
    if work.merged_into_id:
        return HttpResponsePermanentRedirect(survivor(work).get_absolute_url())
    if moved := redirect_to_canonical(request, work):
        return moved
    shown = page_number(request.GET.get("authors"))
    authorships = work.authorships.with_places()
    authors = paged(authorships, shown, total=work.authors_count, per_page=AUTHORS_PER_PAGE)
    canonical = request.build_absolute_uri(work.get_absolute_url())
    names = [{"name": entry.raw_name} for entry in authors.items if not (entry.author and entry.author.hidden)]
    context = {
        "work": work,
        "authors": authors,
        "links": id_links(work.id_rows, work.open_access_url),
        "topics": [topic_of(row) for row in work.topic_rows],
        "references": cards_page(Work.objects.cited_by(work), page_number(request.GET.get("references"))),
        "citations": cards_page(Work.objects.citing(work), page_number(request.GET.get("citations"))),
        "canonical": canonical,
        "article": metadata.scholarly_article(work, names, canonical),
        "highwire": metadata.highwire(work, names, canonical),
    }
    return render(request, "publications/work_detail.html", context)


@require_safe
def topic_detail(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """A topic: its works, and who works on it most."""
    topic = get_object_or_404(Topic, pk=number)
    context = {"people": queries.top_authors(topic.author_topics, TOP_AUTHORS), "kind": "topic"}
    return _entity_page(request, topic, Work.objects.on_topic(topic.pk), context)


@require_safe
def institution_detail(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """An institution: the works whose authors were there, and who they are."""
    institution = get_object_or_404(Institution.objects.with_ids(), pk=number)
    context = {"people": queries.top_authors(institution.author_institutions, TOP_AUTHORS), "kind": "institution"}
    return _entity_page(request, institution, Work.objects.from_institution(institution), context)


@require_safe
def source_detail(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """A venue, journal or repository and its works."""
    source = get_object_or_404(Source.objects.with_ids(), pk=number)
    return _entity_page(request, source, Work.objects.published_in(source), {"kind": "source"})


def _entity_page(
    request: HttpRequest, entity: Topic | Institution | Source, works: WorkQuerySet, context: dict[str, Any]
) -> HttpResponse:
    if moved := redirect_to_canonical(request, entity):
        return moved
    filters = WorkFilters.from_query(request.GET)
    context |= {
        "entity": entity,
        "filters": filters,
        "sorts": SORTS,
        "types": Work.Type.choices,
        "works": works_page(works, filters, total=entity.works_count),
        "canonical": request.build_absolute_uri(entity.get_absolute_url()),
    }
    return render(request, "publications/entity_detail.html", context)
