"""The trust page of an author and the methodology: fetch, ask, render."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from profiles.assessing import assessments, levels, trust, trust_page, wording
from profiles.claiming import claim_facts
from publications.models import Author


@require_safe
def author_trust(request: HttpRequest, number: int) -> HttpResponse:
    """Every part of an author's trust with what it was computed from, what would raise it, and its history."""
    authors = claim_facts.with_claim_facts(Author.objects.all(), request.user)
    author = get_object_or_404(authors, pk=number, hidden=False)
    if author.merged_into_id:
        return redirect("author_trust", author.merged_into_id, permanent=True)
    explained = assessments.explain(author)
    context = {
        "author": author,
        "claim": claim_facts.facts(author),
        "explained": explained,
        "chart": trust_page.history_chart(explained["history"]),
        "reasons": trust_page.reasons_summary(author),
        "weights": trust_page.work_weights(author),
        "connected": trust_page.connected_works(author),
        "canonical": request.build_absolute_uri(),
    }
    return render(request, "profiles/author_trust.html", context)


@require_safe
def methodology(request: HttpRequest) -> HttpResponse:
    """How trust and levels are computed, with every number taken from the formula itself."""
    context = {
        "version": trust.VERSION,
        "curves": [(curve, wording.FACTORS[name]) for name, curve in trust.CURVES.items()],
        "identity": list(zip(wording.LEVELS, trust.IDENTITY, trust.CEILINGS, strict=True)),
        "identity_words": wording.FACTORS["identity"],
        "author_weights": trust_page.weight_table(),
        "deposit_weight": trust.DEPOSIT_WEIGHT,
        "moderated": trust.MODERATED,
        "deposits": trust.DEPOSITS,
        "bands": trust_page.band_table(),
        "window": levels.OBJECTION_WINDOW.days,
    }
    return render(request, "profiles/methodology.html", context)
