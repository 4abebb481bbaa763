"""Pages of signing in with ORCID, of the connected iD, and of ending the connection."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from profiles.claiming import evidence, ownership
from profiles.models import User
from profiles.orcid import accounts
from profiles.orcid.provider import OrcidAdapter

_login = OAuth2LoginView.adapter_view(OrcidAdapter)
_callback = OAuth2CallbackView.adapter_view(OrcidAdapter)


def oauth2_login(request: HttpRequest) -> HttpResponse:
    return _when_set_up(_login, request)


def oauth2_callback(request: HttpRequest) -> HttpResponse:
    return _when_set_up(_callback, request)


def _when_set_up(view: Any, request: HttpRequest) -> HttpResponse:
    if accounts.is_set_up():
        response: HttpResponse = view(request)
        return response
    return render(request, "socialaccount/not_set_up.html", status=404)


@require_GET
def cancelled(request: HttpRequest) -> HttpResponse:
    """“No” at ORCID: nothing was changed, and the way goes on from where it began."""
    return render(request, "socialaccount/login_cancelled.html", {"came_from": get_next_redirect_url(request) or ""})


@login_required
@require_GET
def connections(request: HttpRequest) -> HttpResponse:
    """The iD that the account is connected with."""
    context = {
        "orcid": accounts.account_of(_user(request)),
        "is_set_up": accounts.is_set_up(),
        "connect_url": accounts.connect_address(request.path),
        "orcid_stand_in": settings.ORCID_STAND_IN,
    }
    return render(request, "socialaccount/connections.html", context)


@login_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth brings no types
@require_http_methods(["GET", "POST"])
def disconnect(request: HttpRequest) -> HttpResponse:
    """What ends with the connection, and the button that ends it."""
    user = _user(request)
    account = accounts.account_of(user)
    if account is None:
        return redirect("socialaccount_connections")
    needs = _what_is_missing(user)
    if request.method == "POST" and not needs:
        accounts.disconnect(user=user)
        get_account_adapter().send_notification_mail(
            "socialaccount/email/account_disconnected", user, context={"account": account}
        )
        end_other_sessions(request, user)
        messages.success(request, _("Your ORCID iD is no longer connected. Other browsers were logged out."))
        return redirect("socialaccount_connections")
    claim = ownership.live(user)
    proofs = [p for p in evidence.holding(claim) if p.entry.issuer == accounts.issuer(account.uid)] if claim else []
    context = {"orcid": account, "claim": claim, "proofs": proofs, "needs": needs}
    return render(request, "socialaccount/disconnect.html", context, status=409 if request.method == "POST" else 200)


def _what_is_missing(user: User) -> str:
    """What the account needs to be opened without ORCID: `address`, `password` or nothing."""
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        return "address"
    return "" if user.has_usable_password() else "password"


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
