"""Every proof in a browser, from an author page to the level that everybody sees."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bzpeer.standins.orcid import Server
from profiles import tasks
from profiles.models import Claim, Dispute, Evidence, ProofAttempt, User
from profiles.proofs.rel_me import snippet
from publications.models import Author
from tests.browser.claims_site import (
    DOMAIN,
    PASSWORD,
    Visit,
    Visitor,
    another,
    co_authors,
    code_in_mail,
    eight_days_pass,
    everybody,
    link_in_mail,
    orcid,
    record,
    sent_to,
    state_orcid,
    visit,
    work_off,
)
from tests.bzpeer.tls_site import Site, page, running
from tests.profiles.orcid_site import JOAN, OTHER
from tests.profiles.people import make_moderator, make_record, make_user, own

__all__ = ["everybody", "orcid", "record", "visit"]  # fixtures

pytestmark = pytest.mark.django_db(transaction=True)

HOME = f"https://{DOMAIN}/~joan/"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, settings: Settings, live_server: LiveServer) -> Iterator[Site]:
    """The institution's https server, the only one that the site's fetcher reaches."""
    settings.BASE_URL = live_server.url
    with running(monkeypatch, DOMAIN) as site:
        yield site


def begin(visit: Visit, record: Author) -> Visitor:
    """From the author page to the list of proofs, with an account."""
    joan = visit(record.get_absolute_url(), make_user("Joan Example"))
    return joan.follow("Claim this record").press("Yes, this is me")


def ask_for_a_code(joan: Visitor) -> Visitor:
    joan.choose("Address at your institution").write("Your address at the institution", f"joan@{DOMAIN}")
    return joan.press("Send the code").reads("A code was sent to")


def test_a_stranger_comes_by_orcid_is_linked_at_once_and_corroborated_by_an_institution(
    visit: Visit, everybody: Visitor, record: Author, orcid: Server
) -> None:
    state_orcid(record, JOAN)
    joan = visit(record.get_absolute_url()).follow("Claim this record")
    joan.follow("Log in with ORCID").sign_in_at_orcid()
    joan.write("Email address", "joan@example.org").press("Make the account").reads("Confirm your address")
    joan.open(link_in_mail()).press("Confirm")
    joan.follow("ORCID").sign_in_at_orcid()
    joan.press("Yes, this is me").choose("ORCID iD").press("Check now").reads("Checking")
    assert work_off() == ["check_proof", "assess_due"]
    joan.reads("Verified on").follow("What happens next").reads("The record is yours.")
    everybody.see(record, "L2 · Linked", "Claimed").reads(f"{JOAN} (authenticated)")

    ask_for_a_code(joan).give(code_in_mail()).reads("Verified: Address at your institution.")
    assert set(work_off()) == {"assess_due"}
    everybody.see(record, "L3 · Corroborated", "Claimed").reads("A · Scholarly iD", "B · Institution")


def test_works_that_publishers_put_on_the_orcid_record_are_proof(
    visit: Visit, everybody: Visitor, record: Author, orcid: Server
) -> None:
    joan = begin(visit, record).choose("ORCID iD").reads("your public ORCID record is compared")
    joan.follow("Sign in to connect it").sign_in_at_orcid().show_again().press("Check now").reads("Checking")
    work_off()
    joan.reads("Verified on").follow("What happens next").reads("The record is yours. Others can object until")
    everybody.see(record, "L1 · Source-asserted", "Claim pending")

    eight_days_pass(record)
    everybody.see(record, "L2 · Linked", "Claimed").reads("A · Scholarly iD")
    assert [row.method for row in Evidence.objects.all()] == ["orcid-works"]


def test_the_arxiv_author_page_is_proof_and_no_second_one_beside_its_orcid_id(
    visit: Visit, everybody: Visitor, record: Author, orcid: Server
) -> None:
    joan = begin(visit, record).choose("arXiv author page").reads("3 works of this record are on arXiv")
    joan.follow("Sign in to connect it").sign_in_at_orcid().show_again()
    joan.reads(f"Your page {orcid.base}/a/{JOAN} must list").press("Check now").reads("Checking")
    work_off()
    joan.reads("Verified on")
    eight_days_pass(record)
    everybody.see(record, "L2 · Linked", "Claimed").reads("C · Authorship")

    joan.follow("Another proof").choose("ORCID iD").press("Check now").reads("Checking")
    work_off()
    joan.reads("Verified on")
    everybody.see(record, "L2 · Linked", "Claimed").reads("A · Scholarly iD", "C · Authorship")


def test_a_code_to_the_masked_address_of_a_work_is_proof(visit: Visit, everybody: Visitor, record: Author) -> None:
    joan = begin(visit, record).choose("Address printed in a work").reads("j…@mail.example").lacks("joan.example@")
    joan.press("Send the code").reads("A code was sent to j…@mail.example").give(code_in_mail())
    joan.reads("Verified: Address printed in a work.")
    eight_days_pass(record)

    everybody.see(record, "L2 · Linked", "Claimed").reads("C · Authorship").lacks("joan.example")


def test_a_link_on_a_page_of_the_institution_is_proof_once_it_is_there(
    visit: Visit, everybody: Visitor, record: Author, web: Site
) -> None:
    web.pages[f"{DOMAIN}/~joan/"] = page("<p>Joan’s home</p>")
    joan = begin(visit, record).choose("Link from your page").write("Address of that page", HOME)
    line = joan.main.get_by_label("First paste this line into your page").input_value()
    assert line == snippet(Claim.objects.get())
    joan.press("Check now").reads("Checking")
    work_off()
    joan.reads("The page was read, but the line is not on it")

    web.pages[f"{DOMAIN}/~joan/"] = page(f"<p>Joan’s home, {line}</p>")
    joan.write("Address of that page", HOME).press("Check now").reads("Checking")
    work_off()
    joan.reads("Verified on")
    eight_days_pass(record)
    everybody.see(record, "L2 · Linked", "Claimed").reads("C · Authorship", "Institute of Invention")
    everybody.open(line.split('"')[3]).reads("Institute of Invention")  # the pasted link leads to the record


def test_three_co_authors_raise_a_record_to_level_3_on_their_pages(
    visit: Visit, everybody: Visitor, record: Author
) -> None:
    people = co_authors(record, "ror:one", "ror:one", "ror:two")
    claim = own(record, make_user("Joan Example"), "C")
    joan = visit(f"/authors/A{record.pk}/claim/", claim.user)
    link = joan.reads("0 of 3 vouches hold").main.get_by_label("The link to send them").input_value()
    visit(link, make_user("Nobody Known"), scripts=False).reads(
        "To vouch you own a record of your own, at verification level 3."
    )
    for person in people:
        everybody.see(record, "L2 · Linked", "Claimed")
        visit(link, person, scripts=False).press("I know this person: vouch").reads("You vouch for this person.")
        work_off()

    everybody.see(record, "L3 · Corroborated", "Claimed").reads("V · Vouches", "verified co-authors")
    joan.open(f"/authors/A{record.pk}/claim/").reads("3 of 3 vouches hold, of 2 organisations.")
    visit("/vouches/", people[0], scripts=False).press("Take it back").reads("You no longer vouch")
    work_off()
    everybody.see(record, "L2 · Linked", "Claimed")


def test_a_second_factor_and_an_authority_seen_by_two_moderators_raise_a_record_to_level_4(
    visit: Visit, everybody: Visitor, record: Author
) -> None:
    claim = own(record, make_user("Joan Example"), "A", "B")
    everybody.see(record, "L3 · Corroborated", "Claimed")
    joan = visit("/settings/", claim.user).follow("second factor").follow("Set up an app").show_again()
    secret = joan.main.locator("code.key").inner_text()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    joan.write("Code of the app", code).press("Turn it on").reads("Recovery codes")
    work_off()
    everybody.see(record, "L3 · Corroborated", "Claimed")

    address = f"/moderation/claims/{claim.pk}/"
    first = visit(address, make_moderator("Mo One"), scripts=False).unfold(
        "Record what an organisation or service found"
    )
    first.write("Organisation or service", "Institute of Invention").write("What it found", "Employed since 2015")
    first.press("Record it").reads("It counts once another moderator has confirmed it.", "You recorded it:")
    visit(address, make_moderator("Mo Two"), scripts=False).press("^Confirm$").reads(
        "Confirmed: it counts from now on."
    )
    tasks.assess_due()
    everybody.see(record, "L4 · Assured", "Claimed").reads("X · Authority")


# Dead ends: what is said there, and the way on


def test_a_code_that_is_wrong_late_or_in_another_browser_is_sent_anew(visit: Visit, record: Author) -> None:
    joan = ask_for_a_code(begin(visit, record))
    first = code_in_mail()
    for _turn in range(3):
        joan.give(another(first)).reads("That is not the code that was sent.")
    joan.press("Send a new code").reads("A new code is on its way. Earlier ones no longer count.")

    joan.lacks("That is not the code that was sent.")
    ProofAttempt.objects.update(expires_at=timezone.now())
    joan.open(joan.page.url).reads("It is no longer valid: have a new one sent.")
    joan.give(code_in_mail()).reads("The code is no longer valid: codes hold for ten minutes.")
    joan.press("Send a new code").reads("A new code is on its way.")

    elsewhere = visit(joan.page.url, Claim.objects.get().user)
    elsewhere.give(code_in_mail()).reads("Codes count only in the browser that asked for them.")
    elsewhere.press("Send a new code").reads("A new code is on its way.").give(code_in_mail()).reads(
        "Verified: Address at your institution."
    )
    joan.give(another(first)).reads("Verified: Address at your institution.")  # where the form was still open


def test_who_goes_back_finds_the_other_ways_and_the_code_still_waiting(visit: Visit, record: Author) -> None:
    joan = ask_for_a_code(begin(visit, record))
    code = code_in_mail()
    joan.page.go_back()
    joan.page.go_back()
    joan.reads("Which proof?").open(joan.page.url).choose("Address printed in a work")
    joan.follow("Another proof").choose("Address at your institution").give(code)

    joan.reads("Verified: Address at your institution.", "The record is yours.")


def test_an_unknown_domain_leads_to_a_moderator_whose_refusal_leads_back(visit: Visit, record: Author) -> None:
    joan = begin(visit, record).choose("Address at your institution")
    joan.write("Your address at the institution", "joan@unknown.example").press("Send the code")
    joan.reads("unknown.example is not on the list of institutions’ domains.").follow("Ask a moderator instead")
    joan.write("Why this is you", "I am on the staff page.").press("Hand in the claim")
    joan.reads("Your claim waits for a moderator.", "What you told the moderators")
    visit(record.get_absolute_url(), scripts=False).reads("An account claimed this record", "waits for a moderator")

    claim = Claim.objects.get()
    moderator = visit(f"/moderation/claims/{claim.pk}/", make_moderator(), scripts=False).reads(
        "I am on the staff page."
    )
    moderator.select("Reason", "Nothing shows that you wrote these works.").press("^Reject$").reads("Rejected")
    tasks.send_mails()
    assert claim.user is not None
    assert any("Joan Example" in subject for subject in sent_to(claim.user)), sent_to(claim.user)
    joan.open(joan.page.url).reads("Your claim to this record was rejected", "Nothing shows that you wrote these")
    joan.press("Yes, this is me").follow("Withdraw the claim").press("Withdraw it")
    joan.reads("Your claim was withdrawn.").follow("Claim this record").reads("You withdrew your claim")
    joan.press("Yes, this is me").reads("Give one proof, whichever is at hand.")


def test_who_says_no_at_orcid_comes_back_to_the_claim(visit: Visit, record: Author, orcid: Server) -> None:
    joan = begin(visit, record).choose("ORCID iD").follow("Sign in to connect it").deny_at_orcid()
    joan.reads("You did not sign in at ORCID").follow("Back to where you were").follow("Another proof")
    joan.reads("Give one proof, whichever is at hand.")

    stranger = visit(f"/authors/A{record.pk}/claim/", scripts=False).follow("Log in with ORCID").deny_at_orcid()
    stranger.follow("Log in with a password").log_in(make_user("Joan Example")).reads("Is this you?")


def test_another_id_in_the_metadata_is_explained_and_can_be_changed(
    visit: Visit, record: Author, orcid: Server
) -> None:
    state_orcid(record, JOAN)
    joan = begin(visit, record).choose("ORCID iD").reads("stands in the metadata of 3 works")
    joan.follow("Sign in to connect it").sign_in_at_orcid(OTHER).show_again()
    joan.reads(f"The works of this record carry another iD, {JOAN}.").follow("Another proof")
    joan.reads("Not possible now, and why", "carry another iD")

    joan.open("/accounts/orcid/").follow("Disconnect it").press("Disconnect it")
    joan.open(f"/authors/A{record.pk}/claim/orcid/").follow("Sign in to connect it").sign_in_at_orcid()
    joan.press("Check now").reads("Checking")
    work_off()
    joan.reads("Verified on")


def test_a_claim_goes_on_where_it_was_left_after_logging_in_again(visit: Visit, record: Author) -> None:
    joan = ask_for_a_code(begin(visit, record)).follow("Leave it for now")
    user = Claim.objects.get().user
    assert user is not None
    joan.page.get_by_role("button", name="Log out").click()
    joan.open(f"/authors/A{record.pk}/claim/institution-mail/").log_in(user)
    joan.give(code_in_mail()).reads("Codes count only in the browser that asked for them.")
    joan.page.get_by_role("button", name="Log out").click()
    joan.open(record.get_absolute_url()).follow("Claim this record").follow("Log in$").log_in(user)
    joan.choose("Address at your institution").press("Send a new code").reads("A new code is on its way.").give(
        code_in_mail()
    )

    joan.reads("Verified: Address at your institution.")


def test_two_people_of_one_record_are_heard_and_both_see_where_it_stands(
    visit: Visit, everybody: Visitor, record: Author
) -> None:
    owner, rival = make_user("Joan Example"), make_user("Joan Example")
    claim = own(record, owner, "C")
    second = visit(record.get_absolute_url(), rival).follow("This is me").reads("Another account has owned this record")
    second.press("Yes, this is me")
    ask_for_a_code(second).give(code_in_mail()).reads("The record is contested.")
    work_off()
    tasks.send_mails()
    everybody.see(record, "L2 · Linked", "Contested").reads("Two accounts say to be this person.")
    assert [any("Joan Example" in subject for subject in sent_to(user)) for user in (owner, rival)] == [True, True]

    first = visit(f"/authors/A{record.pk}/claim/", owner).reads("The record is contested.", "nothing can be added")
    first.follow("Two claims").write("What moderators should know", "I have the key.").press("Say it").reads("You")
    second.follow("Two claims").reads("The other side", "I have the key.")
    second.write("What moderators should know", "I am on the staff page.").press("Say it")
    moderator = visit(f"/moderation/disputes/{Dispute.objects.get().pk}/", make_moderator(), scripts=False)
    moderator.reads("I have the key.", "I am on the staff page.").check("other claim")
    moderator.select("Reason", "Your organisation confirmed it.").press("^Decide$").reads("Both sides were told.")
    second.open(f"/authors/A{record.pk}/claim/").reads("The record is yours.")
    first.open(first.page.url).reads("Your organisation confirmed it.")
    first.write("What the decision overlooked", "The key is signed.").press("Appeal")
    first.reads("Your appeal was passed on: another moderator decides.")
    claim.refresh_from_db()
    assert claim.status == "revoked"


def test_a_second_record_is_asked_to_be_merged(visit: Visit, record: Author) -> None:
    other = make_record("J. Example", 1)
    joan = begin(visit, record)
    joan.open(other.get_absolute_url()).follow("Claim this record").reads("You are claiming Joan Example.")
    joan.follow("Go on with that claim").reads("Which proof?")
    ask_for_a_code(joan).give(code_in_mail()).reads("Verified")

    joan.open(other.get_absolute_url()).follow("Claim this record").reads("You own the record Joan Example.")
    joan.follow("Ask for the two to be merged").write("Why both records are yours", "My initials.")
    joan.press("Ask for the merge").reads("You have asked for this. The request waits.")
    joan.press("Withdraw it").reads("Your request was withdrawn.")


def test_a_stranger_without_scripts_makes_an_account_and_reaches_level_2(
    visit: Visit, everybody: Visitor, record: Author, web: Site
) -> None:
    joan = visit(record.get_absolute_url(), scripts=False).follow("Claim this record").follow("Make an account")
    joan.write("Email", "joan@example.org").write("Password", PASSWORD).press("Make the account").reads(
        "Confirm your address"
    )
    joan.open(link_in_mail()).press("Confirm").follow("Log in").log_in(User.objects.get()).press("Yes, this is me")
    joan.choose("Link from your page").write("Address of that page", HOME)
    web.pages[f"{DOMAIN}/~joan/"] = page(snippet(Claim.objects.get()))
    joan.press("Check now").reads("Checking")
    work_off()
    joan.follow("Look again").reads("Verified on").follow("What happens next").reads("Others can object until")
    eight_days_pass(record)

    everybody.see(record, "L2 · Linked", "Claimed")
