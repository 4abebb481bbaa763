"""The iD that an account is connected with: which it is, and how the connection ends."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from profiles.assessing import assessments
from profiles.claiming import evidence
from profiles.claiming.evidence import Locked
from profiles.models import Evidence, ProofAttempt, User

PROVIDER: Final = "orcid"
ORCID: Final = "https://orcid.org"
METHODS: Final = ("orcid", "arxiv-page")  # proofs that rest on the connection
ENDED: Final = {"status": ProofAttempt.Status.ENDED, "target": "", "code_hash": "", "session_hash": ""}


def is_set_up() -> bool:
    """Whether this site may ask ORCID who somebody is."""
    return bool(settings.ORCID_CLIENT_ID and settings.ORCID_CLIENT_SECRET)


def provider_id() -> str:
    """What allauth stores as provider. iDs of another issuer (the sandbox, a stand-in) are never those of ORCID."""
    if settings.ORCID_STAND_IN:
        return "orcid-stand-in"
    return PROVIDER if settings.ORCID_URL == ORCID else f"{PROVIDER}:{urlsplit(settings.ORCID_URL).netloc}"


def site_name() -> str:
    """What pages call the place where one signs in."""
    return gettext("the stand-in for ORCID") if settings.ORCID_STAND_IN else "ORCID"


def issuer(orcid: str) -> str:
    """As evidence names it: A and C1 through one iD come from one issuer."""
    return f"orcid:{orcid}"


def connected(user: User | None) -> str:
    """The iD that the holder of this account signed in with; empty where none is connected."""
    account = account_of(user)
    return account.uid if account else ""


def connected_name(user: User | None) -> str:
    """The name that ORCID gave at the last sign-in."""
    account = account_of(user)
    return str(account.extra_data.get("name") or "") if account else ""


def account_of(user: User | None) -> SocialAccount | None:
    if user is None or user.pk is None:
        return None
    return SocialAccount.objects.filter(user=user, provider=provider_id()).order_by("pk").first()


def connect_address(come_back: str = "") -> str:
    """Where an account that is logged in connects its iD; afterwards the browser is at `come_back`, a local path."""
    query = {"process": "connect", **({"next": come_back} if come_back else {})}
    return f"{reverse('orcid_login')}?{urlencode(query)}"


def disconnect(*, user: User) -> list[int]:
    """End the connection, and at once whatever it proved or was about to; returns the numbers of the records."""
    account = account_of(user)
    if account is None:
        return []
    waiting = ProofAttempt.objects.filter(
        claim__user=user, method__in=METHODS, status=ProofAttempt.Status.WAITING
    ).select_related("claim")
    proved = Evidence.objects.filter(account=user, issuer=issuer(account.uid))
    records = {attempt.claim.author_id for attempt in waiting} | set(proved.values_list("author_id", flat=True))
    with Locked(*records):
        account.delete()
        waiting.update(**ENDED)
        concerned = evidence.end_by_issuer(user, issuer(account.uid), "orcid-disconnected")
        assessments.mark_due(concerned, "evidence")
    return concerned
