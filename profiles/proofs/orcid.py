"""Class A: the iD that its holder signed in with stands in source metadata, or vouched-for works of it are the same."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from profiles import limits
from profiles.claiming import ledger
from profiles.models import Claim, ProofAttempt
from profiles.orcid import accounts, client, metadata, records
from profiles.proofs.base import TWO_YEARS, GoneForGood, NotVerified, Offer, RecheckedProof, Text, Verified
from profiles.proofs.wizard import page_of
from publications.models import Author

logger = logging.getLogger(__name__)

MOST_NEEDED = 5
FINAL = frozenset({"orcid-deprecated", "orcid-deactivated", "orcid-missing"})
SHARE = 5  # one work of five, which is 20 %


class OrcidProof(RecheckedProof):
    method: ClassVar[str] = "orcid"
    kind: ClassVar[str] = "A"
    name: ClassVar[Text] = _("ORCID iD")
    gives: ClassVar[Text] = _("Level 2: at once where a work’s metadata carries your iD, else after seven days")
    takes: ClassVar[Text] = _("A minute")
    entered_as: ClassVar[frozenset[str]] = frozenset({"orcid-metadata", "orcid-works"})
    check_every: ClassVar[timedelta] = timedelta(days=7)

    def offer(self, claim: Claim) -> Offer:
        if not accounts.is_set_up():
            return Offer(possible=False, why=_("Signing in with ORCID is not set up on this site. Use another proof."))
        stated, orcid = metadata.orcids(claim.author), accounts.connected(claim.user)
        if not orcid:
            address = accounts.connect_address(page_of(claim, self.method))
            return Offer(possible=True, why=_why_unconnected(claim.author, stated), needs_sign_in=address)
        if stands(orcid, stated):
            return Offer(possible=True, why=_says_metadata(stated[orcid]))
        if stated:
            return Offer(possible=False, why=_says_other(most_stated(stated)))
        return Offer(possible=True, why=_says_compared(claim.author))

    def start(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
        orcid = accounts.connected(attempt.claim.user)
        if not orcid:
            raise NotVerified("orcid-not-connected")
        limits.spend("check-orcid", f"account:{attempt.claim.user_id}")
        attempt.hint, attempt.data = orcid, {"orcid": orcid}

    def verify(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> Verified:
        orcid = require_connected(attempt)
        author, record = attempt.claim.author, active_record(orcid)
        stated = metadata.orcids(author)
        if stands(orcid, stated):
            return _verified("orcid-metadata", orcid, {"orcid": orcid, "works": stated[orcid]})
        if stated:
            raise NotVerified("other-orcid", other=most_stated(stated))
        matched, seen = _compare(author, record)
        needed = needed_works(metadata.works_count(author))
        if len(matched) < needed:
            raise NotVerified("orcid-too-few-works", **seen, needed=needed)
        require_same_person(author, orcid, (record.name, *record.other_names))
        return _verified("orcid-works", orcid, {"orcid": orcid, "works": sorted(matched), "needed": needed})

    def recheck(self, claim: Claim, proof: ledger.Proof) -> Verified:
        """Whether the iD is still connected and in use; it proves no longer than at first."""
        orcid = accounts.connected(claim.user)
        if accounts.issuer(orcid) != proof.entry.issuer:
            raise GoneForGood("orcid-disconnected")
        try:
            active_record(orcid)
        except NotVerified as failure:
            raise GoneForGood(failure.reason) if failure.reason in FINAL else failure from failure
        return _verified(proof.entry.method, orcid, {"orcid": orcid}, valid=timedelta(0))

    def still_counts(self, misses: Sequence[datetime]) -> bool:
        """ORCID was not reached, or it locked the record for a while."""
        return True


def needed_works(works: int) -> int:
    """max(1, min(5, 20 % of the record's works)), the share rounded up."""
    return max(1, min(MOST_NEEDED, -(-works // SHARE)))


def stands(orcid: str, stated: Mapping[str, int]) -> bool:
    """Whether the iD stands in source metadata, and no other iD at more works: a slip in one work decides nothing."""
    return stated.get(orcid, 0) >= max(stated.values(), default=1)


def most_stated(stated: Mapping[str, int]) -> str:
    return min(stated, key=lambda orcid: (-stated[orcid], orcid))


def require_connected(attempt: ProofAttempt) -> str:
    """The iD with which the proof was started, still connected."""
    orcid = accounts.connected(attempt.claim.user)
    if not orcid:
        raise NotVerified("orcid-not-connected")
    if orcid != attempt.data.get("orcid"):
        raise NotVerified("changed")
    return orcid


def active_record(orcid: str) -> records.OrcidRecord:
    try:
        record = client.record(orcid)
    except client.Unreachable as error:
        logger.warning("%s", error)
        raise NotVerified("upstream") from error
    if record.status != records.ACTIVE:
        raise NotVerified(f"orcid-{record.status}", **({"successor": record.successor} if record.successor else {}))
    return record


def require_same_person(author: Author, orcid: str, spelled: tuple[str, ...]) -> None:
    """Works in common are a co-author's too: their iD or a name that has nothing of the record's gives them away."""
    if metadata.is_a_co_author(author, orcid):
        raise NotVerified("orcid-of-co-author")
    if not metadata.shares_a_word(author, spelled):
        raise NotVerified("orcid-other-name")


def _compare(author: Author, record: records.OrcidRecord) -> tuple[set[int], dict[str, int]]:
    """Works that others vouch for at ORCID, and how many there are: `found`, and `own` that the holder added."""
    works = metadata.work_ids(author, *sorted(records.WORK_SCHEMES))
    vouched = record.ids_vouched_for()
    matched = {works[pair] for pair in vouched & works.keys()}
    listed = {works[pair] for work in record.works for pair in work.ids if pair in works}
    return matched, {"found": len(matched), "own": len(listed - matched)}


def _verified(method: str, orcid: str, seen: dict[str, Any], valid: timedelta = TWO_YEARS) -> Verified:
    return Verified(method=method, issuer=accounts.issuer(orcid), subject=orcid, valid=valid, seen=seen)


# ---------------------------------------------------------------- what the wizard says


def _why_unconnected(author: Author, stated: Mapping[str, int]) -> str:
    if not stated:
        return _says_compared(author)
    works = stated[most_stated(stated)]
    return ngettext(
        "An ORCID iD stands in the metadata of %(n)s work of this record. If it is yours, sign in with it.",
        "An ORCID iD stands in the metadata of %(n)s works of this record. If it is yours, sign in with it.",
        works,
    ) % {"n": works}


def _says_metadata(works: int) -> str:
    return ngettext(
        "Your iD stands in the metadata of %(n)s work of this record.",
        "Your iD stands in the metadata of %(n)s works of this record.",
        works,
    ) % {"n": works}


def _says_other(other: str) -> str:
    return gettext(
        "The works of this record carry another iD, %(other)s. If that is yours too, disconnect the present one and "
        "sign in with it; if it is wrong, use another proof or ask a moderator."
    ) % {"other": other}


def _says_compared(author: Author) -> str:
    needed = needed_works(metadata.works_count(author))
    return ngettext(
        "No work of this record carries an ORCID iD, so your public ORCID record is compared: at least %(n)s of these "
        "works must be on it, added by a publisher or a repository, not by you.",
        "No work of this record carries an ORCID iD, so your public ORCID record is compared: at least %(n)s of these "
        "works must be on it, added by publishers or repositories, not by you.",
        needed,
    ) % {"n": needed}
