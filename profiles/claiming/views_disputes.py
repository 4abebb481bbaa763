"""Objections and disputes as their sides see them: fetch, ask, render. Everybody else finds nothing (S3)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from profiles.claiming import claim_page, claim_steps, contests, ownership
from profiles.claiming.claim_forms import AppealForm, ObjectionForm, StatementForm
from profiles.claiming.views_claims import page_or_form
from profiles.models import Dispute
from profiles.views import reader
from publications.models import Author


@never_cache
@page_or_form
@login_required
def claim_object(request: HttpRequest, number: int) -> HttpResponse:
    """“This is somebody else”: say why a claim is not by the person of the record."""
    author = get_object_or_404(Author.objects.visible(), pk=number)
    claim = claim_page.claim_of_others(author, reader(request))
    if claim is None:
        return redirect("author_claim", number)
    if (before := claim_page.objection_by(claim, reader(request))) is not None:
        return redirect("dispute", before.pk)
    form = ObjectionForm(request.POST or None)
    if form.is_valid():
        try:
            dispute = claim_steps.object_to(claim=claim, by=reader(request), text=form.cleaned_data["text"])
        except ValidationError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your objection was passed on to the moderators."))
            return redirect("dispute", dispute.pk)
    context = {"author": author, "form": form, "shown": ownership.status_of(author), "days": contests.HEARING.days}
    return render(request, "profiles/claim_object.html", context)


@never_cache
@page_or_form
@login_required
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """What both sides said, what rests until when, the decision with its reason; a side adds to its words."""
    found = _own_dispute(request, pk)
    form = StatementForm(request.POST or None)
    if form.is_valid():
        try:
            claim_steps.state(dispute=found, by=reader(request), text=form.cleaned_data["text"])
        except ValidationError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your words were passed on."))
            return redirect("dispute", pk)
    return _page(request, found, statement=form)


@never_cache
@require_POST
@login_required
def dispute_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Once, within 14 days, by who lost."""
    found = _own_dispute(request, pk)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            claim_steps.appeal(dispute=found, by=reader(request), text=form.cleaned_data["text"])
        except ValidationError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your appeal was passed on: another moderator decides."))
            return redirect("dispute", pk)
    return _page(request, found, appeal=form)


def _own_dispute(request: HttpRequest, pk: int) -> Dispute:
    found = get_object_or_404(Dispute.objects.select_related("author", "claim", "rival"), pk=pk, author__hidden=False)
    if reader(request).pk not in contests.parties(found):
        raise Http404
    return found


def _page(
    request: HttpRequest, found: Dispute, *, statement: Form | None = None, appeal: Form | None = None
) -> HttpResponse:
    context = {
        "author": found.author,
        "dispute": found,
        "hearing": claim_page.hearing(found, reader(request)),
        "statement": statement or StatementForm(),
        "appeal": appeal or AppealForm(),
    }
    return render(request, "profiles/dispute.html", context)
