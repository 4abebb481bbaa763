"""The ways in: home, search, and what the site says about itself."""

from __future__ import annotations

import contextlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from publications import search as searching
from publications.cards import work_cards
from publications.figures import figures
from publications.listing import PER_PAGE, Page, WorkFilters
from publications.models import Author, Topic, Work
from publications.search import Found, Kind

TABS = {
    Kind.AUTHORS: _("Authors"),
    Kind.WORKS: _("Works"),
    Kind.TOPICS: _("Topics"),
    Kind.INSTITUTIONS: _("Institutions"),
}
SHOWN = 8
ACCOUNT_PAGES = (
    "/accounts/",
    "/settings/",
    "/moderation/",
    "/disputes/",
    "/notifications/",
    "/vouches/",
    "/following/",
    "/collaboration/",
)
CLOSED_TO_ROBOTS = ("/api/", "/graph", "/search", *ACCOUNT_PAGES)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A search box, how much is here, and a few good places to begin."""
    context = {
        "own_search": True,
        "figures": figures(),
        "authors": Author.objects.visible().most_works_first()[:SHOWN],
        "topics": Topic.objects.most_works_first()[:SHOWN],
        "cards": work_cards(Work.objects.visible().newest_first().with_card_facts(authors=5)[:5]),
    }
    return render(request, "profiles/home.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything whose names or texts fit, by kind; an id leads straight to its page."""
    query = searching.clean(request.GET.get("q", ""))
    if (record := searching.record_of(query)) is not None:
        return redirect(record)
    filters = WorkFilters.from_query(request.GET)
    found = {kind: _find(kind, query, filters) for kind in TABS} if query else {}
    kind = _chosen(request.GET.get("kind", ""), found)
    filters = WorkFilters.from_query(request.GET, kept=(("q", query), ("kind", kind.value)))
    context = {
        "query": query,
        "kind": kind.value,
        "filters": filters,
        "tabs": [(tab.value, label, found[tab]) for tab, label in TABS.items() if tab in found],
        "found": found.get(kind),
        "nothing": not any(answer.count for answer in found.values()),
        "results": _page(found[kind], filters.page) if found else None,
        "facets": searching.facets(found[kind]) if found and kind == Kind.WORKS else None,
    }
    return render(request, "profiles/search.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "profiles/about.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "profiles/privacy.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Which pages robots leave alone: what is computed for each visit and leads nowhere new."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    with contextlib.suppress(NoReverseMatch):  # there is a sitemap once something is named so
        lines.append(f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _find(kind: Kind, query: str, filters: WorkFilters) -> Found:
    if kind != Kind.WORKS:
        return searching.find(kind, query)
    return searching.search_works(query, year=filters.year, type=filters.type, topic=filters.topic)


def _chosen(wanted: str, found: dict[Kind, Found]) -> Kind:
    """The kind asked for; else the first that holds anything."""
    if wanted in {tab.value for tab in TABS}:
        return Kind(wanted)
    return next((kind for kind, answer in found.items() if answer.count and not answer.corrected), Kind.AUTHORS)


def _page(found: Found, number: int) -> Page:
    """One page of the most relevant results."""
    total = min(found.count, len(found.best))
    number = min(number, max(1, -(-total // PER_PAGE)))
    items: list[Any]
    if found.kind == Kind.WORKS:
        items = work_cards(found.page(number, PER_PAGE, Work.objects.visible().with_card_facts()))
    else:
        items = searching.hits(found.kind, found.page(number, PER_PAGE))
    return Page(items, number, total)
