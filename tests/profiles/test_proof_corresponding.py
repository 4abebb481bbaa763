"""Class C2: whose addresses in sources are, and a code to one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from profiles.models import Claim, Evidence, InstitutionDomain, ProofAttempt
from profiles.proofs import corresponding
from profiles.proofs.registry import PROOFS
from publications.models import Author, Record
from tests.corpus import make_author, make_work
from tests.profiles.proof_steps import ROR, begin, claim_to, code, complete

pytestmark = pytest.mark.django_db
METHOD = "corresponding-mail"
MINE = {"name": "Joan Example"}


def person(name: str, *affiliations: str) -> dict[str, Any]:
    return {"name": name, "affiliations": list(affiliations)}


def data(*authors: dict[str, Any], abstract: str = "") -> dict[str, Any]:
    return {"authors": list(authors), "abstract": abstract}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (data(person("Joan Example", "Uni (x17@uni.edu)")), ["x17@uni.edu"]),
        (data(person("Joan Example", "x17@uni.edu"), person("Ada Else", "ada@uni.edu")), ["x17@uni.edu"]),
        (data(person("Joan Example", "A, x17@uni.edu"), person("Ada Else", "A, x17@uni.edu")), []),
        (
            data(person("Joan Example", "jexample@uni.edu"), person("Ada Else", "jexample@uni.edu")),
            ["jexample@uni.edu"],
        ),
        (data(person("Joan Example", "ada.else@uni.edu"), person("Ada Else", "ada.else@uni.edu")), []),
        (data(person("Joan Example", "x1@a.edu; joan@b.edu"), person("Ada Else")), ["joan@b.edu"]),
        (data(person("Joan Example", "{joan,ada}@UNI.edu"), person("Ada Else")), ["joan@uni.edu"]),
        (data(person("Joan Example", "info@uni.edu")), []),
        (data(person("Joan Example", "joan@localhost joan@uni")), []),
        (data(MINE, abstract="Code: joan@uni.edu."), ["joan@uni.edu"]),
        (data(MINE, abstract="Write to x17@uni.edu"), ["x17@uni.edu"]),
        (data(MINE, person("Ada Else"), abstract="Write to x17@uni.edu"), []),
        (data(MINE, person("Ada Else"), abstract="Write to joan@uni.edu"), ["joan@uni.edu"]),
        (data(MINE, person("Ada Else"), abstract="joan@uni.edu, ada@uni.edu"), []),
        (data(MINE, person("Joanna Else"), abstract="Write to joan.e@uni.edu"), ["joan.e@uni.edu"]),
        (data(MINE, person("Ann Example"), abstract="Write to example@uni.edu"), []),
        (data(MINE, MINE, abstract="joan@uni.edu"), []),
        (data(person("Ada Else", "joan@uni.edu")), []),
        (data(MINE, abstract="support@uni.edu"), []),
        (data(), []),
        ({}, []),
    ],
)
def test_only_an_address_that_is_surely_this_authors_counts(record: dict[str, Any], expected: list[str]) -> None:
    assert corresponding.own_addresses(record, "joan example") == expected


def make_record(*addresses: str, name: str = "Joan Example") -> Author:
    author = make_author(name)
    for number, address in enumerate(addresses):
        work = make_work(f"Work {number}", authors=[author], year=2020 + number)
        Record.objects.filter(work=work).update(data=data(person(name, f"University, {address}")))
    return author


@pytest.fixture
def claim() -> Claim:
    InstitutionDomain.objects.create(domain="uni.edu", ror=ROR, organisation="Invented University")
    InstitutionDomain.objects.create(domain="gone.edu", organisation="Gone", status="refused")
    return claim_to(make_record("joan@uni.edu", "joan.example@gmail.com", "joan@gone.edu"))


def choices(claim: Claim) -> dict[str, str]:
    """The choices of the form, by what is shown."""
    form = PROOFS[METHOD].form(claim)
    assert form is not None
    return {str(label): str(token) for token, label in form.fields["choice"].choices}  # type: ignore[attr-defined]


def test_addresses_are_offered_masked(claim: Claim) -> None:
    form = PROOFS[METHOD].form(claim)

    assert list(choices(claim)) == ["j…@gmail.com: Work 1 (2021)", "j…@uni.edu: Work 0 (2020)"]
    assert "joan" not in str(form).lower().replace("joan example", "")


@pytest.mark.parametrize(("shown", "issuer"), [("j…@uni.edu", f"ror:{ROR}"), ("j…@gmail.com", "domain:gmail.com")])
def test_a_code_to_the_chosen_address_proves_authorship(claim: Claim, shown: str, issuer: str) -> None:
    token = next(token for label, token in choices(claim).items() if label.startswith(shown))

    attempt = begin(claim, METHOD, choice=token)
    assert (attempt.hint, mail.outbox[0].to[0].partition("@")[2]) == (shown, shown.partition("@")[2])
    complete(claim, METHOD, code())

    row = Evidence.objects.get()
    assert (row.kind, row.method, row.issuer, row.subject) == ("C", METHOD, issuer, "")
    assert row.expires_at is not None
    assert timedelta(days=729) < row.expires_at - timezone.now() <= timedelta(days=730)
    assert "joan" not in str(list(ProofAttempt.objects.values())).lower()


def test_a_choice_that_was_not_offered_gets_no_mail(claim: Claim) -> None:
    theirs = claim_to(make_record("ada@uni.edu", name="Ada Else"))

    for choice in ("joan@uni.edu", "", next(iter(choices(theirs).values()))):
        assert begin(claim, METHOD, choice=choice).detail == "address-not-in-works"
    assert mail.outbox == []


def test_an_address_that_left_the_sources_meanwhile_proves_nothing(claim: Claim) -> None:
    begin(claim, METHOD, choice=next(iter(choices(claim).values())))
    Record.objects.update(data={})

    assert complete(claim, METHOD, code()).detail == "address-not-in-works"
    assert Evidence.objects.count() == 0


def test_the_offer_says_whether_there_is_an_address(claim: Claim) -> None:
    proof = PROOFS[METHOD]

    assert proof.offer(claim).possible
    assert not proof.offer(claim_to(make_record("info@uni.edu", name="Ada Else"))).possible
