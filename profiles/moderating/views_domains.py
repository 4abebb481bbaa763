"""The list of institutions' domains at /moderation/domains/, for moderators: fetch, ask, render."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bzpeer.kit.text import without_controls
from profiles.claiming import domain_list
from profiles.models import InstitutionDomain
from profiles.moderating import domain_page
from profiles.moderating.domain_forms import AddForm, ChangeForm, DomainFilter
from profiles.moderating.views_moderation import for_moderators
from profiles.views import reader


@for_moderators
@require_safe
def moderation_domains(request: HttpRequest) -> HttpResponse:
    """Search the list, and add to it."""
    return _list(request, AddForm())


@for_moderators
@require_POST
def moderation_domain_add(request: HttpRequest) -> HttpResponse:
    form = AddForm(request.POST)
    if form.is_valid():
        try:
            row = domain_list.add(by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(domain)s is on the list.") % {"domain": row.domain})
            return redirect("moderation_domain", row.domain)
    return _list(request, form)


def _list(request: HttpRequest, form: AddForm) -> HttpResponse:
    filters = DomainFilter(request.GET)
    page = domain_page.listing(filters.chosen(), request.GET.get("page"))
    context = {"page": page, "filters": filters, "form": form, "tab": "domains"}
    return render(request, "moderation/domains.html", context)


@for_moderators
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_domain(request: HttpRequest, domain: str) -> HttpResponse:
    """What the list says of one domain; `?to=` asks to confirm another status, a POST sets it."""
    row = get_object_or_404(InstitutionDomain.objects.select_related("changed_by"), pk=without_controls(domain))
    wanted = request.POST.get("status") or request.GET.get("to", "")
    form = ChangeForm(request.POST or None, initial=domain_page.initial(row, wanted))
    if form.is_valid():
        try:
            changed = domain_list.change(domain=row.domain, by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            said = _("%(domain)s: %(status)s.") % {"domain": row.domain, "status": changed.get_status_display()}
            messages.success(request, said)
            return redirect("moderation_domain", row.domain)
    context = {"row": row, "form": form, "tab": "domains", **domain_page.choices(row, wanted)}
    return render(request, "moderation/domain.html", context)
