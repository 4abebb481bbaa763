"""Which organisation stands behind the domain of an address or a page: the curated list, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import tldextract

from profiles.claiming.mail_providers import LOOSE_MAIL, LOOSE_PAGES, PUBLIC_MAIL, SHARED_HOSTS
from profiles.models import InstitutionDomain

LISTED, MODERATED, PUBLIC, UNKNOWN, REFUSED = "listed", "moderated", "public", "unknown", "refused"

# Plain addresses only: no quotes, comments, display names, letters outside ASCII, and no "+", by which one mailbox
# would have many names.
_ADDRESS: Final = re.compile(r"([A-Za-z0-9_'&/=-]+(?:\.[A-Za-z0-9_'&/=-]+)*)@([A-Za-z0-9.-]+)")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_ADDRESS: Final = 254


@dataclass(frozen=True, slots=True)
class Judgement:
    """`verdict`: listed (proves an affiliation), moderated (a moderator looks at it), public (a provider for
    everybody), unknown, or refused (no plain address, or a domain that was struck off).

    `domain` is the entry of the list that it is below, else its registrable domain.
    """

    verdict: str
    domain: str = ""
    organisation: str = ""
    ror: str = ""

    @property
    def issuer(self) -> str:
        """Who vouches: the same for every address and page of one organisation, so that these count once."""
        return f"ror:{self.ror}" if self.ror else f"domain:{self.domain}"


def judge(address: str) -> Judgement:
    """What an e-mail address says about where its holder works."""
    return judge_all([address])[address]


def judge_all(addresses: Iterable[str]) -> dict[str, Judgement]:
    """The same for several addresses, in one query."""
    hosts = {address: _host_of(address) for address in addresses}
    rows = _rows(domain for host in hosts.values() for domain in with_parents(host))
    return {address: _judge(host, LOOSE_MAIL, rows) if host else Judgement(REFUSED) for address, host in hosts.items()}


def _host_of(address: str) -> str:
    """In lower case; empty for what is no plain address."""
    parts = _ADDRESS.fullmatch(address) if len(address) <= LONGEST_ADDRESS else None
    return "" if parts is None or len(parts[1]) > 64 else parts[2].lower()


def judge_page(host: str) -> Judgement:
    """What the host of a page, in lower-case ASCII, says about who runs it. Hosts of many people's pages are public."""
    return judge_host(host, LOOSE_PAGES)


def page_issuer(host: str) -> str:
    """Who vouches for a page that a source lists: its organisation where one is known, else who has the domain."""
    found = judge_page(host)
    return found.issuer if found.domain else f"domain:{host}"


def judge_host(host: str, loose: frozenset[str]) -> Judgement:
    return _judge(host, loose, _rows(with_parents(host)))


def _rows(domains: Iterable[str]) -> dict[str, InstitutionDomain]:
    """What the list says of these domains."""
    wanted = set(domains)
    return {row.domain: row for row in InstitutionDomain.objects.filter(domain__in=wanted)} if wanted else {}


def _judge(host: str, loose: frozenset[str], rows: Mapping[str, InstitutionDomain]) -> Judgement:
    registrable = registrable_domain(host)
    above = with_parents(host)
    if not registrable or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return Judgement(REFUSED)
    if is_public(host):
        return Judgement(PUBLIC, registrable)
    row = next((rows[domain] for domain in above if domain in rows), None)
    if row is None:
        return Judgement(UNKNOWN, registrable)
    if not _is_within(row.domain, registrable):  # below it, others register names: foo.scripts.uni.example
        return Judgement(UNKNOWN, registrable)
    verdict = LISTED if row.status == InstitutionDomain.Status.LISTED else row.status
    if verdict == LISTED and _is_loose(host, row.domain, loose):
        verdict = MODERATED
    return Judgement(verdict, row.domain, row.organisation, row.ror)


def is_public(host: str) -> bool:
    """Whether anybody can have an address or a page there: whatever the list says, it proves nothing."""
    return not (PUBLIC_MAIL | SHARED_HOSTS).isdisjoint(with_parents(host))


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The name that somebody registered ("uni.example" of "www.cs.uni.example"), by the public suffix list with its
    private part: of "joan.github.io" all of it. Empty for a public suffix itself.
    """
    found = _suffixes()(host)
    if found.suffix:
        return found.top_domain_under_public_suffix
    return ".".join(host.split(".")[-2:]) if host.count(".") else ""  # the list's own rule for unknown endings


@lru_cache(maxsize=4096)
def registry_domain(host: str) -> str:
    """The same without the private part: "duckdns.org" of "a.duckdns.org", for limits where names cost nothing."""
    return _suffixes()(host).top_domain_under_registry_suffix or ".".join(host.split(".")[-2:])


@cache
def _suffixes() -> tldextract.TLDExtract:
    """The list as it came with the wheel: nothing is fetched or cached."""
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


def with_parents(host: str) -> list[str]:
    """The host and what it is below, longest first, without the last label."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def _is_within(domain: str, registrable: str) -> bool:
    return domain == registrable or domain.endswith(f".{registrable}")


def _is_loose(host: str, domain: str, loose: frozenset[str]) -> bool:
    """Whether a label of the host, or of the listed domain itself before its registrable part, is for others."""
    own = registrable_domain(domain)
    left = host.removesuffix(own).strip(".")
    return any(word in loose for label in left.split(".") for word in (label, *label.split("-")))


def judged_loose(domain: str) -> bool:
    """Whether a domain, as an organisation states it, is for people who need not work there: alumni.uni.example."""
    return _is_loose(domain, domain, LOOSE_MAIL)


def masked(address: str) -> str:
    """What may be shown of an address to who gave it: its first letter and its domain."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
