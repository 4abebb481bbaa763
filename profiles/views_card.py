"""The card of an author: the picture that stands for the page where its link is shared."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from graph import slices, summaries
from graph.card import Card
from graph.questions import AUTHOR, PAGE_LIMIT
from graph.served import card_answer
from profiles import author_page
from profiles.assessing import assessments, wording
from profiles.author_page import AuthorFacts
from profiles.models import Assessment
from publications.addresses import survivor
from publications.models import Author


@require_safe
def author_card(request: HttpRequest, number: int) -> HttpResponse:
    """Name, trust and the page's own slice as a PNG; 404 for who is hidden."""
    author = get_object_or_404(Author.objects.with_page_facts(), pk=number, hidden=False)
    if author.merged_into_id:
        final = survivor(author)
        if final.hidden:
            raise Http404
        return redirect("author_card", final.pk)
    lines = tuple(_lines(author_page.facts(author), assessments.current(author)))
    drawn = Card(AUTHOR, str(summaries.EYEBROWS[AUTHOR]), author.display_name, lines)
    return card_answer(request, drawn, slices.around(author.short_id, limit=PAGE_LIMIT))


def _lines(facts: AuthorFacts, standing: Assessment | None) -> Iterator[str]:
    if standing:
        said = {"score": standing.score, "band": wording.BANDS[standing.band]}
        yield _("Trust %(score)s · %(band)s") % said
        yield f"L{standing.level} · {wording.LEVELS[standing.level]}"
    yield summaries.works_counted(facts.works_total)
    if facts.latest_place:
        yield facts.latest_place.name
