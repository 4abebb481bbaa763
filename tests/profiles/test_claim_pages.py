"""The claim wizard as pages: every step, every dead end, forms sent twice, and what strangers cannot reach."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from bzpeer.standins.people import Person
from profiles.claiming import claims, contests
from profiles.models import Claim, MergeRequest, ProofAttempt, User
from publications.models import Author, Authorship
from tests.corpus import make_author
from tests.profiles.account_steps import link_in_mail, log_in, sign_up
from tests.profiles.claim_steps import address, read, text
from tests.profiles.orcid_site import JOAN, sign_in, stand_in
from tests.profiles.people import make_listed_record, make_present, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db

ADDRESS = "joan@invention.example"


@pytest.fixture
def author() -> Author:
    return make_listed_record()


@pytest.fixture
def joan(client: Client) -> User:
    return make_present(client)


@pytest.fixture
def begun(author: Author, joan: User) -> Claim:
    return claims.open_claim(author=author, by=joan)


# Step 1


def test_a_stranger_sees_the_record_and_comes_back_after_making_an_account(client: Client, author: Author) -> None:
    page = client.get(address(author)).content.decode()
    assert "Work 0 of Joan Example" in text(page)
    target = f"/accounts/signup/?next=%2Fauthors%2FA{author.pk}%2Fclaim%2F"
    assert target in page

    client.post(f"/accounts/signup/?next={address(author)}", {"email": "joan@example.org", "password1": "violet-42-xy"})
    confirm = link_in_mail()
    assert client.get(confirm).status_code == 200
    back = client.post(confirm.partition("?")[0], {"next": address(author)})

    assert back["Location"] == address(author)
    assert "Your works are here" in text(client.get(address(author)).content.decode())


def test_who_comes_in_by_orcid_is_led_back_to_the_claim_too(client: Client, author: Author, settings: Settings) -> None:
    with stand_in(settings, Person(orcid=JOAN, name="Joan Example")):
        assert "Log in with ORCID" in text(client.get(address(author)).content.decode())
        sign_in(client, JOAN, next=address(author))
        client.post("/accounts/orcid/address/", {"email": "joan@example.org"})

    assert link_in_mail().endswith(f"?next=%2Fauthors%2FA{author.pk}%2Fclaim%2F")


def test_the_link_in_the_mail_leads_on_only_to_pages_of_this_site(client: Client) -> None:
    client.post("/accounts/signup/?next=//evil.example/", {"email": "joan@example.org", "password1": "violet-42-xy"})

    assert "evil" not in link_in_mail()


def test_yes_this_is_me_begins_a_claim_once(client: Client, author: Author, joan: User) -> None:
    first = read(client, address(author), yes="1")
    again = read(client, address(author), yes="1")

    assert "Which proof?" in first
    assert "Ask a moderator" in again
    assert [(claim.user, claim.status) for claim in Claim.objects.all()] == [(joan, "open")]


def test_a_stranger_who_sends_the_form_logs_in_first(client: Client, author: Author) -> None:
    response = client.post(address(author))

    assert response["Location"] == f"/accounts/login/?next={address(author)}"
    assert not Claim.objects.exists()


def test_who_claims_another_record_is_led_there(client: Client, author: Author, joan: User) -> None:
    other = make_record("Joan E. Example")
    claims.open_claim(author=other, by=joan)

    page = read(client, address(author))
    refused = read(client, address(author), yes="1")

    assert "You are claiming Joan E. Example" in page
    assert "Withdraw that claim first" in refused
    assert Claim.objects.count() == 1


def test_the_first_step_leads_to_people_of_similar_names(client: Client, author: Author) -> None:
    namesake = make_record("Jane Example")
    Authorship.objects.filter(author=namesake).update(block="example j")

    assert f'href="{address(namesake)}"' in client.get(address(author)).content.decode()


def test_a_merged_record_leads_to_the_survivor_and_a_hidden_one_nowhere(client: Client, author: Author) -> None:
    merged, hidden = make_author("J. Example", merged_into=author), make_author("Canary", hidden=True)

    assert client.get(address(merged))["Location"] == address(author)
    for rest in ("", "manual/", "withdraw/", "release/", "object/", "vouch/", "merge/", "orcid/"):
        client.force_login(make_user())
        assert client.get(address(hidden, rest)).status_code == 404


# Step 2


def test_every_proof_says_what_it_gives_here_and_how_long_it_takes(
    client: Client, author: Author, begun: Claim
) -> None:
    page = read(client, address(author))

    assert "Address at your institution class B" in page
    assert "Gives Level 2 after seven days without an objection Takes Two minutes" in page
    assert "Use another proof" in page  # of one that is not possible
    assert "Co-authors vouch for you" in page


def test_a_record_that_is_not_resolved_says_that_a_proof_cannot_lift_it(client: Client, joan: User) -> None:
    author = make_author("Joan Example")
    work = make_record("Somebody").works.first()
    assert work is not None
    Authorship.objects.create(
        work=work, author=author, position=2, raw_name="Joan Example", affiliations=["Institute of Invention"]
    )
    claims.open_claim(author=author, by=joan)

    assert "do not yet make the record level 1" in read(client, address(author))


def test_a_second_proof_of_another_issuer_is_offered_as_level_3(client: Client, author: Author, joan: User) -> None:
    own(author, joan, "A")

    assert "L3 · Corroborated" in read(client, address(author))


# Asking a moderator, leaving


def test_asking_a_moderator_says_what_happens_next(client: Client, author: Author, begun: Claim) -> None:
    empty = client.post(address(author, "manual/"), {"note": ""}).content.decode()
    assert "errorlist" in empty

    page = read(client, address(author, "manual/"), note="My staff page names these works.")

    assert "Your claim waits for a moderator. Your claim has no proof yet" in page
    assert "Most claims are answered within a week" in page
    assert "My staff page names these works." in page


@pytest.mark.parametrize("path", ["withdraw/", "release/"])
def test_giving_up_asks_first_and_counts_once(client: Client, author: Author, joan: User, path: str) -> None:
    claim = own(author, joan) if path == "release/" else claims.open_claim(author=author, by=joan)
    asked = read(client, address(author, path))
    assert "At once" in asked or "ends at once" in asked

    for _click in range(2):
        client.post(address(author, path))

    claim.refresh_from_db()
    assert claim.status == {"release/": "released", "withdraw/": "withdrawn"}[path]
    assert "You can claim it again." in read(client, address(author))


def test_what_does_not_fit_the_claim_leads_back_to_it(client: Client, author: Author, begun: Claim) -> None:
    assert client.get(address(author, "release/"))["Location"] == address(author)
    own(make_record("Another Person"))
    begun.refresh_from_db()

    assert begun.status == "open"


def test_a_rejected_claim_shows_its_reason_and_may_begin_again(client: Client, author: Author, begun: Claim) -> None:
    claims.submit(claim=begun, by=begun.user, note="It is me.")  # type: ignore[arg-type]
    claims.reject(claim=begun, reason="The name does not fit.")

    page = read(client, address(author))

    assert "Your claim to this record was rejected" in page
    assert "The reason given: The name does not fit." in page
    assert "Yes, this is me" in page


def test_proofs_with_their_expiry_and_what_was_tried_are_listed(client: Client, author: Author, joan: User) -> None:
    claim = own(author, joan, "A")
    prove(claim, "B", days=-1)
    ProofAttempt.objects.create(claim=claim, method="institution-mail", status="failed", detail="domain-unknown")

    page = read(client, address(author))

    assert "A · Scholarly iD ORCID since" in page
    assert "It has expired and still counts until" in page
    assert "What you tried Address at your institution Not verified" in page


def test_pages_of_a_claim_are_for_its_account_alone(client: Client, author: Author) -> None:
    owner = make_user("Joan Example")
    claims.submit(claim=claims.open_claim(author=author, by=owner), by=owner, note="Secret canary note")
    client.force_login(make_user("Somebody Else"))

    for rest in ("", "manual/", "withdraw/", "institution-mail/"):
        assert "canary" not in read(client, address(author, rest))
    assert "Another account has claimed this record" in read(client, address(author))


def test_a_stranger_reads_before_claiming_what_others_claim(client: Client, author: Author) -> None:
    claims.submit(claim=claims.open_claim(author=author, by=(first := make_user())), by=first, note="It is me.")
    assert "who proves it goes first" in read(client, address(author))
    claims.submit(claim=claims.open_claim(author=author, by=(second := make_user())), by=second, note="Me.")
    assert "Two other accounts claim this record" in read(client, address(author))
    own(other := make_record("Owned Person"))
    assert "Another account has owned this record since" in read(client, address(other))


@pytest.mark.parametrize("path", ["", "manual/", "withdraw/", "institution-mail/", "object/", "vouch/", "merge/"])
def test_forms_need_a_token_of_this_site(author: Author, joan: User, path: str) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(joan)

    assert careful.post(address(author, path)).status_code == 403


# A second record


def test_a_second_record_is_a_merge_request_that_can_be_withdrawn(client: Client, author: Author, joan: User) -> None:
    own(author, joan)
    other = make_record("J. Example")
    assert "Ask for the two to be merged" in read(client, address(other))

    for _click in range(2):
        said = read(client, address(other, "merge/"), note="A former name.")
    assert "You have asked for this." in said
    assert MergeRequest.objects.count() == 1
    client.post(address(other, "merge/back/"))

    assert [row.status for row in MergeRequest.objects.all()] == ["withdrawn"]
    assert "Ask for the merge" in read(client, address(other, "merge/"))


def test_a_merge_is_asked_by_owners_of_another_record_only(client: Client, author: Author, joan: User) -> None:
    assert "Is this you?" in read(client, address(author, "merge/"))
    own(author, joan)

    assert "Your record" in read(client, address(author, "merge/"))


def test_a_contested_record_says_so_to_its_owner_and_lets_nothing_be_added(
    client: Client, author: Author, joan: User
) -> None:
    own(author, joan)
    rival = claims.open_claim(author=author, by=make_user("Joan Example"))
    prove(rival, "C")
    claims.settle(rival)

    assert "The record is contested." in read(client, address(author))
    refused = read(client, address(author, "institution-mail/"), act="start", address=ADDRESS, after="0")
    assert "nothing can be added until the dispute is decided" in refused
    assert contests.of_user(joan).count() == 1


def test_signing_in_goes_on_where_one_was(client: Client, author: Author) -> None:
    sign_up(client, "joan@example.org")
    client.post(link_in_mail())

    assert "Is this you?" in text(log_in(client, "joan@example.org", next=address(author)))
