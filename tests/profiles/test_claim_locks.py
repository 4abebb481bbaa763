"""What waits for what: imports, assessments and claims of one record at once never wait for each other in a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from profiles.account import account_data
from profiles.assessing import assessments
from profiles.claiming import claims, evidence, upkeep, vouches
from profiles.claiming.evidence import Locked
from profiles.models import Claim, Dispute
from publications.models import Author
from publications.signals import corpus_changed
from tests.corpus import make_author
from tests.profiles.people import make_record, make_user, own, prove, status

pytestmark = pytest.mark.django_db(transaction=True)


class Other(threading.Thread):
    """Somebody else's transaction, with its own connection; says how it ended."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:
            self.error = error
        finally:
            connection.close()


def test_an_import_that_merges_and_an_owner_who_gives_up_do_not_lock_each_other() -> None:
    author, final = make_record(), make_author("Joan Example")
    claim = own(author)
    assert claim.user is not None
    user, marked, waiting = claim.user, threading.Event(), threading.Event()

    def give_up() -> None:
        with Locked(author.pk):  # the claim's own lock first, then its assessment
            marked.wait(120)
            waiting.set()
            claims.release(claim=Claim.objects.get(pk=claim.pk), by=user)

    other = Other(give_up)
    with transaction.atomic():
        other.start()
        Author.objects.filter(pk=author.pk).update(merged_into=final)
        assessments_then_claims(marked, waiting, [author.pk, final.pk])
    other.join(120)

    assert (other.is_alive(), other.error) == (False, None)
    assert Claim.objects.get().status == "released"


def assessments_then_claims(marked: threading.Event, waiting: threading.Event, ids: list[int]) -> None:
    """What the import's transaction does at its end, while the other stands with the claim's lock in hand."""
    marked.set()
    waiting.wait(120)
    corpus_changed.send(sender=None, author_ids=ids, work_ids=[], cause="import")


def test_an_assessment_that_ends_vouches_does_not_wait_for_a_claim_that_waits_for_it() -> None:
    friend, author = make_record("Friend"), make_record()
    voucher = own(friend, None, "A")
    prove(voucher, "B")
    claim = own(author, None, "C")
    assert voucher.user is not None
    row = claim.vouches.create(voucher=voucher.user, organisation="ror:one")
    evidence.end_all(voucher, "test")
    locked, assessed = threading.Event(), threading.Event()

    def change() -> None:
        with Locked(author.pk):
            locked.set()
            assessed.wait(1)
            assessments.mark_due([author.pk], "claim")

    other = Other(change)
    with transaction.atomic():
        assessments.mark_due([friend.pk, author.pk], "test")
        other.start()
        locked.wait(120)
        vouches.review([friend.pk])
    assessed.set()
    other.join(120)

    assert (other.is_alive(), other.error) == (False, None)
    row.refresh_from_db()
    if row.ended_at is None:  # it was left for the night
        vouches.review_all()
        row.refresh_from_db()
    assert row.end_reason == "level-fell"


def test_two_accounts_that_vouch_for_each_others_friends_leave_at_once() -> None:
    """Deletion takes the locks of all records in one order."""
    records = [make_record(f"Person {number}") for number in range(2)]
    owners = [own(author, make_user(author.display_name), "A") for author in records]
    for mine, theirs in ((owners[0], owners[1]), (owners[1], owners[0])):
        assert mine.user is not None
        theirs.vouches.create(voucher=mine.user, organisation="ror:one")

    leaving = [Other(lambda user=claim.user: account_data.delete(by=user)) for claim in owners]  # type: ignore[misc] # its default
    for other in leaving:
        other.start()
    for other in leaving:
        other.join(120)

    assert [other.error for other in leaving] == [None, None]
    assert set(Claim.objects.values_list("status", flat=True)) == {"released"}


def test_a_claim_that_ended_while_the_import_waited_stays_ended() -> None:
    author, final = make_record(), make_author("Joan Example")
    claim = own(author)
    assert claim.user is not None
    user, locked, go_on = claim.user, threading.Event(), threading.Event()

    def give_up() -> None:
        with Locked(author.pk):
            locked.set()
            go_on.wait(0.5)
            claims.release(claim=Claim.objects.get(pk=claim.pk), by=user)

    other = Other(give_up)
    other.start()
    locked.wait(120)
    Author.objects.filter(pk=author.pk).update(merged_into=final)
    claims.carry_over([author.pk])
    other.join(120)

    claim.refresh_from_db()
    assert (other.error, claim.status, claim.author) == (None, "released", author)


def test_a_contest_goes_along_when_its_record_is_merged_into_another() -> None:
    author, final = make_record(), make_author("Joan Example")
    claim = own(author)
    rival = claims.open_claim(author=author, by=make_user())
    prove(rival, "C")
    claims.settle(rival)

    Author.objects.filter(pk=author.pk).update(merged_into=final)
    claims.carry_over([author.pk])

    claim.refresh_from_db()
    rival.refresh_from_db()
    assert [(row.author, row.claim, row.rival, row.status) for row in Dispute.objects.all()] == [
        (final, claim, rival, "open")
    ]
    assert (status(final), claim.status, rival.status) == ("contested", "approved", "pending")


def test_a_claim_begun_in_the_moment_of_a_merge_is_carried_over_at_night() -> None:
    author, final = make_record(), make_author("Joan Example")
    claim = claims.open_claim(author=author, by=make_user())
    Author.objects.filter(pk=author.pk).update(merged_into=final)

    upkeep.nightly()

    claim.refresh_from_db()
    assert (claim.author, claim.status) == (final, "open")
