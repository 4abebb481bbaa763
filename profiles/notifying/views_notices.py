"""Notices of an account: the list, what is read and unread, and how much is unread everywhere, for scripts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from profiles.models import Notification
from profiles.notifying import notices, unread
from profiles.notifying.notice_kinds import GROUPS
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
    """What happened to one's claims, records and conversations, latest first, by day."""
    group = request.GET.get("group", "")
    group, only_unread = group if group in GROUPS else "", request.GET.get("unread") == "1"
    rows = notices.latest(reader(request), group=group, unread=only_unread)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "days": list(_by_day(page)),
        "unread": unread.of_request(request).notifications,
        "groups": GROUPS,
        "wanted": {"group": group, "unread": only_unread},
        "here": request.get_full_path(),
    }
    return render(request, "profiles/notices.html", context)


def _by_day(page: Any) -> Iterator[tuple[date, list[Line]]]:
    lines = (Line(row, notices.title(row), notices.text(row), notices.address(row)) for row in page)
    for day, of_day in groupby(lines, key=lambda line: timezone.localtime(line.notice.created_at).date()):
        yield day, list(of_day)


@never_cache
@require_POST
@login_required
def notifications_read(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One notice, or all; others' notices stay as they are."""
    notices.mark_read(reader(request), None if pk is None else [pk])
    return _back(request)


@never_cache
@require_POST
@login_required
def notification_unread(request: HttpRequest, pk: int) -> HttpResponse:
    notices.mark_read(reader(request), [pk], read=False)
    return _back(request)


@never_cache
@require_POST
@login_required
def notifications_clear(request: HttpRequest) -> HttpResponse:
    """Take what was read off the list."""
    notices.clear_read(reader(request))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was filtered."""
    place, here = request.POST.get("next", ""), reverse("notifications")
    return redirect(place if place.startswith(f"{here}?") else here)


@require_safe
def notifications_counts(request: HttpRequest) -> HttpResponse:
    """How much is unread, as JSON with an ETag: what a page asks while it is looked at. 401 tells it to stop."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    found = unread.of_request(request)
    answer = JsonResponse({name: unread.shown(count) for name, count in found.parts().items()})
    patch_cache_control(answer, private=True, no_cache=True)
    etag = f'"{hashlib.blake2b(answer.content, digest_size=8).hexdigest()}"'
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer
