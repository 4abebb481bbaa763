"""The claim wizard and the claim's own page: fetch, ask, render. Every step has an address to come back to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from profiles import author_page
from profiles.account import accounts
from profiles.claiming import claim_facts, claim_page, claim_steps, claims, ownership
from profiles.claiming.claim_forms import NoteForm
from profiles.claiming.claim_page import Choice
from profiles.models import Claim, ProofAttempt
from profiles.orcid import accounts as orcid_accounts
from profiles.proofs.registry import PROOFS
from profiles.views import reader
from publications import names
from publications.addresses import survivor
from publications.models import Author

page_or_form = require_http_methods(["GET", "HEAD", "POST"])
Status = Claim.Status


@never_cache
@page_or_form
def author_claim(request: HttpRequest, number: int) -> HttpResponse:
    """Step 1 for everybody; steps 2 and 4 for the claimant, who comes back to this address at any time."""
    author = record(request, number)
    if author.merged_into_id:
        return redirect("author_claim", survivor(author).pk)
    if request.method == "POST":
        return _open(request, author)
    claim = claim_page.own_claim(author, reader(request)) if request.user.is_authenticated else None
    if claim is None or not claim.is_live:
        return _first_step(request, author, claim)
    return _claim_itself(request, claim)


def record(request: HttpRequest, number: int) -> Any:
    """The record with what everybody sees of its claims; 404 if hidden."""
    authors = claim_facts.with_claim_facts(Author.objects.with_page_facts(), request.user)
    return get_object_or_404(authors, pk=number, hidden=False)


def live_claim(request: HttpRequest, number: int, *, to_end: bool = False) -> Claim | None:
    """The reader's own live claim to the record; of a hidden one `to_end` it only, so that an account is free again."""
    author = get_object_or_404(Author, pk=number)
    claim = claim_page.own_claim(author, reader(request))
    own = claim if claim and claim.is_live else None
    if author.hidden and not (own and to_end):
        raise Http404
    return own


def _open(request: HttpRequest, author: Author) -> HttpResponse:
    """“Yes, this is me”."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("author_claim", args=[author.pk]))
    try:
        claims.open_claim(author=author, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    return redirect("author_claim", author.pk)


def _first_step(request: HttpRequest, author: Any, ended: Claim | None) -> HttpResponse:
    user = reader(request) if request.user.is_authenticated else None
    context = {
        "author": author,
        "claim_status": claim_facts.facts(author),
        "facts": author_page.facts(author),
        "works": claim_page.sample_works(author),
        "similar": author_page.similar_people(author, names.block(author.display_name)),
        "ended": ended,
        "elsewhere": ownership.live(user) if user else None,
        "disputes": claim_page.disputes_of(author, user) if user else [],
        "here": request.path,
        "orcid_is_set_up": orcid_accounts.is_set_up(),
        "step": 1,
    }
    return render(request, "profiles/claim_start.html", context)


def _claim_itself(request: HttpRequest, claim: Claim) -> HttpResponse:
    user, shown = reader(request), ownership.status_of(claim.author)
    level = claim_page.level_of(claim.author)
    context = {
        "author": claim.author,
        "claim": claim,
        "shown": shown,
        "is_frozen": shown == "contested" and claim.status == Status.APPROVED,
        "choices": claim_page.choices(claim),
        "held": claim_page.held(claim),
        "tried": claim_page.tried(claim),
        "disputes": claim_page.disputes_of(claim.author, user),
        "level": level,
        "own_level": level if claim.status == Status.APPROVED else None,
        "window": _window(claim),
        "support": claim_page.support(claim),
        "vouch_address": request.build_absolute_uri(reverse("claim_vouch", args=[claim.author_id])),
        "is_confirmed": accounts.has_confirmed_address(user),
        "lapses": claim.opened_at + claims.LAPSE,
        "step": 2 if claim.status == Status.OPEN else 4,
    }
    return render(request, "profiles/claim.html", context)


def _window(claim: Claim) -> Any:
    """Until when others can object to an approved claim, while they can."""
    if claim.status != Status.APPROVED or ownership.skips_window(claim):
        return None
    ends = ownership.window_ends(claim)
    return ends if ends > timezone.now() else None


# One proof


@never_cache
@page_or_form
@login_required
def author_claim_proof(request: HttpRequest, number: int, method: str) -> HttpResponse:
    """Step 3: what the proof asks, its code or its check, and what became of it."""
    if method not in PROOFS:
        raise Http404
    claim = live_claim(request, number)
    if claim is None:
        return redirect("author_claim", number)
    if request.method != "POST":
        return _proof_page(request, claim, method)
    act = {"start": _start, "answer": _answer, "resend": _resend}.get(request.POST.get("act", ""), _start)
    try:
        return act(request, claim, method)
    except ValidationError as refusal:
        return _proof_page(request, claim, method, refusal=str(refusal.message))


def _start(request: HttpRequest, claim: Claim, method: str) -> HttpResponse:
    form = PROOFS[method].form(claim, request.POST)
    if form is not None and not form.is_valid():
        return _proof_page(request, claim, method, asks=form)
    attempt = claim_steps.begin(
        claim=claim,
        method=method,
        answers=form.cleaned_data if form is not None else {},
        session=_session(request),
        by=reader(request),
        after=_number(request.POST.get("after")),
    )
    return _onward(request, claim, attempt)


def _answer(request: HttpRequest, claim: Claim, method: str) -> HttpResponse:
    confirms = PROOFS[method].confirms
    if confirms is None:
        return redirect("author_claim_proof", claim.author_id, method)
    form = confirms(request.POST)
    if not form.is_valid():
        return _proof_page(request, claim, method, confirms=form)
    given, session = form.cleaned_data, _session(request)
    attempt = claim_steps.answer(claim=claim, method=method, answers=given, session=session, by=reader(request))
    return _onward(request, claim, attempt)


def _resend(request: HttpRequest, claim: Claim, method: str) -> HttpResponse:
    sent = _number(request.POST.get("sent"))
    claim_steps.resend(claim=claim, method=method, session=_session(request), by=reader(request), sent=sent)
    messages.success(request, _("A new code is on its way. Earlier ones no longer count."))
    return redirect("author_claim_proof", claim.author_id, method)


def _onward(request: HttpRequest, claim: Claim, attempt: ProofAttempt) -> HttpResponse:
    if attempt.status != ProofAttempt.Status.VERIFIED:
        return redirect("author_claim_proof", claim.author_id, attempt.method)
    proof = PROOFS[attempt.method]
    messages.success(request, _("Verified: %(proof)s.") % {"proof": proof.name})
    return redirect("author_claim", claim.author_id)


def _proof_page(
    request: HttpRequest,
    claim: Claim,
    method: str,
    *,
    asks: forms.Form | None = None,
    confirms: forms.Form | None = None,
    refusal: str = "",
) -> HttpResponse:
    proof, choice = PROOFS[method], claim_page.choice(claim, method)
    stage = _stage(choice, anew=bool(asks) or "anew" in request.GET)
    context = {
        "author": claim.author,
        "claim": claim,
        "choice": choice,
        "proof": proof,
        "attempt": choice.attempt,
        "stage": stage,
        "asks": asks or proof.form(claim),
        "confirms": confirms or (proof.confirms() if proof.confirms else None),
        "refusal": refusal,
        "held": [proof for proof in claim_page.held(claim) if claim_page.gives(method, proof.source)],
        "step": 3,
    }
    return render(request, "profiles/claim_proof.html", context)


def _stage(choice: Choice, *, anew: bool) -> str:
    """What the page of a proof shows: begin, sign-in, code, checking, or impossible."""
    if choice.is_waiting and not anew:
        return "code" if choice.proof.confirms else "checking"
    if not choice.offer.possible:
        return "impossible"
    return "sign-in" if choice.offer.needs_sign_in else "begin"


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


# By hand, and the end


@never_cache
@page_or_form
@login_required
def author_claim_manual(request: HttpRequest, number: int) -> HttpResponse:
    """The path for those whom no proof fits: a moderator looks."""
    claim = live_claim(request, number)
    if claim is None or claim.status == Status.APPROVED:
        return redirect("author_claim", number)
    form = NoteForm(request.POST or None, initial={"note": claim.note})
    if form.is_valid():
        try:
            claim_steps.submit(claim=claim, by=reader(request), note=form.cleaned_data["note"])
        except ValidationError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your words were passed on to the moderators."))
            return redirect("author_claim", number)
    context = {"author": claim.author, "claim": claim, "form": form, "user_name": reader(request).name, "step": 3}
    return render(request, "profiles/claim_manual.html", context)


@never_cache
@page_or_form
@login_required
def claim_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back a claim that was not approved."""
    return _end(request, number, owned=False)


@never_cache
@page_or_form
@login_required
def claim_release(request: HttpRequest, number: int) -> HttpResponse:
    """Give up a record one owns."""
    return _end(request, number, owned=True)


def _end(request: HttpRequest, number: int, *, owned: bool) -> HttpResponse:
    """Says what ends, then ends it; a claim that became another sort meanwhile is shown first."""
    claim = live_claim(request, number, to_end=True)
    if claim is None or (claim.status == Status.APPROVED) != owned:
        return redirect("author_claim", number)
    if request.method != "POST":
        context = {
            "author": claim.author,
            "claim": claim,
            "held": claim_page.held(claim),
            "level": claim_page.level_of(claim.author),
        }
        return render(request, "profiles/claim_end.html", context)
    try:
        claim_steps.end(claim=claim, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("author_claim", number)
    said = _("You gave up this record.") if owned else _("Your claim was withdrawn.")
    messages.success(request, said)
    return redirect("settings") if claim.author.hidden else redirect("author", number)
