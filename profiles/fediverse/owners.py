"""The owner of a record decides whether it can be followed from elsewhere."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from profiles.assessing import assessments
from profiles.claiming import ownership
from profiles.fediverse import followers
from profiles.models import Claim, FediverseOptOut, User
from publications.models import Author

DECIDES_FROM = 2  # the level


def may_switch(claim: Claim) -> bool:
    """From level 2 on, and while nobody contests the record."""
    standing = assessments.current(claim.author)
    is_owned = claim.status == Claim.Status.APPROVED and ownership.contested_since(claim.author_id) is None
    return is_owned and standing is not None and standing.level >= DECIDES_FROM


@transaction.atomic
def switch(author: Author, *, by: User, on: bool) -> None:
    """Let the record be followed from elsewhere, or not; raises ValidationError for who may not decide."""
    claim = ownership.owner_claim(author)
    if claim is None or claim.user_id != by.pk or not may_switch(claim):
        message = _("Who owns a record at level 2 or above decides whether it can be followed from the Fediverse.")
        raise ValidationError(message, code="permission-denied")
    if on:
        FediverseOptOut.objects.filter(author=author).delete()
        return
    FediverseOptOut.objects.update_or_create(author=author, defaults={"claim": claim})
    followers.retire([author.short_id])
