"""A moderator in a browser: from the header to a decision without scripts, and every page looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from profiles.models import Claim, Dispute, InstitutionDomain
from profiles.moderating import moderation
from tests.browser.conftest import Open, flaws
from tests.profiles.moderation_steps import rival_to, waiting
from tests.profiles.people import make_moderator, make_record, make_user, own

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "My staff page at the institute names these works; my thesis of 2019 has the same title. " * 3
NAMES = ("Joan Example", "محمد علي بن عبد الله", "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Maximiliana")


def log_in(page: Page, address: str) -> None:
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill("a good long password")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def test_a_moderator_decides_from_the_keyboard_without_scripts(open_page: Open) -> None:
    judge, claim = make_moderator(), waiting(make_record("Joan Example"), note=NOTE)
    other = waiting(make_record("Ben Other"))
    page = open_page("/accounts/login/", scripts=False)
    log_in(page, judge.email)

    page.get_by_role("link", name="Moderation 2 waiting").press("Enter")
    page.get_by_role("link", name="Joan Example").press("Enter")
    page.get_by_label("Reason", exact=True).select_option(label="What you told and showed us fits the record.")
    page.get_by_role("button", name="Approve", exact=True).press("Enter")
    expect(page.locator(".messages")).to_contain_text("Approve the claim: Joan Example.")
    page.get_by_role("link", name="The claim that waits longest").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Ben Other")).to_be_visible()
    page.get_by_role("link", name="Claims 1").press("Enter")
    page.get_by_label("Choose the claim to Ben Other").press("Space")
    page.get_by_label("Reason", exact=True).select_option(label="We asked and had no answer.")
    page.get_by_role("button", name="Reject the chosen").press("Enter")
    expect(page.get_by_text("1 claim was decided.")).to_be_visible()
    page.get_by_role("link", name="History").press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)

    found = dict(Claim.objects.values_list("pk", "status"))
    assert found == {claim.pk: "approved", other.pk: "rejected"}


def test_every_page_of_moderation_fits_and_is_accessible(open_page: Open) -> None:
    judge, second = make_moderator(), make_moderator("Second Judge")
    InstitutionDomain.objects.create(domain="uni.example", organisation="Invented University", ror="05gq02987")
    rows = [waiting(make_record(name), make_user("Joan Example"), note=NOTE) for name in NAMES]
    Claim.objects.filter(pk=rows[0].pk).update(submitted_at=timezone.now() - timedelta(days=9))
    contested = own(make_record("Con Tested"), make_user("Con Tested", "con@uni.example"))
    rival_to(contested.author)
    Dispute.objects.update(deadline=timezone.now())
    attested = own(make_record("At Tested"))
    facts = {"method": "organisation", "issuer": "Invented University", "result": "Its office confirms the post."}
    moderation.attest(claim=attested, by=second, **facts)
    page = open_page("/accounts/login/")
    log_in(page, judge.email)
    problems = []

    paths = ["", "?q=nobody", "disputes/", "authorities/", "owners/", "history/"]
    paths += ["domains/", "domains/?q=uni", "domains/uni.example/", "domains/uni.example/?to=refused"]
    paths += [f"claims/{claim.pk}/" for claim in (rows[0], contested, attested)]
    paths += [f"disputes/{Dispute.objects.get().pk}/"]
    for path in paths:
        page.goto(f"/moderation/{path}")
        problems.extend(flaws(page))

    assert not problems, "\n".join(problems)
