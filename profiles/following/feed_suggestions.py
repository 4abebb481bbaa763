"""Whom and what to follow first: people one writes with and topics of one's record, else the largest topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph import edges
from profiles.claiming import ownership
from profiles.models import Claim, Follow, User
from publications.models import Author, Topic

MOST: Final = 8
ENOUGH: Final = 5  # follows after which nothing is suggested


@dataclass(frozen=True, slots=True)
class Suggestions:
    people: tuple[Author, ...]
    topics: tuple[Topic, ...]
    of_record: bool  # of the account's own record
    follows_nobody: bool


def suggest(user: User) -> Suggestions | None:
    """What is not followed yet; None for those who follow enough."""
    followed = set(Follow.objects.filter(user=user).values_list("target", flat=True)[:ENOUGH])
    if len(followed) == ENOUGH:
        return None
    claim = ownership.live(user)
    of_record = claim is not None and claim.status == Claim.Status.APPROVED
    people, topics = _of_record(claim.author) if claim and of_record else ([], _largest_topics())
    return Suggestions(
        people=tuple(author for author in people if author.short_id not in followed),
        topics=tuple(topic for topic in topics if topic.short_id not in followed),
        of_record=of_record,
        follows_nobody=not followed,
    )


def _of_record(author: Author) -> tuple[list[Author], list[Topic]]:
    topics = author.author_topics.select_related("topic").order_by("-works_count", "topic")[:MOST]
    return [edge.coauthor for edge in edges.close_collaborators(author)[:MOST]], [row.topic for row in topics]


def _largest_topics() -> list[Topic]:
    return list(Topic.objects.filter(works_count__gt=0).most_works_first()[:MOST])
