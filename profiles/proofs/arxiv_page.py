"""Class C1: the arXiv author page of the iD that its holder signed in with lists a work of the record."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from lxml import etree

from bzpeer.kit import ids
from profiles import limits
from profiles.models import Claim, ProofAttempt
from profiles.orcid import accounts, fetch, metadata
from profiles.proofs.base import TWO_YEARS, NotVerified, Offer, Proof, Text, Verified
from profiles.proofs.orcid import require_connected, require_same_person
from profiles.proofs.wizard import page_of

logger = logging.getLogger(__name__)

ATOM = "{http://www.w3.org/2005/Atom}"
MOST_ENTRIES = 20_000
NO_PAGE = frozenset({400, 404})  # arXiv's answers where no account of its own is linked with the iD


class ArxivPageProof(Proof):
    method: ClassVar[str] = "arxiv-page"
    kind: ClassVar[str] = "C"
    name: ClassVar[Text] = _("arXiv author page")
    gives: ClassVar[Text] = _("Level 2 after seven days without an objection")
    takes: ClassVar[Text] = _("A minute")

    def offer(self, claim: Claim) -> Offer:
        if not accounts.is_set_up():
            return Offer(possible=False, why=_("It needs an ORCID iD, and ORCID is not set up on this site."))
        works = len(metadata.work_ids(claim.author, "arxiv"))
        if not works:
            return Offer(possible=False, why=_("No work of this record is on arXiv."))
        orcid = accounts.connected(claim.user)
        if not orcid:
            address = accounts.connect_address(page_of(claim, self.method))
            return Offer(possible=True, why=_says_link(works), needs_sign_in=address)
        return Offer(possible=True, why=_says_page(works, page_address(orcid)))

    def start(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
        orcid = accounts.connected(attempt.claim.user)
        if not orcid:
            raise NotVerified("orcid-not-connected")
        limits.spend("check-page", f"account:{attempt.claim.user_id}")
        attempt.hint, attempt.data = orcid, {"orcid": orcid}

    def verify(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> Verified:
        orcid, author = require_connected(attempt), attempt.claim.author
        page = read_page(_fetch(orcid), orcid)
        works = metadata.work_ids(author, "arxiv")
        listed = sorted(number for number in page.works if ("arxiv", number) in works)
        if not listed:
            raise NotVerified("arxiv-page-lists-none", listed=len(page.works))
        require_same_person(author, orcid, (page.name,))
        return Verified(
            method=self.method,
            issuer=accounts.issuer(orcid),  # A and C1 through one iD count once
            subject=orcid,
            valid=TWO_YEARS,
            seen={"orcid": orcid, "works": listed},
        )


@dataclass(frozen=True, slots=True)
class AuthorPage:
    name: str
    works: frozenset[str]


def page_address(orcid: str) -> str:
    return f"{settings.ARXIV_URL}/a/{orcid}"


def read_page(feed: bytes, orcid: str) -> AuthorPage:
    """Whose page it is, and the arXiv ids it lists; raises NotVerified where it is no Atom feed about this iD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(feed, parser)
    except (ValueError, etree.XMLSyntaxError) as error:
        logger.warning("arXiv's author page of %s cannot be read: %s", orcid, error)
        raise NotVerified("upstream") from error
    described = [link.get("href") or "" for link in root.findall(f"{ATOM}link") if link.get("rel") == "describes"]
    others = {href for href in described if "orcid.org/" in href and orcid not in href}
    if root.tag != f"{ATOM}feed" or others:
        raise NotVerified("upstream")
    entries = root.findall(f"{ATOM}entry")[:MOST_ENTRIES]
    found = {number for entry in entries for number in [_number(entry)] if number}
    return AuthorPage(root.findtext(f"{ATOM}title") or "", frozenset(found))


def _number(entry: Any) -> str:
    """An entry's arXiv id, without version: of its `id` ("2401.00001v1" or an address), else of its links."""
    links = [link.get("href") or "" for link in entry.findall(f"{ATOM}link")]
    for text in (entry.findtext(f"{ATOM}id") or "", *links):
        try:
            return ids.normalise("arxiv", text)
        except ValueError:
            continue
    return ""


def _fetch(orcid: str) -> bytes:
    try:
        answer = fetch.get(f"{page_address(orcid)}.atom2", "application/atom+xml")
    except fetch.Unreachable as error:
        logger.warning("%s", error)
        raise NotVerified("upstream") from error
    if answer.status in NO_PAGE:
        raise NotVerified("no-arxiv-page")
    if answer.status != 200:
        logger.warning("arXiv answered %s for the author page of %s", answer.status, orcid)
        raise NotVerified("upstream")
    return answer.body


def _says_link(works: int) -> str:
    return ngettext(
        "%(n)s work of this record is on arXiv. If you linked your iD in your arXiv account, sign in with it here.",
        "%(n)s works of this record are on arXiv. If you linked your iD in your arXiv account, sign in with it here.",
        works,
    ) % {"n": works}


def _says_page(works: int, address: str) -> str:
    facts = {"n": works, "address": address}
    return gettext("Your page %(address)s must list one of the %(n)s works of this record that are on arXiv.") % facts
