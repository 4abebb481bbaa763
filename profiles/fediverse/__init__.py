"""The Fediverse: authors and topics can be followed from Mastodon and its kind (docs/fediverse.md)."""

from __future__ import annotations

from django.conf import settings


def is_on() -> bool:
    """Whether this site takes part at all."""
    return bool(settings.FEDIVERSE)
