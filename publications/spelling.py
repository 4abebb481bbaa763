"""Mistyped words, corrected by the words that names and titles use: one look-up, whatever the size of the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from bzpeer.kit import hot
from publications.search_models import Kind

SHORTEST_CORRECTED: Final = 3
LONGEST_CORRECTED: Final = 30
SHORTEST_WITH_TWO_SLIPS: Final = 6
MOST_ALTERNATIVES: Final = 6

# One edit apart: with one letter left out here, there or in both, two words meet
_NEAR: Final = """
select said.word, near.word, near.entries from unnest(%(words)s::text[]) said (word)
cross join lateral (
  select array(
    select left(said.word, i - 1) || substr(said.word, i + 1) from generate_series(1, length(said.word)) i
    where length(said.word) between 3 and 30
  ) || said.word as forms) shortened
cross join lateral (
  (select word, entries from publications_searchword where kind = %(kind)s and word = any(shortened.forms))
  union (
    select word, entries from publications_searchword
    where kind = %(kind)s and publications_searchword.shortened && shortened.forms limit 500)) near
"""
_ALIKE: Final = """
select said.word, near.word, near.entries from unnest(%(words)s::text[]) said (word)
cross join lateral (
  select w.word, w.entries from publications_searchword w where w.word %% said.word and w.kind = %(kind)s
  order by similarity(w.word, said.word) desc limit 100) near
"""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed: about how many entities carry it, and the words it may be a slip for, likeliest first.

    `carriers` counts those of its alternatives too.
    """

    typed: str
    entries: int
    alternatives: tuple[str, ...]
    carriers: int

    @property
    def is_known(self) -> bool:
        return self.entries > 0


def look_up(kind: Kind, words: Sequence[str]) -> list[Word]:
    """Each word with its alternatives: one edit away (a swap of neighbours is one), else two in a longer word."""
    found = _asked(kind, words, _NEAR)
    said = [_word(word, found.get(word, {}), 1) for word in words]
    lost = [word.typed for word in said if _may_have_two_slips(word)]
    further = _asked(kind, lost, _ALIKE) if lost else {}
    return [_word(word.typed, further.get(word.typed, {}), 2) if word.typed in lost else word for word in said]


def _may_have_two_slips(word: Word) -> bool:
    has_nothing = not word.is_known and not word.alternatives
    return has_nothing and SHORTEST_WITH_TWO_SLIPS <= len(word.typed) <= LONGEST_CORRECTED


def _asked(kind: Kind, words: Iterable[str], sql: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for word, other, entries in hot.rows(sql, {"kind": kind.value, "words": sorted(set(words))}):
        found.setdefault(word, {})[other] = max(entries, 1)
    return found


def _word(typed: str, found: dict[str, int], edits: int) -> Word:
    near: list[tuple[int, int, str]] = []
    if SHORTEST_CORRECTED <= len(typed) <= LONGEST_CORRECTED:
        near = sorted((OSA.distance(typed, other), -entries, other) for other, entries in found.items())
    others = [other for distance, _entries, other in near if 0 < distance <= edits][:MOST_ALTERNATIVES]
    return Word(typed, found.get(typed, 0), tuple(others), sum(found.get(word, 0) for word in [typed, *others]))
