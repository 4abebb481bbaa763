"""The words for evidence: classes, issuers and what became of an attempt; never an address."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.models import Evidence, ProofAttempt
from profiles.proofs.reasons import REASONS

METHODS: Mapping[str, Promise] = {
    "orcid-metadata": gettext_lazy("signed in with the iD that stands in the works’ metadata"),
    "orcid-works": gettext_lazy("signed in with an iD whose public record lists these works"),
    "arxiv-page": gettext_lazy("the arXiv author page of the iD lists a work of this record"),
    "institution-mail": gettext_lazy("a code sent to an address of the institution"),
    "corresponding-mail": gettext_lazy("a code sent to the corresponding author’s address of a work"),
    "rel-me": gettext_lazy("a page of the person links back to this record"),
    "vouches": gettext_lazy("three verified co-authors of at least two organisations"),
    "organisation": gettext_lazy("attested by the organisation, checked by two moderators"),
    "federated": gettext_lazy("federated identity, checked by two moderators"),
    "document": gettext_lazy("documents checked by an outside service"),
}


def kind(letter: str) -> str:
    """“Scholarly iD”."""
    return str(Evidence.Kind(letter).label)


def method(name: str) -> str:
    return str(METHODS.get(name, ""))


def issuer(name: str, organisation: str = "") -> str:
    """Who vouches, as people say it; `organisation` is the name behind a ROR id or an authority, where known."""
    scheme, _colon, rest = name.partition(":")
    if scheme == "orcid":
        return "ORCID"
    if name == "vouchers":
        return _("verified co-authors")
    if organisation:
        return organisation
    if scheme == "ror":
        return f"ROR {rest}"
    return _("a correspondence address") if "@" in name else rest or name


def outcome(attempt: ProofAttempt) -> str:
    """Why an attempt failed or what was wrong with the last answer, and what to do; empty where nothing is."""
    reason = REASONS.get(attempt.detail)
    if reason is None:
        return ""
    return str(reason) % _Facts(attempt.data.get("facts", {}))


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"
