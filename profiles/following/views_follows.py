"""Following, unfollowing and muting; the list of what one follows, its files and importing them: fetch, ask, render."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from profiles.claiming.views_claims import page_or_form
from profiles.following import follow_import, follow_lists, follow_terms, following_page, follows
from profiles.following.follows import Target
from profiles.models import User
from profiles.views import reader
from publications.addresses import survivor
from publications.models import Author

MOST_AT_ONCE: Final = following_page.PER_PAGE
FAILED_HTTP: Final = 409


# One target: a form, or the same by a script that asks for JSON


@never_cache
@page_or_form
@login_required
def follow(request: HttpRequest, target: str) -> HttpResponse:
    return _act(request, target, _follow)


@never_cache
@page_or_form
@login_required
def unfollow(request: HttpRequest, target: str) -> HttpResponse:
    return _act(request, target, _unfollow)


@never_cache
@page_or_form
@login_required
def mute(request: HttpRequest, target: str) -> HttpResponse:
    return _act(request, target, _mute)


@never_cache
@page_or_form
@login_required
def unmute(request: HttpRequest, target: str) -> HttpResponse:
    return _act(request, target, _unmute)


def _act(request: HttpRequest, short_id: str, act: Callable[[HttpRequest, Target], str]) -> HttpResponse:
    """Do it and say so. Reading the address, as after logging in, changes nothing and leads to the page."""
    target = _target(short_id)
    if request.method != "POST":
        return redirect(f"{target.get_absolute_url()}#follow")
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    try:
        said = act(request, target)
    except ValidationError as refusal:
        if wants_json:
            return JsonResponse({"said": refusal.messages[0]}, status=FAILED_HTTP)
        messages.error(request, refusal.messages[0])
        return _back(request, target)
    if wants_json:
        return JsonResponse(_state(target, reader(request), said))
    if act is not _unfollow or not request.POST.get("next", "").startswith(reverse("following")):
        messages.success(request, said)  # the list itself says what was ended, beside the button that undoes it
    return _back(request, target)


def _target(short_id: str) -> Target:
    """What can be followed, the survivor of a merge in place of who went; 404 for what is hidden."""
    target = follows.named([short_id]).get(short_id)
    if isinstance(target, Author):
        target = survivor(target)
    if target is None or (isinstance(target, Author) and target.hidden):
        raise Http404
    return target


def _follow(request: HttpRequest, target: Target) -> str:
    follows.follow(target, by=reader(request))
    return _("You follow %(name)s.") % {"name": target.label}


def _unfollow(request: HttpRequest, target: Target) -> str:
    _end(request, [target.short_id])
    return _("You no longer follow %(name)s.") % {"name": target.label}


def _end(request: HttpRequest, short_ids: list[str]) -> None:
    """Unfollow these; the list offers to undo it."""
    ended = follows.unfollow_many(short_ids, by=reader(request))
    follow_terms.remember(request.session, ended, by=reader(request))


def _mute(request: HttpRequest, target: Target) -> str:
    if not follows.mute(target, by=reader(request)):
        raise ValidationError(_("You do not follow %(name)s.") % {"name": target.label})
    return _("You hear nothing of %(name)s until you unmute.") % {"name": target.label}


def _unmute(request: HttpRequest, target: Target) -> str:
    if not follows.mute(target, by=reader(request), muted=False):
        raise ValidationError(_("You do not follow %(name)s.") % {"name": target.label})
    return _("You hear of %(name)s again.") % {"name": target.label}


def _state(target: Target, user: User, said: str) -> dict[str, Any]:
    facts = follows.facts(target, user)
    return {
        "following": facts.is_followed,
        "muted": facts.is_muted,
        "followers": intcomma(facts.followers),
        "said": said,
    }


def _back(request: HttpRequest, target: Target | None = None) -> HttpResponse:
    """Where the form asked to return to, if that is on this site; else the target's page, or the list."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return HttpResponseRedirect(wanted)
    return redirect(target.get_absolute_url() if target else reverse("following"))


# The list


@never_cache
@require_safe
@login_required
def following(request: HttpRequest) -> HttpResponse:
    """What I follow: searched, sorted, muted, ended, and brought back."""
    user, filters = reader(request), following_page.Filters.from_query(request.GET)
    context = {
        "filters": filters,
        "tabs": following_page.tabs(user, filters),
        "page": following_page.page(user, filters),
        "sorts": following_page.SORTS,
        "heard": following_page.HEARD,
        "undo": follow_terms.offered(request.session, by=user),
    }
    return render(request, "profiles/following.html", context)


@never_cache
@require_POST
@login_required
def following_act(request: HttpRequest) -> HttpResponse:
    """Mute, unmute or unfollow what was selected."""
    user, chosen = reader(request), request.POST.getlist("target")[:MOST_AT_ONCE]
    act = request.POST.get("act", "")
    if not chosen:
        messages.warning(request, _("Select at least one line first."))
    elif act == "unfollow":
        _end(request, chosen)
    elif act in ("mute", "unmute"):
        done = follows.mute_many(chosen, by=user, muted=act == "mute")
        messages.success(request, _said_of_many(act, done))
    return _back(request)


def _said_of_many(act: str, count: int) -> str:
    if act == "mute":
        return ngettext("%(count)s line is muted.", "%(count)s lines are muted.", count) % {"count": count}
    return ngettext("%(count)s line is heard again.", "%(count)s lines are heard again.", count) % {"count": count}


@never_cache
@require_POST
@login_required
def following_undo(request: HttpRequest) -> HttpResponse:
    """Follow again what was just ended, since the same day and as muted as it was."""
    try:
        count = follow_terms.bring_back(request.POST.get("undo", ""), by=reader(request))
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        said = ngettext("You follow %(count)s page again.", "You follow %(count)s pages again.", count)
        messages.success(request, said % {"count": count})
    return _back(request)


# Files


@never_cache
@require_safe
@login_required
def following_export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Everything I follow as CSV or OPML, written while it is read."""
    written = follow_lists.WRITERS[form](reader(request))
    response = StreamingHttpResponse(written, content_type=f"{follow_lists.TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="following.{form}"'
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@page_or_form
@login_required
def following_import(request: HttpRequest) -> HttpResponse:
    """A file, then what it would do, then what it did."""
    if request.method != "POST":
        return render(request, "profiles/following_import.html", {})
    try:
        if "list" in request.POST:
            done = follow_import.carry_out(request.POST["list"], by=reader(request))
            return render(request, "profiles/following_import.html", {"done": done})
        plan = follow_import.plan(_upload(request), by=reader(request))
    except ValidationError as refusal:
        return render(request, "profiles/following_import.html", {"refusal": refusal.messages[0]}, status=400)
    return render(request, "profiles/following_import.html", {"plan": plan})


def _upload(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is None:
        raise ValidationError(_("Choose a file first."))
    if file.size is None or file.size > follow_lists.LARGEST:
        raise ValidationError(_("The file is larger than 4 MB. Split it and import its parts one after the other."))
    return bytes(file.read())
