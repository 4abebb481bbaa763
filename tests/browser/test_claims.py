"""Claiming in a browser: from an author page as a stranger to L2, by a code and by ORCID; every page looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bzpeer.standins.orcid import Server
from bzpeer.standins.people import Person
from profiles.claiming import claims
from profiles.models import Claim, Dispute, InstitutionDomain, ProofAttempt, ResearcherProfile, User
from profiles.notifying import notices
from publications.models import Author, Authorship, Record
from tests.browser.conftest import Open, flaws
from tests.profiles.orcid_site import JOAN, stand_in
from tests.profiles.people import approved_on, assess, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "violet-cathedral-42"
EMAIL = "joan@mail.example"


@pytest.fixture
def author() -> Author:
    """Joan Example, whose works name an institution with a listed domain."""
    record = make_record("Joan Example", 3)
    Authorship.objects.filter(author=record).update(affiliations=["Institute of Invention"])
    InstitutionDomain.objects.create(domain="invention.example", organisation="Institute of Invention", ror="05gq02987")
    return record


@pytest.fixture
def orcid(settings: Settings) -> Iterator[Server]:
    cache.clear()
    with stand_in(settings, Person(orcid=JOAN, name="Joan Example", note="in the metadata")) as server:
        directives = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "form-action": ["'self'", server.base]}
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
        yield server
    cache.clear()


def in_mail(pattern: str) -> str:
    found = re.search(pattern, str(mail.outbox[-1].body))
    assert found
    return found[1]


def come_in(page: Page, live_server: LiveServer, author: Author) -> None:
    """From the author page to the wizard, by way of a new account."""
    page.goto(live_server.url + author.get_absolute_url())
    page.get_by_role("link", name="Claim this record").click()
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.goto(in_mail(r"(https?://\S+/accounts/\S+)"))
    page.get_by_role("button", name="Confirm").click()
    page.locator("main").get_by_role("link", name="Log in", exact=True).click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("button", name="Yes, this is me").click()
    expect(page.get_by_role("heading", name="Which proof?", level=1)).to_be_visible()


def test_a_stranger_claims_a_record_by_a_code_to_an_institution(
    page: Page, live_server: LiveServer, author: Author
) -> None:
    come_in(page, live_server, author)
    User.objects.update(name="Joan Example")
    page.get_by_role("link", name=re.compile("Choose.*Address at your institution")).click()
    page.get_by_label("Your address at the institution").fill("joan@invention.example")
    page.get_by_role("button", name="Send the code").click()
    expect(page.locator("main")).to_contain_text("A code was sent to")
    first = in_mail(r"(\d{3} \d{3})")
    page.get_by_role("button", name="Send a new code").click()
    expect(page.locator("main")).to_contain_text("A new code is on its way.")
    page.get_by_label("Code").fill(first)
    page.get_by_role("button", name="Confirm").click()
    if first != in_mail(r"(\d{3} \d{3})"):
        expect(page.get_by_role("alert")).to_contain_text("That is not the code that was sent.")
        page.get_by_label("Code").fill(in_mail(r"(\d{3} \d{3})"))
        page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("The record is yours. Others can object until")

    claim = Claim.objects.get()
    assert claim.approved_at is not None
    approved_on(claim, claim.approved_at.replace(year=claim.approved_at.year - 1))
    page.get_by_role("link", name="See the record").click()

    expect(page.locator(".standing").first).to_contain_text("L2 · Linked")
    expect(page.locator(".standing").first).to_contain_text("Claimed")
    expect(page.locator("#content")).to_contain_text("Institute of Invention")


def test_a_stranger_claims_a_record_by_orcid_at_once(
    page: Page, live_server: LiveServer, author: Author, orcid: Server
) -> None:
    ids = {"orcid": JOAN}
    Authorship.objects.filter(author=author).update(ids=ids)
    Record.objects.update(data={"authors": [{"name": "Joan Example", "ids": ids}]})
    come_in(page, live_server, author)
    page.get_by_role("link", name=re.compile("Choose.*ORCID iD")).click()
    page.get_by_role("link", name="Sign in to connect it").click()
    page.get_by_role("button", name=re.compile("Go on to")).click()
    page.get_by_label(re.compile("Joan Example")).check()
    page.get_by_role("button", name="Authorize access").click()
    page.get_by_label("Password").fill(PASSWORD)  # a new way to log in is added
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("main").get_by_role("status")).to_contain_text("Checking")

    from profiles import tasks

    tasks.check_proof(ProofAttempt.objects.get().pk)

    expect(page.locator("main")).to_contain_text("Verified on")  # the page looks by itself
    page.get_by_role("link", name="What happens next").click()
    expect(page.locator("main")).to_contain_text("The record is yours.")
    page.get_by_role("link", name="See the record").click()
    expect(page.locator(".standing").first).to_contain_text("L2 · Linked")
    expect(page.locator("#content")).to_contain_text(f"{JOAN} (authenticated)")


# How the pages look


def log_in(page: Page, user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


@pytest.fixture
def everything(author: Author) -> dict[str, Any]:
    """A contested record with an owner who has proofs, attempts, notices, a biography and a statement."""
    joan = make_user("Joan Example")
    ResearcherProfile.objects.create(
        user=joan, biography="I study $x^2$.", links=[{"label": "Lab", "url": "https://lab.example/"}]
    )
    claim = own(author, joan, "A", "B")
    prove(claim, "C", days=-1)
    ProofAttempt.objects.create(claim=claim, method="rel-me", status="failed", detail="page-link-missing")
    begun = claims.open_claim(author=make_record("Joan Begun"), by=make_user("Joan Begun"))
    waiting = ProofAttempt.objects.create(claim=begun, method="institution-mail", hint="j…@invention.example", sent=1)
    ProofAttempt.objects.create(claim=begun, method="rel-me", hint="invention.example")
    rival = claims.open_claim(author=author, by=make_user("Joan Example"))
    prove(rival, "C", issuer="host:elsewhere.example")
    claims.settle(rival)
    notices.tell(joan, "vouched", author="Joan Example", count=1, url=f"/authors/A{author.pk}/claim/")
    assess(author)
    other = make_record("Free Person")
    return {"joan": joan, "begun": begun, "waiting": waiting, "other": other, "dispute": Dispute.objects.get()}


def addresses(author: Author, found: dict[str, Any]) -> list[tuple[str, User]]:
    joan, begun = found["joan"], found["begun"]
    free, own_claim, wizard = (f"/authors/A{row}/claim/" for row in (found["other"].pk, author.pk, begun.author_id))
    pages = [author.get_absolute_url(), f"/authors/A{author.pk}/trust/", own_claim, free, f"{own_claim}release/"]
    pages += [f"/disputes/{found['dispute'].pk}/", "/notifications/", "/vouches/", f"{free}merge/", f"{free}vouch/"]
    steps = [wizard, *(f"{wizard}{rest}" for rest in ("manual/", "withdraw/", "institution-mail/", "rel-me/"))]
    steps += [f"{wizard}institution-mail/?anew", f"{wizard}corresponding-mail/", f"{own_claim}object/", own_claim]
    return [(page, joan) for page in pages] + [(page, begun.user) for page in steps]


def test_every_page_of_claims_fits_its_width_and_is_accessible(
    author: Author, everything: dict[str, Any], open_page: Open, live_server: LiveServer
) -> None:
    page = open_page("/about/")
    for path, user in addresses(author, everything):
        log_in(page, user, live_server.url)
        page.goto(live_server.url + path)
        assert flaws(page) == []


def test_a_claim_is_made_by_keyboard_without_scripts(author: Author, open_page: Open, live_server: LiveServer) -> None:
    page = open_page("/about/", scripts=False)
    log_in(page, make_user("Joan Example"), live_server.url)
    page.goto(f"{live_server.url}/authors/A{author.pk}/claim/")
    page.get_by_role("button", name="Yes, this is me").press("Enter")
    page.get_by_role("link", name=re.compile("Choose.*Address at your institution")).press("Enter")
    page.get_by_label("Your address at the institution").fill("joan@invention.example")
    page.get_by_label("Your address at the institution").press("Enter")
    page.get_by_label("Code").fill(in_mail(r"(\d{3} \d{3})"))
    page.get_by_label("Code").press("Enter")

    expect(page.locator("main")).to_contain_text("The record is yours.")
