"""Pages about two authors: how they are connected, and what they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from graph import compare as comparing
from graph import ends, paths
from publications.models import Author


@require_safe
def path(request: HttpRequest) -> HttpResponse:
    """How are A and B connected? Two fields, then the shortest chains of co-authors with their works."""
    return _about_two(request, "graph_path", ("from", "to"), paths.between)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """What two authors share, and what only one of them has."""
    return _about_two(request, "graph_compare", ("a", "b"), comparing.compare)


def _about_two(
    request: HttpRequest, name: str, fields: tuple[str, str], answer: Callable[[Author, Author], Any]
) -> HttpResponse:
    """The form, with what it asks for where both ends are known; each question has one address."""
    template = f"graph/{name.removeprefix('graph_')}.html"
    one, other = (ends.of_form(field, request.GET.get(field, "")) for field in fields)
    context: dict[str, Any] = {"one": one, "other": other, "here": reverse(name)}
    if not (one.author and other.author):
        status = 404 if one.error or other.error else 200
        return render(request, template, context, status=status)
    if one.author.pk == other.author.pk:
        other.error = _("Both are the same author; name two different ones.")
        return render(request, template, context, status=400)
    address = f"{reverse(name)}?{fields[0]}={one.author.short_id}&{fields[1]}={other.author.short_id}"
    if any(request.GET.get(end.name) != end.author.short_id for end in (one, other) if end.author):
        return HttpResponseRedirect(address)
    return render(request, template, context | {"found": answer(one.author, other.author)})
