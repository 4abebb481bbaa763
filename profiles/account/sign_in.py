"""How signing in differs here from what allauth does by itself."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from profiles.account import accounts
from profiles.models import User, fold_email

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth brings no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not correct. Check both and try again."),
        "too_many_login_attempts": _("That failed too often. Wait five minutes, then try again."),
        "incorrect_password": _("That is not your password. Try again, or choose a new one if you forgot it."),
        "enter_current_password": _("That is not your current password. Try again."),
        "duplicate_email": _("This address stands on your account already."),
    }

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """To the address that is stored, whatever was typed (S11)."""
        super().send_password_reset_mail(user, user.email, context)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Whoever else wrote this address down, unconfirmed, loses it."""
        if email_address.can_set_verified():
            accounts.free_address(email_address.email, but_for=email_address.user_id)
        return bool(super().confirm_email(request, email_address))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """With where the browser was going, such as a claim: the link may be opened on another device."""
        url = str(super().get_email_confirmation_url(request, emailconfirmation))
        target = get_next_redirect_url(request) or getattr(request, "going_to", None)  # as profiles.orcid.forms says
        return f"{url}?{urlencode({'next': target})}" if target else url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings")


def resend_confirmation(request: HttpRequest, email: str) -> None:
    """One mail for every address, whatever is known of it: the link anew, or that there is (no) account (S12)."""
    address = fold_email(email)
    waiting = EmailAddress.objects.filter(email=address, verified=False).order_by("-pk").first()
    if waiting and waiting.can_set_verified():
        send_verification_email_to_address(request, waiting)
    else:
        stranger = EmailAddress(user=None, email=address)
        send_verification_email_to_address(request, stranger, signup=accounts.is_taken(address))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth brings no types
    """Secrets of authenticator apps and recovery codes are stored encrypted under SECRET_KEY."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right, or it was used before. Wait for the next one and try again."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What no key opens any more becomes a secret that nobody knows: no code fits it."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor was encrypted under another SECRET_KEY: set SECRET_KEY_FALLBACKS.")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        return f"bzpeer ({context.request.get_host()})"

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}


def _cipher() -> MultiFernet:
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(("bzpeer.second-factor:" + key).encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
