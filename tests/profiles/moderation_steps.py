"""Claims, contests and moderators as tests of moderation need them."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from profiles.claiming import claims, contests
from profiles.models import Claim, Dispute, Notification, User
from publications.models import Author
from tests.profiles.people import make_record, make_user, prove


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def waiting(author: Author | None = None, user: User | None = None, note: str = "I wrote these.") -> Claim:
    """A claim that waits for a moderator."""
    by = user or make_user("Joan Example")
    claim = claims.open_claim(author=author or make_record(), by=by)
    return claims.submit(claim=claim, by=by, note=note)


def rival_to(author: Author, user: User | None = None) -> Claim:
    """A second account that proves something: the record is contested."""
    claim = claims.open_claim(author=author, by=user or make_user("Joan Example"))
    prove(claim, "C", issuer="host:rival.example")
    return claims.settle(claim)


def heard(author: Author) -> Dispute:
    """The open dispute about a record, with its time for hearing over."""
    dispute = Dispute.objects.get(author=author, status__in=("open", "appealed"))
    Dispute.objects.filter(pk=dispute.pk).update(deadline=timezone.now())
    dispute.refresh_from_db()
    return dispute


def objection(claim: Claim, by: User | None = None) -> Dispute:
    return contests.object_to(claim=claim, by=by or make_user("Olive Other"), text="She writes from elsewhere.")


def told(user: User | None) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
