"""Which work a record belongs to: a shared DOI, arXiv or Anthology id, else title, year and an author in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from publications import clusters, names, sql
from publications.records import WorkRecord

Key = tuple[str, str]  # scheme and value


@dataclass(slots=True)
class Candidate:
    """A cluster in the making: an existing work, or records of this batch that are no work yet."""

    work_id: int | None
    ids: set[Key] = field(default_factory=set)
    blocks: set[str] = field(default_factory=set)
    records: list[int] = field(default_factory=list)  # indices into the batch
    absorbed: list[int] = field(default_factory=list)  # works that are one with this

    def contradicts(self, other: Candidate) -> bool:
        """Two different ids of a scheme that gives a work one id."""
        for scheme in clusters.EXCLUSIVE_SCHEMES:
            mine = {v for s, v in self.ids if s == scheme}
            theirs = {v for s, v in other.ids if s == scheme}
            if mine and theirs and mine.isdisjoint(theirs):
                return True
        return False

    def absorb(self, other: Candidate) -> None:
        works = sorted(w for w in (self.work_id, other.work_id) if w is not None)
        self.work_id = works[0] if works else None
        self.absorbed += other.absorbed + works[1:]
        self.ids |= other.ids
        self.blocks |= other.blocks
        self.records += other.records


class Clusters:
    """Union of candidates over a batch; look-ups are made once, for the whole batch.

    A work one of whose records changed is opened: all of its records stand in the batch and are placed anew, for what
    held them together may have changed. The work goes on with the first of them.
    """

    def __init__(self, records: Sequence[WorkRecord]) -> None:
        self.records = records
        self._parent: list[Candidate] = []
        self._by_work: dict[int, Candidate] = {}
        self._by_id: dict[Key, Candidate] = {}
        self._by_title: dict[str, list[Candidate]] = defaultdict(list)
        self._replaced: dict[int, Candidate] = {}
        self._load_works()

    def all(self) -> list[Candidate]:
        """The clusters of the batch; every record is in exactly one."""
        for index, record in enumerate(self.records):
            self._place(index, record)
        return [c for c in self._parent if id(c) not in self._replaced and c.records]

    def _place(self, index: int, record: WorkRecord) -> None:
        new = Candidate(None, set(record.ids.items()), {names.block(a.name) for a in record.authors}, [index])
        self._parent.append(new)
        own = self._opened.pop(self._own_work.get((record.provider, record.provider_id), 0), None)
        matches = [own] if own else []
        matches += [self._by_id[key] for key in sorted(new.ids) if key in self._by_id]
        key = clusters.match_key(record)
        matches += [c for c in self._by_title.get(key, []) if self._find(c).blocks & new.blocks]
        for match in matches:
            target, current = self._find(match), self._find(new)
            if target is not current and not target.contradicts(current):
                target.absorb(current)
                self._replaced[id(current)] = target
        self._remember(self._find(new), record, key)

    def _remember(self, candidate: Candidate, record: WorkRecord, key: str) -> None:
        for pair in record.ids.items():
            self._by_id.setdefault(pair, candidate)
        if key:
            self._by_title[key].append(candidate)

    def _find(self, candidate: Candidate) -> Candidate:
        while id(candidate) in self._replaced:
            candidate = self._replaced[id(candidate)]
        return candidate

    def _load_works(self) -> None:
        """Existing works that share a record, an id, or a title and year with the batch."""
        self._own_work = works_of_records(self.records)
        by_key = _works_by_id({pair for r in self.records for pair in r.ids.items()})
        by_title = _works_by_title({key for r in self.records if (key := clusters.match_key(r))})
        opened = set(self._own_work.values())
        whole = {*by_key.values(), *(w for _, w in by_title)} - opened
        for work_id in sorted(opened | whole):
            self._by_work[work_id] = Candidate(work_id)
            self._parent.append(self._by_work[work_id])
        self._opened = {work_id: self._by_work[work_id] for work_id in opened}
        for work_id, scheme, value in _ids_of_works(whole):
            self._by_work[work_id].ids.add((scheme, value))
        for work_id, block in _blocks_of_works({w for _, w in by_title if w in whole}):
            self._by_work[work_id].blocks.add(block)
        self._by_id = {key: self._by_work[w] for key, w in by_key.items() if w in whole}
        for key, work_id in by_title:
            if work_id in whole:
                self._by_title[key].append(self._by_work[work_id])


def works_of_records(records: Sequence[WorkRecord]) -> dict[Key, int]:
    found = sql.rows(
        "select provider, provider_id, work_id from publications_record"
        " join unnest(%s::text[], %s::text[]) as k(p, i) on provider = k.p and provider_id = k.i",
        [r.provider for r in records],
        [r.provider_id for r in records],
    )
    return {(provider, provider_id): work for provider, provider_id, work in found}


def _works_by_id(keys: set[Key]) -> dict[Key, int]:
    ordered = sorted(keys)
    found = sql.rows(
        "select scheme, value, work_id from publications_workid"
        " join unnest(%s::text[], %s::text[]) as k(s, v) on scheme = k.s and value = k.v",
        [s for s, _ in ordered],
        [v for _, v in ordered],
    )
    return {(scheme, value): work for scheme, value, work in found}


def _works_by_title(keys: set[str]) -> list[tuple[str, int]]:
    return sql.rows(
        "select distinct match_key, work_id from publications_record"
        " where match_key = any(%s) and match_key <> '' order by 1, 2",
        sorted(keys),
    )


def _ids_of_works(works: set[int]) -> list[tuple[int, str, str]]:
    return sql.rows("select work_id, scheme, value from publications_workid where work_id = any(%s)", sorted(works))


def _blocks_of_works(works: set[int]) -> list[tuple[int, str]]:
    return sql.rows("select work_id, block from publications_authorship where work_id = any(%s)", sorted(works))
