"""The words for bands, levels, factors and changes, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

BANDS: Mapping[str, Promise] = {
    "Sparse": _("Sparse"),
    "Emerging": _("Emerging"),
    "Established": _("Established"),
    "Strong": _("Strong"),
    "Exemplary": _("Exemplary"),
}
LEVELS = (_("Unresolved"), _("Source-asserted"), _("Linked"), _("Corroborated"), _("Assured"))


@dataclass(frozen=True, slots=True)
class FactorWords:
    label: Promise
    measures: Promise


FACTORS: Mapping[str, FactorWords] = {
    "identity": FactorWords(_("Identity"), _("the verification level")),
    "works": FactorWords(_("Works"), _("works, weighted by provider and number of authors")),
    "corroboration": FactorWords(_("Corroboration"), _("works that two moderated providers assert")),
    "topics": FactorWords(_("Topics"), _("distinct topics assigned by moderated providers")),
    "collaboration": FactorWords(_("Collaboration"), _("close collaborators: two shared works of at most ten authors")),
    "verified_collaborators": FactorWords(
        _("Verified collaborators"), _("organisations of close collaborators at L2 or above")
    ),
    "community": FactorWords(_("Community"), _("other organisations whose verified members follow")),
    "continuity": FactorWords(_("Continuity"), _("months since the oldest proof that still holds")),
}

# What has to happen, by change and by the level it would lift the record to
NEXT_LEVEL = (
    _("The record is resolved (a provider’s author id, or most of its works connected) and one of its works has a DOI, "
      "arXiv or Anthology id from a moderated provider: L1."),
    _("The author claims the record and proves one thing, such as an ORCID iD: L2."),
    _("The owner adds a second proof from another issuer: L3."),
    _("An organisation vouches for the owner, who signs in with two factors: L4."),
)  # fmt: skip
CHANGES = {
    "work": ngettext_lazy(
        "%(count)d more work of at most ten authors from a moderated provider",
        "%(count)d more works of at most ten authors from moderated providers",
        "count",
    ),
    "second-provider": ngettext_lazy(
        "%(count)d of the works found at a second moderated provider",
        "%(count)d of the works found at a second moderated provider",
        "count",
    ),
    "topic": ngettext_lazy("%(count)d more topic", "%(count)d more topics", "count"),
    "close-collaborator": ngettext_lazy(
        "%(count)d more close collaborator", "%(count)d more close collaborators", "count"
    ),
    "verified-collaborator": ngettext_lazy(
        "a close collaborator of %(count)d further organisation reaches L2",
        "close collaborators of %(count)d further organisations reach L2",
        "count",
    ),
    "follower-organisation": ngettext_lazy(
        "a follower at L2 from %(count)d further organisation",
        "followers at L2 from %(count)d further organisations",
        "count",
    ),
    "month": ngettext_lazy(
        "%(count)d more month with proofs that hold", "%(count)d more months with proofs that hold", "count"
    ),
}
INPUTS = {
    "topics": ngettext_lazy("%(count)s topic", "%(count)s topics", "number"),
    "close_collaborators": ngettext_lazy("%(count)s close collaborator", "%(count)s close collaborators", "number"),
    "collaborator_organisations": ngettext_lazy("%(count)s organisation", "%(count)s organisations", "number"),
    "follower_organisations": ngettext_lazy("%(count)s organisation", "%(count)s organisations", "number"),
    "months": ngettext_lazy("%(count)s month", "%(count)s months", "number"),
}
INPUT_NAMES: Mapping[str, Promise] = {
    "level": _("level"),
    "works": _("weight of works"),
    "corroborated": _("weight of corroborated works"),
    "topics": _("topics"),
    "close_collaborators": _("close collaborators"),
    "collaborator_organisations": _("organisations of collaborators"),
    "follower_organisations": _("organisations of followers"),
    "months": _("months of evidence"),
}
WEIGHTS = {
    "works": _("works that weigh %(weight)s"),
    "corroborated": _("works that weigh %(weight)s at two or more providers"),
}
CAUSES: Mapping[str, Promise] = {
    "import": _("import"),
    "on-demand": _("on demand"),
    "follow": _("a follow"),
    "claim": _("a claim"),
    "evidence": _("a proof"),
    "contest": _("a dispute"),
    "vouch": _("a vouch"),
    "collaborator": _("the level of somebody near"),
}


def band(name: str) -> str:
    return str(BANDS.get(name, name))


def level(number: int) -> str:
    return str(LEVELS[number])


def decimal(value: Fraction | str) -> str:
    """A weight without loss: every weight is a multiple of 1/80, so four decimals are enough."""
    fraction = Fraction(value)
    exact = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return str(number_format(exact.normalize(), use_l10n=True, force_grouping=True))


def input_value(name: str, value: int | str) -> str:
    """One input of the formula in words."""
    if name == "level":
        return f"L{value} · {level(int(value))}"
    if name in WEIGHTS:
        return str(WEIGHTS[name] % {"weight": decimal(str(value))})
    return str(INPUTS[name] % {"number": int(value), "count": number_format(int(value), force_grouping=True)})


def cause(name: str) -> str:
    return str(CAUSES.get(name, name))


def change(name: str, count: int, level_now: int) -> str:
    """A sentence on what would have to happen."""
    if name == "level":
        return str(NEXT_LEVEL[level_now])
    return str(CHANGES[name] % {"count": count})
