"""The help pages that the type of every problem leads to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bzpeer.kit.api.kinds import KINDS


@require_safe
def problem_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One type of problem: what it means and what to do."""
    if name not in KINDS:
        raise Http404
    return render(request, "api/problem_detail.html", {"name": name, "problem": KINDS[name]})


@require_safe
def problem_list(request: HttpRequest) -> HttpResponse:
    return render(request, "api/problem_list.html", {"problems": KINDS.items()})
