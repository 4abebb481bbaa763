"""Invitations: the lists at /collaboration/, the form, one invitation and its answers. Others find nothing (404)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bzpeer.kit.text import without_controls
from profiles.assessing import assessments
from profiles.claiming import claim_facts
from profiles.collaborating import blocks, collaboration, collaboration_page, invite_page
from profiles.collaborating.collaboration_forms import DeclineForm, InvitationForm, new_key
from profiles.models import Invitation, User
from profiles.views import reader
from publications.addresses import survivor
from publications.models import Author, Topic, Work

REFUSED = 409
LONGEST_QUERY = 200


@never_cache
@require_safe
@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """Received and sent, those that wait and those answered."""
    user, asked = reader(request), request.GET
    box = "sent" if asked.get("box") == "sent" else "received"
    state = "answered" if asked.get("state") == "answered" else "waiting"
    q = without_controls(asked.get("q", "")[:LONGEST_QUERY])
    context = {
        "page": collaboration_page.invitations(user, box, state, q, asked.get("page")),
        "boxes": collaboration_page.boxes(user),
        "box": box,
        "state": state,
        "q": q,
        **_frame(user, "invitations"),
    }
    return render(request, "collaboration/invitations.html", context)


def _frame(user: User, tab: str) -> dict[str, Any]:
    return {"tab": tab, "counts": collaboration_page.counts(user), "standing": collaboration_page.standing(user)}


# Inviting


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request: HttpRequest, number: int) -> HttpResponse:
    """The form; looked at, searched in and sent by its buttons. Whatever is refused, what was typed stays."""
    author = get_object_or_404(Author, pk=number, hidden=False)
    if author.merged_into_id:
        return redirect("collaboration_invite", survivor(author).pk)
    if request.method != "POST":
        return _begin(request, author)
    form = InvitationForm(request.POST)
    act = request.POST.get("act", "send")
    if act == "find":
        return _form_page(request, author, form)
    if not form.is_valid():
        return _form_page(request, author, form)
    return _look(request, author, form) if act == "preview" else _send(request, author, form)


def _begin(request: HttpRequest, author: Author) -> HttpResponse:
    """The empty form, or what stands against an invitation."""
    if refusal := collaboration.may_invite(author, reader(request)):
        return _not_now(request, author, refusal)
    return _form_page(request, author, InvitationForm(initial={"key": new_key()}))


def _not_now(request: HttpRequest, author: Author, refusal: str) -> HttpResponse:
    """Where the section of the author page knows a way on it says so; else the words of the refusal."""
    user = reader(request)
    annotated = claim_facts.with_claim_facts(Author.objects.all(), user).get(pk=author.pk)
    trust = assessments.current(author)
    facts = claim_facts.facts(annotated)
    door = collaboration_page.door(annotated, facts, trust.level if trust else 0, user)
    if door.state == "open":
        door = collaboration_page.Door(state="refused", why=refusal)
    context = {"author": author, "door": door, **_frame(user, "")}
    return render(request, "collaboration/invite_not.html", context)


def _look(request: HttpRequest, author: Author, form: InvitationForm) -> HttpResponse:
    try:
        works, topics = _references(form)
        shown = invite_page.preview(form.cleaned_data["purpose"], form.cleaned_data["message"], works, topics)
    except ValidationError as refusal:
        return _form_page(request, author, form, refusal=refusal)
    return _form_page(request, author, form, preview=shown)


def _send(request: HttpRequest, author: Author, form: InvitationForm) -> HttpResponse:
    said = form.cleaned_data
    try:
        works, topics = _references(form)
        sent = collaboration.invite(
            author=author,
            by=reader(request),
            purpose=said["purpose"],
            message=said["message"],
            works=works,
            topics=topics,
            key=said["key"],
        )
    except ValidationError as refusal:
        return _form_page(request, author, form, refusal=refusal)
    messages.success(request, _("Sent. You are told when it is answered."))
    return redirect("invitation", sent.pk)


def _references(form: InvitationForm) -> tuple[list[Work], list[Topic]]:
    said = form.cleaned_data
    return invite_page.chosen(Work, said["works"]), invite_page.chosen(Topic, said["topics"])


def _form_page(
    request: HttpRequest,
    author: Author,
    form: InvitationForm,
    *,
    refusal: ValidationError | None = None,
    preview: invite_page.Preview | None = None,
) -> HttpResponse:
    user = reader(request)
    standing = collaboration_page.standing(user)
    if standing.author is None:
        return _not_now(request, author, "")
    works, topics = form.chosen_numbers()
    q = without_controls(str(form["find"].value() or "")[:LONGEST_QUERY])
    groups = invite_page.groups(standing.author, author, q, works, topics)
    context = {
        **_frame(user, ""),
        "author": author,
        "form": form,
        "preview": preview,
        "refusal": " ".join(refusal.messages) if refusal else "",
        "purposes": invite_page.purposes(),
        "purpose": form["purpose"].value(),
        "groups": groups,
        "found_none": bool(q) and not any(group.id == "works-found" and group.options for group in groups),
        "most_references": collaboration.MOST_WORKS,
        "own_trust": assessments.current(standing.author),
        "standing": standing,
    }
    return render(request, "collaboration/invite.html", context, status=_status(refusal))


def _status(refusal: ValidationError | None) -> int:
    """What programs read of a refusal; people read its words."""
    if refusal is None:
        return 200
    return {"throttled": 429, "conflict": REFUSED}.get(getattr(refusal, "code", None) or "", 200)


# One invitation


@never_cache
@require_safe
@login_required
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, collaboration_page.invitation_or_404(reader(request), pk))


def _page(request: HttpRequest, row: Invitation, refusal: str = "", decline: DeclineForm | None = None) -> HttpResponse:
    context = collaboration_page.invitation_facts(row, reader(request))
    context |= {"refusal": refusal, "decline": decline or DeclineForm()}
    return render(request, "collaboration/invitation.html", context, status=REFUSED if refusal else 200)


def _answer(request: HttpRequest, pk: int, act: Callable[[Invitation], HttpResponse]) -> HttpResponse:
    """Do it to one's own invitation; a refusal is said on its page as it stands now."""
    row = collaboration_page.invitation_or_404(reader(request), pk)
    try:
        return act(row)
    except ValidationError as refusal:
        if getattr(refusal, "code", "") == "not-found":
            raise Http404 from refusal
        fresh = collaboration_page.invitation_or_404(reader(request), pk)
        return _page(request, fresh, refusal=" ".join(refusal.messages))


@require_POST
@login_required
def invitation_accept(request: HttpRequest, pk: int) -> HttpResponse:
    def accept(row: Invitation) -> HttpResponse:
        begun = collaboration.accept(invitation=row, by=reader(request))
        messages.success(request, _("Accepted. This is your conversation; the other side is told."))
        return redirect("conversation", begun.pk)

    return _answer(request, pk, accept)


@require_POST
@login_required
def invitation_decline(request: HttpRequest, pk: int) -> HttpResponse:
    def decline(row: Invitation) -> HttpResponse:
        form = DeclineForm(request.POST)
        if not form.is_valid():
            return _page(request, row, decline=form)
        collaboration.decline(invitation=row, by=reader(request), **form.cleaned_data)
        messages.success(request, _("Declined. They read your reason, and nothing else."))
        return redirect("invitation", pk)

    return _answer(request, pk, decline)


@require_POST
@login_required
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    def withdraw(row: Invitation) -> HttpResponse:
        collaboration.withdraw(invitation=row, by=reader(request))
        messages.success(request, _("Withdrawn."))
        return redirect("invitation", pk)

    return _answer(request, pk, withdraw)


@require_POST
@login_required
def invitation_block(request: HttpRequest, pk: int) -> HttpResponse:
    def block(row: Invitation) -> HttpResponse:
        blocks.block_sender(invitation=row, by=reader(request))
        messages.success(request, _("Blocked. They are not told."))
        return redirect("blocked")

    return _answer(request, pk, block)


# Blocks


@never_cache
@require_safe
@login_required
def blocked(request: HttpRequest) -> HttpResponse:
    """Whom the reader blocked."""
    user = reader(request)
    context = {"page": collaboration_page.blocked(user, request.GET.get("page")), **_frame(user, "blocked")}
    return render(request, "collaboration/blocked.html", context)


@require_POST
@login_required
def unblock(request: HttpRequest, pk: int) -> HttpResponse:
    if not blocks.unblock(pk=pk, by=reader(request)):
        raise Http404
    messages.success(request, _("Unblocked."))
    return redirect("blocked")
