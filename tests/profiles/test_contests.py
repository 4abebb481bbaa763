"""Disputes: who is heard until when, what a decision does, one appeal, and that nobody gains by a mere dispute."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from profiles.claiming import claims, contests, evidence, upkeep, verification
from profiles.models import Claim, Dispute, Notification, User
from profiles.moderating import moderation
from publications.models import Author
from tests.profiles.people import level, make_moderator, make_record, make_user, own, prove, score, status

pytestmark = pytest.mark.django_db


def counter_claim(author: Author, name: str = "Joan Example", kind: str = "C") -> Claim:
    claim = claims.open_claim(author=author, by=make_user(name))
    prove(claim, kind, issuer="host:rival.example")
    return claims.settle(claim)


def heard(dispute: Dispute) -> Dispute:
    for side in contests.parties(dispute):
        contests.state(dispute=dispute, by=User.objects.get(pk=side), text="It is me.")
    return dispute


def test_a_proved_counter_claim_contests_an_owned_record_and_nobody_gains() -> None:
    author = make_record()
    owner = own(author)
    before = (level(author), score(author))

    rival = counter_claim(author)

    dispute = Dispute.objects.get()
    assert (dispute.claim, dispute.rival, dispute.status) == (owner, rival, "open")
    assert (rival.status, status(author)) == ("pending", "contested")
    assert (level(author), score(author)) == before
    kinds = Notification.objects.filter(kind="contested").values_list("user_id", flat=True)
    assert sorted(kinds) == sorted(contests.parties(dispute))


def test_while_contested_the_owner_adds_no_proof_and_time_brings_nothing() -> None:
    author = make_record()
    owner = own(author)
    counter_claim(author)

    assert owner.user is not None
    with pytest.raises(ValidationError, match="contested"):
        verification.begin(claim=owner, method="orcid", answers={}, session="s", by=owner.user)
    prove(owner, "B")  # however it came in
    assert level(author) == 2


def test_a_claim_without_proof_does_not_make_an_owned_record_contested() -> None:
    author = make_record()
    own(author)
    claim = claims.open_claim(author=author, by=(user := make_user("Ada Else")))

    claims.submit(claim=claim, by=user, note="It is mine.")

    claim.refresh_from_db()
    assert (claim.status, status(author)) == ("pending", "claimed")
    assert not Dispute.objects.exists()


def test_two_claims_that_wait_contest_each_other() -> None:
    author = make_record()
    first, second = make_user(), make_user()
    for user in (first, second):
        claims.submit(claim=claims.open_claim(author=author, by=user), by=user, note="Me.")

    assert status(author) == "contested"
    assert contests.parties(Dispute.objects.get()) == {first.pk, second.pk}


def test_an_iid_in_the_metadata_goes_before_a_request_that_nothing_proves() -> None:
    author = make_record()
    other = make_user("Ada Else")
    claims.submit(claim=claims.open_claim(author=author, by=other), by=other, note="Me.")

    claim = claims.open_claim(author=author, by=make_user())
    prove(claim, "A", method="orcid-metadata")
    claims.settle(claim)

    assert (claim.status, status(author), level(author)) == ("approved", "claimed", 2)


def test_a_third_proved_claim_waits_for_the_end_of_the_contest() -> None:
    author = make_record()
    own(author)
    counter_claim(author)

    third = counter_claim(author, "Third Example")

    assert third.status == "pending"
    assert Dispute.objects.count() == 1


def test_both_sides_are_heard_before_a_decision() -> None:
    author, judge = make_record(), make_moderator()
    owner = own(author)
    rival = counter_claim(author)
    dispute = Dispute.objects.get()

    with pytest.raises(ValidationError, match="Both sides are heard"):
        contests.decide(dispute=dispute, by=judge, outcome="keep", reason="So it is.")
    contests.state(dispute=dispute, by=owner.user, text="Me.")  # type: ignore[arg-type]  # an owned claim has a user
    Dispute.objects.update(deadline=timezone.now())
    contests.decide(dispute=dispute, by=judge, outcome="keep", reason="So it is.")

    rival.refresh_from_db()
    assert (rival.status, rival.reason, status(author)) == ("rejected", "So it is.", "claimed")


@pytest.mark.parametrize(
    ("outcome", "owner_status", "rival_status", "shown"),
    [
        ("keep", "approved", "rejected", "claimed"),
        ("replace", "revoked", "approved", "pending"),
        ("neither", "revoked", "rejected", "unclaimed"),
    ],
)
def test_a_decision_leaves_one_owner_or_none(outcome: str, owner_status: str, rival_status: str, shown: str) -> None:
    author = make_record()
    owner, rival = own(author), counter_claim(author)

    decision = moderation.decide_dispute(
        dispute=heard(Dispute.objects.get()), by=make_moderator(), verdict=outcome, template="shown"
    )

    owner.refresh_from_db()
    rival.refresh_from_db()
    assert (owner.status, rival.status, status(author)) == (owner_status, rival_status, shown)
    assert (decision.verdict, decision.dispute_id) == (outcome, Dispute.objects.get().pk)


def test_who_lost_appeals_once_and_another_moderator_decides() -> None:
    author, first, second = make_record(), make_moderator(), make_moderator()
    owner, rival = own(author), counter_claim(author)
    dispute = contests.decide(dispute=heard(Dispute.objects.get()), by=first, outcome="replace", reason="Shown.")
    assert level(author) == 1  # the winner's window begins

    with pytest.raises(ValidationError, match="Only who lost"):
        contests.appeal(dispute=dispute, by=rival.user, text="No.")  # type: ignore[arg-type]  # it has a user
    dispute = contests.appeal(dispute=dispute, by=owner.user, text="Look again.")  # type: ignore[arg-type]  # as above
    assert status(author) == "contested"
    contests.state(dispute=dispute, by=rival.user, text="It is me.")  # type: ignore[arg-type]  # as above
    with pytest.raises(ValidationError, match="another moderator"):
        contests.decide(dispute=dispute, by=first, outcome="keep", reason="No.")
    contests.decide(dispute=dispute, by=second, outcome="keep", reason="The first one is right.")

    owner.refresh_from_db()
    rival.refresh_from_db()
    assert (owner.status, rival.status, Dispute.objects.get().status) == ("approved", "revoked", "closed")
    assert evidence.holding(owner)
    assert evidence.holding(rival) == []
    with pytest.raises(ValidationError, match="Only who lost"):
        contests.appeal(dispute=dispute, by=rival.user, text="Again.")  # type: ignore[arg-type]  # as above


def test_a_decision_that_nobody_appeals_is_final_after_fourteen_days() -> None:
    author = make_record()
    own(author)
    rival = counter_claim(author)
    dispute = contests.decide(
        dispute=heard(Dispute.objects.get()), by=make_moderator(), outcome="keep", reason="So it is."
    )
    assert evidence.holding(rival)

    Dispute.objects.update(decided_at=timezone.now() - timedelta(days=14))
    upkeep.nightly()

    dispute.refresh_from_db()
    assert dispute.status == "closed"
    assert evidence.holding(rival) == []
    with pytest.raises(ValidationError):
        contests.appeal(dispute=dispute, by=rival.user, text="Late.")  # type: ignore[arg-type]  # it has a user


def test_a_moderator_who_is_a_side_does_not_decide() -> None:
    author, judge = make_record(), make_moderator("Joan Example")
    own(author, judge)
    counter_claim(author)

    with pytest.raises(ValidationError, match="another moderator"):
        contests.decide(dispute=heard(Dispute.objects.get()), by=judge, outcome="keep", reason="Me.")


def test_when_the_owner_leaves_the_proved_rival_goes_on() -> None:
    author = make_record()
    owner, rival = own(author), counter_claim(author)

    claims.release(claim=owner, by=owner.user)  # type: ignore[arg-type]  # an owned claim has a user

    rival.refresh_from_db()
    assert (rival.status, Dispute.objects.get().status) == ("approved", "closed")


def test_when_the_rival_withdraws_the_owner_goes_on_as_before() -> None:
    author = make_record()
    own(author)
    rival = counter_claim(author)
    before = level(author)

    claims.withdraw(claim=rival, by=rival.user)  # type: ignore[arg-type]  # a live claim has a user

    assert (status(author), level(author)) == ("claimed", before)


def test_an_objection_is_heard_and_changes_nothing_by_itself() -> None:
    author, judge = make_record(), make_moderator()
    owner, witness = own(author), make_user("Wit Ness")
    before = level(author)

    dispute = contests.object_to(claim=owner, by=witness, text="I know her; this is somebody else.")
    with pytest.raises(ValidationError, match="before"):
        contests.object_to(claim=owner, by=witness, text="Again.")

    assert (status(author), level(author)) == ("claimed", before)
    moderation.decide_dispute(dispute=heard(dispute), by=judge, verdict="revoke", template="other-person")
    owner.refresh_from_db()
    assert (owner.status, status(author)) == ("revoked", "unclaimed")


def test_only_the_sides_speak() -> None:
    author = make_record()
    own(author)
    counter_claim(author)

    with pytest.raises(ValidationError, match="Only the two sides"):
        contests.state(dispute=Dispute.objects.get(), by=make_user(), text="I think…")
