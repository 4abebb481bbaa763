"""What templates need of notices: how much is unread."""

from __future__ import annotations

from typing import Any

from django import template

from profiles.notifying import unread

register = template.Library()

register.filter("up_to_99", unread.shown)


@register.simple_tag(takes_context=True)
def unread_counts(context: Any) -> unread.Unread:
    """For the header, of whoever is logged in: one query for the page."""
    request = context.get("request")
    return unread.Unread() if request is None else unread.of_request(request)
