"""What everybody sees of a claim: on the author page and the trust page, never who and never an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.claiming import claims, ownership
from profiles.models import Claim, InstitutionDomain, ResearcherProfile, User
from publications.models import Author, AuthorId
from tests.profiles.claim_steps import address, read
from tests.profiles.people import approved_on, assess, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db
ORCID = "0000-0002-1825-0097"


@pytest.fixture
def author() -> Author:
    return make_record()


def page(client: Client, author: Author) -> str:
    return read(client, author.get_absolute_url())


def trust(client: Client, author: Author) -> str:
    return read(client, f"/authors/A{author.pk}/trust/")


def test_an_unclaimed_record_asks_whether_it_is_you(client: Client, author: Author) -> None:
    html = client.get(author.get_absolute_url()).content.decode()

    assert "Unclaimed No account owns this record" in page(client, author)
    assert f'href="{address(author)}"' in html
    assert "Is this you? Claim this record" in trust(client, author)


def test_a_begun_claim_is_nobodys_business(client: Client, author: Author) -> None:
    joan = make_user("Joan Example")
    claims.open_claim(author=author, by=joan)

    assert "Unclaimed" in page(client, author)
    client.force_login(joan)
    assert "Go on with your claim" in page(client, author)


def test_a_claim_that_waits_for_a_moderator_is_shown_as_pending(client: Client, author: Author) -> None:
    joan = make_user("Joan Example")
    claims.submit(claim=claims.open_claim(author=author, by=joan), by=joan, note="It is me.")

    for said in (page(client, author), trust(client, author)):
        assert "Claim pending" in said
        assert "waits for a moderator" in said
    assert "This is somebody else" in page(client, author)


def test_an_approved_claim_is_pending_until_nobody_objected(client: Client, author: Author) -> None:
    claim = own(author, None, "C")
    assert "Claimed An account has owned this record since" in page(client, author)

    approved_on(claim, timezone.now())

    assert "Claim pending An account claimed this record in" in page(client, author)
    assert "Others can object until" in trust(client, author)


def test_a_contested_record_says_so_and_why_nothing_changes(client: Client, author: Author) -> None:
    own(author)
    rival = claims.open_claim(author=author, by=make_user())
    prove(rival, "C")
    claims.settle(rival)
    assess(author)

    assert "Contested Two accounts say to be this person." in page(client, author)
    assert "A contested record keeps its level and its score." in trust(client, author)
    assert "Not while the record is contested." in trust(client, author)


def test_page_and_sets_say_the_same_status(client: Client) -> None:
    window, waiting, owned, free = (make_record(name) for name in ("Window", "Waiting", "Owned", "Free"))
    approved_on(own(window, None, "C"), timezone.now() - timedelta(days=1))
    user = make_user()
    claims.submit(claim=claims.open_claim(author=waiting, by=user), by=user, note="Me.")
    own(owned)

    words = {"pending": "Claim pending", "claimed": "Claimed", "unclaimed": "Unclaimed"}
    for record in (window, waiting, owned, free):
        assert words[ownership.status_of(record)] in page(client, record)


def test_who_asserted_what_and_when_is_shown_and_never_an_address(client: Client, author: Author) -> None:
    InstitutionDomain.objects.create(domain="invention.example", organisation="Institute of Invention", ror="05gq02987")
    claim = own(author, make_user("Canary Person", "canary@invention.example"), "A")
    prove(claim, "B", secret_subject="canary@invention.example")

    month = f"{timezone.now():%B %Y}"
    for said in (page(client, author), trust(client, author)):
        assert f"A · Scholarly iD ORCID signed in with an iD whose public record lists these works {month}" in said
        assert "B · Institution Institute of Invention" in said
        assert "canary" not in said.lower()


def test_proofs_that_ended_are_listed_apart(client: Client, author: Author) -> None:
    claim = own(author, None, "C")
    prove(claim, "A", days=-1)

    assert "1 proof that no longer counts" in trust(client, author)
    assert "A · Scholarly iD" not in page(client, author)


def test_an_orcid_is_authenticated_where_the_owner_signed_in_with_it(client: Client, author: Author) -> None:
    AuthorId.objects.create(author=author, scheme="orcid", value=ORCID)
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0001-5109-3700")
    claim = own(author, None, "C")
    assert f"{ORCID} (unauthenticated)" in page(client, author)

    prove(claim, "A", subject=ORCID)

    assert f"{ORCID} (authenticated)" in page(client, author)
    assert "0000-0001-5109-3700 (unauthenticated)" in page(client, author)


def test_an_authenticated_orcid_that_no_source_states_is_shown(client: Client, author: Author) -> None:
    prove(own(author, None, "C"), "A", subject=ORCID)

    assert f"{ORCID} (authenticated)" in page(client, author)


def describe(user: User) -> None:
    links = [{"label": "My lab", "url": "https://lab.example/"}]
    ResearcherProfile.objects.create(user=user, biography="I study $x^2$.\n\n<b>bold</b>", links=links)


def test_what_the_owner_says_is_shown_from_level_2_on(client: Client, author: Author) -> None:
    joan = make_user("Joan Example")
    describe(joan)
    claim = approved_on(own(author, joan, "C"), timezone.now())
    assert "In their own words" not in page(client, author)

    approved_on(claim, timezone.now() - timedelta(days=8))
    html = client.get(author.get_absolute_url()).content.decode()

    assert "In their own words I study" in page(client, author)
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert '<a href="https://lab.example/" rel="nofollow noopener ugc" dir="auto">My lab</a>' in html
    joan.is_active = False
    joan.save()
    assert "In their own words" not in page(client, author)


def test_the_owner_finds_the_tools_and_others_do_not(client: Client, author: Author) -> None:
    joan = make_user("Joan Example")
    own(author, joan)
    assert "Give up this record" not in page(client, author)

    client.force_login(joan)
    said = page(client, author)

    assert "This record is yours Status, proofs and vouches Edit biography and links" in said
    assert "This is somebody else" not in said
    client.force_login(make_user())
    assert "Give up this record" not in page(client, author)


@pytest.mark.parametrize("kinds", [("A",), ("A", "B", "C")])
def test_a_claimed_record_costs_no_query_more(client: Client, author: Author, kinds: tuple[str, ...]) -> None:
    own(author, None, *kinds)
    page(client, author)

    with CaptureQueriesContext(connection) as queries:
        client.get(author.get_absolute_url())
    with CaptureQueriesContext(connection) as on_trust_page:
        client.get(f"/authors/A{author.pk}/trust/")

    assert (len(queries), len(on_trust_page)) == (6, 6)


def test_status_of_many_records_costs_three_queries() -> None:
    records = [make_record(f"Person {number}") for number in range(4)]
    for record in records:
        approved_on(own(record, None, "C"), timezone.now())

    with CaptureQueriesContext(connection) as queries:
        found = ownership.statuses([record.pk for record in records])

    assert found == dict.fromkeys([record.pk for record in records], "pending")
    assert len(queries) == 3
    assert Claim.objects.count() == 4
