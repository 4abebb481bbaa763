"""What templates of moderation need: how much waits, spans of time, and accounts without their addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import ngettext

from profiles.models import User
from profiles.moderating import moderation, moderation_page

register = template.Library()

register.filter("person", moderation_page.person)


@register.simple_tag(takes_context=True)
def moderation_waits(context: Any, user: User | AnonymousUser) -> moderation.Queue | None:
    """For moderators how much waits, counted once for a page; None for everybody else."""
    request = context.get("request")
    if request is None:
        return None
    memory: dict[str, Any] = request.__dict__
    if "moderation_waits" not in memory:
        memory["moderation_waits"] = moderation.queue() if moderation.is_moderator(user) else None
    found: moderation.Queue | None = memory["moderation_waits"]
    return found


@register.filter
def span(time: timedelta | None) -> str:
    """“3 days”, “5 hours”; a dash where there is none."""
    if time is None:
        return "–"
    hours = max(1, round(time.total_seconds() / 3600))
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


@register.filter
def past(decision: Any) -> moderation_page.Past:
    """A decision in words."""
    return moderation_page.past(decision)
