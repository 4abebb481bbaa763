"""Pages that carry the graph elsewhere: short links, the frame for other sites, oEmbed, the cards of shared links."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_safe

from bzpeer.kit import allowance
from bzpeer.kit.api import parameters
from bzpeer.kit.api.problems import Problem, carry
from bzpeer.kit.api.views import FRESH_FOR
from graph import embeds, questions, shares, slices, summaries
from graph.served import card_answer


def _unindexed(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest) -> HttpResponse:
    """Ask for a short link of a state, and get it: the way without scripts."""
    context: dict[str, Any] = {}
    try:
        state = (
            shares.read(request.GET) if request.method != "POST" else shares.read_text(request.POST.get("query", ""))
        )
        context = {"state": state, "root": slices.answer(state.question).nodes[0]["data"]}
        if request.method == "POST":
            link, _is_new = shares.share(state.query, client=allowance.client_of(request))
            context["short_url"] = shares.short_address(link)
    except Problem as refusal:
        context["refusal"] = refusal.detail
        refused = render(request, "graph/share.html", context, status=refusal.status_code)
        return _unindexed(carry(refusal, refused))
    return _unindexed(render(request, "graph/share.html", context))


@require_safe
def link(request: HttpRequest, code: str) -> HttpResponse:
    """Where a short link leads: the explorer on this site, in its state."""
    found = shares.find(code)
    if found is None:
        raise Http404
    response = _unindexed(HttpResponseRedirect(shares.explorer_address(found.state)))
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def embed(request: HttpRequest) -> HttpResponse:
    """The explorer's graph and list alone, for frames of any site: the same for everybody, signed in or not."""
    try:
        state = shares.read(request.GET)
        found = slices.answer(state.question)
        context = {"slice": found, "root": found.nodes[0]["data"], "state": state}
    except Problem as refusal:
        refused = render(request, "graph/embed.html", {"refusal": refusal.detail}, status=refusal.status_code)
        return _unindexed(carry(refusal, refused))
    response = _unindexed(render(request, "graph/embed.html", context))
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    response["ETag"] = etag = quote_etag(summaries.digest(response.content))
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """What stands behind an address of ours, as oEmbed's consumers ask: 404 for what has no graph, 501 for formats."""
    try:
        asked = parameters.read(request.GET, embeds.PARAMETERS)
    except Problem as refusal:
        return _plain(str(refusal.detail), refusal.status_code)
    if not asked["url"]:
        return _plain(_("Name an address of this site with “url”."), 400)
    if asked["format"] not in ("json", "xml"):
        return _plain(_("The formats are json and xml."), 501)
    state = embeds.state_of(asked["url"])
    if state is None:
        return _plain(_("There is no graph at this address."), 404)
    said = embeds.oembed(state, asked["maxwidth"], asked["maxheight"])
    response: HttpResponse = JsonResponse(said)
    if asked["format"] == "xml":
        response = HttpResponse(embeds.xml(said), content_type="text/xml; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response


@require_safe
def card(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """The card of a work, a topic or an institution; profiles knows what to say of an author."""
    question = questions.Question(kind=kind, number=number)
    try:
        found = slices.answer(question)
    except slices.MergedRootError as merged:
        into = questions.split_root(merged.into)
        return HttpResponseRedirect(reverse(f"{kind}_card", args=[into[1] if into else number]))
    except slices.UnknownRootError:
        raise Http404 from None
    return card_answer(request, summaries.card_of(found), found)


def _plain(said: str, status: int) -> HttpResponse:
    return HttpResponse(said, status=status, content_type="text/plain; charset=utf-8")
