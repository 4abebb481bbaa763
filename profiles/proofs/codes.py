"""Codes by mail: six digits, ten minutes, one session, five tries; kept as keyed hashes and counted in the database."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bzpeer.kit.keyed import keyed_hash
from profiles import limits
from profiles.claiming import evidence
from profiles.models import ProofAttempt
from profiles.proofs.base import NotVerified, Proof

logger = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{3}\s*\d{3}\s*$",
        label=_("Code"),
        help_text=_("Six digits, from the mail."),
        error_messages={"invalid": _("A code has six digits, for example 123 456.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


class CodeProof(Proof):
    """A proof by a code that is sent to an address; subclasses choose the address and say what it proves."""

    confirms: ClassVar[type[forms.Form] | None] = CodeForm
    resends: ClassVar[bool] = True

    def send_code(self, attempt: ProofAttempt, address: str) -> None:
        """Send a fresh code, after which earlier ones no longer count.

        Raises limits.LimitReached, and ValidationError where no mail goes out.
        """
        for action in ("send-code", "send-code-today"):
            limits.spend(action, f"account:{attempt.claim.user_id}", f"address:{address.lower()}")
        code = f"{secrets.randbelow(10**6):06}"
        attempt.target, attempt.code_hash = address, _hash(attempt, code)
        attempt.expires_at, attempt.tries, attempt.sent = timezone.now() + LIFETIME, 0, attempt.sent + 1
        attempt.save()
        context = {"claim": attempt.claim, "author": attempt.claim.author, "code": f"{code[:3]} {code[3:]}"}
        subject = gettext("Your code is %(code)s") % {"code": context["code"]}
        text = render_to_string("profiles/mail/code.txt", context)
        try:
            send_mail(f"[bzpeer] {subject}", text, None, [address])
        except OSError as error:  # no mail server, or it refused: nothing of this attempt stays
            logger.warning("A code was not sent.", exc_info=True)
            message = gettext("The mail could not be sent. Nothing is lost: try again in a few minutes.")
            raise ValidationError(message, code="upstream-unavailable") from error

    def send_again(self, attempt: ProofAttempt) -> None:
        self.send_code(attempt, attempt.target)

    def check_code(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
        """Raises NotVerified unless this is the code, in time, and not tried too often, of a mailbox that proves no
        other account. The attempt's row is locked.
        """
        for action in ("try-code", "try-code-today"):
            limits.spend(action, f"account:{attempt.claim.user_id}")
        if attempt.expires_at is None or attempt.expires_at <= timezone.now():
            raise NotVerified("code-expired")
        if attempt.tries >= MOST_TRIES:
            raise NotVerified("too-many-tries")
        attempt.tries += 1
        if not constant_time_compare(attempt.code_hash, _hash(attempt, str(answers.get("code", "")))):
            raise NotVerified("wrong-code")
        if evidence.is_held_by_others(attempt.target.lower(), attempt.claim.user_id):
            raise NotVerified("address-of-another")


def _hash(attempt: ProofAttempt, code: str) -> str:
    return keyed_hash("proof-code", f"{attempt.pk}:{attempt.claim_id}:{code}")
