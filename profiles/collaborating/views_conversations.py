"""Conversations: the lists, the thread, what was written since, and what can be done. Others find nothing (404)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bzpeer.kit.text import without_controls
from profiles.collaborating import blocks, collaboration_page, conversation_page, conversations, markdown
from profiles.collaborating.collaboration_forms import MessageForm, new_key
from profiles.models import Participant
from profiles.views import reader

STATUSES = {"throttled": 429, "conflict": 409}


@never_cache
@require_safe
@login_required
def listed(request: HttpRequest, *, archived: bool = False) -> HttpResponse:
    """One's conversations, unread ones first; or those put away."""
    user, q = reader(request), without_controls(request.GET.get("q", "")[:200])
    context = {
        "page": conversation_page.listed(user, archived=archived, q=q, number=request.GET.get("page")),
        "q": q,
        "tab": "archived" if archived else "conversations",
        "counts": collaboration_page.counts(user),
    }
    return render(request, "collaboration/conversations.html", context)


@never_cache
@require_safe
@login_required
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest messages, from the first unread one, which count as read from now on; or those before one."""
    side = conversation_page.side_or_404(reader(request), pk)
    form = MessageForm(initial={"key": new_key()})
    return _page(request, side, form, before=_number(request.GET.get("before")))


def _page(
    request: HttpRequest,
    side: Participant,
    form: MessageForm,
    *,
    before: int = 0,
    refusal: ValidationError | None = None,
    preview: SafeString | None = None,
) -> HttpResponse:
    other = conversations.party(conversations.other_side(side))
    thread = conversation_page.thread(side, other, before=before)
    if conversation_page.is_news(side, thread) and request.method != "HEAD":
        conversations.mark_read(side=side, up_to=thread.last)
    invitation = side.conversation.invitation
    context = {
        **_facts(side),
        "other": other,
        "thread": thread,
        "works": collaboration_page.visible_works(invitation),
        "topics": list(invitation.topics.all()),
        "form": form,
        "refusal": " ".join(refusal.messages) if refusal else "",
        "preview": preview,
        "counts": collaboration_page.counts(reader(request)),
    }
    status = STATUSES.get(getattr(refusal, "code", None) or "", 200) if refusal else 200
    return render(request, "collaboration/conversation.html", context, status=status)


def _facts(side: Participant) -> dict[str, Any]:
    is_over = side.conversation.ended_at is not None
    return {
        "side": side,
        "conversation": side.conversation,
        "invitation": side.conversation.invitation,
        "ended": conversations.ended_words() if is_over else "",
        "other_is_there": conversations.other_side(side).user_id is not None,
        "tab": "archived" if side.archived_at else "conversations",
    }


@never_cache
@require_safe
@login_required
def conversation_news(request: HttpRequest, pk: int) -> HttpResponse:
    """What came after a message, as a piece of the page; whoever asks for it is looking at it."""
    side = conversation_page.side_or_404(reader(request), pk)
    other = conversations.party(conversations.other_side(side))
    after = _number(request.GET.get("after"))
    thread = conversation_page.news(side, other, after=after, day=_day(request.GET.get("day", "")))
    if conversation_page.is_news(side, thread) and request.method != "HEAD":
        conversations.mark_read(side=side, up_to=thread.last)
    context = {"thread": thread, "is_over": side.conversation.ended_at is not None}
    return render(request, "collaboration/_news.html", context)


@never_cache
@require_POST
@login_required
def conversation_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Write, or look at it first; whatever is refused, what was typed stays."""
    side = conversation_page.side_or_404(reader(request), pk)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, side, form)
    text = form.cleaned_data["text"]
    try:
        if request.POST.get("act") == "preview":
            return _page(request, side, form, preview=markdown.to_html(markdown.cleaned(text)))
        conversations.send(side=side, text=text, key=form.cleaned_data["key"])
    except ValidationError as refusal:
        fresh = conversation_page.side_or_404(reader(request), pk)
        return _page(request, fresh, form, refusal=refusal)
    return redirect(reverse("conversation", args=[pk]) + "#sent")


@require_POST
@login_required
def conversation_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away, or bring it back."""
    side = conversation_page.side_or_404(reader(request), pk)
    archived = request.POST.get("archived") == "yes"
    conversations.archive(side=side, archived=archived)
    messages.success(request, _("Archived. It comes back with a new message.") if archived else _("It is back."))
    return redirect("conversations" if archived else "conversation", *([] if archived else [pk]))


@require_POST
@login_required
def conversation_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """End it for good."""
    conversations.leave(side=conversation_page.side_or_404(reader(request), pk))
    messages.success(request, _("You left the conversation."))
    return redirect("conversations")


@require_POST
@login_required
def conversation_block(request: HttpRequest, pk: int) -> HttpResponse:
    """Take nothing more from the other side."""
    side = conversation_page.side_or_404(reader(request), pk)
    try:
        blocks.block_other(side=side, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("conversation", pk)
    messages.success(request, _("Blocked. They are not told."))
    return redirect("blocked")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
