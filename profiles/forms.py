"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest


class SignupForm(forms.SignupForm):  # type: ignore[misc] # allauth brings no types
    """Signing up takes as long with an address that has an account as with one that has none."""

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)  # type: ignore[no-any-return] # allauth brings no types
