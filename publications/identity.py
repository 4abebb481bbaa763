"""Who is who: which signatures (positions of author lists) are one person. Pure, and the same in any order.

`resolve` is the one function that decides. Its rules, from the strongest:
1. A provider's author id decides, ORCID first.
2. The same normalised full name with a given name spelled out is one person, unless evidence contradicts: two
   positions of one work, or two different ids of one scheme. Missing evidence is no contradiction. Once two persons
   are known to bear a name, the name alone decides nothing and a shared co-author is needed.
3. A name with initials only joins through a shared co-author, and only where exactly one person fits.
Precision before recall: what stays in doubt stays apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ID_SCHEMES = ("orcid", "acl", "openalex")  # the order in which ids decide


@dataclass(frozen=True, slots=True)
class Signature:
    """One position of one work."""

    number: int  # of the authorship
    work: int
    order: tuple[str, int]  # stable over imports: a key of the work, the position
    name_key: str
    block: str
    initials_only: bool
    ids: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CoauthorNames:
    """The other names of a work, as evidence; empty for works of very many authors."""

    keys: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    initial_blocks: frozenset[str] = frozenset()  # blocks of those printed with initials only


@dataclass(slots=True)
class Person:
    """Signatures that are one person, with why each is here."""

    signatures: list[Signature] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    ids: set[tuple[str, str]] = field(default_factory=set)
    works: set[int] = field(default_factory=set)

    def contradicts(self, other: Person) -> bool:
        """Two positions of one work, or different ids of one scheme with none in common."""
        return not self.works.isdisjoint(other.works) or self.other_ids_than(other)

    def other_ids_than(self, other: Person) -> bool:
        if not self.ids or not other.ids or not self.ids.isdisjoint(other.ids):
            return False
        return bool({s for s, _ in self.ids} & {s for s, _ in other.ids})

    @property
    def first(self) -> Signature:
        return self.signatures[0]


def resolve(signatures: Iterable[Signature], coauthors: Mapping[int, CoauthorNames]) -> list[Person]:
    """The persons behind the signatures of one or more blocks, in a stable order.

    `coauthors` maps a work to the names on it; it is asked only where a name alone does not decide.
    """
    persons = _Persons(sorted(signatures, key=lambda s: s.order), coauthors)
    persons.join_by_ids()
    persons.join_by_names()
    persons.join_initials()
    return persons.all()


def needs_coauthors(signatures: Iterable[Signature]) -> set[int]:
    """Works whose co-authors `resolve` may ask for: of initials and their blocks, and of names that two may bear."""
    by_block: dict[str, list[Signature]] = defaultdict(list)
    for signature in signatures:
        by_block[signature.block].append(signature)
    works: set[int] = set()
    for group in by_block.values():
        if any(s.initials_only for s in group) and len(group) > 1:
            works.update(s.work for s in group)
        else:
            works.update(s.work for s in group if _may_be_several(group, s.name_key))
    return works


def _may_be_several(group: Sequence[Signature], name_key: str) -> bool:
    same = [s for s in group if s.name_key == name_key]
    ids = {pair for s in same for pair in s.ids}
    return len({s.work for s in same}) < len(same) or len({s for s, _ in ids}) < len(ids)


class _Persons:
    """A union of signatures that refuses contradictions."""

    def __init__(self, signatures: Sequence[Signature], coauthors: Mapping[int, CoauthorNames]) -> None:
        self._coauthors = coauthors
        self._signatures = signatures
        self._of: dict[int, Person] = {}
        for s in signatures:
            self._of[s.number] = Person([s], {}, set(), {s.work})

    def all(self) -> list[Person]:
        distinct = {id(person): person for person in self._of.values()}
        for person in distinct.values():
            person.signatures.sort(key=lambda s: s.order)
            for s in person.signatures:
                person.reasons.setdefault(s.number, "name")
        return sorted(distinct.values(), key=lambda p: p.first.order)

    def join_by_ids(self) -> None:
        for scheme in ID_SCHEMES:
            holder: dict[str, Signature] = {}
            for s in self._signatures:
                value = dict(s.ids).get(scheme)
                if value is not None:
                    self._attach(s, (scheme, value), holder)

    def _attach(self, signature: Signature, pair: tuple[str, str], holder: dict[str, Signature]) -> None:
        """Join the signature to whoever holds the id; in a work where that person stands already, it does not count."""
        mine, first = self._of[signature.number], holder.setdefault(pair[1], signature)
        theirs = self._of[first.number]
        if theirs is not mine:
            if not theirs.works.isdisjoint(mine.works):
                return
            mine = self._join(theirs, mine)
        mine.ids.add(pair)
        mine.reasons.setdefault(signature.number, "orcid" if pair[0] == "orcid" else "provider-id")

    def join_by_names(self) -> None:
        by_name: dict[str, list[Person]] = defaultdict(list)
        for s in self._signatures:
            person = self._of[s.number]
            if not s.initials_only and person not in by_name[s.name_key]:
                by_name[s.name_key].append(person)
        for name in sorted(by_name):
            group = list({id(self._of[p.first.number]): self._of[p.first.number] for p in by_name[name]}.values())
            if len(group) > 1:
                self._join_namesakes(group)

    def _join_namesakes(self, group: list[Person]) -> None:
        if self._contradictory(group):
            self._join_through_coauthors(group)
            return
        whole = group[0]
        for other in group[1:]:
            whole = self._join(whole, other)

    def _contradictory(self, group: Iterable[Person]) -> bool:
        """Whether any two of the group contradict each other, in linear time."""
        works: set[int] = set()
        schemes: set[str] = set()
        for person in group:
            own = {scheme for scheme, _ in person.ids}
            if not works.isdisjoint(person.works) or not schemes.isdisjoint(own):
                return True
            works |= person.works
            schemes |= own
        return False

    def join_initials(self) -> None:
        blocks: dict[str, list[Signature]] = defaultdict(list)
        for s in self._signatures:
            blocks[s.block].append(s)
        for block in sorted(blocks):
            if len(blocks[block]) > 1 and any(s.initials_only for s in blocks[block]):
                self._join_initials_of(blocks[block])

    def _join_initials_of(self, signatures: Sequence[Signature]) -> None:
        by_name: dict[str, list[Person]] = defaultdict(list)
        for s in signatures:
            if s.initials_only:
                by_name[s.name_key].append(self._of[s.number])
        for name in sorted(by_name):
            self._join_through_coauthors(by_name[name])
        full = {id(p): p for s in signatures if not s.initials_only for p in [self._of[s.number]]}
        for s in signatures:
            person = self._of[s.number]
            if s.initials_only and id(person) not in full:
                fits = self._fitting(person, full.values())
                if len(fits) == 1:
                    self._explain(person)
                    joined = self._join(fits[0], person)
                    full = {**{k: v for k, v in full.items() if v is not fits[0]}, id(joined): joined}

    def _fitting(self, person: Person, candidates: Iterable[Person]) -> list[Person]:
        mine = self._evidence(person)
        return [
            c
            for c in candidates
            if not c.contradicts(person)
            and any(initials_fit(person.first.name_key, s.name_key) for s in c.signatures)
            and shares(mine, self._evidence(c))
        ]

    def _join_through_coauthors(self, group: Iterable[Person]) -> None:
        """Join those of one name who share a co-author and do not contradict each other."""
        holders: dict[str, list[Signature]] = defaultdict(list)
        for person in group:
            evidence = self._evidence(self._of[person.first.number])
            for key in sorted(evidence.keys):
                holders[key].append(person.first)
        for key in sorted(holders):
            joined: list[Signature] = []
            for signature in holders[key]:
                self._join_first_that_fits(signature, joined)
                joined.append(signature)

    def _join_first_that_fits(self, signature: Signature, others: Sequence[Signature]) -> None:
        person = self._of[signature.number]
        for other in (self._of[o.number] for o in others):
            if other is person:
                return
            if not other.contradicts(person):
                self._explain(other, person)
                self._join(other, person)
                return

    def _evidence(self, person: Person) -> CoauthorNames:
        own = {s.block for s in person.signatures}
        names = [self._coauthors[w] for w in person.works if w in self._coauthors]
        own_keys = {s.name_key for s in person.signatures}
        return CoauthorNames(
            frozenset().union(*(n.keys for n in names)) - own_keys,
            frozenset().union(*(n.blocks for n in names)) - own,
            frozenset().union(*(n.initial_blocks for n in names)) - own,
        )

    @staticmethod
    def _explain(*persons: Person) -> None:
        """Those that no id brought here are here by name and co-author."""
        for person in persons:
            for s in person.signatures:
                person.reasons.setdefault(s.number, "name-and-coauthor")

    def _join(self, left: Person, right: Person) -> Person:
        if len(left.signatures) < len(right.signatures):
            left, right = right, left
        left.signatures += right.signatures
        left.reasons.update(right.reasons)
        left.ids |= right.ids
        left.works |= right.works
        for s in right.signatures:
            self._of[s.number] = left
        return left


def shares(mine: CoauthorNames, theirs: CoauthorNames) -> bool:
    """Whether two works or persons have a co-author in common: the same name, or initials that fit a full name."""
    return not (
        mine.keys.isdisjoint(theirs.keys)
        and mine.initial_blocks.isdisjoint(theirs.blocks)
        and theirs.initial_blocks.isdisjoint(mine.blocks)
    )


def initials_fit(short: str, full: str) -> bool:
    """Whether initials ("j p bruna") can stand for a name ("jean pierre bruna", "jean bruna"): in order, none odd."""
    return all(a[0] == b[0] for a, b in zip(_given(short), _given(full), strict=False))


def _given(name_key: str) -> list[str]:
    """The given names of a key; a surname that stands first ("bruna j") is known by the initials behind it."""
    words = name_key.split()
    return words[1:] if len(words[0]) > 1 and all(len(w) == 1 for w in words[1:]) else words[:-1]
