"""/settings/: one place for everything about one's own account: fetch, ask, render."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from profiles import limits
from profiles.account import account_data, accounts, biographies, own_sessions, sign_in, visits
from profiles.account.settings_forms import DeleteForm, LinkFormSet, ProfileForm, ResendForm, filled
from profiles.claiming import ownership
from profiles.views import reader

P = ParamSpec("P")


def fresh_login(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Asks for the password, or another factor, unless that was just done."""
    return cast("Callable[P, HttpResponse]", reauthentication_required(app="allauth.account")(view))


def too_often(request: HttpRequest) -> HttpResponse:
    return cast("HttpResponse", respond_429(request))


@never_cache
@require_safe
@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Every part of an account with its state, and where to change it."""
    user = reader(request)
    context = {
        "profile": biographies.of(user),
        "addresses": accounts.addresses(user),
        "second_factor": accounts.has_second_factor(user),
        "sessions": own_sessions.of(user, request.session.session_key),
        "claim": ownership.live(user),
    }
    return render(request, "profiles/settings.html", context)


@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """What a person says about themselves."""
    user = reader(request)
    stored = biographies.of(user)
    first = {name: getattr(stored, name) for name in ("biography", "contact", "time_zone")}
    form = ProfileForm(request.POST or None, initial={"name": user.name, **first})
    links = LinkFormSet(request.POST or None, initial=stored.links, prefix="links")
    if request.method == "POST" and form.is_valid() and links.is_valid():
        said = biographies.describe(by=user, links=filled(links), **form.cleaned_data)
        request.session[visits.TIME_ZONE] = said.time_zone
        messages.success(request, _("Your profile is saved."))
        return redirect("settings")
    return render(request, "profiles/settings_profile.html", {"form": form, "links": links, "stored": stored})


@require_POST
@login_required
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    if own_sessions.end(by=reader(request), number=number):
        messages.success(request, _("That session is ended: its browser has to log in again."))
    return redirect("settings")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = own_sessions.end_others(by=reader(request), current_key=request.session.session_key)
    said = ngettext("%(count)s other session is ended.", "%(count)s other sessions are ended.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("settings")


@never_cache
@login_required
@fresh_login
def export(request: HttpRequest) -> HttpResponse:
    """GET says what it holds, POST hands it out."""
    user = reader(request)
    if request.method != "POST":
        return render(request, "profiles/settings_export.html")
    try:
        limits.spend("export", f"account:{user.pk}")
    except limits.LimitReached:
        return too_often(request)
    answer = JsonResponse(account_data.export(user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="bzpeer-account.json"'
    return answer


@never_cache
@login_required
@fresh_login
def delete(request: HttpRequest) -> HttpResponse:
    """Says what goes and what stays; deletes when the address was typed."""
    user = reader(request)
    form = DeleteForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        account_data.delete(by=user)
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("home")
    return render(request, "profiles/settings_delete.html", {"form": form, "claim": ownership.live(user)})


@never_cache
def resend_confirmation(request: HttpRequest) -> HttpResponse:
    """For whom the link did not reach, or reached too late; says the same whatever is known of the address."""
    form = ResendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            limits.spend("resend-confirmation", f"network:{get_adapter().get_client_ip(request)}")
        except limits.LimitReached:
            return too_often(request)
        sign_in.resend_confirmation(request, form.cleaned_data["email"])
        return redirect("account_email_verification_sent")
    return render(request, "account/resend_confirmation.html", {"form": form})
