"""How well two people fit for working together, and what stands between them: facts with their works, no verdicts.

Everything is bounded: the strongest topics and co-authors of each, a short search for a path, the newest shared works.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from graph import paths
from graph.models import CoauthorEdge
from graph.queries import evidence
from graph.shortest import Bounds
from graph.turns import TooBusyError
from profiles.models import Invitation
from publications.models import Author, AuthorInstitution, Authorship, Institution, Topic, Work

LOOKED_AT: Final = 2_000  # topics and co-authors of each, the strongest first
SHOWN: Final = 10
RECENT: Final = 4  # years in which a shared work is a conflict of interest
PRESENT: Final = 2  # years in which a printed affiliation is taken to hold
LARGEST_TEAM: Final = 100  # larger ones make no tie, as in the graph
BOUNDS: Final = Bounds(nodes=800, lines=40_000, statements=16, seconds=0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTopic:
    """A topic and how many works each has on it."""

    topic: Topic
    reader: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Something that a reviewer or editor would ask about: the fact in words, and the works it rests on.

    `kind`: coauthors (of late), institution (now), own-work (the reader wrote a work in question), works-author (wrote
    lately with an author of one).
    """

    kind: str
    text: str
    works: tuple[Work, ...] = ()
    institution: Institution | None = None
    author: Author | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """As the reader sees the other. `path` is None where `reach` is "none" or "unknown" (not within reach)."""

    reader: Author
    other: Author
    topics: tuple[SharedTopic, ...]
    topics_total: int
    collaborators: tuple[Author, ...]
    collaborators_total: int
    together: int  # works they wrote together
    last_year: int | None
    path: paths.Chain | None
    reach: str  # found | none | unknown
    conflicts: tuple[Conflict, ...]
    conflicts_matter: bool  # for reviews they matter most

    @property
    def is_empty(self) -> bool:
        return not (self.topics or self.collaborators or self.path or self.conflicts)


def between(reader: Author, other: Author, *, purpose: str = "", works: Iterable[Work] = ()) -> Fit:
    """In a number of statements that does not depend on the corpus; the path ends where its bounds do.

    For a review the authors of the works in question count, too.
    """
    in_question = list(works) if purpose == Invitation.Purpose.REVIEW else []
    topics = _shared(reader, other, "topic")
    people = _shared(reader, other, "author")
    found = _path(reader, other)
    edge = CoauthorEdge.objects.filter(author=reader, coauthor=other).first()
    named = Topic.objects.in_bulk([number for number, _one, _two in topics[:SHOWN]])
    shown = Author.objects.visible().in_bulk([number for number, _one, _two in people[:SHOWN]])
    return Fit(
        reader=reader,
        other=other,
        topics=tuple(
            SharedTopic(topic=named[n], reader=one, other=two) for n, one, two in topics[:SHOWN] if n in named
        ),
        topics_total=len(topics),
        collaborators=tuple(shown[n] for n, _one, _two in people[:SHOWN] if n in shown),
        collaborators_total=len(people),
        together=edge.works if edge else 0,
        last_year=edge.last_year if edge else None,
        path=found.chains[0] if found and found.chains else None,
        reach=_reach(found),
        conflicts=tuple(_conflicts(reader, other, edge, in_question)),
        conflicts_matter=purpose == Invitation.Purpose.REVIEW,
    )


def _path(reader: Author, other: Author) -> paths.Connection | None:
    """None while too many others search: then it is not within reach."""
    try:
        return paths.between(reader, other, k=1, bounds=BOUNDS)
    except TooBusyError:
        return None


def _reach(found: paths.Connection | None) -> str:
    if found is None or not (found.chains or found.is_exact):
        return "unknown"
    return "found" if found.chains else "none"


def _shared(reader: Author, other: Author, kind: str) -> list[tuple[int, int, int]]:
    """(number, works of the reader, works of the other) of what both have, the most shared first."""
    mine, theirs = (dict(evidence.strongest(kind, author.pk, most=LOOKED_AT)) for author in (reader, other))
    both = [(number, mine[number], theirs[number]) for number in mine.keys() & theirs.keys()]
    return sorted(both, key=lambda row: (-min(row[1:]), -max(row[1:]), row[0]))


# Conflicts of interest


def _conflicts(reader: Author, other: Author, edge: CoauthorEdge | None, works: Sequence[Work]) -> list[Conflict]:
    since = timezone.now().year - RECENT
    return [
        *_own_works(reader, works),
        *_coauthors(reader, other, edge, since),
        *_institutions(reader, other),
        *_authors_of(reader, other, works, since),
    ]


def _own_works(reader: Author, works: Sequence[Work]) -> list[Conflict]:
    own = set(Authorship.objects.filter(author=reader, work__in=works).values_list("work_id", flat=True))
    mine = tuple(work for work in works if work.pk in own)
    return [Conflict(kind="own-work", text=_("You are an author of what this is about."), works=mine)] if mine else []


def _coauthors(reader: Author, other: Author, edge: CoauthorEdge | None, since: int) -> list[Conflict]:
    """A tie without any year may be of late: it is told."""
    if edge is None or (edge.last_year is not None and edge.last_year < since):
        return []
    pair = (reader.pk, other.pk)
    numbers = evidence.shared_works([pair], largest_team=LARGEST_TEAM, most=SHOWN)[pair]
    shared = [work for work in _works(numbers) if work.publication_year is None or work.publication_year >= since]
    text = _("You wrote together since %(year)s.") % {"year": since}
    return [Conflict(kind="coauthors", text=text, works=tuple(shared), author=other)]


def _institutions(reader: Author, other: Author) -> list[Conflict]:
    """Where the affiliations of both, as their works print them, meet of late."""
    since = timezone.now().year - PRESENT
    theirs = AuthorInstitution.objects.filter(author=other, last_year__gte=since).values("institution")
    rows = AuthorInstitution.objects.filter(author=reader, last_year__gte=since, institution__in=theirs)
    found = [
        row.institution for row in rows.select_related("institution").order_by("-works_count", "institution")[:SHOWN]
    ]
    newest = _printed([reader.pk, other.pk], [place.pk for place in found], since)
    return [
        Conflict(
            kind="institution",
            text=_("Works of both name %(institution)s since %(year)s.") % {"institution": place.name, "year": since},
            institution=place,
            works=tuple(newest.get(place.pk, ())),
        )
        for place in found
    ]


def _printed(authors: Sequence[int], places: Sequence[int], since: int) -> dict[int, list[Work]]:
    """The newest work of each author that prints each of these institutions: one statement."""
    at = "authorship_institutions__institution"
    rows = (
        Authorship.objects.filter(
            author__in=authors,
            authorship_institutions__institution__in=places,
            work__merged_into=None,
            work__publication_year__gte=since,
        )
        .order_by(at, "author", "-work__publication_year", "-work")
        .distinct(at, "author")
        .values_list(at, "work")
    )
    found = list(rows)
    works = {work.pk: work for work in _works([work for _place, work in found])}
    shown: dict[int, list[Work]] = {}
    for place, number in found:
        if number in works and works[number] not in shown.setdefault(place, []):
            shown[place].append(works[number])
    return shown


def _authors_of(reader: Author, other: Author, works: Sequence[Work], since: int) -> list[Conflict]:
    """Authors of the works in question with whom the reader wrote of late."""
    if not works:
        return []
    authors = Authorship.objects.filter(work__in=works).exclude(author=None).values("author")
    lately = Q(last_year__gte=since) | Q(last_year=None)
    edges = CoauthorEdge.objects.filter(lately, author=reader, coauthor__in=authors, coauthor__hidden=False)
    ties = list(edges.exclude(coauthor=other).select_related("coauthor").order_by("-weight", "coauthor")[:SHOWN])
    pairs = [(reader.pk, tie.coauthor_id) for tie in ties]
    numbers = evidence.shared_works(pairs, largest_team=LARGEST_TEAM, most=3)
    rows = {work.pk: work for work in _works([number for found in numbers.values() for number in found])}
    return [
        Conflict(
            kind="works-author",
            text=_("You wrote with %(name)s, an author of what this is about, since %(year)s.")
            % {"name": tie.coauthor.display_name, "year": since},
            author=tie.coauthor,
            works=tuple(rows[number] for number in numbers[reader.pk, tie.coauthor_id] if number in rows),
        )
        for tie in ties
    ]


def _works(numbers: Iterable[int]) -> list[Work]:
    """In this order, without their abstracts."""
    wanted = list(numbers)
    found = Work.objects.visible().defer("abstract", "abstract_html").in_bulk(wanted)
    return [found[number] for number in wanted if number in found]
