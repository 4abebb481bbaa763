"""Mistyped words, corrected by the words that names and titles use: one look-up, whatever the size of the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from rapidfuzz.distance import OSA

from publications.search_models import Kind, SearchWord

SHORTEST_CORRECTED: Final = 3
MOST_ALTERNATIVES: Final = 6
LONGEST_CORRECTED: Final = 30

# One edit apart: with one letter left out here, there or in both, two words meet
_ONE_EDIT: Final = """
select word, entries from publications_searchword
where kind = %(kind)s and (shortened && %(shortened)s or word = any(%(shortened)s)) limit 500
"""
_ALIKE: Final = """
select word, entries from publications_searchword
where word %% %(word)s and kind = %(kind)s order by similarity(word, %(word)s) desc limit 100
"""


def known(kind: Kind, words: Sequence[str]) -> dict[str, int]:
    """About how many entities carry each of these words; a word that nobody carries is missing."""
    return dict(SearchWord.objects.filter(kind=kind, word__in=words).values_list("word", "entries"))


def alternatives(kind: Kind, word: str) -> list[str]:
    """Words that this one may be a slip for, likeliest first: one edit away, else two in a longer word."""
    if not SHORTEST_CORRECTED <= len(word) <= LONGEST_CORRECTED:
        return []
    shortened = [word, *{word[:i] + word[i + 1 :] for i in range(len(word))}]
    near = _within(1, word, _ask(_ONE_EDIT, {"kind": kind.value, "shortened": shortened}))
    if not near and len(word) > 5:
        near = _within(2, word, _ask(_ALIKE, {"kind": kind.value, "word": word}))
    return near[:MOST_ALTERNATIVES]


def _ask(sql: str, values: dict[str, Any]) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _within(edits: int, word: str, found: list[tuple[str, int]]) -> list[str]:
    """Those at most so many edits away (a swap of neighbours is one), the most used first."""
    near = [(OSA.distance(word, other), -entries, other) for other, entries in found if other != word]
    return [other for distance, _, other in sorted(near) if distance <= edits]
