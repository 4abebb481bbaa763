"""How many invitations a level may send, and that neither count nor time tells more than everybody knows (S12, S28)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles import limits
from profiles.collaborating import blocks, collaboration, quotas
from profiles.models import Assessment, Block, Invitation, User
from tests.corpus import make_author
from tests.profiles.collaborators import aged, invite, make_member, prefer, record_of, refused
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db


def at_level(user: User, level: int) -> None:
    Assessment.objects.filter(author=record_of(user), is_current=True).update(level=level)


def sent_before(sender: User, many: int, **ago: int) -> None:
    """So many invitations that wait, sent that long ago to people who do not matter here."""
    author, other = record_of(sender), make_author("Some One")
    then = timezone.now() - timedelta(**ago)
    Invitation.objects.bulk_create(
        Invitation(
            sender=sender,
            sender_author=author,
            receiver=make_user(),
            receiver_author=other,
            purpose="talk",
            created_at=then,
            expires_at=then + timedelta(days=30),
        )
        for _turn in range(many)
    )


@pytest.mark.parametrize(("level", "per_day", "waiting"), [(2, 5, 20), (3, 10, 50), (4, 20, 100)])
def test_each_level_has_its_quota(level: int, per_day: int, waiting: int) -> None:
    sender, receiver = make_member(), make_member()
    at_level(sender, level)
    assert quotas.allowance(sender).quota == quotas.Quota(per_day, waiting)
    sent_before(sender, per_day - 1)
    assert (quotas.allowance(sender).left_today, collaboration.may_invite(record_of(receiver), sender)) == (1, "")

    invite(sender, receiver)

    with refused("throttled") as reached:
        invite(sender, make_member())
    assert 86_000 < reached.value.params["retry_after"] <= 86_401
    assert str(per_day) in reached.value.message
    Invitation.objects.filter(sender=sender).update(created_at=timezone.now() - timedelta(hours=25))
    assert invite(sender, make_member()).status == "pending"


def test_those_that_wait_are_counted_until_one_is_answered_or_expires() -> None:
    sender, receiver = make_member(), make_member()
    sent_before(sender, 20, days=29)

    with refused("throttled") as reached:
        invite(sender, receiver)
    assert 86_000 < reached.value.params["retry_after"] <= 86_401
    oldest = Invitation.objects.earliest("pk")
    aged(oldest, days=31)
    assert invite(sender, receiver).status == "pending"


def test_without_a_verified_record_there_is_nothing_to_send() -> None:
    assert quotas.allowance(make_user()).left_today == 0


def test_a_hundred_invitations_come_to_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "invite", limits.Limit(8, timedelta(days=1)))
    sender, receivers = make_member(), [make_member() for _turn in range(7)]
    codes = []
    for turn in range(12):
        try:
            codes.append(invite(sender, receivers[turn % 7]).status)
        except ValidationError as refusal:
            codes.append(str(refusal.code))

    assert codes == ["pending"] * 5 + ["throttled"] * 2 + ["conflict"] + ["throttled"] * 4  # tries are counted, too
    assert Invitation.objects.count() == 5


def test_a_block_costs_what_a_preference_costs_and_says_the_same() -> None:
    sender, receiver, other = make_member(), make_member(), make_member()
    prefer(receiver, "nobody")
    prefer(other, "verified")
    blocks.block(user=sender, author=record_of(sender), by=other)
    said, statements = [], []
    for user in (receiver, other):
        with CaptureQueriesContext(connection) as queries, pytest.raises(ValidationError) as refusal:
            invite(sender, user)
        said.append((refusal.value.code, refusal.value.message))
        statements.append([query["sql"].split(" WHERE ")[0] for query in queries if " WHERE " in query["sql"]])

    assert said[0] == said[1]
    assert statements[0] == statements[1]
    assert Block.objects.count() == 1
