"""The pages of moderation: what they show and never show, what their forms decide, and what they say if not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.claiming import claims
from profiles.models import Claim, Decision, Dispute, InstitutionDomain, ProofAttempt, User
from profiles.moderating import moderation
from tests.profiles.claim_steps import read, text
from tests.profiles.moderation_steps import heard, logged_in, objection, rival_to, told, waiting
from tests.profiles.people import make_moderator, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db

LISTS = ("", "disputes/", "authorities/", "owners/", "domains/", "history/")


@pytest.fixture
def judge() -> User:
    return make_moderator()


# The header


def test_the_header_leads_moderators_to_what_waits_and_nobody_else(judge: User) -> None:
    claim = waiting()
    assert claim.user is not None

    assert "Moderation 1 waiting" in text_of_header(judge)
    assert "Moderation" not in text_of_header(claim.user)


def text_of_header(user: User) -> str:
    page = logged_in(user).get("/").content.decode()
    return text("<main" + page.split("<header", 1)[1].split("</header>", 1)[0])


# The queue


def test_an_empty_queue_says_what_comes_there(judge: User) -> None:
    page = read(logged_in(judge), "/moderation/")

    assert "No claim waits." in page
    assert "waiting now 0" in page.replace("0 waiting now", "waiting now 0")


def test_the_queue_shows_signals_and_never_an_address(judge: User) -> None:
    InstitutionDomain.objects.create(domain="uni.example", organisation="Invented University", ror="05gq02987")
    author = make_record("Joan Example")
    waiting(author, make_user("Ada Else", "ada.canary@uni.example"), note="My staff page names these.")

    page = logged_in(judge).get("/moderation/").content.decode()

    shown = text(page)
    for words in ("Joan Example", "by Ada Else", "a…@uni.example", "name is not on the record"):
        assert words in shown, words
    assert "address of Invented University" in shown
    assert "no proof" in shown
    assert "account 0 days old" in shown
    assert "My staff page names these." in shown
    assert "canary" not in page


def test_no_page_shows_an_address(judge: User) -> None:
    author = make_record()
    owner = own(author, make_user("", "owner.canary@uni.example"))
    rival = rival_to(author, make_user("rival.canary@uni.example", "rival.canary@uni.example"))
    moderation.decide_dispute(dispute=heard(author), by=judge, verdict="keep", template="shown")
    ProofAttempt.objects.create(
        claim=owner, method="institution-mail", target="t.canary@uni.example", hint="t…@uni.example", code_hash="canary"
    )
    waiting(make_record("Else"), make_user("", "third.canary@uni.example"))
    moderation.attest(claim=owner, by=judge, method="organisation", issuer="University", result="Works there.")
    own(make_record("Another"), make_user("", "fourth.canary@uni.example"))
    paths = [*LISTS, f"claims/{owner.pk}/", f"claims/{rival.pk}/", f"disputes/{Dispute.objects.get().pk}/"]

    for path in paths:
        page = logged_in(judge).get(f"/moderation/{path}").content.decode()
        assert "canary" not in page, path
    assert "t…@uni.example" in logged_in(judge).get(f"/moderation/claims/{owner.pk}/").content.decode()


@pytest.mark.parametrize(
    "path", ["/moderation/", "/moderation/owners/", "/moderation/disputes/", "/moderation/history/"]
)
def test_lists_ask_as_many_questions_for_many_as_for_one(path: str, judge: User) -> None:
    client = logged_in(judge)
    one, many = _questions(client, path, 1), _questions(client, path, 3)

    assert one == many


def _questions(client: Client, path: str, rows: int) -> int:
    for _row in range(rows):
        claim = waiting(make_record(f"Waiting {_row}"))
        owner = own(make_record(f"Owned {_row}"), make_user("Judged Person"))
        objection(owner)
        Decision.objects.create(claim=claim, verdict="approve", moderator=make_moderator(), template="shown")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def queue_names(client: Client, **chosen: str) -> list[str]:
    lines = client.get("/moderation/", chosen).context["lines"]
    return [line.claim.author.display_name for line in lines.rows]


def test_filters_and_orders_of_the_queue(judge: User) -> None:
    InstitutionDomain.objects.create(domain="uni.example", organisation="Invented University", ror="05gq02987")
    waiting(make_record("Zoe First"), make_user("Zoe First", "z@uni.example"))
    refused = make_user("Ada Else")
    claims.reject(claim=waiting(make_record("Bob Before"), refused), reason="No.")
    waiting(make_record("Ben Second"), refused)
    old = waiting(make_record("Cat Third"), make_user("Cat Third"))
    User.objects.filter(claims=old).update(date_joined=timezone.now() - timedelta(days=30))
    proved = waiting(make_record("Dan Fourth"), make_user("Dan Fourth"))
    prove(proved, "V", method="vouches", issuer="vouchers")
    client = logged_in(judge)

    assert queue_names(client) == ["Zoe First", "Ben Second", "Cat Third", "Dan Fourth"]
    assert queue_names(client, sort="newest") == ["Dan Fourth", "Cat Third", "Ben Second", "Zoe First"]
    assert queue_names(client, sort="name") == ["Ben Second", "Cat Third", "Dan Fourth", "Zoe First"]
    assert queue_names(client, domain="listed") == ["Zoe First"]
    assert queue_names(client, name="differs") == ["Ben Second"]
    assert queue_names(client, proof="held") == ["Dan Fourth"]
    assert queue_names(client, account="refused") == ["Ben Second"]
    assert queue_names(client, account="new", sort="newest") == ["Dan Fourth", "Ben Second", "Zoe First"]
    assert queue_names(client, record="owned") == []
    assert queue_names(client, q="ada") == ["Ben Second"]
    assert queue_names(client, q=f"A{old.author_id}") == ["Cat Third"]
    assert queue_names(client, q="cat", name="fits", domain="nonsense", page="x") == ["Cat Third"]
    assert "No waiting claim fits these filters." in read(client, "/moderation/?q=nobody")


def test_a_long_queue_has_pages_that_keep_the_filters(judge: User) -> None:
    author = make_record()
    now = timezone.now()
    Claim.objects.bulk_create(
        Claim(author=author, user=make_user(f"Person {n}"), status="pending", submitted_at=now) for n in range(26)
    )
    client = logged_in(judge)

    first = client.get("/moderation/", {"name": "differs"}).content.decode()

    assert "Page 1 of 2" in first
    assert "?name=differs&amp;page=2" in first
    assert len(queue_names(client, name="differs", page="2")) == 1
    assert len(queue_names(client, page="2")) == 1


# One claim


def test_a_claim_is_approved_on_its_page_and_the_claimant_is_told(judge: User) -> None:
    claim = waiting()

    page = read(logged_in(judge), f"/moderation/claims/{claim.pk}/", verdict="approve", template="shown")

    claim.refresh_from_db()
    assert claim.status == "approved"
    assert told(claim.user) == ["claim-waiting", "claim-approved"]
    assert "Approve the claim: Joan Example." in page
    assert "Mo Derator" in page


def test_a_claim_is_rejected_with_the_reason_that_the_claimant_reads(judge: User) -> None:
    claim = waiting()
    client = logged_in(judge)

    form = {"verdict": "reject", "template": "no-proof", "text": "Ask your library."}
    client.post(f"/moderation/claims/{claim.pk}/", form)

    claim.refresh_from_db()
    reason = "Nothing shows that you wrote these works. Give one of the proofs on the claim's page. Ask your library."
    assert (claim.status, claim.reason) == ("rejected", reason)
    assert told(claim.user)[-1] == "claim-rejected"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"verdict": "reject"}, "Choose a reason."),
        ({"verdict": "reject", "template": "other"}, "Write the reason in your own words."),
        ({"verdict": "reject", "template": "shown"}, "This reason speaks for the opposite decision."),
        ({"verdict": "approve", "template": "other-person"}, "This reason speaks for the opposite decision."),
        ({"verdict": "promote", "template": "shown"}, "A claim is approved, rejected or ended."),
        ({"verdict": "keep", "template": "shown"}, "A claim is approved, rejected or ended."),
        ({"verdict": "", "template": "shown"}, "A claim is approved, rejected or ended."),
        ({"verdict": "revoke", "template": "mixed"}, "That is not possible any more"),
    ],
)
def test_what_does_not_decide_says_why(form: dict[str, str], said: str, judge: User) -> None:
    claim = waiting()

    response = logged_in(judge).post(f"/moderation/claims/{claim.pk}/", form)

    claim.refresh_from_db()
    assert said in text(response.content.decode())
    assert (claim.status, Decision.objects.count()) == ("pending", 0)


def test_a_decision_sent_twice_is_made_once(judge: User) -> None:
    claim, client = waiting(), logged_in(judge)

    form = {"verdict": "approve", "template": "shown"}
    client.post(f"/moderation/claims/{claim.pk}/", form)
    second = text(client.post(f"/moderation/claims/{claim.pk}/", form).content.decode())

    assert "the claim is now “Approved”" in second
    assert Decision.objects.count() == 1


def test_an_own_claim_is_shown_without_a_form(judge: User) -> None:
    claim = waiting(make_record("Mo Derator"), judge)

    page = logged_in(judge).get(f"/moderation/claims/{claim.pk}/").content.decode()

    assert "This is your own claim: another moderator decides." in text(page)
    assert 'value="approve"' not in page


def test_the_page_of_a_claim_holds_everything(judge: User) -> None:
    joan = make_user("Joan Example", "joan@uni.example")
    claims.reject(claim=waiting(make_record("Earlier Record"), joan), reason="Another person.")
    author = make_record("Joan Example")
    moderation.decide_claim(
        claim=waiting(author, make_user("Before Me")), by=judge, verdict="reject", template="other-person"
    )
    claim = waiting(author, joan, note="My thesis is from 2019.")
    ProofAttempt.objects.create(claim=claim, method="rel-me", status="failed", detail="page-link-missing")
    prove(claim, "V", method="vouches", issuer="vouchers")

    page = read(logged_in(judge), f"/moderation/claims/{claim.pk}/")

    for words in (
        "Joan Example",
        "j…@uni.example",
        "My thesis is from 2019.",
        "Work 0 of Joan Example",
        "V · Vouches",
        "Not verified",
        "Before Me",
        "Earlier Record",
        "Another person.",
        "The record belongs to another person of a similar name.",
    ):
        assert words in page, words


def test_an_approved_claim_is_found_by_name_and_ended(judge: User) -> None:
    claim = own(make_record("Joan Example"))
    own(make_record("Else Person"))
    client = logged_in(judge)

    found = client.get("/moderation/owners/", {"q": "joan"}).content.decode()
    assert f"/moderation/claims/{claim.pk}/" in found
    assert "Else Person" not in found
    client.post(f"/moderation/claims/{claim.pk}/", {"verdict": "revoke", "template": "other", "text": "A mistake."})

    claim.refresh_from_db()
    assert (claim.status, claim.reason) == ("revoked", "A mistake.")
    assert told(claim.user)[-1] == "claim-revoked"


# Looking back


def test_the_history_is_searched_filtered_and_paged(judge: User) -> None:
    claim = waiting(make_record("Joan Example"))
    moderation.decide_claim(claim=claim, by=judge, verdict="approve", template="other", text="Seen at a conference.")
    other = waiting(make_record("Ben Other"), make_user("Ben Other"))
    moderation.decide_claim(claim=other, by=make_moderator("Second Judge"), verdict="reject", template="name")
    client = logged_in(judge)

    def names(**chosen: Any) -> list[str]:
        rows = client.get("/moderation/history/", chosen).context["rows"]
        return [row.decision.claim.author.display_name for row in rows]

    assert names() == ["Ben Other", "Joan Example"]
    assert names(q="conference") == names(verdict="approve") == names(by="derator") == ["Joan Example"]
    assert names(q="ben") == ["Ben Other"]
    assert "No decision fits these filters." in read(client, "/moderation/history/?q=nothing")
    Decision.objects.bulk_create(Decision(claim=claim, verdict="approve", moderator=judge) for _ in range(60))
    assert "Page 1 of 2" in read(client, "/moderation/history/")
    assert len(names(page="2")) == 12


def test_figures_say_how_long_people_wait(judge: User) -> None:
    claim = waiting(make_record("Joan Example"))
    Claim.objects.filter(pk=claim.pk).update(submitted_at=timezone.now() - timedelta(days=5))
    decided = waiting(make_record("Else"))
    Claim.objects.filter(pk=decided.pk).update(submitted_at=timezone.now() - timedelta(days=3))
    moderation.decide_claim(claim=decided, by=judge, verdict="reject", template="name")

    page = logged_in(judge).get("/moderation/")

    figures = page.context["waiting"]
    assert (figures.now, figures.decided) == (1, 1)
    assert "5 days" in text(page.content.decode())
    assert "3 days" in text(page.content.decode())
