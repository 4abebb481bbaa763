"""What people of the demonstration do with each other: an invitation, a conversation, follows and their news.

Everything goes the way it goes on a site; only the dates are put back, so that it reads like some days of a life.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from graph.models import CoauthorEdge
from profiles.assessing import assessments
from profiles.claiming import ownership
from profiles.collaborating import collaboration, conversations
from profiles.demo import demo_people
from profiles.following import follows, news
from profiles.models import Claim, Conversation, Follow, Invitation, Message, Participant, User
from publications.models import Author, AuthorTopic, Topic, Work

FOLLOWED_TOPICS, TOLD_WORKS = 2, 8  # of people, and of topics
INVITATION = """Dear colleague,

we have not met, but two people we both wrote with did most of what I build on. I have a draft on **bounds for invented
lattices** whose main step needs an estimate like

$$ \\sum_{k=1}^{n} \\frac{1}{k} \\le 1 + \\ln n, $$

and yours is sharper. Would you write this part with me?

- about 12 pages, half of them done
- to be finished before the summer

The work below is where I would start."""
TALK = (
    ("them", 52, "Thank you for accepting. I put the *tables* in order; the question is whether $p < 0.05$ survives."),
    (
        "owner",
        50,
        "It does not, and that is fine: with $n = 40$ nothing else was likely.\n\n> Say so in the text.",
    ),
    (
        "them",
        27,
        "Then section 3 becomes:\n\n1. what we measured\n2. why $\\hat{\\theta}$ is biased\n3. what helps",
    ),
    ("owner", 26, "Agreed. I write the second, because $E[\\hat{\\theta}] = \\theta + O(n^{-1})$ is all it takes."),
    ("them", 2, "Here is the first one, as a draft. Could you read it before Friday?"),
)


def settle(owner: User, reader: User) -> None:
    """Once, after `owner` owns a record: `owner` has somebody to answer and to talk with, `reader` has news."""
    claim = ownership.live(owner)
    if claim is None:
        return
    if not Invitation.objects.exists():
        _collaborate(claim.author, owner)
    if not Follow.objects.filter(user=reader).exists():
        _follow(claim.author, reader)


def _collaborate(author: Author, owner: User) -> None:
    near = _near(author)
    friend = _owner_among(near)
    if friend is not None:
        _converse(friend, owner, author)
    stranger = _second_degree(author, near)
    if stranger is None:
        return
    person = own_record(stranger)
    works = list(Work.objects.by(author).visible().newest_first()[:1])
    topics = list(Topic.objects.filter(author_topics__author=author).order_by("-author_topics__works_count", "pk")[:2])
    sent = collaboration.invite(
        author=author, by=person, purpose="co-authoring", message=INVITATION, works=works, topics=topics
    )
    _put_back(sent, hours=30)


def own_record(author: Author) -> User:
    """An account that nobody can sign in to owns the record, at level 2 at least."""
    claim = ownership.owner_claim(author)
    if claim is not None and claim.user is not None:
        return claim.user
    user = demo_people.make_account(author)
    demo_people.own(author, user, "A", "B")
    while assessments.assess_due().taken:
        pass
    return user


def _near(author: Author) -> list[int]:
    edges = CoauthorEdge.objects.filter(author=author, coauthor__hidden=False).order_by("-weight", "coauthor")
    return list(edges.values_list("coauthor", flat=True)[:200])


def _owner_among(authors: Iterable[int]) -> User | None:
    """Who owns one of these records without a dispute."""
    claims = Claim.objects.filter(author__in=list(authors), status=Claim.Status.APPROVED).select_related(
        "author", "user"
    )
    settled = (claim for claim in claims.order_by("pk") if not ownership.contested_since(claim.author_id))
    return next((claim.user for claim in settled if claim.user), None)


def _second_degree(author: Author, near: list[int]) -> Author | None:
    """Somebody who wrote with a co-author, not with the author, and whose record nobody has claimed."""
    edges = CoauthorEdge.objects.filter(author__in=near[:20], coauthor__hidden=False, coauthor__claims=None)
    row = edges.exclude(coauthor__in=[author.pk, *near]).order_by("-weight", "coauthor").first()
    return row.coauthor if row else None


def _converse(friend: User, owner: User, author: Author) -> None:
    """Five messages over two days; the owner has not read the last one yet."""
    said = "Shall we look at the data again, with what we know by now?"
    sent = collaboration.invite(author=author, by=friend, purpose="data", message=said)
    begun = collaboration.accept(invitation=sent, by=owner)
    _put_back(sent, hours=60, answered=54)
    people = {"them": conversations.get(friend, begun.pk), "owner": conversations.get(owner, begun.pk)}
    for who, hours, text in TALK:
        written = conversations.send(side=people[who], text=text)
        Message.objects.filter(pk=written.pk).update(sent_at=_ago(hours))
    Conversation.objects.filter(pk=begun.pk).update(started_at=_ago(54), latest_at=_ago(2))
    seen = Message.objects.filter(conversation=begun).order_by("-pk")[1]
    Participant.objects.filter(pk=people["owner"].pk).update(read_up_to=seen.pk)


def _put_back(sent: Invitation, *, hours: int, answered: int = 0) -> None:
    facts: dict[str, Any] = {"created_at": _ago(hours), "expires_at": _ago(hours - 30 * 24)}
    if answered:
        facts["answered_at"] = _ago(answered)
    Invitation.objects.filter(pk=sent.pk).update(**facts)


def _ago(hours: int) -> Any:
    return timezone.now() - timedelta(hours=hours)


def _follow(author: Author, reader: User) -> None:
    """The record, those who wrote most with it, and its topics, for a year: what came since is in the feed."""
    people = [author, *Author.objects.visible().filter(pk__in=_near(author)[:3])]
    rows = AuthorTopic.objects.filter(author=author).order_by("-works_count", "topic").select_related("topic")
    topics = [row.topic for row in rows[:FOLLOWED_TOPICS]]
    follows.follow_many([*people, *topics], by=reader)
    Follow.objects.filter(user=reader).update(created_at=timezone.now() - timedelta(days=365))
    lists = (Work.objects.filter(authorships__author__in=people), Work.objects.filter(topics__in=topics))
    for works in lists:
        newest = works.visible().newest_first().values_list("pk", flat=True)
        news.note_works(list(dict.fromkeys(newest[: 3 * TOLD_WORKS]))[:TOLD_WORKS])
    for claim in Claim.objects.filter(author__in=people, status=Claim.Status.APPROVED).order_by("pk"):
        news.note_claim(claim)
    news.fan_out_due(seconds=5)
