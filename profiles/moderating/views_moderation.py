"""Moderation at /moderation/, for members of the group `moderators`: fetch, ask, render. Others find nothing (S3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profiles.models import Attestation, Claim, Decision
from profiles.moderating import moderation, moderation_page
from profiles.moderating.moderation_forms import (
    AttestationForm,
    ClaimFilter,
    DecisionForm,
    DisputeForm,
    HistoryFilter,
    OwnerFilter,
    SettleForm,
)
from profiles.views import reader

View = Callable[..., HttpResponse]
Verdict = Decision.Verdict
PENDING, APPROVED = Claim.Status.PENDING, Claim.Status.APPROVED


def for_moderators(view: View) -> View:
    """404 for everybody else, administrators too; asked anew by every request."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not moderation.is_moderator(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


# Lists


@for_moderators
@require_safe
def moderation_queue(request: HttpRequest) -> HttpResponse:
    """Claims that wait, with what speaks for and against them, and how long people wait."""
    return _queue(request, DecisionForm())


def _queue(request: HttpRequest, form: DecisionForm, refusal: str = "") -> HttpResponse:
    filters = ClaimFilter(request.GET)
    context = {
        "lines": moderation_page.waiting(filters.chosen(), request.GET.get("page")),
        "filters": filters,
        "form": form,
        "refusal": refusal,
        "waiting": moderation.waiting_times(),
        "most": moderation_page.MOST,
        "tab": "claims",
    }
    return render(request, "moderation/queue.html", context)


@for_moderators
@require_safe
def moderation_disputes(request: HttpRequest) -> HttpResponse:
    context = {"page": moderation_page.disputes(request.GET.get("page")), "tab": "disputes"}
    return render(request, "moderation/disputes.html", context)


@for_moderators
@require_safe
def moderation_attestations(request: HttpRequest) -> HttpResponse:
    """Authorities' proofs that wait for a second moderator."""
    context = {"attestations": moderation.waiting_attestations(), "form": SettleForm(), "tab": "attestations"}
    return render(request, "moderation/attestations.html", context)


@for_moderators
@require_safe
def moderation_owners(request: HttpRequest) -> HttpResponse:
    """Owned records, to find one by name."""
    filters = OwnerFilter(request.GET)
    lines = moderation_page.owners(filters.chosen(), request.GET.get("page"))
    return render(request, "moderation/owners.html", {"lines": lines, "filters": filters, "tab": "owners"})


@for_moderators
@require_safe
def moderation_history(request: HttpRequest) -> HttpResponse:
    filters = HistoryFilter(request.GET)
    rows, page = moderation_page.history(filters.chosen(), request.GET.get("page"))
    return render(
        request, "moderation/history.html", {"rows": rows, "page": page, "filters": filters, "tab": "history"}
    )


# Claims


@for_moderators
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one claim, and its decision."""
    claim = moderation_page.claim_or_404(pk)
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            decision = moderation.decide_claim(claim=claim, by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            said = _("%(verdict)s: %(name)s.") % {
                "verdict": decision.get_verdict_display(),
                "name": claim.author.display_name,
            }
            messages.success(request, said)
            return redirect("moderation_claim", pk)
    return _claim_page(request, claim, form=form)


@for_moderators
@require_POST
def moderation_attest(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an authority's proof, for another moderator to confirm."""
    claim = moderation_page.claim_or_404(pk)
    form = AttestationForm(request.POST)
    if form.is_valid():
        try:
            moderation.attest(claim=claim, by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Recorded. It counts once another moderator has confirmed it."))
            return redirect("moderation_claim", pk)
    return _claim_page(request, claim, attest=form)


def _claim_page(
    request: HttpRequest, claim: Claim, *, form: DecisionForm | None = None, attest: AttestationForm | None = None
) -> HttpResponse:
    fresh = moderation_page.claim_or_404(claim.pk)
    context = {
        **moderation_page.claim_facts(fresh, reader(request)),
        "form": form or DecisionForm(),
        "attest": attest or AttestationForm(),
        "settle": SettleForm(),
        "next": moderation_page.next_waiting(fresh),
        "tab": "claims" if fresh.status == PENDING else "owners" if fresh.status == APPROVED else "",
    }
    return render(request, "moderation/claim.html", context)


@for_moderators
@require_POST
def moderation_decide(request: HttpRequest) -> HttpResponse:
    """Several waiting claims at once: what was decided, and what was refused and why."""
    form = DecisionForm(request.POST)
    chosen = list(moderation.chosen_claims(request.POST.getlist("claim")))
    if not chosen or not form.is_valid():
        return _queue(request, form, "" if chosen else _("Choose at least one claim."))
    try:
        moderation.words(form.cleaned_data["template"], form.cleaned_data["text"])
    except ValidationError as refusal:
        form.add_error("template", refusal)
        return _queue(request, form)
    done, refused = moderation.decide_claims(chosen=chosen, by=reader(request), **form.cleaned_data)
    context = {"done": [moderation_page.past(row) for row in done], "refused": refused, "tab": "claims"}
    return render(request, "moderation/decided.html", context)


# Authorities and disputes


@for_moderators
@require_POST
def moderation_attestation(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or refuse what another moderator recorded."""
    row = get_object_or_404(Attestation.objects.select_related("claim"), pk=pk)
    form = SettleForm(request.POST)
    confirm = request.POST.get("verdict") == Verdict.CONFIRM
    text = form.cleaned_data["text"] if form.is_valid() else ""
    try:
        moderation.settle_attestation(attestation=row, by=reader(request), confirm=confirm, text=text)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Confirmed: it counts from now on.") if confirm else _("Refused."))
    return redirect("moderation_claim", row.claim_id)


@for_moderators
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """What both sides said and showed; the decision once both were heard."""
    dispute = moderation_page.dispute_or_404(pk)
    form = DisputeForm(dispute, request.POST or None)
    if form.is_valid():
        try:
            moderation.decide_dispute(dispute=dispute, by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Decided. Both sides were told."))
            return redirect("moderation_dispute", pk)
    fresh = moderation_page.dispute_or_404(pk)
    context = {**moderation_page.dispute_facts(fresh, reader(request)), "form": form, "tab": "disputes"}
    return render(request, "moderation/dispute.html", context)
