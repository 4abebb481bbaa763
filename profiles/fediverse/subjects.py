"""Who can be followed from elsewhere: visible authors, unless their owner is against it, and topics."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce

from profiles.models import Claim, FollowCount
from publications.addresses import survivor
from publications.models import Author, Topic, Work
from publications.querysets import WorkQuerySet

Entity = Author | Topic
# An opt-out ends with a claim that proved to be wrong, not with one that was given up.
OPTED_OUT = Q(fediverse_opt_out__isnull=False) & ~Q(fediverse_opt_out__claim__status=Claim.Status.REVOKED)


class State(Enum):
    OPEN = "open"
    OFF = "off"  # the owner switched it off
    MOVED = "moved"  # merged into another record, which can be followed


@dataclass(frozen=True, slots=True)
class Subject:
    """What has an actor; `leads_to` is whom a merged record became."""

    entity: Entity
    state: State
    leads_to: Author | None = None

    @property
    def short_id(self) -> str:
        return self.entity.short_id

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN


def find(short_id: str) -> Subject | None:
    """None for what is not there and for what is hidden: nobody can tell which."""
    number = int(short_id[1:])
    if short_id.startswith("T"):
        topic = Topic.objects.filter(pk=number).first()
        return Subject(topic, State.OPEN) if topic else None
    author = Author.objects.filter(pk=number, hidden=False).select_related("merged_into").first()
    return _of_author(author) if author else None


def _of_author(author: Author) -> Subject | None:
    final = survivor(author)
    if final.hidden:
        return None
    if is_off(final):
        return Subject(author, State.OFF)
    return Subject(author, State.OPEN) if final.pk == author.pk else Subject(author, State.MOVED, final)


def is_off(author: Author) -> bool:
    return Author.objects.filter(OPTED_OUT, pk=author.pk).exists()


def merged_here(author: Author) -> list[Author]:
    """Records that became this one, over however many steps; no more than 50 are named."""
    found: dict[int, Author] = {}
    wave = [author.pk]
    while wave and len(found) < 50:
        rows = Author.objects.filter(merged_into__in=wave, hidden=False).exclude(pk__in=[author.pk, *found])
        wave = [row.pk for row in rows.order_by("pk")[: 50 - len(found)] if not found.update({row.pk: row})]
    return list(found.values())


def remote_followers(entity: Entity) -> int | None:
    """How many follow from elsewhere; None where nobody can."""
    count = FollowCount.objects.filter(target=entity.short_id).values("remote")
    rows = type(entity).objects.filter(pk=entity.pk)
    found = (rows.exclude(OPTED_OUT) if isinstance(entity, Author) else rows).values_list(Coalesce(Subquery(count), 0))
    return next((remote for (remote,) in found), None)


# Works


def works(entity: Entity) -> WorkQuerySet:
    """What an actor tells of, latest first, as cards."""
    found = Work.objects.by(entity) if isinstance(entity, Author) else Work.objects.on_topic(entity.pk)
    return found.visible().newest_first().with_card_facts(entity if isinstance(entity, Author) else None)


def work(entity: Entity, work_id: int) -> Work | None:
    """None where the work is not, or no longer, by that author or on that topic."""
    return works(entity).filter(pk=work_id).first()


def has_work(work_id: int) -> bool:
    return Work.objects.filter(pk=work_id).exists()
