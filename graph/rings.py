"""Who and what may stand in a slice: the candidates one step from the root, and those one step behind its people."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from graph.edges import LARGEST_TEAM
from graph.neighbourhood import Candidate, Neighbourhood
from graph.queries import TieRow, WorkRow, beyond, near, near_works
from graph.questions import AUTHOR, INSTITUTION, TOPIC, WORK, Question
from graph.ranking import led, tie_score, topic_score, work_score
from publications.models import Author, Entity, Institution, Topic, Work

FIRST_AUTHORS = 10  # of a work by a larger team; the others are counted, not shown
Candidates = dict[str, list[Candidate]]

# The type of the line between a root (outer key) and each kind of thing in the first ring.
LINE_TYPES: dict[str, dict[str, str]] = {
    AUTHOR: {AUTHOR: "coauthor", WORK: "authorship", TOPIC: "has-topic", INSTITUTION: "affiliation"},
    WORK: {AUTHOR: "authorship", WORK: "related", TOPIC: "has-topic", INSTITUTION: "affiliation"},
    TOPIC: {AUTHOR: "has-topic", WORK: "has-topic", TOPIC: "related", INSTITUTION: "has-topic"},
    INSTITUTION: {AUTHOR: "affiliation", WORK: "affiliation", TOPIC: "has-topic", INSTITUTION: "related"},
}


def first(found: Neighbourhood, root: Entity) -> Candidates:
    """What stands one step from the root; notes in `found` how much there is and what was too large to follow."""
    question = found.question
    all_of_it = _works_count(root) <= near_works.WHOLE
    works, total = near_works.works_near(question.kind, question.number, question.within, all_of_it=all_of_it)
    makers: dict[str, Callable[[Question, list[WorkRow]], list[Candidate]]] = {
        WORK: _works,
        AUTHOR: _authors,
        TOPIC: _topics,
        INSTITUTION: _institutions,
    }
    candidates = {kind: makers[kind](question, works) for kind in question.types}
    counts = {WORK: total} | _known(question, root)
    found.total = {kind: max(len(of_kind), counts.get(kind, 0)) for kind, of_kind in candidates.items()}
    found.large_works = sum(work.team > LARGEST_TEAM for work in works)
    found.is_exact = _read_whole(root, works) and len(candidates.get(AUTHOR, ())) < near.STRONGEST
    return candidates


def _known(question: Question, root: Entity) -> dict[str, int]:
    """Counts that the corpus keeps, where more may stand behind a root than is read."""
    if isinstance(root, Work):
        return {AUTHOR: root.authors_count if root.authors_count > LARGEST_TEAM else 0}
    if not isinstance(root, Topic | Institution) or question.within.is_narrow:
        return {}
    people = {AUTHOR: root.authors_count} if question.strength == 1 else {}
    return people | {WORK: root.works_count}


def _read_whole(root: Entity, works: list[WorkRow]) -> bool:
    """Whether everything that a bound could cut off was looked at."""
    if isinstance(root, Work):
        cites, cited = sum(work.cites for work in works), sum(work.cited for work in works)
        return root.authors_count <= near_works.NEAR_TEAM and max(cites, cited) < near_works.CITING
    if isinstance(root, Author):
        return root.works_count <= near_works.OF_AUTHOR
    return _works_count(root) <= near_works.LEADING_WORKS


def _works_count(root: Entity) -> int:
    return root.works_count if isinstance(root, Topic | Institution) else 0


def second(found: Neighbourhood) -> Candidates:
    """What stands one step behind the people shown."""
    makers = _behind_on_topic(found) if found.question.topic else _behind(found)
    candidates = {kind: makers[kind]() for kind in found.question.types}
    for kind, of_kind in candidates.items():
        found.total[kind] += len(of_kind)
    return candidates


def _behind(found: Neighbourhood) -> dict[str, Callable[[], list[Candidate]]]:
    """By what the corpus keeps of each person: co-authors, latest works, main topics and places."""
    people, works_that_count, least = found.numbers(AUTHOR), found.question.within, found.question.strength
    shown = {kind: found.numbers(kind) for kind in found.question.types}

    def authors() -> list[Candidate]:
        ties = beyond.authors(people, shown[AUTHOR], works_that_count, least)
        return _far(AUTHOR, ties, _by_tie(_newest(tie.last_year for tie in ties)))

    return {
        AUTHOR: authors,
        WORK: lambda: _far_works(beyond.works(people, shown[WORK], works_that_count)),
        TOPIC: lambda: _far(TOPIC, beyond.topics(people, shown[TOPIC], least), _by_rarity),
        INSTITUTION: lambda: _far(
            INSTITUTION, beyond.institutions(people, shown[INSTITUTION], works_that_count, least), _by_works
        ),
    }


def _behind_on_topic(found: Neighbourhood) -> dict[str, Callable[[], list[Candidate]]]:
    """By the latest works of the people that carry the topic: nothing is kept of a person's ties on one topic."""
    works = beyond.works(found.numbers(AUTHOR), [], found.question.within)
    numbers, least = [work.number for work in works], found.question.strength

    def ties(kind: str, found_ties: list[TieRow], score: Callable[[TieRow], float]) -> list[Candidate]:
        shown = set(found.numbers(kind))
        return _far(kind, [tie for tie in found_ties if tie.number not in shown], score)

    def authors() -> list[Candidate]:
        people = near.authors_of(numbers, largest_team=LARGEST_TEAM, least=least)
        return ties(AUTHOR, people, _by_tie(_newest(tie.last_year for tie in people)))

    shown = set(found.numbers(WORK))
    return {
        AUTHOR: authors,
        WORK: lambda: _far_works([work for work in works if work.number not in shown]),
        TOPIC: lambda: ties(TOPIC, near.topics_of(numbers, least=least), _by_rarity),
        INSTITUTION: lambda: ties(
            INSTITUTION,
            near.institutions_of(numbers, author=None, largest_team=LARGEST_TEAM, least=least),
            _by_works,
        ),
    }


def _works(question: Question, works: list[WorkRow]) -> list[Candidate]:
    newest = _newest(work.year for work in works)
    return [
        Candidate(
            kind=WORK,
            number=work.number,
            score=_score(work, newest) * _nearness(question.kind, work),
            line="cites" if work.cites else "cited" if work.cited else LINE_TYPES[question.kind][WORK],
            works=1 if work.cites or work.cited or question.kind != WORK else 2,
            weight=max(1, work.shared) if question.kind == WORK else 1,
            first_year=work.year,
            last_year=work.year,
        )
        for work in works
    ]


def _nearness(kind: str, work: WorkRow) -> float:
    return 1 + work.shared + 2 * (work.cites or work.cited) if kind == WORK else led(work.shared)


def _score(work: WorkRow, newest: int | None) -> float:
    return work_score(cited_by=work.cited_by, team=work.team, year=work.year, newest=newest)


def _authors(question: Question, works: list[WorkRow]) -> list[Candidate]:
    ties = near.authors_near(
        question.kind,
        question.number,
        question.within,
        [work.number for work in works],
        largest_team=LARGEST_TEAM,
        least=question.strength,
    )
    if question.kind == WORK and len(ties) > LARGEST_TEAM:
        ties = ties[:FIRST_AUTHORS]
    newest = None if question.kind in (WORK, TOPIC) else _newest(tie.last_year for tie in ties)
    return _near(question, AUTHOR, ties, _by_tie(newest))


def _topics(question: Question, works: list[WorkRow]) -> list[Candidate]:
    return _near(question, TOPIC, near.topics_of(_labelled(question, works), least=_least(question)), _by_rarity)


def _institutions(question: Question, works: list[WorkRow]) -> list[Candidate]:
    """Where an author was; of a work all that it names; of other roots those of works by teams one can follow."""
    ties = near.institutions_of(
        _labelled(question, works),
        author=question.number if question.kind == AUTHOR else None,
        largest_team=LARGEST_TEAM if question.kind in (TOPIC, INSTITUTION) else 1_000_000,
        least=_least(question),
    )
    return _near(question, INSTITUTION, ties, _by_works)


def _labelled(question: Question, works: list[WorkRow]) -> list[int]:
    """The works whose topics and institutions stand in the first ring."""
    return [question.number] if question.kind == WORK else [work.number for work in works]


def _least(question: Question) -> int:
    """Works behind a tie to the root; what a work names rests on that one work."""
    return 1 if question.kind == WORK else question.strength


def _near(question: Question, kind: str, ties: Iterable[TieRow], score: Callable[[TieRow], float]) -> list[Candidate]:
    line = LINE_TYPES[question.kind][kind]
    root = (question.kind, question.number)
    return [_candidate(kind, tie, score, line=line, ring=1) for tie in ties if (kind, tie.number) != root]


def _far(kind: str, ties: Iterable[TieRow], score: Callable[[TieRow], float]) -> list[Candidate]:
    return [_candidate(kind, tie, score, line="", ring=2) for tie in ties]


def _far_works(works: list[WorkRow]) -> list[Candidate]:
    newest = _newest(work.year for work in works)
    return [
        Candidate(
            kind=WORK,
            number=work.number,
            score=_score(work, newest) * work.shared,
            first_year=work.year,
            last_year=work.year,
            ring=2,
        )
        for work in works
    ]


def _candidate(kind: str, tie: TieRow, score: Callable[[TieRow], float], *, line: str, ring: int) -> Candidate:
    return Candidate(
        kind=kind,
        number=tie.number,
        score=score(tie),
        line=line,
        works=tie.works,
        weight=tie.works if kind == TOPIC else tie.weight,
        first_year=tie.first_year,
        last_year=tie.last_year,
        ring=ring,
    )


def _by_tie(newest: int | None) -> Callable[[TieRow], float]:
    """By weight and recency; by weight alone where no year is known."""
    if newest is None:
        return lambda tie: tie.weight
    return lambda tie: tie_score(weight=tie.weight, last_year=tie.last_year, newest=newest)


def _by_rarity(tie: TieRow) -> float:
    return topic_score(works=tie.works, topic_works=int(tie.weight))


def _by_works(tie: TieRow) -> float:
    return tie.works


def _newest(years: Iterable[int | None]) -> int | None:
    return max((year for year in years if year is not None), default=None)
