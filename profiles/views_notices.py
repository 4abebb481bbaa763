"""Notices of an account: the list, and marking them as read."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from profiles import notices
from profiles.models import Notification
from profiles.views import reader

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in words."""

    notice: Notification
    title: str
    text: str
    url: str


@never_cache
@require_safe
@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """What happened to one's claims and records, latest first."""
    page = Paginator(notices.latest(reader(request)), PER_PAGE).get_page(request.GET.get("page"))
    lines = [Line(row, notices.title(row), notices.text(row), notices.address(row)) for row in page]
    context = {"page": page, "lines": lines, "unread": notices.unread_count(reader(request))}
    return render(request, "profiles/notices.html", context)


@never_cache
@require_POST
@login_required
def notifications_read(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One notice, or all; others' notices stay as they are."""
    notices.mark_read(reader(request), pk)
    return redirect("notifications")
