"""Whom and what to follow first: people one writes with and topics of one's record, else the largest topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph import edges
from profiles import ownership
from profiles.models import Claim, Follow, User
from publications.models import Author, Topic

MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Suggestions:
    people: tuple[Author, ...]
    topics: tuple[Topic, ...]
    of_record: bool  # of the account's own record


def suggest(user: User) -> Suggestions | None:
    """None for those who follow something already."""
    if Follow.objects.filter(user=user).exists():
        return None
    claim = ownership.live(user)
    if claim is None or claim.status != Claim.Status.APPROVED:
        return Suggestions(
            (), tuple(Topic.objects.most_works_first().filter(works_count__gt=0)[:MOST]), of_record=False
        )
    collaborators = edges.close_collaborators(claim.author)[:MOST]
    topics = claim.author.author_topics.select_related("topic").order_by("-works_count", "topic")[:MOST]
    return Suggestions(
        tuple(edge.coauthor for edge in collaborators), tuple(row.topic for row in topics), of_record=True
    )
