"""What templates need to show trust: words for bands and levels, points, and a snapshot's parts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import template
from django.template.defaultfilters import floatformat

from profiles.assessing import explanations, wording
from profiles.models import Assessment

register = template.Library()

register.filter("band_name", wording.band)
register.filter("level_name", wording.level)
register.filter("cause_name", wording.cause)
register.filter("weight", wording.decimal)


@register.filter
def inputs_in_words(inputs: dict[str, int | str]) -> str:
    """Inputs of one factor: “18 topics”."""
    return ", ".join(wording.input_value(name, value) for name, value in inputs.items())


@register.filter
def input_name(name: str) -> str:
    return str(wording.INPUT_NAMES[name])


@register.filter
def changed_value(name: str, value: int | str) -> str:
    """One side of a change: 19.5, L1, 18."""
    return f"L{value}" if name == "level" else wording.decimal(str(value))


@register.filter
def signed(value: float) -> str:
    """Points that may be taken off, with a real minus sign."""
    return floatformat(value, 1).replace("-", "−")


@register.filter
def fraction(value: Fraction) -> str:
    """As people write it: 1, ½, ¼, 1/5."""
    return {Fraction(1, 2): "½", Fraction(1, 4): "¼"}.get(value, str(value))


@register.simple_tag
def trust_parts(assessment: Assessment) -> dict[str, Any]:
    """The parts of a snapshot and their totals."""
    return {"factors": explanations.factors(assessment), **explanations.totals(assessment)}


@register.simple_tag
def behind(factor: str, author_url: str, trust_url: str) -> str:
    """Where a reader finds what a factor was computed from."""
    on_author_page = {"works": "published", "topics": "topics", "collaboration": "collaborators", "community": "follow"}
    if factor in on_author_page:
        return f"{author_url}#{on_author_page[factor]}"
    on_trust_page = {"identity": "level", "corroboration": "weights"}
    return f"{trust_url}#{on_trust_page.get(factor, 'evidence')}"
