"""What templates of mails need: names that keep their direction beside text of another."""

from __future__ import annotations

import unicodedata

from django import template

register = template.Library()

RIGHT_TO_LEFT = {"R", "AL", "AN"}


@register.filter
def isolated(text: object) -> str:
    """In plain text, what has letters of the other direction stands between isolating characters."""
    line = str(text)
    if any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in line):
        return f"\u2068{line}\u2069"
    return line
