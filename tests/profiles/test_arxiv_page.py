"""Class C1: the arXiv author page of a connected iD lists a work of the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from bzpeer.standins.people import Person
from profiles.models import Claim
from profiles.proofs.arxiv_page import ArxivPageProof, AuthorPage, read_page
from profiles.proofs.base import TWO_YEARS, NotVerified, Verified
from profiles.proofs.reasons import REASONS
from publications.models import Author, WorkId
from tests.corpus import make_author
from tests.profiles.orcid_site import (
    JOAN,
    OTHER,
    arxiv,
    attempt,
    claim_of,
    give_orcid,
    in_words,
    nobody_answers,
    state_orcid,
    tried,
    works_of,
)

pytestmark = pytest.mark.django_db

PROOF = ArxivPageProof()


@pytest.fixture(autouse=True)
def _site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with nobody_answers(settings, monkeypatch):
        yield


@pytest.fixture
def author() -> Author:
    return make_author("Joan Example")


def outcome(claim: Claim, settings: Settings, *people: Person) -> Verified | str:
    found = tried(PROOF, claim, settings, *people)
    return found if isinstance(found, Verified) else in_words(found)


def joan(*numbers: str, **more: Any) -> Person:
    return Person(**{"orcid": JOAN, "name": "Joan Example", "arxiv": numbers, **more})


def test_a_page_that_lists_a_work_of_the_record_is_proof(author: Author, settings: Settings) -> None:
    works = works_of(author, 3)
    listed = sorted(arxiv(work) for work in works[:2])
    assert outcome(claim_of(author), settings, joan(*listed, "1207.0001")) == Verified(
        method="arxiv-page",
        issuer=f"orcid:{JOAN}",  # as class A has it: both count once
        subject=JOAN,
        valid=TWO_YEARS,
        seen={"orcid": JOAN, "works": listed},
    )


def test_a_page_without_a_work_of_the_record_is_none(author: Author, settings: Settings) -> None:
    works_of(author, 1)
    assert outcome(claim_of(author), settings, joan("1207.0001")) == "arxiv-page-lists-none"


def test_no_page_at_all_says_how_to_link_the_id(author: Author, settings: Settings) -> None:
    works_of(author, 1)
    assert outcome(claim_of(author), settings, joan(arxiv=None)) == "no-arxiv-page"
    assert "Link the iD in your arXiv account" in str(REASONS["no-arxiv-page"])


def test_the_page_of_a_co_author_lists_the_work_too(author: Author, settings: Settings) -> None:
    work = works_of(author, 1)[0]
    claim = claim_of(author)
    number = arxiv(work)
    assert outcome(claim, settings, joan(number, name="Supervisor Famous")) == "orcid-other-name"

    friend = make_author("Joan Namesake")
    friend.authorships.create(work=work, position=2, raw_name="Joan Namesake", name_key="joan namesake", block="n j")
    state_orcid(work, friend, JOAN)
    claim.attempts.all().delete()
    assert outcome(claim, settings, joan(number)) == "orcid-of-co-author"


def test_an_outage_is_no_verdict(author: Author) -> None:
    works_of(author, 1)
    begun = attempt(PROOF, claim_of(author))
    with pytest.raises(NotVerified, match="upstream"):
        PROOF.verify(begun, {})


def test_the_offer_says_what_is_needed(author: Author, settings: Settings) -> None:
    claim = claim_of(author, orcid="")
    assert (PROOF.offer(claim).possible, str(PROOF.offer(claim).why)) == (
        False, "No work of this record is on arXiv.")  # fmt: skip

    works_of(author, 2)
    offer = PROOF.offer(claim)
    assert "2 works of this record are on arXiv" in str(offer.why)
    assert offer.needs_sign_in.startswith("/accounts/orcid/login/?process=connect&next=")

    give_orcid(claim.user, JOAN)
    assert f"{settings.ARXIV_URL}/a/{JOAN}" in str(PROOF.offer(claim).why)
    WorkId.objects.all().delete()
    assert not PROOF.offer(claim).possible


FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><title>J. Example</title>{}</feed>'


def entry(number: str = "", link: str = "") -> str:
    links = f'<link rel="alternate" href="{link}"/>' if link else ""
    return f"<entry><id>{number}</id><title>x</title>{links}</entry>"


@pytest.mark.parametrize(
    ("inside", "works"),
    [
        (entry("2401.00001v3"), {"2401.00001"}),
        (entry("http://arxiv.org/abs/2401.00001v1"), {"2401.00001"}),
        (entry("https://arxiv.org/abs/math/0309136v2"), {"math/0309136"}),
        (entry("tag:arxiv", "http://arxiv.org/abs/2401.00002"), {"2401.00002"}),
        (entry("2401.00001v3") * 2, {"2401.00001"}),
        (entry("nonsense"), set()),
        (f'<link rel="describes" href="https://orcid.org/{JOAN}"/>' + entry("2401.00001"), {"2401.00001"}),
        ("", set()),
    ],
)
def test_a_feed_lists_ids_in_every_form(inside: str, works: set[str]) -> None:
    assert read_page(FEED.format(inside).encode(), JOAN) == AuthorPage("J. Example", frozenset(works))


@pytest.mark.parametrize(
    "feed",
    [
        b"",
        b"<html><body>maintenance</body></html>",
        b"<feed>",
        FEED.format(f'<link rel="describes" href="https://orcid.org/{OTHER}"/>' + entry("2401.00001")).encode(),
        b'<!DOCTYPE a [<!ENTITY x "y">]><feed>&x;',
    ],
)
def test_what_is_no_feed_about_this_id_is_no_verdict(feed: bytes) -> None:
    with pytest.raises(NotVerified, match="upstream"):
        read_page(feed, JOAN)
