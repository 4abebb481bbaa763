"""Class B: a code sent to an address of an institution that the works, or an employment at ORCID, name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar, Final

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from profiles.claiming import domains
from profiles.claiming.domains import Judgement
from profiles.models import Claim, InstitutionDomain, ProofAttempt
from profiles.orcid import accounts, client, metadata, records
from profiles.promptly import Broker
from profiles.proofs.base import YEAR, NotVerified, Offer, Text, Verified
from profiles.proofs.codes import CodeProof
from profiles.proofs.reasons import REASONS
from publications import names
from publications.models import Author, Authorship, Institution

MOST_NAMED: Final = 3
MOST_SEGMENTS: Final = 40  # of one affiliation
_NOT_LISTED: Final = {
    domains.REFUSED: "address-refused",
    domains.PUBLIC: "address-public",
    domains.UNKNOWN: "domain-unknown",
    domains.MODERATED: "domain-moderated",
}


class AddressForm(forms.Form):
    address = forms.CharField(
        label=_("Your address at the institution"),
        help_text=_("A code is sent there. The address is shown to nobody and forgotten when this is done."),
        max_length=domains.LONGEST_ADDRESS,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        if domains.judge(address).verdict == domains.REFUSED:
            raise ValidationError(str(REASONS["address-refused"]))
        return address


class InstitutionProof(CodeProof):
    method: ClassVar[str] = "institution-mail"
    kind: ClassVar[str] = "B"
    name: ClassVar[Text] = _("Address at your institution")
    gives: ClassVar[Text] = _("Level 2 after seven days without an objection")
    takes: ClassVar[Text] = _("Two minutes, with your mailbox at hand")
    asks: ClassVar[type[forms.Form] | None] = AddressForm

    def offer(self, claim: Claim) -> Offer:
        if found := listed_institutions(claim.author):
            return Offer(possible=True, why=_says_which(found))
        if has_affiliations(claim.author) or _orcid_of_record(claim):
            return Offer(possible=True, why=_("An address at an institution that these works name will do."))
        return Offer(
            possible=False,
            why=_("These works name no institution. Use another proof, or ask a moderator with a note on who you are."),
        )

    def start(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
        address = str(answers.get("address", "")).strip()
        judgement = _listed(address)
        require_occurs(attempt.claim, judgement)
        attempt.hint = domains.masked(address)
        self.send_code(attempt, address)

    def verify(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> Verified:
        self.check_code(attempt, answers)
        judgement = _listed(attempt.target)  # the list may have changed meanwhile
        return Verified(
            method=self.method,
            issuer=judgement.issuer,
            secret_subject=attempt.target.lower(),
            valid=YEAR,
            seen={"domain": judgement.domain, "ror": judgement.ror, "organisation": judgement.organisation},
        )


def _listed(address: str) -> Judgement:
    judgement = domains.judge(address)
    if judgement.verdict != domains.LISTED:
        facts = {"domain": judgement.domain, "organisation": judgement.organisation}
        raise NotVerified(_NOT_LISTED[judgement.verdict], **facts)
    return judgement


def _says_which(found: Sequence[str]) -> Text:
    named = ", ".join(found)
    return format_lazy(_("These works name {institutions}: an address there is enough."), institutions=named)


# ---------------------------------------------------------------- whether an organisation occurs


def require_occurs(claim: Claim, judgement: Judgement) -> None:
    """Raises NotVerified unless the organisation stands in an affiliation of the record's works or in an employment
    of the iD that the claimant connected and that the works' metadata carry.
    """
    if occurs_in_works(claim.author, judgement):
        return
    wanted = names.key(judgement.organisation)
    for ror, organisation in employments(claim):
        if (ror and ror == judgement.ror) or names.key(organisation) == wanted:
            return
    raise NotVerified("organisation-not-in-works", organisation=judgement.organisation)


def occurs_in_works(author: Author, judgement: Judgement) -> bool:
    if judgement.ror:
        rows = Institution.objects.filter(authorship_institutions__authorship__author=author)
        if rows.filter(ids__scheme="ror", ids__value=judgement.ror).exists():
            return True
    return is_printed(judgement.organisation, printed_affiliations(author))


def has_affiliations(author: Author) -> bool:
    return Authorship.objects.filter(author=author).exclude(affiliations=[]).exists()


def printed_affiliations(author: Author) -> Iterator[str]:
    rows = Authorship.objects.filter(author=author).exclude(affiliations=[])
    for affiliations in rows.values_list("affiliations", flat=True).iterator():
        yield from affiliations


def is_printed(organisation: str, affiliations: Iterable[str]) -> bool:
    """Whether an affiliation names the organisation between its commas: "York University" is not in "New York
    University, USA", nor the university in the name of its press.
    """
    wanted = _keys(organisation)
    return bool(wanted) and any(wanted & set(_runs(affiliation)) for affiliation in affiliations)


def _keys(organisation: str) -> set[str]:
    """The folded name, also without its country as ROR adds it: "Company (Germany)"."""
    plain = re.sub(r"\s*\([^()]*\)\s*$", "", organisation)
    return {key for key in map(names.key, (organisation, plain)) if len(key) > 2}


def _runs(affiliation: str) -> Iterator[str]:
    """Every run of parts between commas, folded, without "the" and numbers in front: a name may have commas."""
    parts = [part for part in re.split(r"[,;()\[\]|\n]|\s[-–—/]\s|\.\s", affiliation)[:MOST_SEGMENTS] if part.strip()]
    keys = [re.sub(r"^(?:[0-9]+ )?(?:the )?", "", names.key(part)) for part in parts]
    yield from keys
    for first, second in pairwise(keys):
        yield f"{first} {second}"
    for first, second, third in zip(keys, keys[1:], keys[2:], strict=False):
        yield f"{first} {second} {third}"


def listed_institutions(author: Author) -> list[str]:
    """Institutions of the record's works that have a domain on the list, those with most works first."""
    institutions = Institution.objects.filter(authorship_institutions__authorship__author=author)
    rors = institutions.filter(ids__scheme="ror").values_list("ids__value", flat=True).distinct()[:100]
    rows = InstitutionDomain.objects.filter(ror__in=list(rors), status=InstitutionDomain.Status.LISTED)
    return list(dict.fromkeys(rows.order_by("organisation").values_list("organisation", flat=True)))[:MOST_NAMED]


# ---------------------------------------------------------------- employments at ORCID

_KEPT: Final = timedelta(hours=1)
_KEPT_AFTER_FAILURE: Final = timedelta(minutes=2)


def employments(claim: Claim) -> list[tuple[str, str]]:
    """(ROR id, organisation) of the claimant's employments; raises NotVerified while a task asks ORCID for them."""
    orcid = _orcid_of_record(claim)
    if not orcid:
        return []
    found = cache.get(_key(orcid))
    if found is None:
        _ask(orcid)
        raise NotVerified("employments-asked")
    return [(str(ror), str(organisation)) for ror, organisation in found]


def read_employments(orcid: str) -> None:
    """By a task: remember the employments of an iD for an hour; none for a short while where ORCID does not answer."""
    try:
        record = client.record(orcid)
    except client.Unreachable:
        cache.set(_key(orcid), [], _KEPT_AFTER_FAILURE.total_seconds())
        return
    rows = record.employments if record.status == records.ACTIVE else ()
    cache.set(_key(orcid), [[row.ror, row.organisation] for row in rows], _KEPT.total_seconds())


def _ask(orcid: str) -> None:
    from profiles import tasks

    Broker.send(tasks.read_employments, orcid)


def _orcid_of_record(claim: Claim) -> str:
    """The claimant's connected iD, if it stands in the works' metadata: any other's employments say nothing here."""
    orcid = accounts.connected(claim.user)
    return orcid if orcid and orcid in metadata.orcids(claim.author) else ""


def _key(orcid: str) -> str:
    return f"employments:{orcid}"
