"""Forms after signing in with ORCID."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from profiles.account import accounts


class SignupForm(forms.SignupForm):  # type: ignore[misc] # allauth brings no types
    """The address that ORCID does not give: asked for, and confirmed by mail before the account opens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")
        self.fields["email"].help_text = _("We write to it to confirm it, and show it to nobody.")

    def validate_unique_email(self, value: str) -> str:
        """As when signing up with a password: the page does not tell whether the address has an account."""
        self.account_already_exists = accounts.is_taken(value)
        return value

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        request.going_to = self.sociallogin.state.get("next")  # type: ignore[attr-defined] # for the link in the mail
        if not self.account_already_exists:
            accounts.free_address(self.cleaned_data["email"])
        return super().try_save(request)  # type: ignore[no-any-return] # allauth brings no types
