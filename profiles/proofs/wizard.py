"""Where a proof stands in the claim wizard, for links that lead away and come back."""

from __future__ import annotations

from django.urls import reverse

from profiles.models import Claim


def page_of(claim: Claim, method: str) -> str:
    return f"{reverse('author', args=[claim.author_id])}claim/{method}/"
