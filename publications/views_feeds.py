"""Feeds of authors, topics, institutions and sources for reader programs: the same for everybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from publications.addresses import survivor
from publications.models import Author
from publications.served_feeds import feed_answer
from publications.work_feeds import KINDS, WorkFeed


@require_safe
def record_feed(request: HttpRequest, kind: str, number: int, form: str) -> HttpResponse:
    """The latest works; 404 for an author who is hidden, 301 for one who was merged away."""
    model = KINDS[kind]
    record = get_object_or_404(model._default_manager.all(), pk=number)
    if isinstance(record, Author):
        final = survivor(record)
        if record.hidden or final.hidden:
            raise Http404
        if final != record:
            address = reverse("author_feed", kwargs={"number": final.pk, "form": form})
            return HttpResponsePermanentRedirect(address)
    found = WorkFeed(record, form)
    answer = feed_answer(request, key=f"{kind}:{number}", version=found.version, form=form, feed=found.feed)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
