"""/settings/news/: the digest and notices, and the page at which one click ends a mail: fetch, ask, render."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from profiles.account import biographies
from profiles.models import Subscription
from profiles.notifying import subscriptions
from profiles.notifying.notice_kinds import GROUPS
from profiles.views import reader


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def news(request: HttpRequest) -> HttpResponse:
    """How often the digest comes, and which notices in the app and by mail."""
    user = reader(request)
    if request.method == "POST":
        try:
            _save(request)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("Your choices are saved."))
        return redirect("settings_news")
    context = {
        "subscription": subscriptions.of(user),
        "choices": Subscription.Digest.choices,
        "zone": biographies.of(user).time_zone,
        "wishes": subscriptions.wishes(user),
    }
    return render(request, "profiles/settings_news.html", context)


@transaction.atomic
def _save(request: HttpRequest) -> None:
    """What was ticked is on. A group that is always shown in the app has no box for it."""
    user = reader(request)
    subscriptions.choose_digest(request.POST.get("digest", ""), by=user)
    for name, group in GROUPS.items():
        in_app = group.always_in_app or f"{name}-app" in request.POST
        subscriptions.wish_for(name, by=user, in_app=in_app, by_mail=f"{name}-mail" in request.POST)


@never_cache
@csrf_exempt  # a mail program posts here without a page of ours (RFC 8058); the address itself is signed
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, so that what looks ahead at links ends nothing; POST ends the mails, without a login."""
    asked = subscriptions.read_stop(token)
    if asked is None:
        raise Http404
    if request.method == "POST":
        subscriptions.stop(asked)
    context = {"asked": asked, "is_done": request.method == "POST"}
    answer = render(request, "profiles/mail_stop.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer
