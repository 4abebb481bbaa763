"""Claims from the first step to the end: who becomes the owner, who waits, and what everybody sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from profiles.claiming import claims, evidence, ownership, upkeep
from profiles.models import Claim, Dispute, Evidence, Notification, User
from publications.models import Author
from publications.signals import corpus_changed
from tests.corpus import make_author
from tests.profiles.people import approved_on, level, make_record, make_user, own, prove, status

pytestmark = pytest.mark.django_db


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_a_claim_with_a_proof_is_approved_and_linked_after_seven_days() -> None:
    author, user = make_record(), make_user()

    claim = claims.open_claim(author=author, by=user)
    assert (claim.status, status(author)) == ("open", "unclaimed")
    prove(claim, "B")
    claims.settle(claim)

    assert (claim.status, status(author), level(author)) == ("approved", "pending", 1)
    approved_on(claim, timezone.now() - timedelta(days=7))
    assert (status(author), level(author)) == ("claimed", 2)
    assert told(user) == ["claim-approved"]


def test_an_iid_in_the_metadata_links_at_once() -> None:
    author = make_record()
    claim = claims.open_claim(author=author, by=make_user())

    prove(claim, "A", method="orcid-metadata")
    claims.settle(claim)

    assert (status(author), level(author)) == ("claimed", 2)


def test_two_classes_of_different_issuers_corroborate() -> None:
    author = make_record()
    claim = own(author, None, "A")
    assert level(author) == 2

    prove(claim, "C", issuer="orcid:0000-0002-1825-0097", method="arxiv-page")
    assert level(author) == 2  # A and C1 through one iD count once
    prove(claim, "B")
    assert level(author) == 3


def test_a_claim_without_a_proof_waits_for_a_moderator_and_changes_nothing() -> None:
    author, user = make_record(), make_user()
    claim = claims.open_claim(author=author, by=user)

    claims.submit(claim=claim, by=user, note="I wrote these.")

    claim.refresh_from_db()
    assert (claim.status, status(author), level(author)) == ("pending", "pending", 1)
    claims.approve(claim=claim)
    approved_on(claim, timezone.now() - timedelta(days=8))
    assert (status(author), level(author)) == ("claimed", 1)  # owned, and nothing proved
    assert told(user) == ["claim-waiting", "claim-approved"]


def test_a_request_without_a_word_is_refused() -> None:
    claim = claims.open_claim(author=make_record(), by=(user := make_user()))

    with pytest.raises(ValidationError, match="Say in a sentence"):
        claims.submit(claim=claim, by=user, note="  ")

    claim.refresh_from_db()
    assert claim.status == "open"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Joan Example", "approved"), ("J. Example", "approved"), ("Example, Joan", "approved"), ("Ada Else", "pending")],
)
def test_an_institutional_address_under_another_name_waits_for_a_moderator(name: str, expected: str) -> None:
    claim = claims.open_claim(author=make_record("Joan Example"), by=make_user(name))

    prove(claim, "B")
    claims.settle(claim)

    assert claim.status == expected


def test_an_account_has_one_claim_at_a_time() -> None:
    user, first, second = make_user(), make_record("Joan One"), make_record("Joan Two")
    claim = claims.open_claim(author=first, by=user)

    assert claims.open_claim(author=first, by=user) == claim
    with pytest.raises(ValidationError, match="Withdraw that claim first") as refusal:
        claims.open_claim(author=second, by=user)
    assert refusal.value.code == "claim-pending"
    claims.withdraw(claim=claim, by=user)
    assert claims.open_claim(author=second, by=user).author == second


def test_the_owner_of_a_record_asks_for_a_merge_instead_of_a_second_record() -> None:
    user, mine, other = make_user(), make_record(), make_record()
    own(mine, user)

    with pytest.raises(ValidationError) as refusal:
        claims.open_claim(author=other, by=user)
    assert refusal.value.code == "already-claimed"

    request = claims.request_merge(other=other, by=user, note="That is me, too.")
    assert claims.request_merge(other=other, by=user) == request
    assert (request.author, request.other, request.status) == (mine, other, "waiting")


def test_the_database_refuses_a_second_owner() -> None:
    author = make_record()
    own(author)

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(author=author, user=make_user(), status=Claim.Status.APPROVED, approved_at=timezone.now())


def test_hidden_and_merged_records_cannot_be_claimed() -> None:
    for gone in (make_author(hidden=True), make_author(merged_into=make_author())):
        with pytest.raises(ValidationError, match="no longer available"):
            claims.open_claim(author=gone, by=make_user())


def test_giving_up_a_record_ends_its_proofs_and_frees_it() -> None:
    author, user = make_record(), make_user()
    claim = own(author, user, "A", "B")
    assert level(author) == 3

    claims.release(claim=claim, by=user)

    assert (status(author), level(author)) == ("unclaimed", 1)
    assert evidence.holding(claim) == []
    reasons = set(Evidence.objects.filter(author=author, event="ended").values_list("reason", flat=True))
    assert reasons == {"claim-released"}
    assert own(author, make_user()).status == "approved"


def test_only_the_claimant_ends_a_claim() -> None:
    claim = own(make_record())

    with pytest.raises(ValidationError, match="no such claim"):
        claims.release(claim=claim, by=make_user())
    with pytest.raises(ValidationError, match="not possible any more"):
        claims.withdraw(claim=claim, by=claim.user)  # type: ignore[arg-type]  # an owned claim has a user


def test_a_claim_that_was_left_lapses_after_thirty_days() -> None:
    old = claims.open_claim(author=make_record(), by=make_user())
    new = claims.open_claim(author=make_record(), by=make_user())
    Claim.objects.filter(pk=old.pk).update(opened_at=timezone.now() - timedelta(days=31))

    upkeep.nightly()

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status) == ("lapsed", "open")


def test_verified_collaborators_are_told_of_a_new_claim() -> None:
    friend = make_author("Fay Friend")
    author = make_record("Joan Example", 3, (friend,))
    witness = make_user("Fay Friend")
    own(friend, witness)

    own(author)

    assert "claim-by-other" in told(witness)


def test_a_claim_follows_its_record_into_another_with_its_proofs() -> None:
    author, final = make_record("Joan One"), make_record("Joan Two")
    claim = own(author, None, "A", "B")
    since = {proof.entry.at for proof in evidence.holding(claim)}

    Author.objects.filter(pk=author.pk).update(merged_into=final)
    corpus_changed.send(sender=None, author_ids=[author.pk, final.pk], work_ids=[], cause="merge")

    claim.refresh_from_db()
    assert claim.author == final
    assert (level(final), status(final)) == (3, "claimed")
    assert {proof.entry.at for proof in evidence.holding(claim)} == since


def test_two_owners_whose_records_become_one_are_heard() -> None:
    author, final = make_record("Joan One"), make_record("Joan Two")
    moved, stays = own(author), own(final)

    Author.objects.filter(pk=author.pk).update(merged_into=final)
    corpus_changed.send(sender=None, author_ids=[author.pk, final.pk], work_ids=[], cause="merge")

    moved.refresh_from_db()
    dispute = Dispute.objects.get(author=final)
    assert (dispute.claim, dispute.rival, moved.status) == (stays, moved, "pending")
    assert status(final) == "contested"


def test_statuses_of_many_records_cost_two_questions(django_assert_num_queries: object) -> None:
    authors = [make_record(f"Author {n}") for n in range(4)]
    own(authors[0])
    claims.submit(claim=claims.open_claim(author=authors[1], by=(u := make_user())), by=u, note="Me.")

    found = ownership.statuses([author.pk for author in authors])

    assert found == {authors[0].pk: "claimed", authors[1].pk: "pending"}


def test_an_address_that_resembles_the_authors_gives_level_2_at_most_and_after_seven_days() -> None:
    friend = make_author("Fay Friend")
    author = make_record("Joan Example", 3, (friend,))
    witness = make_user("Fay Friend")
    own(friend, witness)
    impostor = make_user("Joan Example")
    claim = claims.open_claim(author=author, by=impostor)
    prove(claim, "B", issuer="ror:one")
    claims.settle(claim)

    assert (level(author), status(author)) == (1, "pending")
    assert "claim-by-other" in told(witness)
    prove(claim, "B", issuer="ror:two")  # a second institution is no second class
    approved_on(claim, timezone.now() - timedelta(days=8))
    assert level(author) == 2
