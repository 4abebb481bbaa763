"""Moderation by form: several claims at once, disputes, and authorities' proofs by two moderators."""

from __future__ import annotations

import pytest

from profiles.claiming import claims, contests
from profiles.models import Attestation, Decision, Dispute, User
from profiles.moderating import moderation
from tests.profiles.claim_steps import read, text
from tests.profiles.moderation_steps import heard, logged_in, objection, rival_to, told, waiting
from tests.profiles.people import make_moderator, make_record, own

pytestmark = pytest.mark.django_db


@pytest.fixture
def judge() -> User:
    return make_moderator()


# Several at once


def test_several_are_decided_together_and_the_refused_ones_say_why(judge: User) -> None:
    good, mine = waiting(make_record("Good One")), waiting(make_record("Mo Derator"), judge)
    gone = waiting(make_record("Gone One"))
    claims.withdraw(claim=gone, by=gone.user)  # type: ignore[arg-type] # it has one
    chosen = {"claim": [str(good.pk), str(mine.pk), str(gone.pk), "x"], "verdict": "approve", "template": "shown"}

    page = text(logged_in(judge).post("/moderation/decide/", chosen).content.decode())

    assert "1 claim was decided. 2 could not be." in page
    assert "Mo Derator by Mo Derator This is your own claim" in page
    assert "the claim is now “Withdrawn”" in page
    assert [row.claim for row in Decision.objects.all()] == [good]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"verdict": "reject", "template": "name"}, "Choose at least one claim."),
        ({"claim": "1", "verdict": "reject"}, "Choose a reason."),
        ({"claim": "1", "verdict": "reject", "template": "shown"}, "This reason speaks for the opposite decision."),
    ],
)
def test_several_without_a_choice_or_reason_come_back(form: dict[str, str], said: str, judge: User) -> None:
    claim = waiting()
    sent = {**form, **({"claim": str(claim.pk)} if "claim" in form else {})}

    page = text(logged_in(judge).post("/moderation/decide/", sent).content.decode())

    assert said in page
    assert "Claims that wait" in page
    assert not Decision.objects.exists()


# Disputes


def test_disputes_that_can_be_decided_stand_first(judge: User) -> None:
    late = own(make_record("Late"))
    objection(late)
    spoken = own(make_record("Spoken"))
    both = objection(spoken)
    contests.state(dispute=both, by=spoken.user, text="It is me.")  # type: ignore[arg-type] # it has one
    due = own(make_record("Due"))
    objection(due)
    heard(due.author)

    page = logged_in(judge).get("/moderation/disputes/")

    rows = [(row.author.display_name, row.is_ripe) for row in page.context["page"]]
    assert rows == [("Due", True), ("Spoken", True), ("Late", False)]


def test_a_dispute_shows_both_sides_and_is_decided_when_ripe(judge: User) -> None:
    author = make_record()
    owner, client = own(author), logged_in(judge)
    rival = rival_to(author)
    dispute = Dispute.objects.get()
    contests.state(dispute=dispute, by=rival.user, text="I am Joan.")  # type: ignore[arg-type] # it has one
    path = f"/moderation/disputes/{dispute.pk}/"

    early = client.get(path).content.decode()
    assert "one of them has said nothing yet" in text(early)
    assert 'value="replace"' not in early
    assert "The other claim" in text(early)
    assert "I am Joan." in text(early)
    heard(author)
    assert "Choose a reason." in text(client.post(path, {"verdict": "replace"}).content.decode())
    said = read(client, path, verdict="replace", template="shown", text="The page of the institute.")

    owner.refresh_from_db()
    rival.refresh_from_db()
    assert (owner.status, rival.status) == ("revoked", "approved")
    assert "Decided. Both sides were told." in said
    assert told(owner.user)[-1] == told(rival.user)[-1] == "dispute-decided" or "claim-approved" in told(rival.user)


def test_an_appeal_is_heard_by_another_moderator_only(judge: User) -> None:
    author = make_record()
    owner = own(author)
    rival_to(author)
    moderation.decide_dispute(dispute=heard(author), by=judge, verdict="neither", template="shown")
    contests.appeal(dispute=Dispute.objects.get(), by=owner.user, text="Look again.")  # type: ignore[arg-type] # it has one
    heard(author)
    path = f"/moderation/disputes/{Dispute.objects.get().pk}/"

    assert "You decided before: another moderator hears the appeal." in read(logged_in(judge), path)
    refused = logged_in(judge).post(path, {"verdict": "keep", "template": "shown"})
    assert "You decided before" in text(refused.content.decode())
    assert "Decide the appeal" in read(logged_in(make_moderator("Second Judge")), path)
    logged_in(make_moderator("Third Judge")).post(path, {"verdict": "keep", "template": "shown"})

    owner.refresh_from_db()
    assert (owner.status, Dispute.objects.get().status) == ("approved", "closed")


# Authorities


def test_an_authority_is_recorded_by_one_and_confirmed_by_another(judge: User) -> None:
    claim = own(make_record())
    form = {"method": "organisation", "issuer": "Invented University", "result": "Its office confirms the post."}
    client = logged_in(judge)

    client.post(f"/moderation/claims/{claim.pk}/attest/", form)
    row = Attestation.objects.get()
    path = f"/moderation/authorities/{row.pk}/"
    assert "You recorded it: another moderator confirms it." in read(client, "/moderation/authorities/")
    assert "Another moderator than who recorded it confirms it." in read(client, path, verdict="confirm")
    page = read(logged_in(make_moderator("Second Judge")), path, verdict="confirm")

    row.refresh_from_db()
    assert row.confirmed is True
    assert "Confirmed: it counts from now on." in page
    assert told(claim.user)[-1] == "attested"
    again = read(logged_in(make_moderator("Third Judge")), path, verdict="refuse")
    assert "This was settled before." in again
    assert "None waits." in read(client, "/moderation/authorities/")


def test_an_authority_without_a_name_or_for_a_waiting_claim_is_refused(judge: User) -> None:
    client, owned, pending = logged_in(judge), own(make_record()), waiting(make_record("Else"))
    form = {"method": "organisation", "issuer": "University", "result": "Works there."}

    nameless = client.post(f"/moderation/claims/{owned.pk}/attest/", {**form, "issuer": ""}).content.decode()
    early = client.post(f"/moderation/claims/{pending.pk}/attest/", form).content.decode()

    assert "errorlist" in nameless
    assert not Attestation.objects.exists()
    assert Decision.objects.count() == 0
    assert "errorlist" in early or "approved claims" in text(early)
