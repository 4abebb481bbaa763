"""Claims as an attacker uses them: contests and codes as weapons, accounts that leave, mail that cannot go out."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from graph import edges
from profiles import limits
from profiles.account import account_data
from profiles.claiming import attestations, claims, contests, evidence, vouches
from profiles.models import Attestation, Claim, Dispute, Evidence, InstitutionDomain, Notification, User, Vouch
from profiles.moderating import moderation
from profiles.proofs import codes
from publications.models import Author
from tests.corpus import make_author
from tests.profiles.people import assess, level, make_moderator, make_record, make_user, own, prove, status
from tests.profiles.proof_steps import ROR, begin, claim_to, code, complete, record_at

pytestmark = pytest.mark.django_db


def counter_claim(author: Author, user: User, issuer: str = "domain:rival.example") -> Claim:
    claim = claims.open_claim(author=author, by=user)
    prove(claim, "C", issuer=issuer)
    return claims.settle(claim)


def lost(author: Author, user: User) -> Dispute:
    """A contest in which both were heard and the owner stays."""
    counter_claim(author, user)
    dispute = Dispute.objects.get(status="open")
    for side in contests.parties(dispute):
        contests.state(dispute=dispute, by=User.objects.get(pk=side), text="It is me.")
    return contests.decide(dispute=dispute, by=make_moderator(), outcome="keep", reason="Shown.")


# Contests as a weapon


def test_who_lost_a_contest_cannot_freeze_the_owner_again_by_claiming_anew() -> None:
    author, rival = make_record(), make_user()
    owner = own(author)
    lost(author, rival)
    assert status(author) == "claimed"

    again = counter_claim(author, rival, "domain:other.example")

    assert (again.status, status(author)) == ("pending", "claimed")  # a moderator looks; nobody else is held up
    assert not Dispute.objects.filter(**Dispute.CONTESTED).exists()
    owner.refresh_from_db()
    assert owner.status == "approved"


def test_who_lost_a_contest_cannot_use_the_proofs_kept_for_an_appeal_in_a_new_claim() -> None:
    author, rival = make_record(), make_user()
    own(author)
    lost(author, rival)

    again = claims.open_claim(author=author, by=rival)
    claims.submit(claim=again, by=rival, note="Once more.")

    again.refresh_from_db()
    assert (again.status, status(author)) == ("pending", "claimed")


def test_a_rival_who_withdraws_and_claims_again_does_not_hold_up_the_owner_for_ever() -> None:
    author, rival = make_record(), make_user()
    own(author)
    first = counter_claim(author, rival)
    assert status(author) == "contested"
    claims.withdraw(claim=first, by=rival)

    again = counter_claim(author, rival)

    assert (again.status, status(author)) == ("pending", "claimed")


def test_an_owner_is_mailed_once_however_many_accounts_object() -> None:
    claim = own(make_record())
    mail.outbox.clear()
    Notification.objects.all().delete()

    for _number in range(5):
        contests.object_to(claim=claim, by=make_user(), text="Somebody else.")

    assert Dispute.objects.filter(kind="objection").count() == 5
    assert Notification.objects.filter(kind="objection").count() == 1


def test_who_wins_an_appeal_owns_the_record_although_they_claimed_it_anew_meanwhile() -> None:
    author, rival = make_record(), make_user()
    own(author)
    dispute = lost(author, rival)
    contests.appeal(dispute=dispute, by=rival, text="Look again.")
    claims.submit(claim=claims.open_claim(author=author, by=rival), by=rival, note="Once more.")

    contests.decide(dispute=dispute, by=make_moderator(), outcome="replace", reason="It is them.")

    assert list(Claim.objects.filter(user=rival).order_by("pk").values_list("status", flat=True)) == [
        "approved",
        "withdrawn",
    ]


def test_an_owner_whose_claim_was_revoked_is_not_approved_again_by_the_same_proof() -> None:
    author, user = make_record(), make_user()
    owner = own(author, user, "B")
    moderation.decide_claim(claim=owner, by=make_moderator(), verdict="revoke", template="other-person")

    again = claims.open_claim(author=author, by=user)
    prove(again, "B")

    assert claims.settle(again).status == "pending"


# Codes


@pytest.fixture
def university() -> Author:
    InstitutionDomain.objects.create(domain="uni.example.org", ror=ROR, organisation="Invented University")
    return record_at("Invented University", ror=ROR)


def send(claim: Claim, address: str) -> Any:
    return begin(claim, "institution-mail", address=address)


def test_codes_to_one_mailbox_are_counted_however_it_is_spelled(university: Author) -> None:
    mailbox = "victim"
    spellings = {"".join(c.upper() if n >> i & 1 else c for i, c in enumerate(mailbox)) for n in range(8)}
    assert len(spellings) > limits.LIMITS["send-code"].most
    mail.outbox.clear()

    refused: list[str] = []
    for number, local in enumerate(sorted(spellings)):
        author = record_at("Invented University", name=f"Joan {number}")
        try:
            send(claims.open_claim(author=author, by=make_user()), f"{local}@uni.example.org")
        except ValidationError as refusal:
            refused.append(str(refusal.code))

    assert refused == ["throttled"] * (len(spellings) - limits.LIMITS["send-code"].most)
    assert len(mail.outbox) == limits.LIMITS["send-code"].most


def test_guesses_at_the_codes_of_one_mailbox_are_few_in_a_day(university: Author, monkeypatch: Any) -> None:
    """Hour after hour, from ever new accounts: 5 guesses a code, so at most 75 in a day at one in a million."""
    start, sent = timezone.now(), 0
    for hour in range(24):
        monkeypatch.setattr(timezone, "now", lambda hour=hour: start + timedelta(hours=hour, minutes=1))
        for _number in range(3):
            claim = claims.open_claim(author=university, by=make_user())
            try:
                send(claim, "victim@uni.example.org")
                sent += 1
            except ValidationError:
                pass

    assert sent * codes.MOST_TRIES <= 75


def test_a_mailbox_proves_one_account_at_a_time(university: Author) -> None:
    first, second = claim_to(university), claim_to(record_at("Invented University", name="Joan Other"))
    send(first, "joan@uni.example.org")
    assert complete(first, "institution-mail", code()).status == "verified"

    send(second, "JOAN@uni.example.org")
    assert complete(second, "institution-mail", code()).detail == "address-of-another"
    assert not evidence.holding(second)

    assert first.user is not None
    claims.release(claim=first, by=first.user)
    assert complete(second, "institution-mail", code()).status == "verified"


def test_a_mail_server_that_is_down_is_said_and_nothing_is_lost(university: Author, monkeypatch: Any) -> None:
    def down(*_message: Any, **_more: Any) -> None:
        raise SMTPServerDisconnected("Connection unexpectedly closed")

    monkeypatch.setattr(codes, "send_mail", down)
    claim = claim_to(university)

    with pytest.raises(ValidationError, match="could not be sent"):
        send(claim, "joan@uni.example.org")

    assert not claim.attempts.exists()


# Accounts that leave


def witness(friend: Author, place: str) -> User:
    user = make_user(friend.display_name)
    claim = own(friend, user, "A")
    prove(claim, "B", issuer=place)
    assess(friend)
    return user


def vouched() -> tuple[Claim, list[User]]:
    friends = tuple(make_author(f"Friend {number}") for number in range(3))
    author = make_record("Joan Example", 3, friends)
    claim = own(author, None, "C")
    edges.refresh([author.pk])
    people = [witness(friend, f"ror:{number}") for number, friend in enumerate(friends)]
    for person in people:
        vouches.vouch(claim=claim, by=person)
    return claim, people


def test_vouches_end_with_the_account_that_gave_them() -> None:
    claim, people = vouched()
    assert level(claim.author) == 3

    account_data.delete(by=people[0])

    assert level(claim.author) == 2
    assert [proof.entry.kind for proof in evidence.holding(claim)] == ["C"]


def test_an_attestation_of_a_moderator_who_left_can_be_refused_and_made_anew() -> None:
    claim, first, second = own(make_record()), make_moderator(), make_moderator()
    moderation.attest(claim=claim, by=first, method="organisation", issuer="Uni", result="Is employed.")
    account_data.delete(by=first)
    row = Attestation.objects.get()
    with pytest.raises(ValidationError, match="Another moderator"):
        attestations.settle(attestation=row, by=second, confirm=True)

    moderation.settle_attestation(attestation=row, by=second, confirm=False)

    moderation.attest(claim=claim, by=second, method="organisation", issuer="Uni", result="Is employed.")
    assert Attestation.objects.filter(confirmed=None).count() == 1
    assert not Evidence.objects.filter(kind="X").exists()


def test_everything_an_account_took_part_in_survives_its_deletion() -> None:
    author, rival, judge = make_record(), make_user(), make_moderator()
    owner = own(author)
    lost(author, rival)
    assert owner.user is not None
    contests.object_to(claim=owner, by=judge, text="Hm.")

    for user in (rival, judge, owner.user):
        account_data.delete(by=user)

    assert Dispute.objects.count() == 2
    assert set(Claim.objects.filter(user=None).values_list("status", flat=True)) == {"rejected", "released"}
    assert not Vouch.objects.exists()
