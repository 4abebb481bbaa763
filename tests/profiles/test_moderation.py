"""Decisions of moderators as rules: who may decide what, in which order, and what the set of signals says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils import timezone

from profiles.claiming import claims, contests, evidence
from profiles.models import Attestation, Claim, Decision, Dispute, InstitutionDomain, User
from profiles.moderating import claim_signals, moderation
from tests.profiles.moderation_steps import heard, objection, rival_to, told, waiting
from tests.profiles.people import level, make_moderator, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db


def decide(claim: Claim, by: User, verdict: str = "reject") -> Decision:
    return moderation.decide_claim(claim=claim, by=by, verdict=verdict, template="other", text="So it is.")


# Who decides


@pytest.mark.parametrize("who", ["user", "administrator", "former moderator", "switched off"])
def test_only_moderators_decide(who: str) -> None:
    claim, judge = waiting(), make_moderator()
    actor = {
        "user": make_user,
        "administrator": lambda: User.objects.create_superuser("root@mail.example", "a good long password"),
    }.get(who, lambda: judge)()
    if who == "former moderator":
        moderation.dismiss(judge)
    if who == "switched off":
        User.objects.filter(pk=judge.pk).update(is_active=False)
        actor = User.objects.get(pk=judge.pk)

    with pytest.raises(ValidationError, match="Only moderators decide"):
        decide(claim, actor)

    claim.refresh_from_db()
    assert (claim.status, Decision.objects.count()) == ("pending", 0)


def test_a_moderator_decides_neither_on_an_own_claim_nor_on_a_claim_beside_it() -> None:
    author, judge = make_record(), make_moderator("Joan Example")
    own(author, judge)
    beside = waiting(author)

    for claim in (Claim.objects.get(user=judge), beside):
        with pytest.raises(ValidationError, match="another moderator decides"):
            decide(claim, judge, "revoke" if claim.user == judge else "reject")

    assert sorted(Claim.objects.values_list("status", flat=True)) == ["approved", "pending"]


def test_what_two_sides_are_heard_about_is_not_decided_beside_the_hearing() -> None:
    author, judge = make_record(), make_moderator()
    owner, rival = own(author), rival_to(author)

    for claim, verdict in ((owner, "revoke"), (rival, "reject"), (rival, "approve")):
        with pytest.raises(ValidationError, match="decide the dispute"):
            decide(claim, judge, verdict)

    moderation.decide_dispute(dispute=heard(author), by=judge, verdict="keep", template="shown")
    decide(owner, judge, "revoke")
    owner.refresh_from_db()
    assert owner.status == "revoked"


def test_who_approved_a_claim_does_not_decide_what_is_disputed_about_it() -> None:
    first, second = make_moderator(), make_moderator("Second Judge")
    claim = waiting()
    moderation.decide_claim(claim=claim, by=first, verdict="approve", template="shown")
    claim.refresh_from_db()
    objection(claim)
    dispute = heard(claim.author)

    with pytest.raises(ValidationError, match="You approved the claim"):
        moderation.decide_dispute(dispute=dispute, by=first, verdict="dismiss", template="shown")
    moderation.decide_dispute(dispute=dispute, by=second, verdict="dismiss", template="shown")

    claim.refresh_from_db()
    assert (claim.status, Dispute.objects.get().status) == ("approved", "decided")


@pytest.mark.parametrize(("kind", "verdict"), [("rivals", "dismiss"), ("rivals", "approve"), ("objection", "keep")])
def test_a_verdict_must_fit_the_kind_of_dispute(kind: str, verdict: str) -> None:
    author = make_record()
    claim = own(author)
    if kind == "rivals":
        rival_to(author)
    else:
        objection(claim)

    with pytest.raises(ValidationError, match="does not decide this kind"):
        moderation.decide_dispute(dispute=heard(author), by=make_moderator(), verdict=verdict, template="shown")


# Notices


def test_decisions_reach_everybody_they_are_about() -> None:
    judge, witness = make_moderator(), make_user("Olive Other")
    claim = own(make_record())
    objection(claim, witness)

    moderation.decide_dispute(dispute=heard(claim.author), by=judge, verdict="revoke", template="other-person")

    assert told(claim.user)[-2:] == ["objection", "dispute-decided"]
    assert told(witness) == ["dispute-decided"]
    rejected = waiting(make_record("Else"))
    decide(rejected, judge)
    assert told(rejected.user) == ["claim-waiting", "claim-rejected"]


# Two persons


def test_an_authority_counts_after_two_moderators_only() -> None:
    first, second = make_moderator(), make_moderator("Second Judge")
    claim = own(make_record())
    facts = {"method": "organisation", "issuer": "Invented University", "result": "Works there."}

    moderation.attest(claim=claim, by=first, **facts)
    row = Attestation.objects.get()
    assert "X" not in [proof.entry.kind for proof in evidence.holding(claim)]
    with pytest.raises(ValidationError, match="Another moderator"):
        moderation.settle_attestation(attestation=row, by=first, confirm=True)
    with pytest.raises(ValidationError, match="Only moderators"):
        moderation.settle_attestation(attestation=row, by=make_user(), confirm=True)
    moderation.settle_attestation(attestation=row, by=second, confirm=True)

    proof = evidence.holding(claim)[-1].entry
    assert (proof.kind, len(set(proof.checked_by))) == ("X", 2)
    assert [row.verdict for row in Decision.objects.order_by("pk")] == ["propose", "confirm"]


def test_a_refused_authority_leaves_nothing_in_the_ledger() -> None:
    claim = own(make_record())
    moderation.attest(claim=claim, by=make_moderator(), method="document", issuer="A service", result="Seen.")

    moderation.settle_attestation(
        attestation=Attestation.objects.get(), by=make_moderator("Second Judge"), confirm=False, text="Not enough."
    )

    assert [proof.entry.kind for proof in evidence.holding(claim)] == ["A"]
    assert level(claim.author) == 2


def test_moderators_attest_nothing_for_themselves() -> None:
    judge, second = make_moderator("Joan Example"), make_moderator("Second Judge")
    claim = own(make_record(), judge)
    facts = {"method": "organisation", "issuer": "University", "result": "Works there."}

    with pytest.raises(ValidationError, match="your own claim"):
        moderation.attest(claim=claim, by=judge, **facts)
    moderation.attest(claim=claim, by=second, **facts)
    with pytest.raises(ValidationError, match="your own claim"):
        moderation.settle_attestation(attestation=Attestation.objects.get(), by=judge, confirm=True)


# Appeals


def test_an_appeal_waits_for_its_hearing_and_another_moderator() -> None:
    author, first, second = make_record(), make_moderator(), make_moderator("Second Judge")
    owner = own(author)
    rival_to(author)
    moderation.decide_dispute(dispute=heard(author), by=first, verdict="replace", template="shown")
    assert owner.user is not None
    appealed = contests.appeal(dispute=Dispute.objects.get(), by=owner.user, text="Look again.")

    assert "one of them has said nothing yet" in moderation.why_not_dispute(appealed, second)
    assert "another moderator hears the appeal" in moderation.why_not_dispute(heard(author), first)
    assert moderation.why_not_dispute(heard(author), second) == ""


# Signals


def test_signals_of_one_claim_say_what_speaks_for_and_against_it() -> None:
    InstitutionDomain.objects.create(domain="uni.example", organisation="Invented University", ror="05gq02987")
    author, joan = make_record("Joan Example"), make_user("Joan Example", "joan.e@cs.uni.example")
    User.objects.filter(pk=joan.pk).update(date_joined=timezone.now() - timedelta(days=12))
    claims.reject(claim=waiting(make_record("Else"), joan), reason="No.")
    own(author)
    claim = waiting(author, joan)
    prove(claim, "V", method="vouches", issuer="vouchers")

    assert claim_signals.of(Claim.objects.select_related("author", "user").get(pk=claim.pk)) == claim_signals.Signals(
        name_agrees=True,
        domain="listed",
        organisation="Invented University",
        address="j…@cs.uni.example",
        address_confirmed=True,
        second_factor=False,
        account_days=12,
        proofs=("V",),
        has_owner=True,
        others_waiting=0,
        earlier_claims=1,
        rejected_before=1,
    )


def test_signals_of_a_page_are_those_of_each_and_cost_the_same(django_assert_num_queries: Any) -> None:
    names = ["Joan Example", "Ada Else", "", "J. Example"]
    rows = [waiting(make_record("Joan Example"), make_user(name)) for name in names]
    EmailAddress.objects.filter(user=rows[1].user).update(verified=False)
    found = list(moderation.waiting_claims())

    with django_assert_num_queries(7):
        together = claim_signals.of_all(found)
    with django_assert_num_queries(7):
        claim_signals.of_all(found[:1])

    assert together == {claim.pk: claim_signals.of(claim) for claim in found}
    assert [together[claim.pk].name_agrees for claim in rows] == [True, False, False, True]
    assert [together[claim.pk].address_confirmed for claim in rows] == [True, False, True, True]
    assert claim_signals.of_all([]) == {}


def test_a_claim_whose_account_is_gone_has_signals_too() -> None:
    claim = waiting()
    Claim.objects.filter(pk=claim.pk).update(user=None, status="withdrawn", ended_at=timezone.now())

    signals = claim_signals.of(Claim.objects.select_related("author", "user").get(pk=claim.pk))

    assert (signals.name_agrees, signals.domain, signals.address, signals.proofs) == (False, "unknown", "", ())
