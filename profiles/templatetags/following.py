"""The follow button of any page about something that can be followed, also of pages that know nothing of accounts."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from profiles.following import follows
from profiles.following.follows import Target

register = template.Library()


@register.inclusion_tag("profiles/_follow_button.html", takes_context=True)
def follow_button(context: RequestContext, target: Target) -> dict[str, Any]:
    """Follow, unfollow and mute, with the public count; a stranger's page holds no form, so that it can be cached."""
    user = context["user"]
    return {
        "target": target,
        "facts": follows.facts(target, user),
        "user": user,
        "here": f"{target.get_absolute_url()}#follow",
        "csrf_token": context.get("csrf_token"),
    }
