"""Forms of the list of institutions' domains: what is shown of it, a new domain, and what the list says of one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from profiles.models import InstitutionDomain
from profiles.moderating.moderation_forms import Chosen

Status = InstitutionDomain.Status
ORIGINS = (("ror", _("ROR")), ("moderator", _("a moderator")), ("demo", _("the demonstration")))


class DomainFilter(Chosen):
    q = forms.CharField(label=_("Domain, address or organisation"), max_length=200, required=False)
    status = forms.ChoiceField(label=_("Status"), choices=[("", _("all")), *Status.choices], required=False)
    origin = forms.ChoiceField(label=_("Set by"), choices=[("", _("all")), *ORIGINS], required=False)


class OrganisationForm(forms.Form):
    """Whose domain it is."""

    organisation = forms.CharField(
        label=_("Organisation"),
        help_text=_("One, as ROR or its works name it: without a ROR id, affiliations are compared with this name."),
        max_length=500,
    )
    ror = forms.CharField(label=_("ROR id"), help_text=_("If it has one."), max_length=100, required=False)


class AddForm(OrganisationForm):
    field_order = ("domain", "organisation", "ror", "status")
    domain = forms.CharField(
        label=_("Domain"), help_text=_("Such as uni.example; addresses below it count too."), max_length=300
    )
    status = forms.ChoiceField(label=_("Status"), choices=Status.choices, initial=Status.LISTED)


class ChangeForm(OrganisationForm):
    """Its address says the status that is wanted; `was` is the one that the moderator saw."""

    status = forms.CharField(max_length=10, widget=forms.HiddenInput, required=False)
    was = forms.CharField(max_length=10, widget=forms.HiddenInput, required=False)
