"""Class C3: a page of the institution, or one that a source lists for this author, links back with a nonce."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bzpeer.kit import rel_me, safe_fetch
from bzpeer.kit.safe_fetch import Fetched, FetchRefused, Target
from profiles import limits
from profiles.claiming import domains, ledger
from profiles.models import Claim, Evidence, ProofAttempt
from profiles.proofs.base import NotVerified, Offer, RecheckedProof, Text, Verified
from profiles.proofs.institution import has_affiliations, listed_institutions, occurs_in_works
from profiles.proofs.reasons import REASONS
from publications.models import Author, Authorship

CHECK_EVERY: Final = timedelta(days=30)
FAILURES: Final = 3
OVER: Final = timedelta(days=14)
# Longer than from one check to the end of the failures that are forgiven; past it nobody has looked at all.
VALID: Final = timedelta(days=60)

_URL: Final = re.compile(r"https?://[^\s<>\"'()\[\]{}]+", re.IGNORECASE)
_WRITTEN_BY_OTHERS: Final = re.compile(  # paths of an institution under which others put pages
    r"/(?:wikis?|forums?|comments?|discuss(?:ions?)?|guestbook|paste|pastebin|raw|blob|uploads?|attachments?|"
    r"usercontent|user-content|download|redirect|proxy)(?:/|$)",
    re.IGNORECASE,
)
_CHARSETS: Final = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252"}
_REASON_OF: Final = {
    "address": "page-address",
    "not-public": "page-address",
    "unreachable": "page-unreachable",
    "too-slow": "page-unreachable",
    "certificate": "page-certificate",
    "too-large": "page-unreadable",
    "unreadable": "page-unreadable",
    "too-many-redirects": "page-moved",
}


class PageForm(forms.Form):
    """Which page carries the link, and the line to paste into it."""

    line = forms.CharField(
        label=_("First paste this line into your page"),
        help_text=_("Anywhere in its text, as HTML; the words may be others. Keep it there: it is looked at monthly."),
        required=False,
        disabled=True,
        widget=forms.Textarea({"rows": 2, "readonly": True, "spellcheck": "false"}),
    )
    url = forms.CharField(
        label=_("Address of that page"),
        help_text=_("With https://, as it opens in a browser."),
        max_length=safe_fetch.LONGEST_URL,
        widget=forms.URLInput({"autocomplete": "url", "placeholder": "https://"}),
    )

    def __init__(self, *args: Any, claim: Claim | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].initial = snippet(claim) if claim else ""

    def clean_url(self) -> str:
        try:
            safe_fetch.parse(str(self.cleaned_data["url"]).strip())
        except FetchRefused as refused:
            raise ValidationError(str(REASONS["page-address"])) from refused
        return str(self.cleaned_data["url"]).strip()


class RelMeProof(RecheckedProof):
    method: ClassVar[str] = "rel-me"
    kind: ClassVar[str] = "C"
    name: ClassVar[Text] = _("Link from your page")
    gives: ClassVar[Text] = _("Level 2 after seven days without an objection")
    takes: ClassVar[Text] = _("A minute, once you can edit the page")
    asks: ClassVar[type[forms.Form] | None] = PageForm
    check_every: ClassVar[timedelta] = CHECK_EVERY

    def form(self, claim: Claim, data: Mapping[str, Any] | None = None) -> forms.Form:
        return PageForm(data, claim=claim)

    def offer(self, claim: Claim) -> Offer:
        if listed_pages(claim.author):
            return Offer(possible=True, why=_("A source lists a page for this author, which will do."))
        if listed_institutions(claim.author) or has_affiliations(claim.author):
            return Offer(possible=True, why=_("A page of yours at an institution that these works name will do."))
        why = _("These works name neither an institution nor a page of this author. Use another proof.")
        return Offer(possible=False, why=why)

    def start(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
        target = _parsed(str(answers.get("url", "")).strip())
        issuer_of(attempt.claim.author, target)
        limits.spend("check-page", f"account:{attempt.claim.user_id}", f"host:{target.host}")
        attempt.target, attempt.hint = target.url, target.host

    def verify(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> Verified:
        return look(attempt.claim, attempt.target)

    def recheck(self, claim: Claim, proof: ledger.Proof) -> Verified:
        """Look at the page again; raises NotVerified, also when somebody else vouches by now."""
        row = Evidence.objects.filter(author_id=claim.author_id, sequence=proof.entry.sequence).first()
        if row is None or not row.subject:
            raise NotVerified("changed")
        verified = look(claim, row.subject)
        if verified.issuer != proof.entry.issuer:
            raise NotVerified("changed")
        return verified

    def still_counts(self, misses: Sequence[datetime]) -> bool:
        return still_counts(misses)


def still_counts(misses: Sequence[datetime]) -> bool:
    """Whether a page counts in spite of these failed checks since the last good one: three over 14 days end it."""
    return len(misses) < FAILURES or max(misses) - min(misses) < OVER


def snippet(claim: Claim) -> str:
    """The line to paste: a link to the author's page that carries the claim's nonce."""
    return f'<a rel="me" href="{link(claim)}">bzpeer</a>'


def link(claim: Claim) -> str:
    return f"{settings.BASE_URL}{reverse('author', args=[claim.author_id])}?claim={claim.nonce}"


# ---------------------------------------------------------------- which pages


def issuer_of(author: Author, target: Target) -> str:
    """Who vouches for what stands at this address; raises NotVerified where nobody does."""
    path = target.path.partition("?")[0]
    if _same(target.host, target.path) in listed_pages(author):
        return domains.page_issuer(target.host)
    judgement = domains.judge_page(target.host)
    if judgement.verdict == domains.PUBLIC:
        raise NotVerified("page-shared-host", host=target.host)
    if judgement.verdict != domains.LISTED or _WRITTEN_BY_OTHERS.search(path):
        raise NotVerified("page-not-of-institution", host=target.host)
    if not occurs_in_works(author, judgement):
        raise NotVerified("organisation-not-in-works", organisation=judgement.organisation)
    return judgement.issuer


def listed_pages(author: Author) -> set[str]:
    """Pages printed in this author's affiliations and in no co-author's, as host and path."""
    rows = Authorship.objects.filter(author=author, affiliations__icontains="://")
    own = set(_pages(rows))
    return own - set(_pages(Authorship.objects.filter(work__in=rows.values("work")).exclude(author=author)))


def _pages(rows: QuerySet[Authorship]) -> Iterator[str]:
    for affiliations in rows.values_list("affiliations", flat=True):
        for url in _URL.findall(" ".join(affiliations)):
            parts = urlsplit(url.rstrip(".,;:!?"))
            yield _same(parts.netloc.lower(), f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _same(host: str, path: str) -> str:
    return f"{host}{path.rstrip('/')}"


def _parsed(url: str) -> Target:
    try:
        return safe_fetch.parse(url)
    except FetchRefused as refused:
        raise NotVerified("page-address") from refused


# ---------------------------------------------------------------- looking at one


def look(claim: Claim, url: str) -> Verified:
    """Fetch the page and find the claim's link on it; raises NotVerified."""
    issuer = issuer_of(claim.author, _parsed(url))
    page = _fetched(url)
    if issuer_of(claim.author, _parsed(page.url)) != issuer:
        raise NotVerified("page-moved")
    if not any(leads_back(found, claim) for found in _links(page)):
        raise NotVerified("page-link-missing")
    return Verified(method=RelMeProof.method, issuer=issuer, subject=url, valid=VALID, seen={"page": page.url})


def leads_back(found: str, claim: Claim) -> bool:
    """Whether a link is the one to paste; the name in the address may differ, the nonce may not."""
    try:
        parts, own = urlsplit(found), urlsplit(settings.BASE_URL)
    except ValueError:
        return False
    path = reverse("author", args=[claim.author_id])
    is_here = (parts.scheme, parts.netloc.lower()) == (own.scheme, own.netloc.lower())
    is_page = parts.path == path or re.fullmatch(re.escape(path) + "[^/]+/", parts.path) is not None
    return is_here and is_page and parse_qs(parts.query).get("claim") == [claim.nonce]


def _fetched(url: str) -> Fetched:
    try:
        page = safe_fetch.fetch(url)
    except FetchRefused as refused:
        raise NotVerified(_REASON_OF[refused.reason]) from refused
    if page.status != 200:
        raise NotVerified("page-unreachable")
    if "html" not in page.content_type:
        raise NotVerified("page-unreadable")
    return page


def _links(page: Fetched) -> list[str]:
    stated = re.search(r"charset=[\"']?([a-z0-9_-]+)", page.content_type)
    charset = _CHARSETS.get(stated[1] if stated else "", "utf-8")
    try:
        return rel_me.links(page.body.decode(charset, "replace"), page.url)
    except rel_me.Unreadable as error:
        raise NotVerified("page-unreadable") from error
