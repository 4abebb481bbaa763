"""What pages say about being followed from elsewhere: the handle for everybody, the switch for a record's owner."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from profiles import fediverse
from profiles.fediverse import addresses, owners, subjects
from profiles.fediverse.subjects import Entity
from profiles.models import Claim

register = template.Library()


@register.inclusion_tag("profiles/_fediverse.html")
def fediverse_handle(entity: Entity) -> dict[str, Any]:
    """Nothing where the site or the owner is against it."""
    followers = subjects.remote_followers(entity) if fediverse.is_on() else None
    return {"handle": addresses.handle(entity.short_id), "is_on": followers is not None, "followers": followers}


@register.inclusion_tag("profiles/_claim_fediverse.html", takes_context=True)
def fediverse_switch(context: RequestContext, claim: Claim) -> dict[str, Any]:
    return {
        "author": claim.author,
        "handle": addresses.handle(claim.author.short_id),
        "may_switch": fediverse.is_on() and owners.may_switch(claim),
        "is_off": subjects.is_off(claim.author),
        "csrf_token": context.get("csrf_token"),
    }
