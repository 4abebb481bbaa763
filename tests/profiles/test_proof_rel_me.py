"""Class C3: which pages may carry the link, what is read of them, and how long a missing link is forgiven."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from profiles.claiming import evidence, upkeep, verification
from profiles.models import Claim, Evidence, InstitutionDomain, ProofAttempt
from profiles.proofs import rel_me
from profiles.proofs.base import NotVerified
from profiles.proofs.registry import PROOFS
from profiles.proofs.rel_me import RelMeProof, leads_back, link, snippet, still_counts
from tests.bzpeer.tls_site import Site, moved, page, running
from tests.corpus import make_author, make_work
from tests.profiles.proof_steps import ROR, begin, claim_to, record_at

pytestmark = pytest.mark.django_db
METHOD, PROOF = "rel-me", RelMeProof()
URL = "https://people.uni.example/~joan/"
NAMES = ("people.uni.example", "uni.example", "other.example", "joan.github.io", "wiki.uni.example", "sites.google.com")


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.BASE_URL = "https://bzpeer.example"
    InstitutionDomain.objects.create(domain="uni.example", ror=ROR, organisation="Invented University")
    InstitutionDomain.objects.create(domain="other.example", ror="02nr0ka47", organisation="Other University")
    InstitutionDomain.objects.create(domain="google.com", ror="00njsd438", organisation="Invented University")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with running(monkeypatch, *NAMES) as site:
        yield site


@pytest.fixture
def claim() -> Claim:
    return claim_to(record_at("Invented University, https://joan.github.io/cv/.", ror=ROR))


def check(claim: Claim, url: str) -> ProofAttempt:
    """Start, and what the task does afterwards."""
    attempt = begin(claim, METHOD, url=url)
    return verification.check(attempt.pk) or attempt


def test_a_page_of_the_institution_that_links_back_is_proof(claim: Claim, site: Site) -> None:
    site.pages["people.uni.example/~joan/"] = page(f"<p>My works: {snippet(claim)}</p>")

    attempt = check(claim, URL)

    row = Evidence.objects.get()
    assert (attempt.status, attempt.hint, attempt.target) == ("verified", "people.uni.example", "")
    assert (row.kind, row.method, row.issuer, row.subject) == ("C", METHOD, f"ror:{ROR}", URL)
    claim.refresh_from_db()
    assert claim.status == "approved"


def test_a_page_that_a_source_lists_for_this_author_alone_is_proof(claim: Claim, site: Site) -> None:
    site.pages["joan.github.io/cv"] = page(snippet(claim))
    site.pages["joan.github.io/else"] = page(snippet(claim))

    assert check(claim, "https://joan.github.io/else").detail == "page-not-of-institution"
    assert check(claim, "https://joan.github.io/cv").status == "verified"
    assert Evidence.objects.get().issuer == "domain:joan.github.io"


def test_a_page_that_a_co_author_shares_is_none(site: Site) -> None:
    ada, joan = make_author("Ada Else"), make_author("Joan Example")
    work = make_work(authors=[ada, joan])
    for authorship in work.authorships.all():
        authorship.affiliations = ["Group, https://joan.github.io/cv"]
        authorship.save()

    assert rel_me.listed_pages(joan) == set()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://uni.example/", "page-address"),
        ("https://127.0.0.1/", "page-address"),
        ("https://uni.example:8443/", "page-address"),
        ("https://uni.example.evil.com/", "page-not-of-institution"),
        ("https://wiki.uni.example/Joan", "page-not-of-institution"),
        ("https://uni.example/wiki/Joan", "page-not-of-institution"),
        ("https://uni.example/uploads/x.html", "page-not-of-institution"),
        ("https://students.uni.example/joan", "page-not-of-institution"),
        ("https://sites.google.com/site/joan", "page-shared-host"),
        ("https://joan.wordpress.com/", "page-shared-host"),
        ("https://other.example/", "organisation-not-in-works"),
    ],
)
def test_other_pages_are_not_even_fetched(claim: Claim, site: Site, url: str, reason: str) -> None:
    attempt = check(claim, url)

    assert (attempt.status, attempt.detail) == ("failed", reason)
    assert (site.resolved, site.connected) == ([], [])


LINK = "https://bzpeer.example/authors/A{author}/?claim={nonce}"


@pytest.mark.parametrize(
    "body",
    [
        "<p>nothing</p>",
        f"<!-- <a rel=me href='{LINK}'>x</a> -->",
        f"<iframe srcdoc=\"<a rel=me href='{LINK}'>x</a>\"></iframe>",
        f"<template><a rel=me href='{LINK}'>x</a></template>",
        f"<div class=comments><a rel=me href='{LINK}'>x</a></div>",
        f"<a href='{LINK}'>x</a>",
        "<a rel=me href='https://bzpeer.example/authors/A{author}/'>x</a>",
        "<a rel=me href='https://bzpeer.example/authors/A{author}/?claim=guess'>x</a>",
        "<a rel=me href='https://bzpeer.example/authors/A{author}1/?claim={nonce}'>x</a>",
        "<a rel=me href='https://evil.example/authors/A{author}/?claim={nonce}'>x</a>",
        "<a rel=me href='http://bzpeer.example/authors/A{author}/?claim={nonce}'>x</a>",
        "<a rel=me href='/authors/A{author}/?claim={nonce}'>x</a>",
    ],
)
def test_a_page_without_the_link_is_no_proof(claim: Claim, site: Site, body: str) -> None:
    html = body.replace("{author}", str(claim.author_id)).replace("{nonce}", claim.nonce)
    site.pages["people.uni.example/~joan/"] = page(html)

    assert check(claim, URL).detail == "page-link-missing"
    assert Evidence.objects.count() == 0


def test_the_nonce_of_another_claim_proves_nothing(claim: Claim, site: Site) -> None:
    theirs = claim_to(record_at("Invented University", name="Ada Else"))
    site.pages["people.uni.example/~joan/"] = page(snippet(theirs))

    assert check(claim, URL).detail == "page-link-missing"
    assert leads_back(link(theirs), theirs)
    assert leads_back(link(claim).replace("/?", "/joan-example/?"), claim)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (moved("https://other.example/"), "organisation-not-in-works"),
        (moved("https://joan.github.io/cv"), "page-moved"),
        (moved("https://127.0.0.1/"), "page-address"),
        (page("", status="404 Not Found"), "page-unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", "page-unreadable"),
        (page("x" * 400_000), "page-unreadable"),
        (page("x" * 1_100_000), "page-unreadable"),
        (b"nonsense", "page-unreadable"),
    ],
)
def test_what_cannot_be_read_is_unverified(claim: Claim, site: Site, answer: bytes, reason: str) -> None:
    site.pages["people.uni.example/~joan/"] = answer
    site.pages["other.example/"] = site.pages["joan.github.io/cv"] = page(snippet(claim))

    assert check(claim, URL).detail == reason


def test_a_page_inside_the_network_is_never_asked(claim: Claim, site: Site) -> None:
    site.addresses = {"people.uni.example": ["10.0.0.7"]}

    assert check(claim, URL).detail == "page-address"
    assert site.connected == []


def test_pages_are_looked_at_again_and_end_after_three_failures_over_14_days(claim: Claim, site: Site) -> None:
    site.pages["people.uni.example/~joan/"] = page(snippet(claim))
    check(claim, URL)
    claim.refresh_from_db()
    proof = evidence.holding(claim)[0]

    verified = PROOF.recheck(claim, proof)
    assert (verified.issuer, verified.subject) == (f"ror:{ROR}", URL)
    site.pages.clear()
    upkeep.check_again(claim, proof, PROOF)

    after = evidence.holding(claim)[0]
    assert (len(after.misses), PROOF.still_counts(after.misses)) == (1, True)
    assert after.expires - after.seen > timedelta(days=30 + 14 + 1)  # the failures are counted before it expires


def test_a_page_that_comes_to_another_issuer_is_no_longer_the_proof(claim: Claim, site: Site) -> None:
    site.pages["people.uni.example/~joan/"] = page(snippet(claim))
    check(claim, URL)
    proof = evidence.holding(claim)[0]
    InstitutionDomain.objects.filter(domain="uni.example").update(status="moderated")

    with pytest.raises(NotVerified, match="page-not-of-institution"):
        PROOF.recheck(claim, proof)


DAY = datetime(2026, 1, 1, tzinfo=UTC)
MISSES = st.lists(st.integers(0, 60).map(lambda day: DAY + timedelta(days=day)), max_size=8)


@given(MISSES)
def test_three_failures_over_fourteen_days_end_it(misses: list[datetime]) -> None:
    span = max(misses) - min(misses) if misses else timedelta(0)

    assert still_counts(misses) == (len(misses) < 3 or span < timedelta(days=14))


@given(MISSES, MISSES)
def test_more_failures_never_bring_it_back(misses: list[datetime], more: list[datetime]) -> None:
    assert still_counts(misses) or not still_counts([*misses, *more])
    assert still_counts(misses) == still_counts(misses[::-1])


def test_the_form_shows_the_line_to_paste(claim: Claim) -> None:
    form = PROOFS[METHOD].form(claim, {"url": "https://0x7f.1/"})

    assert form is not None
    assert form["line"].value() == f'<a rel="me" href="{link(claim)}">bzpeer</a>'
    assert "begins with https://" in str(form.errors)
    assert link(claim) == f"https://bzpeer.example/authors/A{claim.author_id}/?claim={claim.nonce}"


def test_the_offer_says_which_page_will_do(claim: Claim) -> None:
    offers = [
        PROOFS[METHOD].offer(found)
        for found in (claim, claim_to(record_at("Somewhere", name="Ada")), claim_to(make_author("Nobody")))
    ]

    assert [offer.possible for offer in offers] == [True, True, False]
