"""Class A: an iD in source metadata, or works that others put on its record; every condition, and every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone
from pytest_django import Settings

from bzpeer.standins.people import HOLDER, ON_BEHALF, PUBLISHER, Entry, Person
from profiles import limits
from profiles.claiming import claims, evidence, upkeep, verification
from profiles.models import Claim, Evidence, ProofAttempt, User
from profiles.orcid import accounts, client, metadata
from profiles.proofs.base import TWO_YEARS, NotVerified, Verified
from profiles.proofs.orcid import OrcidProof, needed_works
from publications.models import Author
from tests.corpus import make_author, make_work
from tests.profiles.orcid_site import (
    JOAN,
    OTHER,
    account,
    arxiv,
    attempt,
    claim_of,
    connect,
    doi,
    give_orcid,
    in_words,
    logged_in,
    nobody_answers,
    stand_in,
    state_orcid,
    tried,
    works_of,
)
from tests.profiles.people import level, make_record, status

pytestmark = pytest.mark.django_db

PROOF = OrcidProof()


@pytest.fixture(autouse=True)
def _site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with nobody_answers(settings, monkeypatch):
        yield


@pytest.fixture
def author() -> Author:
    return make_author("Joan Example")


def outcome(claim: Claim, settings: Settings, *people: Person) -> Verified | tuple[str, dict[str, Any]]:
    found = tried(PROOF, claim, settings, *people)
    return found if isinstance(found, Verified) else (in_words(found), found.facts)


def joan(*works: Entry, **more: Any) -> Person:
    return Person(**{"orcid": JOAN, "name": "Joan Example", "works": works, **more})


# The iD in source metadata


def test_an_id_in_source_metadata_is_proof(author: Author, settings: Settings) -> None:
    works = works_of(author, 3)
    state_orcid(works[0], author, JOAN)
    state_orcid(works[1], author, JOAN, provider="crossref")

    assert outcome(claim_of(author), settings, joan()) == Verified(
        method="orcid-metadata",
        issuer=f"orcid:{JOAN}",
        subject=JOAN,
        valid=timedelta(days=730),
        seen={"orcid": JOAN, "works": 2},
    )


@pytest.mark.parametrize("provider", ["orcid", "bibtex", "manual"])
def test_an_id_that_people_brought_themselves_is_none(author: Author, settings: Settings, provider: str) -> None:
    state_orcid(works_of(author, 1)[0], author, JOAN, provider=provider)
    assert metadata.orcids(author) == {}
    found = outcome(claim_of(author), settings, joan())
    assert found == ("orcid-too-few-works", {"found": 0, "own": 0, "needed": 1})


def test_an_id_at_a_co_authors_place_is_not_the_authors(author: Author, settings: Settings) -> None:
    friend = make_author("Olive Other")
    work = make_work("Lemma", authors=[author, friend])
    state_orcid(work, friend, JOAN)
    assert metadata.orcids(author) == {}
    entry = Entry(title="Lemma", arxiv=arxiv(work))
    assert outcome(claim_of(author), settings, joan(entry)) == ("orcid-of-co-author", {})


def test_works_that_carry_another_id_are_somebody_elses(author: Author, settings: Settings) -> None:
    """Even if every work is on one's own record, put there by publishers."""
    works = works_of(author, 3)
    state_orcid(works[0], author, OTHER)
    entries = [Entry(title="Lemma", doi=doi(work)) for work in works]
    claim = claim_of(author)

    assert outcome(claim, settings, joan(*entries)) == ("other-orcid", {"other": OTHER})
    assert not PROOF.offer(claim).possible
    assert OTHER in str(PROOF.offer(claim).why)


@pytest.mark.parametrize(("mine", "theirs", "method"), [(2, 1, "orcid-metadata"), (1, 1, "orcid-metadata"), (1, 2, "")])
def test_of_two_ids_in_the_metadata_the_rarer_one_is_the_slip(
    author: Author, settings: Settings, mine: int, theirs: int, method: str
) -> None:
    works = works_of(author, mine + theirs)
    for number, work in enumerate(works):
        state_orcid(work, author, JOAN if number < mine else OTHER)
    found = outcome(claim_of(author), settings, joan())
    assert found[0] == "other-orcid" if isinstance(found, tuple) else found.method == method


# Works on the public record


@pytest.mark.parametrize(
    ("works", "needed"), [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 3), (20, 4), (21, 5), (25, 5), (500, 5)]
)
def test_a_fifth_of_the_works_and_five_at_most_must_match(works: int, needed: int) -> None:
    assert needed_works(works) == needed


@pytest.mark.parametrize(
    ("added_by", "found"),
    [
        ((PUBLISHER, PUBLISHER), Verified),
        ((PUBLISHER,), ("orcid-too-few-works", {"found": 1, "own": 0, "needed": 2})),
        ((PUBLISHER, HOLDER), ("orcid-too-few-works", {"found": 1, "own": 1, "needed": 2})),
        ((PUBLISHER, ON_BEHALF, ON_BEHALF), ("orcid-too-few-works", {"found": 1, "own": 2, "needed": 2})),
        ((HOLDER,) * 6, ("orcid-too-few-works", {"found": 0, "own": 6, "needed": 2})),
        ((), ("orcid-too-few-works", {"found": 0, "own": 0, "needed": 2})),
    ],
)
def test_only_works_that_others_added_count(
    author: Author, settings: Settings, added_by: tuple[str, ...], found: Any
) -> None:
    works = works_of(author, 6)
    entries = [Entry(title="x", doi=doi(w), added_by=by) for w, by in zip(works, added_by, strict=False)]
    assert outcome(claim_of(author), settings, joan(*entries)) == (
        found
        if found is not Verified
        else Verified(
            method="orcid-works",
            issuer=f"orcid:{JOAN}",
            subject=JOAN,
            valid=TWO_YEARS,
            seen={"orcid": JOAN, "works": [works[0].pk, works[1].pk], "needed": 2},
        )
    )


def test_the_same_work_twice_counts_once_and_arxiv_ids_count_too(author: Author, settings: Settings) -> None:
    works = works_of(author, 6)
    twice = [Entry(title="x", doi=doi(works[0])), Entry(title="x", arxiv=arxiv(works[0]))]
    stranger = Entry(title="x", doi="10.5555/unknown")
    claim = claim_of(author)
    facts = {"found": 1, "own": 0, "needed": 2}
    assert outcome(claim, settings, joan(*twice, stranger)) == ("orcid-too-few-works", facts)

    ProofAttempt.objects.all().delete()
    other = Entry(title="x", arxiv=arxiv(works[1]))
    assert isinstance(outcome(claim, settings, joan(*twice, other)), Verified)


def test_works_of_a_merged_record_do_not_count(author: Author, settings: Settings) -> None:
    kept, gone = works_of(author, 2)
    gone.merged_into = kept
    gone.save()
    assert metadata.works_count(author) == 1
    assert metadata.work_ids(author, "doi") == {("doi", doi(kept)): kept.pk}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Joan Example", ""),
        ("J. Example-Smith", ""),
        ("Joan Married", ""),
        ("Supervisor Famous", "orcid-other-name"),
        ("王伟", ""),  # between scripts nothing can be said
        ("", "orcid-other-name"),
    ],
)
def test_works_in_common_are_a_co_authors_too(author: Author, settings: Settings, name: str, reason: str) -> None:
    entries = [Entry(title="x", doi=doi(work)) for work in works_of(author, 5)]
    found = outcome(claim_of(author), settings, joan(*entries, name=name))
    assert (found[0] if isinstance(found, tuple) else "") == reason


# iDs that are no longer used, services that are down


@pytest.mark.parametrize(
    ("status", "facts"),
    [("deprecated", {"successor": OTHER}), ("deactivated", {}), ("locked", {}), ("missing", {})],
)
def test_an_id_that_is_no_longer_used_proves_nothing(
    author: Author, settings: Settings, status: str, facts: dict[str, str]
) -> None:
    state_orcid(works_of(author, 1)[0], author, JOAN)
    person = joan(status=status, successor=OTHER if status == "deprecated" else "")
    assert outcome(claim_of(author), settings, person) == (f"orcid-{status}", facts)


def test_a_service_that_is_down_is_no_verdict(author: Author) -> None:
    state_orcid(works_of(author, 1)[0], author, JOAN)
    begun = attempt(PROOF, claim_of(author))
    with pytest.raises(NotVerified, match="upstream"):
        PROOF.verify(begun, {})


def test_another_id_connected_meanwhile_is_refused(author: Author) -> None:
    claim = claim_of(author)
    begun = attempt(PROOF, claim)
    give_orcid(claim.user, OTHER)
    with pytest.raises(NotVerified, match="changed"):
        PROOF.verify(begun, {"orcid": JOAN})
    SocialAccount.objects.all().delete()
    with pytest.raises(NotVerified, match="orcid-not-connected"):
        PROOF.verify(begun, {"orcid": JOAN})


def test_an_id_typed_into_the_wizard_is_not_believed(author: Author) -> None:
    claim = claim_of(author, orcid="")
    with pytest.raises(NotVerified, match="orcid-not-connected"):
        attempt(PROOF, claim, {"orcid": JOAN})


def test_checks_are_limited(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "check-orcid", limits.Limit(1, timedelta(hours=1)))
    claim = claim_of(author)
    attempt(PROOF, claim)
    ProofAttempt.objects.all().delete()
    with pytest.raises(limits.LimitReached):
        attempt(PROOF, claim)


# What the wizard says beforehand


def test_the_offer_says_what_it_rests_on(author: Author, settings: Settings) -> None:
    works = works_of(author, 6)
    claim = claim_of(author, orcid="")
    page = f"/authors/A{author.pk}/claim/orcid/"
    offer = PROOF.offer(claim)
    assert offer.possible
    assert "at least 2 of these works must be on it" in str(offer.why)
    assert offer.needs_sign_in == f"/accounts/orcid/login/?process=connect&next={page.replace('/', '%2F')}"

    state_orcid(works[0], author, JOAN)
    assert "stands in the metadata of 1 work of this record" in str(PROOF.offer(claim).why)
    give_orcid(claim.user, JOAN)
    offer = PROOF.offer(claim)
    assert (offer.needs_sign_in, str(offer.why)) == ("", "Your iD stands in the metadata of 1 work of this record.")

    settings.ORCID_CLIENT_ID = ""
    offer = PROOF.offer(claim)
    assert not offer.possible
    assert "not set up on this site" in str(offer.why)


# From the sign-in to the ledger and back


def test_from_signing_in_to_level_two_and_back_by_disconnecting(
    settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    author = make_record("Joan Example", works=5)
    work = author.works.first()
    assert work is not None
    state_orcid(work, author, JOAN)
    user = account()
    with stand_in(settings, joan()):
        browser = logged_in(user)
        connect(browser, JOAN)
        claim = claims.open_claim(author=author, by=user)
        begun = verification.begin(claim=claim, method="orcid", answers={}, session="s", by=user)
        checked = verification.check(begun.pk)

        assert checked is not None
        assert (checked.status, checked.detail) == ("verified", "")
        assert (status(author), level(author)) == ("claimed", 2)
        row = Evidence.objects.get()
        assert (row.kind, row.method, row.issuer, row.subject) == ("A", "orcid-metadata", f"orcid:{JOAN}", JOAN)
        assert row.expires_at is not None
        assert row.expires_at - row.at > timedelta(days=729)

        warning = browser.get("/accounts/orcid/disconnect/").content.decode()
        assert "What it proved for the record Joan Example ends at once (1 proof)" in " ".join(warning.split())
        browser.post("/accounts/orcid/disconnect/")

    assert evidence.holding(claim) == []
    assert Evidence.objects.order_by("sequence").values_list("event", "reason")[1] == ("ended", "orcid-disconnected")
    assert level(author) == 1


def test_a_check_under_way_proves_nothing_once_the_id_is_disconnected(
    author: Author, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account disconnects while ORCID is being asked."""
    state_orcid(works_of(author, 1)[0], author, JOAN)
    claim = claim_of(author)
    begun = attempt(PROOF, claim)
    assert isinstance(claim.user, User)
    user = claim.user
    with stand_in(settings, joan()):
        give_orcid(user, JOAN)
        asked = client.record

        def ask(orcid: str) -> Any:
            accounts.disconnect(user=user)
            return asked(orcid)

        monkeypatch.setattr(client, "record", ask)
        checked = verification.check(begun.pk)

    assert checked is not None
    assert checked.status == "ended"
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("status_later", "reason"),
    [("active", ""), ("locked", ""), ("deprecated", "orcid-deprecated"), ("deactivated", "orcid-deactivated")],
)
def test_the_nightly_look_ends_a_proof_whose_id_is_deprecated(
    author: Author, settings: Settings, status_later: str, reason: str
) -> None:
    claim = claim_of(author)
    evidence.append(
        claim, kind="A", method="orcid-metadata", issuer=f"orcid:{JOAN}", subject=JOAN,
        expires=timezone.now() + TWO_YEARS,
    )  # fmt: skip
    claims.settle(claim)
    before = evidence.holding(claim)[0].expires
    with stand_in(settings, joan(status=status_later)):
        give_orcid(claim.user, JOAN)
        upkeep.nightly(timezone.now() + timedelta(days=8))

    held = evidence.of_account(claim)[0]
    assert (held.ended is not None, held.end_reason, held.expires) == (bool(reason), reason, before)


def test_an_outage_ends_nothing(author: Author) -> None:
    claim = claim_of(author)
    evidence.append(
        claim, kind="A", method="orcid-works", issuer=f"orcid:{JOAN}", expires=timezone.now() + TWO_YEARS,
    )  # fmt: skip
    claims.settle(claim)
    for days in (8, 9, 10, 40):
        upkeep.nightly(timezone.now() + timedelta(days=days))
    assert evidence.of_account(claim)[0].ended is None
