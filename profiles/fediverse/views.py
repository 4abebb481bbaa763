"""What other servers ask for: WebFinger, actors, their works, and the inbox; and the owner's switch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from bzpeer.kit import allowance
from bzpeer.kit.api.problems import Problem
from profiles import fediverse
from profiles.fediverse import addresses, documents, owners, subjects
from profiles.fediverse import inbox as receiving
from profiles.fediverse import webfinger as finger
from profiles.fediverse.documents import Document
from profiles.fediverse.middleware import prefers_page
from profiles.fediverse.signatures import Message
from profiles.fediverse.subjects import State, Subject
from profiles.models import FollowCount, User
from publications.models import Author

CONTENT_TYPE = "application/activity+json; charset=utf-8"
FRESH_FOR = 60  # seconds, as other documents for programs
PER_PAGE, MOST_PAGES = 20, 5
PER_CLIENT, WINDOW = 600, 60  # posts to inboxes, of one network address
BODIES = {"application/activity+json", "application/ld+json", "application/json"}
VERSION = "0.1.0"

P = ParamSpec("P")


def where_on(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Any:
    """404 where the site does not take part."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not fediverse.is_on():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


# Finding


@require_safe
@where_on
def webfinger(request: HttpRequest) -> HttpResponse:
    try:
        key = finger.asked_for(request.GET.get("resource", ""))
    except ValueError as error:
        return _open(JsonResponse({"error": str(error)}, status=400))
    if key == addresses.SITE:
        found = finger.of_site()
    else:
        subject = subjects.find(key) if key else None
        if subject is None or subject.state is State.OFF:
            return _open(JsonResponse({"error": _("Nothing here is followed by that name.")}, status=404))
        found = finger.of_subject(subject, documents.page(subject.leads_to or subject.entity))
    return _open(_fresh(JsonResponse(found, content_type="application/jrd+json; charset=utf-8")))


@require_safe
@where_on
def nodeinfo_links(request: HttpRequest) -> HttpResponse:
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.1"
    return _open(_fresh(JsonResponse({"links": [{"rel": rel, "href": f"{settings.BASE_URL}{reverse('nodeinfo')}"}]})))


@require_safe
@where_on
def nodeinfo(request: HttpRequest) -> HttpResponse:
    """NodeInfo 2.1. Nobody has an account that speaks from here, so no people are counted."""
    found = {
        "version": "2.1",
        "software": {"name": "bzpeer", "version": VERSION},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {}},
        "metadata": {},
    }
    profile = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'
    return _open(_fresh(JsonResponse(found, content_type=profile)))


# Actors and what they say


@require_safe
@where_on
def site_actor(request: HttpRequest) -> HttpResponse:
    return _document(documents.site_actor())


@require_safe
@where_on
def actor(request: HttpRequest, key: str) -> HttpResponse:
    """The actor, also of a merged record, which says where it went; browsers are led to the page."""
    subject = subjects.find(key)
    if subject is None:
        raise Http404
    if prefers_page(request):
        response: HttpResponse = HttpResponseRedirect(documents.page(subject.entity))
    elif subject.state is State.OFF:
        response = _gone()
    else:
        response = _document(documents.actor(subject.entity, moved_to=subject.leads_to))
    patch_vary_headers(response, ["Accept"])
    return response


def of_subject(view: Callable[Concatenate[HttpRequest, Subject, P], HttpResponse]) -> Any:
    """404 for who is not there, 410 for who was switched off, the actor for who was merged."""

    @wraps(view)
    def found(request: HttpRequest, key: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        subject = subjects.find(key) if fediverse.is_on() else None
        if subject is None:
            raise Http404
        if subject.leads_to is not None:
            return HttpResponseRedirect(addresses.actor(subject.leads_to.short_id))
        return view(request, subject, *args, **kwargs) if subject.is_open else _gone()

    return require_safe(found)


@of_subject
def outbox(request: HttpRequest, subject: Subject) -> HttpResponse:
    """The latest works, on a few pages."""
    address, total = addresses.outbox(subject.short_id), subject.entity.works_count
    pages = min(MOST_PAGES, max(1, -(-total // PER_PAGE)))
    asked = request.GET.get("page", "")
    if not asked:
        return _document(documents.collection(address, total, pages))
    if asked not in {str(number) for number in range(1, pages + 1)}:
        raise Http404
    start = (int(asked) - 1) * PER_PAGE
    works = subjects.works(subject.entity)[start : start + PER_PAGE]
    items = [documents.create(subject.entity, work) for work in works]
    return _document(documents.collection_page(address, int(asked), pages, items))


@of_subject
def followers(request: HttpRequest, subject: Subject) -> HttpResponse:
    """How many follow from elsewhere; who, is told to nobody."""
    count = FollowCount.objects.filter(target=subject.short_id).first()
    return _document(documents.collection(addresses.followers(subject.short_id), count.remote if count else 0))


@of_subject
def note(request: HttpRequest, subject: Subject, work: str) -> HttpResponse:
    return _of_work(subject, int(work), documents.note)


@of_subject
def create(request: HttpRequest, subject: Subject, work: str) -> HttpResponse:
    return _of_work(subject, int(work), documents.create)


def _of_work(subject: Subject, number: int, document: Callable[[Any, Any], Document]) -> HttpResponse:
    work = subjects.work(subject.entity, number)
    if work is not None:
        return _document(document(subject.entity, work))
    if not subjects.has_work(number):
        raise Http404
    return _document(documents.tombstone(subject.short_id, number), status=410)


# The inbox


@csrf_exempt
@require_POST
@where_on
def inbox(request: HttpRequest, key: str = "") -> HttpResponse:
    """One actor's or everybody's: an activity says itself whom it is about."""
    try:
        allowance.take("fediverse-inbox", allowance.client_of(request), most=PER_CLIENT, seconds=WINDOW)
        receiving.receive(_message(request))
    except Problem as problem:
        return JsonResponse({"error": str(problem.detail)}, status=problem.status_code, headers=problem.headers)
    except receiving.Refused as refused:
        return JsonResponse({"error": str(refused)}, status=refused.status)
    return HttpResponse(status=202)


def _message(request: HttpRequest) -> Message:
    """The request as its sender signed it; raises Refused before a large body is read."""
    if request.content_type not in BODIES:
        raise receiving.Refused(415, "Send application/activity+json.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length[:12]) > receiving.LARGEST:
        raise receiving.Refused(413, f"At most {receiving.LARGEST} bytes.")
    body = request.read(receiving.LARGEST + 1)
    if len(body) > receiving.LARGEST:
        raise receiving.Refused(413, f"At most {receiving.LARGEST} bytes.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Message("POST", settings.BASE_URL, request.get_full_path(), headers, body)


# The owner's switch


@require_POST
@login_required
def switch(request: HttpRequest, key: str) -> HttpResponse:
    author = get_object_or_404(Author, pk=int(key[1:]), hidden=False)
    on = request.POST.get("fediverse") == "on"
    try:
        owners.switch(author, by=cast("User", request.user), on=on)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        said = _("Your page can be followed from the Fediverse.") if on else _("Nobody follows from the Fediverse now.")
        messages.success(request, said)
    return redirect("author_claim", author.pk)


# Answers


def _document(document: Document, status: int = 200) -> HttpResponse:
    return _fresh(JsonResponse(document, status=status, content_type=CONTENT_TYPE))


def _gone() -> HttpResponse:
    return JsonResponse({"error": _("This cannot be followed any more.")}, status=410, content_type=CONTENT_TYPE)


def _fresh(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response


def _open(response: HttpResponse) -> HttpResponse:
    """For scripts of any site."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
