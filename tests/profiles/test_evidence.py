"""The ledger: append-only, chained, erasable in two fields, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from profiles.assessing import assessments, levels
from profiles.claiming import evidence, ledger, upkeep
from profiles.models import Claim, Evidence, Notification
from tests.profiles.people import assess, level, make_record, make_user, own, prove, score

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(sequence: int, event: str = "verified", proof: int = 0, **fields: object) -> ledger.Entry:
    facts: dict[str, Any] = {
        "account": "u",
        "kind": "A",
        "method": "m",
        "issuer": "i",
        "subject": "s",
        "payload": "p",
    } | fields
    return ledger.Entry(sequence=sequence, event=event, proof=proof, **({"at": NOW} | facts))


def chained(*entries: ledger.Entry) -> list[ledger.Entry]:
    done: list[ledger.Entry] = []
    for one in entries:
        linked = replace(one, previous=done[-1].hash if done else "")
        done.append(replace(linked, hash=ledger.seal(linked)))
    return done


@given(st.data())
def test_any_change_of_any_entry_breaks_the_chain(data: st.DataObject) -> None:
    rows = chained(*(entry(n, issuer=f"issuer {n}") for n in range(1, 5)))
    assert ledger.first_broken(rows) is None
    place = data.draw(st.integers(0, 3))
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"issuer": "another"},
                {"account": "v"},
                {"subject": "t"},
                {"payload": "q"},
                {"at": NOW + timedelta(seconds=1)},
                {"expires": NOW},
                {"checked_by": ("m",)},
                {"kind": "B"},
                {"reason": "r"},
                {"event": "ended"},
            ]
        )
    )

    rows[place] = replace(rows[place], **change)

    assert ledger.first_broken(rows) == place + 1


def test_a_missing_entry_breaks_the_chain() -> None:
    rows = chained(entry(1), entry(2, issuer="j"), entry(3, issuer="k"))

    assert ledger.first_broken([rows[0], rows[2]]) == 2


def test_a_proof_is_what_its_entries_come_to() -> None:
    later = NOW + timedelta(days=30)
    rows = [
        entry(1, expires=NOW + timedelta(days=60)),
        entry(2, "missed", 1, at=NOW + timedelta(days=29)),
        entry(3, "checked", 1, at=later, expires=later + timedelta(days=60)),
        entry(4, "ended", 1, at=later + timedelta(days=10), reason="revoked"),
        entry(5, "checked", 1, at=later + timedelta(days=11), expires=later + timedelta(days=500)),
    ]

    (proof,) = ledger.proofs(rows)

    assert (proof.seen, proof.expires, proof.ended) == (
        later,
        later + timedelta(days=60),
        later + timedelta(days=10),
    )
    assert (proof.misses, proof.end_reason) == ((), "revoked")
    assert proof.holds(later)
    assert not proof.holds(later + timedelta(days=10))


def test_an_institution_counts_thirty_days_past_its_date_and_is_flagged() -> None:
    (proof,) = ledger.proofs([entry(1, kind="B", expires=NOW + timedelta(days=365))])

    assert proof.holds(NOW + timedelta(days=394))
    assert proof.is_flagged(NOW + timedelta(days=394))
    assert not proof.holds(NOW + timedelta(days=395))
    assert not proof.is_flagged(NOW + timedelta(days=364))


@pytest.mark.django_db
def test_a_ledger_of_the_database_holds_also_when_account_and_subject_were_erased() -> None:
    author, user = make_record(), make_user()
    claim = own(author, user, "A", "B")
    prove(claim, "C", secret_subject="joan@uni.example")
    evidence.end(evidence.holding(claim)[0], author.pk, "unlinked")
    rows = evidence.entries(author.pk)
    assert (len(rows), ledger.first_broken(rows)) == (4, None)

    Evidence.objects.filter(author=author).update(account=None, subject="")

    assert ledger.first_broken(evidence.entries(author.pk)) is None
    assert evidence.entries(author.pk) == rows


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["kind = 'X'", "expires_at = now()", "hash = ''", "subject = 'another'", "at = now()"]
)
def test_the_database_refuses_changes(change: str) -> None:
    own(make_record())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE profiles_evidence SET {change}")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM profiles_evidence")


@pytest.mark.django_db
def test_an_address_is_nowhere_in_the_ledger() -> None:
    claim = own(make_record())
    prove(claim, "B", secret_subject="joan@uni.example")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM profiles_evidence row WHERE row::text LIKE '%%uni.example%%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_same_proof_again_is_renewed_and_keeps_its_first_day() -> None:
    claim = own(make_record())
    (first,) = evidence.holding(claim)

    prove(claim, "A", days=900)

    (renewed,) = evidence.holding(claim)
    assert renewed.entry == first.entry
    assert renewed.expires > first.expires


@pytest.mark.django_db
def test_proofs_of_one_account_do_nothing_for_another() -> None:
    author = make_record()
    first = own(author, None, "A", "B")
    Claim.objects.filter(pk=first.pk).update(status="released", ended_at=timezone.now())

    own(author, make_user(), "C")

    assert level(author) == 2


@pytest.mark.django_db
def test_what_expires_lowers_the_level_and_its_owner_is_told_thirty_days_before() -> None:
    author, user = make_record(), make_user()
    claim = own(author, user, "B")
    prove(claim, "C", days=20)
    assert level(author) == 3
    high = score(author)

    upkeep.nightly()
    upkeep.nightly()
    kinds = list(Notification.objects.filter(user=user, kind="evidence-expires"))
    assert len(kinds) == 1

    later = timezone.now() + timedelta(days=21)
    upkeep.nightly(later)
    assert [proof.end_reason for proof in evidence.of_account(claim)] == ["", "expired"]
    assert level(author) == 2
    assert score(author) < high


@pytest.mark.django_db
def test_unlinking_an_issuer_ends_what_it_vouched_for_at_once() -> None:
    author, user = make_record(), make_user()
    own(author, user, "A", "B")

    assert evidence.end_by_issuer(user, "orcid:0000-0002-1825-0097", "unlinked") == [author.pk]
    assert evidence.end_by_issuer(user, "orcid:0000-0002-1825-0097", "unlinked") == []

    assert level(author) == 2


@pytest.mark.django_db
def test_the_level_recomputed_from_the_ledger_is_what_the_page_shows() -> None:
    author = make_record()
    claim = own(author, None, "A", "B")
    assess(author)
    current = assessments.current(author)
    assert current is not None

    proofs = tuple(proof.as_evidence() for proof in ledger.proofs(evidence.entries(author.pk)))
    stored = levels.from_json(current.inputs["standing"])
    recomputed = replace(stored, evidence=proofs)

    assert claim.approved_at is not None
    assert set(stored.evidence) == set(proofs)
    assert levels.level(recomputed, timezone.now().date()) == current.level == 3
