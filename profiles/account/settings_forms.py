"""Forms of /settings/: what a person says about themselves, and the end of an account."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from bzpeer.kit.text import one_line, without_controls
from profiles.account.biographies import MOST_LINKS
from profiles.models import ResearcherProfile, User, fold_email

ZONES = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones() - {"localtime"})]
only_https = URLValidator(schemes=["https"], message=_("Give a full address that begins with https://"))


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("As moderators and invited people see it. Your address is never shown."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    biography = forms.CharField(
        label=_("Biography"),
        max_length=4000,
        required=False,
        help_text=_(
            "Plain text, with formulas between $…$ and an empty line between paragraphs. It appears on the record that "
            "you own, from level L2 on."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    contact = forms.ChoiceField(label=_("Who may invite me"), choices=ResearcherProfile.Contact.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES, help_text=_("In which times are shown to you."))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_biography(self) -> str:
        return without_controls(self.cleaned_data["biography"]).strip()


class LinkForm(forms.Form):
    label = forms.CharField(label=_("Text"), max_length=60, required=False)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        validators=[only_https],
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )

    def clean_label(self) -> str:
        return one_line(self.cleaned_data["label"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("label") and not cleaned.get("url") and "url" not in self.errors:
            self.add_error("url", _("Say where this link leads, or empty its text."))
        return cleaned


LinkFormSet = forms.formset_factory(LinkForm, extra=2, max_num=MOST_LINKS, absolute_max=MOST_LINKS, validate_max=True)


def filled(links: forms.BaseFormSet[LinkForm]) -> list[dict[str, str]]:
    """The links in their order; one without a text shows its address."""
    rows = [form.cleaned_data for form in links.forms if form.cleaned_data.get("url")]
    return [{"label": row["label"] or row["url"].removeprefix("https://"), "url": row["url"]} for row in rows]


class DeleteForm(forms.Form):
    confirmation = forms.CharField(
        label=_("To delete it, type the email address of this account"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if fold_email(typed) != self.user.email:
            raise ValidationError(_("This is not the address of this account. Nothing was deleted."))
        return typed


class ResendForm(forms.Form):
    email = forms.EmailField(label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
