"""trust.md read once more, work by work, in the plainest way: what profiles.assessing.assessments must agree with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from profiles.assessing import levels, trust


@dataclass(frozen=True)
class Row:
    """One record of a work; rows of one `key` are one work."""

    key: str
    provider: str = "arxiv"
    authors: int = 3
    coauthors: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    retracted: bool = False
    persistent: bool = True


@dataclass(frozen=True)
class Person:
    name: str
    level: int = 0
    organisation: str = ""


@dataclass(frozen=True)
class Facts:
    """`resolved` is a provider's id or a moderator's decision; without it the 60 % rule decides."""

    rows: tuple[Row, ...] = ()
    people: tuple[Person, ...] = ()
    followers: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    evidence: tuple[levels.Evidence, ...] = ()
    claim: levels.Claim | None = None
    resolved: bool = False


@dataclass
class Cluster:
    providers: set[str]
    authors: int
    coauthors: set[str]
    topics: set[str]
    retracted: bool
    persistent: bool

    @property
    def weight(self) -> Fraction:
        return trust.author_weight(self.authors) * trust.provider_weight(self.providers)

    @property
    def moderated(self) -> int:
        return len(self.providers & set(trust.MODERATED))


def clusters(rows: tuple[Row, ...]) -> list[Cluster]:
    found: dict[str, Cluster] = {}
    for row in rows:
        work = found.setdefault(row.key, Cluster(set(), 0, set(), set(), False, False))
        work.providers.add(row.provider)
        work.authors = max(work.authors, row.authors)
        work.coauthors |= row.coauthors
        work.topics |= row.topics
        work.retracted |= row.retracted
        work.persistent |= row.persistent
    return list(found.values())


def largest_component(works: list[Cluster]) -> int:
    """Works linked by a shared co-author or topic, by merging groups until nothing moves."""
    groups: list[tuple[int, set[str]]] = []
    for work in works:
        size, marks = 1, {f"c:{name}" for name in work.coauthors} | {f"t:{name}" for name in work.topics}
        for other in [group for group in groups if group[1] & marks]:
            groups.remove(other)
            size, marks = size + other[0], marks | other[1]
        groups.append((size, marks))
    return max((size for size, _ in groups), default=0)


def standing(facts: Facts) -> levels.Standing:
    works = clusters(facts.rows)
    hang_together = bool(works) and largest_component(works) * 10 >= 6 * len(works)
    return levels.Standing(
        moderated_id=any(work.persistent and work.moderated and not work.retracted for work in works),
        resolved_by="provider-id" if facts.resolved else "works" if hang_together else "",
        claim=facts.claim,
        evidence=facts.evidence,
    )


def inputs(facts: Facts, on: date) -> trust.Inputs:
    stands = [work for work in clusters(facts.rows) if not work.retracted]
    shared = Counter(name for work in clusters(facts.rows) if work.authors <= 10 for name in work.coauthors)
    close = {name for name, count in shared.items() if count >= 2}
    people = {person.name: person for person in facts.people if person.level >= 2 and person.organisation}
    record = standing(facts)
    return trust.Inputs(
        level=levels.level(record, on),
        works=sum((work.weight for work in stands), Fraction(0)),
        corroborated=sum((trust.author_weight(work.authors) for work in stands if work.moderated >= 2), Fraction(0)),
        topics=len(set().union(*(work.topics for work in stands if work.moderated))),
        close_collaborators=len(close),
        collaborator_organisations=len({people[name].organisation for name in close if name in people}),
        follower_organisations=len(
            {people[name].organisation for name in facts.followers if name in people} - facts.organisations
        ),
        months=levels.months_of_evidence(record, on),
    )


def evaluate(facts: Facts, on: date) -> trust.Outcome:
    return trust.evaluate(inputs(facts, on))
