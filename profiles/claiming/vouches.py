"""Vouching (class V): three people at L3 or above, of at least two organisations, who wrote with the claimant."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from graph.models import CoauthorEdge
from profiles.assessing import assessments, levels, standings
from profiles.claiming import evidence, ownership
from profiles.claiming.evidence import Locked
from profiles.models import Claim, User, Vouch
from profiles.notifying import notices

NEEDED, ORGANISATIONS, MOST_ACTIVE, CLOSE_WORKS = 3, 2, 3, 2
VALID = timedelta(days=365)
METHOD, ISSUER = "vouches", "vouchers"


def vouch(*, claim: Claim, by: User) -> Vouch:
    """Say that the owner of a record is who they say; raises ValidationError with what is missing."""
    own_records = Claim.objects.filter(user=by, status=Claim.Status.APPROVED).values_list("author_id", flat=True)
    with Locked(claim.author_id, *own_records):  # two vouches of one account are counted one after the other
        claim.refresh_from_db()
        own = why_not(claim, by)
        try:
            with transaction.atomic():
                row = Vouch.objects.create(voucher=by, claim=claim, organisation=standings.organisation(own.author_id))
        except IntegrityError as error:
            raise ValidationError(_("You vouched for this claim before."), code="conflict") from error
        _weigh(claim)
    notices.tell(claim.user, "vouched", **ownership.about(claim), count=active(claim).count())
    return row


def why_not(claim: Claim, by: User) -> Claim:
    """The voucher's own claim; raises ValidationError where this account cannot vouch for this claim."""
    own = Claim.objects.filter(user=by, status=Claim.Status.APPROVED).select_related("author").first()
    if own is None or own.pk == claim.pk:
        raise _refusal(_("To vouch you own a record of your own, at verification level 3."))
    if claim.status != Claim.Status.APPROVED:
        raise _refusal(_("Vouches are given for approved claims."))
    if ownership.contested_since(claim.author_id) or ownership.contested_since(own.author_id):
        raise _refusal(_("One of the two records is contested: vouching waits until that is decided."))
    if not can_vouch(own):
        raise _refusal(_("To vouch your own record needs verification level 3 without vouches of others."))
    if not standings.organisation(own.author_id):
        raise _refusal(_("Your own record names no organisation yet, and vouches count by organisation."))
    pair = CoauthorEdge.objects.filter(author=own.author_id, coauthor=claim.author_id, close_works__gte=CLOSE_WORKS)
    if not pair.exists():
        raise _refusal(_("You can vouch for people with whom you share two works of at most ten authors."))
    if Vouch.objects.filter(voucher=by, ended_at=None).count() >= MOST_ACTIVE:
        raise _refusal(_("You vouch for three people already. Take one vouch back first."))
    return own


def _refusal(message: str) -> ValidationError:
    return ValidationError(message, code="permission-denied")


def can_vouch(own: Claim) -> bool:
    """Whether a record is at L3 or above by its own proofs, not through vouches of others."""
    standing = standings.without_vouches(own.author_id)
    return standing is not None and levels.level(standing, timezone.now().date()) >= 3


def take_back(*, vouch: Vouch, by: User) -> None:
    """Raises ValidationError when it is not one's own."""
    if vouch.voucher_id != by.pk:
        raise ValidationError(_("There is no such vouch."), code="not-found")
    _end([vouch], "taken-back")


def leave(user: User) -> None:
    """Before an account is deleted: what it vouched for rests on it no longer. Raises nothing."""
    _end(list(Vouch.objects.filter(voucher=user, ended_at=None).order_by("claim__author")), "account-deleted")


def active(claim: Claim) -> QuerySet[Vouch]:
    return Vouch.objects.filter(claim=claim, ended_at=None)


def review(author_ids: list[int]) -> None:
    """After the levels of these records changed: what their owners vouched for holds only while they may vouch.

    Whoever assesses holds rows that claims wait for, so a record that is just being changed is left for the night.
    """
    given = Vouch.objects.filter(voucher__claims__author__in=author_ids, ended_at=None)
    given = given.select_related("voucher", "claim")
    _end([row for row in given if not _still_may(row) and evidence.try_lock(row.claim.author_id)], "level-fell")
    of_ended = Vouch.objects.filter(claim__author__in=author_ids, ended_at=None).exclude(claim__status__in=Claim.LIVE)
    _end([row for row in of_ended.select_related("claim") if evidence.try_lock(row.claim.author_id)], "claim-ended")


def review_all() -> None:
    """Every night: also those whose vouchers' proofs expired since."""
    _end(list(Vouch.objects.filter(ended_at=None).exclude(claim__status__in=Claim.LIVE)), "claim-ended")
    _end([row for row in Vouch.objects.filter(ended_at=None) if not _still_may(row)], "level-fell")


def _still_may(row: Vouch) -> bool:
    own = Claim.objects.filter(user=row.voucher, status=Claim.Status.APPROVED).first()
    return own is not None and can_vouch(own)


def _end(rows: list[Vouch], reason: str) -> None:
    for row in rows:
        claim = Claim.objects.select_related("author", "user").get(pk=row.claim_id)
        with Locked(claim.author_id):
            ended = Vouch.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now(), end_reason=reason)
            if ended:
                _weigh(claim)
                notices.tell(claim.user, "vouch-ended", **ownership.about(claim), count=active(claim).count())


def _weigh(claim: Claim) -> None:
    """Three vouches of two organisations are a proof; fewer end it. The record is locked."""
    rows = list(active(claim).order_by("pk"))
    enough = len(rows) >= NEEDED and len({row.organisation for row in rows}) >= ORGANISATIONS
    held = [proof for proof in evidence.holding(claim) if proof.entry.kind == "V"]
    if enough and not held:
        seen = {"vouches": [row.pk for row in rows]}
        expires = timezone.now() + VALID
        evidence.append(claim, kind="V", method=METHOD, issuer=ISSUER, expires=expires, seen=seen)
    for proof in [] if enough else held:
        evidence.end(proof, claim.author_id, "vouches-ended")
    assessments.mark_due([claim.author_id], "vouch")
