"""Class B: which addresses prove which affiliation, and that none of them is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings

from bzpeer.kit.keyed import keyed_hash
from profiles.models import Claim, Evidence, InstitutionDomain, ProofAttempt
from profiles.orcid import accounts, client, metadata, records
from profiles.proofs import institution
from profiles.proofs.institution import AddressForm, is_printed
from profiles.proofs.registry import PROOFS
from tests.corpus import make_author
from tests.profiles.proof_steps import ROR, begin, claim_to, code, complete, record_at

pytestmark = pytest.mark.django_db
METHOD = "institution-mail"
ADDRESS = "Joan@cs.uni.edu"


@pytest.fixture(autouse=True)
def _listed() -> None:
    InstitutionDomain.objects.create(domain="uni.edu", ror=ROR, organisation="Invented University")
    InstitutionDomain.objects.create(domain="other.edu", ror="02nr0ka47", organisation="Other University")
    InstitutionDomain.objects.create(domain="shared.edu", organisation="One; Two", status="moderated")


@pytest.fixture
def claim() -> Claim:
    return claim_to(record_at(ror=ROR))


def test_a_code_to_an_address_of_the_institution_proves_it(claim: Claim) -> None:
    attempt = begin(claim, METHOD, address=ADDRESS)
    assert (attempt.status, attempt.hint, mail.outbox[0].to) == ("waiting", "J…@cs.uni.edu", [ADDRESS])

    attempt = complete(claim, METHOD, code())

    row = Evidence.objects.get()
    assert (row.kind, row.method, row.issuer, row.subject) == ("B", METHOD, f"ror:{ROR}", "")
    assert row.subject_hash == keyed_hash("evidence-subject", ADDRESS.lower())
    assert row.expires_at is not None
    assert timedelta(days=364) < row.expires_at - timezone.now() <= timedelta(days=365)
    claim.refresh_from_db()
    assert (attempt.status, claim.status) == ("verified", "approved")


@pytest.mark.parametrize("ends", ["verified", "refused", "restarted"])
def test_no_address_stays_in_the_database(claim: Claim, ends: str) -> None:
    begin(claim, METHOD, address=ADDRESS)
    if ends == "verified":
        complete(claim, METHOD, code())
    else:
        begin(claim, METHOD, address="joan@else.edu" if ends == "refused" else "joan@uni.edu")

    ended = ProofAttempt.objects.exclude(status="waiting").first()
    assert ended is not None
    kept = [str(value) for row in (*ProofAttempt.objects.filter(pk=ended.pk).values(), *Evidence.objects.values())
            for value in row.values()]  # fmt: skip
    assert not [value for value in kept if "joan" in value.lower()]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("joan@gmail.com", "address-public"),
        ("joan@uni.edu.evil.com", "domain-unknown"),
        ("joan@unі.edu", "address-refused"),
        ("joan@uni.edu.", "address-refused"),
        ("joan+x@uni.edu", "address-refused"),
        ("joan@alumni.uni.edu", "domain-moderated"),
        ("joan@shared.edu", "domain-moderated"),
        ("joan@other.edu", "organisation-not-in-works"),
    ],
)
def test_other_addresses_prove_nothing_and_get_no_mail(claim: Claim, address: str, reason: str) -> None:
    attempt = begin(claim, METHOD, address=address)

    assert (attempt.status, attempt.detail, mail.outbox) == ("failed", reason, [])
    assert Evidence.objects.count() == 0


def test_the_list_is_asked_again_when_the_code_comes(claim: Claim) -> None:
    begin(claim, METHOD, address=ADDRESS)
    InstitutionDomain.objects.filter(domain="uni.edu").update(status="refused", origin="moderator")

    assert complete(claim, METHOD, code()).detail == "address-refused"
    assert Evidence.objects.count() == 0


def test_codes_are_sent_six_times_an_hour_to_one_address(claim: Claim) -> None:
    for _turn in range(6):
        begin(claim, METHOD, address=ADDRESS)

    with pytest.raises(ValidationError, match="too often"):
        begin(claim, METHOD, address=ADDRESS)
    assert len(mail.outbox) == 6


@pytest.mark.parametrize(
    ("organisation", "affiliation", "expected"),
    [
        ("Invented University", "Dept. of Physics, Invented University, Town", True),
        ("Invented University", "1 The INVENTED  university", True),
        ("Universität Erfunden", "Institut für X, Universitat Erfunden", True),
        ("University of Somewhere, Town", "Lab, University of Somewhere, Town, Land", True),
        ("Company (Germany)", "Company", True),
        ("York University", "New York University, USA", False),
        ("Invented University", "Invented University Press", False),
        ("Invented University", "formerly at another university", False),
        ("", "anything", False),
        ("X", "X", False),
    ],
)
def test_printed_affiliations_name_an_organisation_between_commas(
    organisation: str, affiliation: str, expected: bool
) -> None:
    assert is_printed(organisation, [affiliation]) is expected


def test_a_printed_affiliation_is_enough() -> None:
    claim = claim_to(record_at("Dept. of Physics, Other University, Town"))

    begin(claim, METHOD, address="joan@other.edu")
    complete(claim, METHOD, code())

    assert Evidence.objects.get().issuer == "ror:02nr0ka47"


@pytest.mark.parametrize(("in_metadata", "expected"), [(True, "waiting"), (False, "failed")])
def test_an_employment_at_orcid_counts_for_an_iid_that_the_works_carry(
    claim: Claim, monkeypatch: pytest.MonkeyPatch, settings: Settings, in_metadata: bool, expected: str
) -> None:
    cache.clear()
    orcid = "0000-0002-1825-0097"
    job = records.Employment(organisation="Another name", ids=frozenset({("ror", "02nr0ka47")}), by_holder=True)
    record = records.OrcidRecord(orcid=orcid, employments=(job,))
    monkeypatch.setattr(accounts, "connected", lambda _user: orcid)
    monkeypatch.setattr(metadata, "orcids", lambda _author: {orcid: 1} if in_metadata else {})
    monkeypatch.setattr(client, "record", lambda _orcid: record)
    asked: list[str] = []
    monkeypatch.setattr("profiles.tasks.read_employments.delay", asked.append)

    first = begin(claim, METHOD, address="joan@other.edu")
    for number in asked:
        institution.read_employments(number)
    second = begin(claim, METHOD, address="joan@other.edu")

    assert first.detail == ("employments-asked" if in_metadata else "organisation-not-in-works")
    assert second.status == expected


def test_the_offer_says_which_institution_and_what_to_do_without_one() -> None:
    proof = PROOFS[METHOD]

    named, printed, nothing = (
        proof.offer(claim_to(author))
        for author in (record_at(ror=ROR), record_at("Somewhere", name="Ada"), make_author("Nobody"))
    )

    assert "Invented University: an address there is enough" in str(named.why)
    assert (named.possible, printed.possible, nothing.possible) == (True, True, False)
    assert "moderator" in str(nothing.why)


def test_the_form_says_what_a_plain_address_is() -> None:
    form = AddressForm({"address": "Joan <joan@uni.edu>"})

    assert not form.is_valid()
    assert "joan@uni.example" in str(form.errors)
    assert AddressForm({"address": " joan@gmail.com "}).is_valid()
