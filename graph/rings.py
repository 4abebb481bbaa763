"""Who and what may stand in a slice: the candidates one step from the root, and those one step behind its people."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from graph.edges import LARGEST_TEAM
from graph.neighbourhood import Candidate, Neighbourhood
from graph.queries import TieRow, WorkRow, Years, beyond, near
from graph.questions import AUTHOR, INSTITUTION, LAST_YEAR, TOPIC, WORK, Question
from graph.ranking import tie_score, topic_score, work_score
from publications.models import Entity, Institution, Topic, Work

FIRST_AUTHORS = 10  # of a work by a larger team; the others are counted, not shown
WHENEVER: Years = (-1, LAST_YEAR)
Candidates = dict[str, list[Candidate]]

# The type of the line between a root (outer key) and each kind of thing in the first ring.
LINE_TYPES: dict[str, dict[str, str]] = {
    AUTHOR: {AUTHOR: "coauthor", WORK: "authorship", TOPIC: "has-topic", INSTITUTION: "affiliation"},
    WORK: {AUTHOR: "authorship", WORK: "related", TOPIC: "has-topic", INSTITUTION: "affiliation"},
    TOPIC: {AUTHOR: "has-topic", WORK: "has-topic", TOPIC: "related", INSTITUTION: "has-topic"},
    INSTITUTION: {AUTHOR: "affiliation", WORK: "affiliation", TOPIC: "has-topic", INSTITUTION: "related"},
}


def years_of(question: Question) -> Years:
    """The bounds of a question; a work without a year is within no real ones."""
    return (question.from_year or 1, question.to_year or LAST_YEAR) if question.has_years else WHENEVER


def first(found: Neighbourhood, root: Entity) -> Candidates:
    """What stands one step from the root; notes in `found` how much there is and what was too large to follow."""
    question = found.question
    works = near.works_near(question.kind, question.number, years_of(question))
    makers: dict[str, Callable[[Question, list[WorkRow]], list[Candidate]]] = {
        WORK: _works,
        AUTHOR: _authors,
        TOPIC: _topics,
        INSTITUTION: _institutions,
    }
    candidates = {kind: makers[kind](question, works) for kind in question.types}
    known = _known(question, root)
    found.total = {kind: max(len(of_kind), known.get(kind, 0)) for kind, of_kind in candidates.items()}
    found.large_works = sum(work.team > LARGEST_TEAM for work in works)
    return candidates


def _known(question: Question, root: Entity) -> dict[str, int]:
    """Counts that the corpus keeps, where more may stand behind a root than is read."""
    if isinstance(root, Work):
        return {AUTHOR: root.authors_count if root.authors_count > LARGEST_TEAM else 0}
    if isinstance(root, Topic | Institution) and not question.has_years:
        return {AUTHOR: root.authors_count, WORK: root.works_count}
    return {}


def second(found: Neighbourhood) -> Candidates:
    """What stands one step behind the people shown."""
    question = found.question
    people, years = found.numbers(AUTHOR), years_of(question)
    shown = {kind: found.numbers(kind) for kind in question.types}
    candidates: Candidates = {}
    if AUTHOR in shown:
        ties = beyond.authors(people, shown[AUTHOR], years)
        candidates[AUTHOR] = _far(AUTHOR, ties, _by_tie(_newest(tie.last_year for tie in ties)))
    if WORK in shown:
        candidates[WORK] = _far_works(beyond.works(people, shown[WORK], years))
    if TOPIC in shown:
        candidates[TOPIC] = _far(TOPIC, beyond.topics(people, shown[TOPIC]), _by_rarity)
    if INSTITUTION in shown:
        candidates[INSTITUTION] = _far(INSTITUTION, beyond.institutions(people, shown[INSTITUTION], years), _by_works)
    for kind, of_kind in candidates.items():
        found.total[kind] += len(of_kind)
    return candidates


def _works(question: Question, works: list[WorkRow]) -> list[Candidate]:
    newest = _newest(work.year for work in works)
    return [
        Candidate(
            kind=WORK,
            number=work.number,
            score=_score(work, newest) * (1 + work.shared + 2 * (work.cites or work.cited)),
            line="cites" if work.cites else "cited" if work.cited else LINE_TYPES[question.kind][WORK],
            weight=max(1, work.shared),
            first_year=work.year,
            last_year=work.year,
        )
        for work in works
    ]


def _score(work: WorkRow, newest: int | None) -> float:
    return work_score(cited_by=work.cited_by, team=work.team, year=work.year, newest=newest)


def _authors(question: Question, works: list[WorkRow]) -> list[Candidate]:
    ties = near.authors_near(
        question.kind,
        question.number,
        years_of(question),
        [work.number for work in works],
        in_years=question.has_years,
        largest_team=LARGEST_TEAM,
    )
    if question.kind == WORK and len(ties) > LARGEST_TEAM:
        ties = ties[:FIRST_AUTHORS]
    newest = None if question.kind in (WORK, TOPIC) else _newest(tie.last_year for tie in ties)
    return _near(question, AUTHOR, ties, _by_tie(newest))


def _topics(question: Question, works: list[WorkRow]) -> list[Candidate]:
    return _near(question, TOPIC, near.topics_of(_labelled(question, works)), _by_rarity)


def _institutions(question: Question, works: list[WorkRow]) -> list[Candidate]:
    """Where an author was; of a work all that it names; of other roots those of works by teams one can follow."""
    ties = near.institutions_of(
        _labelled(question, works),
        author=question.number if question.kind == AUTHOR else None,
        largest_team=LARGEST_TEAM if question.kind in (TOPIC, INSTITUTION) else 1_000_000,
    )
    return _near(question, INSTITUTION, ties, _by_works)


def _labelled(question: Question, works: list[WorkRow]) -> list[int]:
    """The works whose topics and institutions stand in the first ring."""
    return [question.number] if question.kind == WORK else [work.number for work in works]


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
