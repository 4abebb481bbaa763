"""Keyed hashes: what must be compared later but not read."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def keyed_hash(purpose: str, text: str) -> str:
    """HMAC-SHA-256 under SECRET_KEY as 64 hexadecimal digits; different for each purpose."""
    return salted_hmac(f"bzpeer.{purpose}", text, algorithm="sha256").hexdigest()
