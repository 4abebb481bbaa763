"""The feed's page, its marks, and the private feed for reader programs: fetch, ask, render."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from profiles.following import feed as feeds
from profiles.following import feed_page, feed_suggestions, private_feed
from profiles.views import reader
from publications.models import Work
from publications.served_feeds import feed_answer

# The page


@never_cache
@require_safe
@login_required
def feed(request: HttpRequest) -> HttpResponse:
    """What happened to whom and what I follow."""
    user, wanted = reader(request), feeds.wanted_from(request.GET.dict())
    page = feed_page.read(user, wanted, _number(request.GET.get("before")))
    context = {
        "page": page,
        "wanted": wanted,
        "kinds": feed_page.KIND_NAMES,
        "types": Work.Type.choices,
        "undo": _number(request.GET.get("undo")),
        "suggestions": None if page.days else feed_suggestions.suggest(user),
        "private": private_feed.addresses(user),
    }
    return render(request, "profiles/feed.html", context)


# Marks: a form each, or the same by a script that wants no page back (Prefer: return=minimal, RFC 7240)


@never_cache
@require_POST
@login_required
def feed_read(request: HttpRequest, pk: int) -> HttpResponse:
    """One item, read or unread."""
    if request.POST.get("on") == "1":
        feeds.mark_read(reader(request), [pk])
    else:
        feeds.mark_unread(reader(request), [pk])
    return _back(request, f"#item-{pk}")


@never_cache
@require_POST
@login_required
def feed_saved(request: HttpRequest, pk: int) -> HttpResponse:
    """Kept for later, or let go; letting go can be undone."""
    saved = request.POST.get("on") == "1"
    if not feeds.save(reader(request), pk, saved=saved):
        raise Http404
    return _back(request, f"#item-{pk}", {} if saved else {"undo": pk})


@never_cache
@require_POST
@login_required
def feed_all_read(request: HttpRequest) -> HttpResponse:
    """All that the view holds, up to the item that was on top when its page was made."""
    wanted = feeds.wanted_from(request.POST.dict())
    marked = feeds.mark_view_read(reader(request), wanted, up_to=_number(request.POST.get("up_to")) or 0)
    said = ngettext("%(count)s item is marked as read.", "%(count)s items are marked as read.", marked)
    messages.success(request, said % {"count": marked})
    return _back(request)


def _back(request: HttpRequest, fragment: str = "", more: dict[str, Any] | None = None) -> HttpResponse:
    """The part of the feed that the form stood on."""
    if request.headers.get("Prefer") == "return=minimal":
        return HttpResponse(status=204, headers={"Preference-Applied": "return=minimal"})
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = reverse("feed")
    for name, value in (more or {}).items():
        target += f"{'&' if '?' in target else '?'}{name}={value}"
    return HttpResponseRedirect(f"{target}{fragment}")


def _number(text: str | None) -> int | None:
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


# The private feed


@never_cache
@require_POST
@login_required
def private_feed_renew(request: HttpRequest) -> HttpResponse:
    """A new address; the old one leads nowhere from now on."""
    private_feed.renew(by=reader(request))
    messages.success(
        request, _("Your private feed has a new address. Give it to your feed reader; the old one is gone.")
    )
    return redirect(f"{reverse('feed')}#private")


@require_safe
def private_feed_file(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """What an account follows, for whoever has its address; nobody else learns whether there is such an account."""
    user = private_feed.account_of(token)
    if user is None:
        return _nothing_here(request)
    found = private_feed.PrivateFeed(user, form)
    answer = feed_answer(
        request, key=f"private:{user.pk}", version=found.version, form=form, feed=found.feed, private=True
    )
    return _unshared(answer)


def _nothing_here(request: HttpRequest) -> HttpResponse:
    """A 404 that no log repeats: an address that was mistyped or renewed is nearly a secret."""
    answer = render(request, "404.html", status=404)
    answer["Cache-Control"] = "no-store"
    answer._has_been_logged = True  # type: ignore[attr-defined] # read by django.utils.log.log_response
    return _unshared(answer)


def _unshared(answer: HttpResponse) -> HttpResponse:
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
