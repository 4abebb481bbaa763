"""Which authors, topics, institutions or sources carry the words typed: a bounded number, the most prolific first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from publications import spelling
from publications.search_index import LONGEST_PREFIX
from publications.search_models import Kind

LAST: Final = "\U0010ffff"  # sorts after every letter: a word starts with p when it lies in [p, p + LAST)
SCANNED: Final = 2_000
EXPANSIONS: Final = 20
MOST_REWORDINGS: Final = 12

_PREFIX: Final = """
select entity from publications_searchprefix where kind = %(kind)s and prefix = %(last)s
order by weight desc, entity limit %(limit)s
"""
# The commonest words that start as typed, then the most prolific carriers of each
_EXPANDED: Final = """
with expansion as (
  select word from (
    select word, entries from publications_searchword
    where kind = %(kind)s and word >= %(last)s and word < %(end)s limit 500) found
  order by entries desc limit %(expansions)s)
select entity from (
  select best.entity, best.weight from expansion cross join lateral (
    select entity, weight from publications_searchentry e where e.kind = %(kind)s and e.word = expansion.word
    order by weight desc, entity limit %(limit)s) best) every
group by entity order by max(weight) desc, entity limit %(limit)s
"""
# The rarest word drives; the others are looked up for each carrier
_CARRIERS: Final = """
select driver.entity from (
  select entity, weight from publications_searchentry where kind = %(kind)s and word = %(rarest)s
  order by weight desc, entity limit %(scanned)s) driver
where {conditions} order by driver.weight desc, driver.entity limit %(limit)s
"""
_CARRIES: Final = """exists (select 1 from publications_searchentry o
  where o.kind = %(kind)s and o.entity = driver.entity and {word})"""


def find(kind: Kind, words: Sequence[str], *, typing: bool, limit: int) -> list[int]:
    """Ids of entities that carry all words; while typing, the last word may be the start of one."""
    if not words:
        return []
    if typing and len(words) == 1:
        return starting(kind, words[0], limit)
    whole, last = (words[:-1], words[-1]) if typing else (words, "")
    frequency = spelling.known(kind, whole)
    if len(frequency) < len(set(whole)):
        return []
    rarest = min(frequency, key=lambda word: (frequency[word], word))
    return _carriers(kind, rarest, [word for word in frequency if word != rarest], last, limit)


def starting(kind: Kind, start: str, limit: int) -> list[int]:
    """Carriers of a word that starts so: stored for a few letters, else of the commonest such words."""
    values = {"kind": kind.value, "last": start, "end": start + LAST, "limit": limit, "expansions": EXPANSIONS}
    if len(start) > LONGEST_PREFIX:
        return _ask(_EXPANDED, values)
    return list(dict.fromkeys([*_carriers(kind, start, [], "", limit // 2), *_ask(_PREFIX, values)]))[:limit]


def rewordings(kind: Kind, words: Sequence[str], *, typing: bool) -> list[list[str]]:
    """The same words with likely slips corrected: unknown words first, else one known word at a time."""
    frequency = spelling.known(kind, words)
    unknown = [place for place, word in enumerate(words) if word not in frequency]
    if typing and unknown == [len(words) - 1] and len(words) > 1 and len(words[-1]) < spelling.SHORTEST_CORRECTED:
        unknown = []
    found: list[list[str]] = [list(words)] if unknown else []
    for place in unknown:
        found = [_replaced(said, place, other) for other in spelling.alternatives(kind, words[place]) for said in found]
    if not unknown:
        for place, word in enumerate(words):
            found += [_replaced(words, place, other) for other in spelling.alternatives(kind, word)]
    return found[:MOST_REWORDINGS]


def _replaced(words: Sequence[str], place: int, other: str) -> list[str]:
    return [*words[:place], other, *words[place + 1 :]]


def _carriers(kind: Kind, rarest: str, others: Sequence[str], last: str, limit: int) -> list[int]:
    values: dict[str, Any] = {"kind": kind.value, "rarest": rarest, "limit": limit, "scanned": max(SCANNED, limit)}
    conditions = ["true"]
    for number, word in enumerate(others):
        values[f"word{number}"] = word
        conditions.append(_CARRIES.format(word=f"o.word = %(word{number})s"))
    if last:
        values |= {"last": last, "end": last + LAST}
        conditions.append(_CARRIES.format(word="o.word >= %(last)s and o.word < %(end)s"))
    return _ask(_CARRIERS.format(conditions=" and ".join(conditions)), values)


def _ask(sql: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [entity for (entity,) in cursor.fetchall()]
