"""The author page, following, and the lists of people: fetch, ask, render."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from graph import edges, slices
from graph.questions import PAGE_LIMIT
from graph.turns import TooBusyError
from profiles import author_page, metadata
from profiles.account import biographies
from profiles.assessing import assessments, trust_page
from profiles.claiming import claim_facts
from profiles.collaborating import collaboration_page
from profiles.following import follows
from profiles.models import User
from publications import names
from publications.addresses import redirect_to_canonical, survivor
from publications.listing import SORTS, WorkFilters, works_page
from publications.models import Author, Work

MOST_COLLABORATORS = 200


@require_safe
def author_detail(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """Everything known of an author; another address of the page leads to this one."""
    authors = follows.with_follow_facts(Author.objects.with_page_facts(), request.user)
    authors = claim_facts.with_claim_facts(authors, request.user)
    author = get_object_or_404(authors, pk=number, hidden=False)
    if author.merged_into_id:
        return _to_survivor(author)
    if moved := redirect_to_canonical(request, author):
        return moved
    claim, trust = claim_facts.facts(author), assessments.current(author)
    facts = author_page.facts(author, claim.orcids)
    filters = WorkFilters.from_query(request.GET)
    context = {
        "author": author,
        "facts": facts,
        "claim": claim,
        "door": collaboration_page.door(author, claim, trust.level if trust else None, request.user),
        "trust": trust,
        "own_words": claim if trust and trust.level >= biographies.SHOWN_FROM else None,
        "reasons": trust_page.reasons_of({row["reason"]: row["works"] for row in author.reason_rows}),
        "slice": _slice(author),
        "collaborators": list(edges.close_collaborators(author)[:MOST_COLLABORATORS]),
        "similar": author_page.similar_people(author, names.block(author.display_name)),
        "filters": filters,
        "sorts": SORTS,
        "works": works_page(Work.objects.by(author), filters, total=facts.works_total, subject=author),
        "canonical": request.build_absolute_uri(author.get_absolute_url()),
        "person": metadata.person(author, facts, request.build_absolute_uri),
    }
    return render(request, "profiles/author_detail.html", context)


def _slice(author: Author) -> slices.Slice | None:
    """None while so many ask for graphs that this one has to wait: the page goes on without it (S26)."""
    try:
        return slices.around(author.short_id, limit=PAGE_LIMIT)
    except TooBusyError:
        return None


def reader(request: HttpRequest) -> User:
    """The account of a request that `login_required` let through."""
    return cast("User", request.user)


def _to_survivor(author: Author) -> HttpResponse:
    """A 301 to whom a record was merged into; 404 if that person is hidden, for the address holds the name."""
    final = survivor(author)
    if final.hidden:
        raise Http404
    return HttpResponsePermanentRedirect(final.get_absolute_url())
