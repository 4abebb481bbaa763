"""Vouching for others, and asking for a second record to be merged: fetch, ask, render."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from profiles.claiming import claim_page, claim_steps, claims, ownership, vouches
from profiles.claiming.claim_forms import MergeForm
from profiles.claiming.views_claims import page_or_form
from profiles.models import Claim, MergeRequest, User
from profiles.views import reader
from publications.models import Author


@never_cache
@page_or_form
@login_required
def claim_vouch(request: HttpRequest, number: int) -> HttpResponse:
    """“I know this person from our shared work”, or why this account cannot say so."""
    author = get_object_or_404(Author.objects.visible(), pk=number)
    claim, user = ownership.owner_claim(author), reader(request)
    if claim is not None and claim.user_id == user.pk:
        return redirect("author_claim", number)
    if claim is not None and request.method == "POST":
        return _vouch(request, claim, user)
    context = {
        "author": author,
        "claim": claim,
        "own": claim_page.own_vouch(claim, user) if claim else None,
        "refusal": _why_not(claim, user),
        "most": vouches.MOST_ACTIVE,
    }
    return render(request, "profiles/claim_vouch.html", context)


def _why_not(claim: Claim | None, user: User) -> str:
    if claim is None:
        return _("Nobody owns this record, so there is nobody to vouch for.")
    try:
        vouches.why_not(claim, user)
    except ValidationError as refusal:
        return str(refusal.message)
    return ""


def _vouch(request: HttpRequest, claim: Claim, user: User) -> HttpResponse:
    try:
        claim_steps.vouch(claim=claim, by=user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("You vouch for %(name)s.") % {"name": claim.author.display_name})
    return redirect("claim_vouch", claim.author_id)


@never_cache
@require_safe
@login_required
def vouches_given(request: HttpRequest) -> HttpResponse:
    """For whom I vouch, and for whom I did."""
    given = list(claim_page.vouches_by(reader(request))[:100])
    context = {
        "active": [row for row in given if row.ended_at is None],
        "ended": [row for row in given if row.ended_at is not None],
        "most": vouches.MOST_ACTIVE,
    }
    return render(request, "profiles/vouches.html", context)


@never_cache
@require_POST
@login_required
def vouch_take_back(request: HttpRequest, number: int) -> HttpResponse:
    claim = ownership.owner_claim(get_object_or_404(Author, pk=number, hidden=False))
    if claim is not None:
        claim_steps.take_back(claim=claim, by=reader(request))
    messages.success(request, _("You no longer vouch for this person."))
    return redirect("vouches")


# A second record


@never_cache
@page_or_form
@login_required
def merge_request(request: HttpRequest, number: int) -> HttpResponse:
    """The owner of a record says that this one is theirs as well."""
    other, user = get_object_or_404(Author.objects.visible(), pk=number), reader(request)
    own = ownership.live(user)
    if own is None or own.status != Claim.Status.APPROVED or own.author_id == number:
        return redirect("author_claim", number)
    form = MergeForm(request.POST or None)
    if form.is_valid():
        try:
            claims.request_merge(other=other, by=user, note=form.cleaned_data["note"])
        except ValidationError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your request was passed on."))
            return redirect("merge_request", number)
    requests = list(claim_page.merge_requests_of(user)[:100])
    waiting = MergeRequest.Status.WAITING
    context = {
        "author": other,
        "own": own.author,
        "form": form,
        "requests": requests,
        "is_asked": any(row.other_id == number and row.status == waiting for row in requests),
    }
    return render(request, "profiles/claim_merge.html", context)


@never_cache
@require_POST
@login_required
def merge_request_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what one asked for this record."""
    for row in claim_page.merge_requests_of(reader(request)).filter(other=number, status=MergeRequest.Status.WAITING):
        claims.withdraw_merge_request(request=row, by=reader(request))
    messages.success(request, _("Your request was withdrawn."))
    return redirect("merge_request", number)
