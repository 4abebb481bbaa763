"""Claims decided and proved at the same time: one owner, no deadlock (S7, R13); steps that cannot be skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from profiles.claiming import claims, contests, evidence, ledger, verification
from profiles.models import Attestation, Claim, Decision, Dispute, InstitutionDomain, ProofAttempt, User
from profiles.moderating import moderation
from publications.models import Author
from tests.profiles.moderation_steps import rival_to, waiting
from tests.profiles.people import make_moderator, make_record, make_user, own, prove
from tests.profiles.proof_steps import ROR, SESSION, begin, claim_to, code, complete, record_at

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 8
DONE = "done"


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run these in as many threads, begun together: "done", or the code of the refusal. Anything else is raised."""
    start = Barrier(len(acts), timeout=120)

    def run(act: Callable[[], Any]) -> str:
        try:
            with connection.cursor():  # connected before the start
                start.wait()
            act()
        except ValidationError as refusal:
            return str(refusal.code)
        finally:
            connection.close()
        return DONE

    with ThreadPoolExecutor(len(acts)) as threads:
        return [running.result(timeout=120) for running in [threads.submit(run, act) for act in acts]]


def statuses(author: Author) -> Counter[str]:
    return Counter(Claim.objects.filter(author=author).values_list("status", flat=True))


def ledgers_hold() -> bool:
    return all(ledger.first_broken(evidence.entries(author.pk)) is None for author in Author.objects.all())


def pending(author: Author, number: int) -> Claim:
    """Waits without a contest: rows as an import of an older version might have left them."""
    user = make_user(f"Joan Example {number}")
    return Claim.objects.create(author=author, user=user, status="pending", submitted_at=timezone.now())


# Eight at once


def test_eight_moderators_approve_eight_claims_to_one_record_and_one_owns_it() -> None:
    author = make_record()
    judges = [make_moderator(f"Judge {number}") for number in range(MANY)]
    rows = [pending(author, number) for number in range(MANY)]

    def approve(claim: Claim, by: User) -> Callable[[], Any]:
        return lambda: moderation.decide_claim(claim=claim, by=by, verdict="approve", template="shown")

    results = at_once(*(approve(claim, judge) for claim, judge in zip(rows, judges, strict=True)))

    assert Counter(results) == {DONE: 1, "already-claimed": MANY - 1}
    assert statuses(author) == {"approved": 1, "pending": MANY - 1}
    assert Decision.objects.get().claim == Claim.objects.get(status="approved")


def test_eight_moderators_decide_one_claim_and_one_decision_stands() -> None:
    claim = waiting()
    verdicts = ["approve", "reject"] * (MANY // 2)
    judges = [make_moderator(f"Judge {number}") for number in range(MANY)]

    def decide(verdict: str, by: User) -> Callable[[], Any]:
        return lambda: moderation.decide_claim(claim=claim, by=by, verdict=verdict, template="other", text="So.")

    results = at_once(*(decide(verdict, judge) for verdict, judge in zip(verdicts, judges, strict=True)))

    claim.refresh_from_db()
    assert Counter(results) == {DONE: 1, "conflict": MANY - 1}
    assert claim.status == {"approve": "approved", "reject": "rejected"}[Decision.objects.get().verdict]


def test_eight_proved_claims_settle_and_one_owns_the_record_while_the_others_are_heard() -> None:
    author = make_record()
    rows = [claims.open_claim(author=author, by=make_user("Joan Example")) for _number in range(MANY)]
    for number, claim in enumerate(rows):
        prove(claim, "C", issuer=f"host:number{number}.example")

    results = at_once(*(lambda claim=claim: claims.settle(claim) for claim in rows))

    assert results == [DONE] * MANY
    assert statuses(author) == {"approved": 1, "pending": MANY - 1}
    contest = Dispute.objects.get()
    assert (contest.claim.status, contest.rival.status if contest.rival else "") == ("approved", "pending")


def test_eight_proofs_are_recorded_at_once_and_the_ledger_holds() -> None:
    author = make_record()
    rows = [claims.open_claim(author=author, by=make_user("Joan Example")) for _number in range(MANY)]

    def prove_it(claim: Claim, number: int) -> Callable[[], Any]:
        return lambda: (prove(claim, "C", issuer=f"host:number{number}.example"), claims.settle(claim))

    results = at_once(*(prove_it(claim, number) for number, claim in enumerate(rows)))

    assert results == [DONE] * MANY
    assert statuses(author) == {"approved": 1, "pending": MANY - 1}
    assert [entry.sequence for entry in evidence.entries(author.pk)] == list(range(1, MANY + 1))
    assert ledgers_hold()


def test_eight_clicks_of_one_account_begin_one_claim() -> None:
    author, user = make_record(), make_user()

    results = at_once(*[lambda: claims.open_claim(author=author, by=user)] * MANY)

    assert results == [DONE] * MANY
    assert statuses(author) == {"open": 1}


def test_eight_decisions_of_one_contest_leave_one_owner() -> None:
    author = make_record()
    own(author)
    rival_to(author)
    Dispute.objects.update(deadline=timezone.now())
    dispute = Dispute.objects.get()
    judges = [make_moderator(f"Judge {number}") for number in range(MANY)]
    verdicts = ["keep", "replace"] * (MANY // 2)

    def decide(verdict: str, by: User) -> Callable[[], Any]:
        return lambda: moderation.decide_dispute(dispute=dispute, by=by, verdict=verdict, template="shown")

    results = at_once(*(decide(verdict, judge) for verdict, judge in zip(verdicts, judges, strict=True)))

    assert Counter(results) == {DONE: 1, "conflict": MANY - 1}
    assert statuses(author)["approved"] == 1
    assert contests.losers(Dispute.objects.get()) == {Claim.objects.exclude(status="approved").get().user_id}


def test_eight_moderators_settle_one_attestation_and_it_is_recorded_once() -> None:
    claim, first = own(make_record()), make_moderator("First Judge")
    moderation.attest(claim=claim, by=first, method="organisation", issuer="University", result="Works there.")
    row = Attestation.objects.get()
    judges = [first, *(make_moderator(f"Judge {number}") for number in range(MANY - 1))]

    def confirm(by: User) -> Callable[[], Any]:
        return lambda: moderation.settle_attestation(attestation=row, by=by, confirm=True)

    results = Counter(at_once(*(confirm(judge) for judge in judges)))

    assert results[DONE] == 1
    assert results["conflict"] + results["permission-denied"] == MANY - 1
    assert [proof.entry.kind for proof in evidence.holding(claim)].count("X") == 1
    row.refresh_from_db()
    assert row.settled_by != first


# Two at once


@pytest.fixture(params=range(3))
def again(request: pytest.FixtureRequest) -> int:
    """Races are tried several times: who comes first differs."""
    number: int = request.param
    return number


def test_an_approval_meets_a_withdrawal_and_one_of_them_counts(again: int) -> None:
    claim, judge = waiting(), make_moderator()
    assert claim.user is not None
    user = claim.user

    results = at_once(
        lambda: moderation.decide_claim(claim=claim, by=judge, verdict="approve", template="shown"),
        lambda: claims.withdraw(claim=claim, by=user),
    )

    claim.refresh_from_db()
    assert sorted(results) == ["conflict", DONE]
    assert claim.status == ("approved" if results[0] == DONE else "withdrawn")
    assert Decision.objects.count() == (results[0] == DONE)


def test_a_proof_meets_a_withdrawal_and_nothing_is_left_half(again: int, mailoutbox: list[Any]) -> None:
    InstitutionDomain.objects.create(domain="uni.example", organisation="Invented University", ror=ROR)
    claim = claim_to(record_at("Invented University", ror=ROR))
    assert claim.user is not None
    user = claim.user
    begin(claim, "institution-mail", address="joan@uni.example")
    right = code()

    results = at_once(
        lambda: complete(claim, "institution-mail", right),
        lambda: claims.withdraw(claim=claim, by=user),
    )

    claim.refresh_from_db()
    attempt = ProofAttempt.objects.get()
    assert sorted(results) == ["conflict", DONE]
    if results[0] == DONE:
        assert (claim.status, attempt.status, len(evidence.holding(claim))) == ("approved", "verified", 1)
    else:
        assert (claim.status, attempt.status, evidence.holding(claim)) == ("withdrawn", "ended", [])
    assert (attempt.target, attempt.code_hash) == ("", "")


def test_the_owner_leaves_while_the_contest_is_decided(again: int) -> None:
    author, judge = make_record(), make_moderator()
    owner, rival = own(author), rival_to(author)
    Dispute.objects.update(deadline=timezone.now())
    dispute = Dispute.objects.get()
    assert owner.user is not None
    user = owner.user

    results = at_once(
        lambda: moderation.decide_dispute(dispute=dispute, by=judge, verdict="keep", template="shown"),
        lambda: claims.release(claim=owner, by=user),
    )

    owner.refresh_from_db()
    rival.refresh_from_db()
    assert results[1] == DONE
    assert (owner.status, rival.status) == ("released", "rejected" if results[0] == DONE else "approved")
    assert ledgers_hold()


# Steps that cannot be skipped, and codes that count in one place only (S7)


@pytest.fixture
def asked(mailoutbox: list[Any]) -> Claim:
    """A claim whose code was sent."""
    InstitutionDomain.objects.create(domain="uni.example", organisation="Invented University", ror=ROR)
    claim = claim_to(record_at("Invented University", ror=ROR))
    begin(claim, "institution-mail", address="joan@uni.example")
    return claim


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        act()
    return str(refusal.value.code)


def test_a_step_that_was_skipped_is_refused() -> None:
    claim, judge = claim_to(make_record()), make_moderator()
    assert claim.user is not None
    user, stranger = claim.user, make_user()

    assert refused(lambda: complete(claim, "institution-mail", "123456")) == "conflict"
    for verdict in ("approve", "reject", "revoke"):
        decide = {"claim": claim, "by": judge, "verdict": verdict, "template": "other", "text": "So."}
        assert refused(lambda decide=decide: moderation.decide_claim(**decide)) == "conflict"  # type: ignore[misc] # a default
    assert refused(lambda: claims.release(claim=claim, by=user)) == "conflict"
    assert refused(lambda: claims.submit(claim=claim, by=stranger, note="Me.")) == "not-found"
    claim.refresh_from_db()
    assert (claim.status, evidence.entries(claim.author_id)) == ("open", [])


def test_a_code_of_another_session_proves_nothing(asked: Claim) -> None:
    assert asked.user is not None
    for session in ("session-2", ""):
        attempt = verification.complete(
            claim=asked, method="institution-mail", answers={"code": code()}, session=session, by=asked.user
        )
        assert (attempt.status, attempt.detail) == ("waiting", "other-session")

    asked.refresh_from_db()
    assert (asked.status, evidence.holding(asked)) == ("open", [])


def test_a_code_for_another_record_or_account_proves_nothing(asked: Claim) -> None:
    stolen = code()
    thief = claim_to(record_at("Invented University", name="Joan Second"))
    assert thief.user is not None
    by: dict[str, Any] = {
        "method": "institution-mail",
        "answers": {"code": stolen},
        "session": SESSION,
        "by": thief.user,
    }

    assert refused(lambda: verification.complete(claim=thief, **by)) == "conflict"
    assert refused(lambda: verification.complete(claim=asked, **by)) == "not-found"
    begin(thief, "institution-mail", address="thief@uni.example")
    assert code() != stolen
    assert complete(thief, "institution-mail", stolen).detail == "wrong-code"

    assert Counter(Claim.objects.values_list("status", flat=True)) == {"open": 2}


def test_a_code_counts_once(asked: Claim) -> None:
    right = code()

    results = at_once(*[lambda: complete(asked, "institution-mail", right)] * MANY)

    asked.refresh_from_db()
    assert Counter(results) == {DONE: 1, "conflict": MANY - 1}
    assert (asked.status, len(evidence.holding(asked))) == ("approved", 1)
