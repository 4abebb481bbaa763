"""The words for bands, levels, factors and changes, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
CAUSES: Mapping[str, Promise] = {
    "import": _("import"),
    "on-demand": _("on demand"),
    "follow": _("a follow"),
    "claim": _("a claim"),
}


def band(name: str) -> str:
    return str(BANDS.get(name, name))


def level(number: int) -> str:
    return str(LEVELS[number])


def cause(name: str) -> str:
    return str(CAUSES.get(name, name))


def change(name: str, count: int, level_now: int) -> str:
    """A sentence on what would have to happen."""
    if name == "level":
        return str(NEXT_LEVEL[level_now])
    return str(CHANGES[name] % {"count": count})
