"""What a person says about themselves: text with bits of TeX, shown on the record they own from L2 on."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from profiles.models import ResearcherProfile, User
from profiles.notifying import subscriptions
from publications import tex

SHOWN_FROM = 2
MOST_LINKS = 10


def of(user: User) -> ResearcherProfile:
    """What is stored, or the defaults."""
    return ResearcherProfile.objects.filter(user=user).first() or ResearcherProfile(user=user)


@transaction.atomic
def describe(
    *, by: User, name: str, biography: str, links: list[dict[str, str]], contact: str, time_zone: str
) -> ResearcherProfile:
    """Store what a person says about themselves; it may be written at any time."""
    by.name = name
    by.save(update_fields=["name"])
    said = {"biography": biography, "links": links, "contact": contact, "time_zone": time_zone}
    stored = ResearcherProfile.objects.update_or_create(user=by, defaults=said)[0]
    subscriptions.follow_time_zone(by)
    return stored


def to_html(text: str) -> SafeString:
    """Paragraphs as they were typed; formulas between dollars are set, any other markup stands as text."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if part.strip()]
    rendered = ((mark_safe(tex.to_html(part)),) for part in paragraphs)  # noqa: S308 - safe by tex.to_html
    return format_html_join("\n", "<p>{}</p>", rendered)
