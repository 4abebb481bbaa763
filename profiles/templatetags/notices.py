"""What templates need of notices: how many are unread."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser

from profiles import notices
from profiles.models import User

register = template.Library()


@register.simple_tag
def unread_notices(user: User | AnonymousUser) -> int:
    """For the header of whoever is logged in: one query of an index."""
    return notices.unread_count(user) if user.is_authenticated else 0
