"""Where a proof stands in the claim wizard, for links that lead away and come back."""

from __future__ import annotations

from django.urls import reverse

from profiles.models import Claim


def page_of(claim: Claim, method: str) -> str:
    return reverse("author_claim_proof", args=[claim.author_id, method])
