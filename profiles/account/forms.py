"""Forms of accounts."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account import forms
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from profiles.account import accounts
from profiles.models import User, fold_email


class SignupForm(forms.SignupForm):  # type: ignore[misc] # allauth brings no types
    """Signing up takes as long with an address that has an account as with one that has none.

    An address that nobody confirmed is free: who signs up with it anew replaces what was written down before.
    """

    def validate_unique_email(self, value: str) -> str:
        self.account_already_exists = accounts.is_taken(value)
        return value

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        if self.account_already_exists:
            self._pretend_to_save(request)
            return super().try_save(request)  # type: ignore[no-any-return] # allauth brings no types
        with transaction.atomic():
            accounts.free_address(self.cleaned_data["email"])
            return super().try_save(request)  # type: ignore[no-any-return] # allauth brings no types

    def _pretend_to_save(self, request: HttpRequest) -> None:
        """The work of making an account, undone: hashing, the same rows, one commit."""
        email = self.cleaned_data["email"]
        self.cleaned_data["email"] = f"{secrets.token_hex(8)}@nobody.invalid"
        self.account_already_exists = False
        with transaction.atomic():
            accounts.free_address(self.cleaned_data["email"])
            user = self.save(request)
            accounts.has_confirmed_address(user)
            transaction.set_rollback(True)
        cache.set("profiles.account.forms.pretended", True, 60)
        self.cleaned_data["email"], self.account_already_exists = email, True


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc] # allauth brings no types
    """An address that an account is only changing to opens no account."""

    users: list[User]

    def clean_email(self) -> str:
        email = fold_email(super().clean_email())
        self.users = [user for user in self.users if user.email == email]
        return email

    def save(self, request: HttpRequest, **more: Any) -> str:
        if not self.users:  # as long as making a link takes
            stranger = User(pk=0, email=self.cleaned_data["email"])
            accounts.has_confirmed_address(stranger)
            default_token_generator.make_token(stranger)
        return str(super().save(request, **more))


class CodeForm(AuthenticateForm):  # type: ignore[misc] # allauth brings no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_code(self)


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc] # allauth brings no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_code(self)


class AppForm(ActivateTOTPForm):  # type: ignore[misc] # allauth brings no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_code(self)
        self.fields["code"].label = _("Code of the app")


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc] # allauth brings no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("A name to tell it by")
        alone = self.fields["passwordless"]
        alone.label, alone.initial = _("Let it log in alone, without the password"), True
        alone.help_text = _("Your device then asks for a fingerprint, a face or a PIN.")


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc] # allauth brings no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("A name to tell it by")
        self.fields["name"].max_length = 60


def say_what_code(form: Any) -> None:
    """Digits on a phone's keyboard, nothing corrected on the way."""
    code = form.fields["code"]
    code.label = _("Code")
    code.widget.attrs.update(inputmode="numeric", autocapitalize="none", spellcheck="false")
