"""The pages of one proof: codes, checks, refusals with the way on, and forms sent twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.claiming import claims
from profiles.models import Claim, ProofAttempt, User
from publications.models import Author
from tests.profiles.claim_steps import address, read, text
from tests.profiles.people import make_listed_record, make_present, prove

pytestmark = pytest.mark.django_db

ADDRESS = "joan@invention.example"


def code() -> str:
    found = re.search(r"(\d{3} \d{3})", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture
def author() -> Author:
    return make_listed_record()


@pytest.fixture
def joan(client: Client) -> User:
    return make_present(client)


@pytest.fixture
def begun(author: Author, joan: User) -> Claim:
    return claims.open_claim(author=author, by=joan)


def test_a_code_is_sent_confirmed_and_the_claim_approved(client: Client, author: Author, begun: Claim) -> None:
    page = read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    assert "A code was sent to j" in page
    assert ADDRESS not in page

    done = read(client, address(author, "institution-mail/"), act="answer", code=code())

    assert "Verified: Address at your institution." in done
    assert "The record is yours. Others can object until" in done
    assert "B · Institution" in done


def test_a_wrong_code_says_so_beside_the_form_and_can_be_repeated(client: Client, author: Author, begun: Claim) -> None:
    read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    sent = code()
    wrong = "000 000" if sent != "000 000" else "111 111"

    refused = read(client, address(author, "institution-mail/"), act="answer", code=wrong)
    senseless = read(client, address(author, "institution-mail/"), act="answer", code="abc")
    right = read(client, address(author, "institution-mail/"), act="answer", code=sent)

    assert "That is not the code that was sent." in refused
    assert "A code has six digits" in senseless
    assert "Your record" in right


def test_a_form_sent_twice_sends_one_mail_and_a_code_sent_twice_is_no_error(
    client: Client, author: Author, begun: Claim
) -> None:
    for _click in range(2):
        read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    assert len(mail.outbox) == 1
    for _click in range(2):
        read(client, address(author, "institution-mail/"), act="resend", sent="1")
    assert len(mail.outbox) == 2
    for _click in range(2):
        assert "Your record" in read(client, address(author, "institution-mail/"), act="answer", code=code())

    assert [attempt.status for attempt in begun.attempts.all()] == ["verified"]


def test_a_new_code_replaces_the_old_one(client: Client, author: Author, begun: Claim) -> None:
    read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    old = code()

    said = read(client, address(author, "institution-mail/"), act="resend", sent="1")

    assert "A new code is on its way." in said
    if old != code():
        assert "That is not the code" in read(client, address(author, "institution-mail/"), act="answer", code=old)


def test_a_code_of_another_browser_is_refused_with_the_way_on(client: Client, author: Author, begun: Claim) -> None:
    read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    elsewhere = Client()
    assert begun.user is not None
    elsewhere.force_login(begun.user)

    page = read(elsewhere, address(author, "institution-mail/"), act="answer", code=code())

    assert "Codes count only in the browser that asked for them." in page
    assert "Send a new code" in page


def test_an_expired_code_says_so_and_offers_another(client: Client, author: Author, begun: Claim) -> None:
    read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    ProofAttempt.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert "It is no longer valid" in read(client, address(author, "institution-mail/"))
    assert "codes hold for ten minutes" in read(client, address(author, "institution-mail/"), act="answer", code=code())


def test_a_refused_address_says_why_and_the_form_stands_again(client: Client, author: Author, begun: Claim) -> None:
    for refused in ("not an address", "joan@gmail.com", "joan@elsewhere.example"):
        page = client.post(
            address(author, "institution-mail/"), {"act": "start", "address": refused, "after": "0"}, follow=True
        ).content.decode()
        assert 'role="alert"' in page or "errorlist" in page, refused
        assert 'name="address"' in page
    assert not mail.outbox


def test_too_many_codes_are_said_as_such(client: Client, author: Author, begun: Claim) -> None:
    read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    pages = [
        read(client, address(author, "institution-mail/"), act="resend", sent=str(number)) for number in range(1, 8)
    ]

    assert "That was tried too often." in pages[-1]


def test_one_can_begin_again_with_another_address(client: Client, author: Author, begun: Claim) -> None:
    read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")

    anew = client.get(address(author, "institution-mail/") + "?anew").content.decode()
    after = re.search(r'name="after" value="(\d+)"', anew)
    assert after
    second = {"act": "start", "address": "j.example@invention.example", "after": after[1]}
    read(client, address(author, "institution-mail/"), **second)

    assert mail.outbox[-1].to == ["j.example@invention.example"]
    assert sorted(attempt.status for attempt in begun.attempts.all()) == ["ended", "waiting"]


def test_a_check_by_task_is_shown_as_running_and_reloads_without_scripts(
    client: Client, author: Author, begun: Claim
) -> None:
    read(client, address(author, "rel-me/"), act="start", url="https://www.invention.example/joan", after="0")

    page = client.get(address(author, "rel-me/")).content.decode()

    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in page
    assert 'role="status" aria-live="polite"' in page
    assert "Go on" in read(client, address(author))


def test_a_failed_check_says_why_and_can_be_repeated(client: Client, author: Author, begun: Claim) -> None:
    ProofAttempt.objects.create(claim=begun, method="rel-me", status="failed", detail="page-link-missing")

    page = client.get(address(author, "rel-me/")).content.decode()

    assert 'role="alert"' in page
    assert "Check now" in text(page)


def test_an_impossible_proof_says_why_and_leads_to_others(client: Client, author: Author, begun: Claim) -> None:
    page = client.get(address(author, "corresponding-mail/")).content.decode()

    assert "No source of these works carries an address" in text(page)
    assert f'href="{address(author, "manual/")}"' in page
    assert f'href="{address(author)}#proofs"' in page
    assert "No source of these works" in read(client, address(author, "corresponding-mail/"), act="start", choice="x")


def test_an_unknown_proof_is_not_found_and_a_proof_without_a_claim_leads_to_the_first_step(
    client: Client, author: Author, joan: User
) -> None:
    assert client.get(address(author, "palmistry/")).status_code == 404
    assert "Is this you?" in read(client, address(author, "institution-mail/"))
    assert "Is this you?" in read(client, address(author, "institution-mail/"), act="start", address=ADDRESS)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_claim_costs_30_queries_however_much_was_tried(
    client: Client, author: Author, begun: Claim, count: int
) -> None:
    for number in range(count):
        ProofAttempt.objects.create(claim=begun, method="rel-me", status="ended", hint=f"{number}.example")
        prove(begun, "C", issuer=f"host:{number}.example")
    read(client, address(author))

    with CaptureQueriesContext(connection) as queries:
        page = read(client, address(author))

    assert (len(queries), page.count("C · Authorship control")) == (30, count)
