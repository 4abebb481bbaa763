"""Reports: the form for who was written to, and the moderators' queue at /moderation/reports/."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from profiles.collaborating import collaboration_page, report_page, reports
from profiles.collaborating.collaboration_forms import ReportDecisionForm, ReportForm
from profiles.models import Report, User
from profiles.moderating.views_moderation import for_moderators
from profiles.views import reader

PER_PAGE = 25


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Say what is wrong with an invitation, a message or a conversation; 404 for those of others."""
    user = reader(request)
    item = report_page.reportable(user, kind, pk)
    form, refusal = ReportForm(request.POST or None), ""
    if form.is_valid():
        try:
            reports.report(by=user, **item.named, **form.cleaned_data)
        except ValidationError as error:
            if getattr(error, "code", "") == "not-found":
                raise Http404 from error
            refusal = " ".join(error.messages)
        else:
            messages.success(request, _("Reported. You are told what a moderator decides."))
            return redirect(item.back_url)
    context = {"kind": kind, "pk": pk, "item": item, "back_url": item.back_url, "form": form, "refusal": refusal}
    context |= {"counts": collaboration_page.counts(user), "tab": ""}
    return render(request, "collaboration/report.html", context, status=409 if refusal else 200)


# Moderators


@for_moderators
@require_safe
def moderation_reports(request: HttpRequest) -> HttpResponse:
    """Those that wait, the oldest first; or those decided."""
    user = reader(request)
    state = "decided" if request.GET.get("state") == "decided" else "waiting"
    rows = reports.decided(user) if state == "decided" else reports.waiting(user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "moderation/reports.html", {"page": page, "state": state, "tab": "reports"})


@for_moderators
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_report(request: HttpRequest, pk: int) -> HttpResponse:
    """What was reported with what stands around it, and the decision."""
    user = reader(request)
    row = _report_or_404(user, pk)
    form = ReportDecisionForm(row, request.POST or None)
    if form.is_valid():
        given: dict[str, Any] = {**form.cleaned_data, "days": form.cleaned_data["days"] or reports.DAYS}
        try:
            reports.decide(report=row, by=user, **given)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("Decided. Who reported it was told."))
            return redirect(reverse("moderation_report", args=[pk]))
    fresh = _report_or_404(user, pk)
    context = {**report_page.facts(fresh, user), "form": form, "tab": "reports"}
    return render(request, "moderation/report.html", context)


def _report_or_404(user: User, pk: int) -> Report:
    try:
        return reports.get(user, pk)
    except Report.DoesNotExist as missing:
        raise Http404 from missing
