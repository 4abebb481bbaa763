"""Which records the words typed may mean: a bounded number of candidates, the most prolific or most cited first.

Each function gives a SELECT of (entity, weight) with its parameters, to be run by itself or inside a larger statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bzpeer.kit import hot
from publications import spelling
from publications.search_index import KEPT_PER_PREFIX, LONGEST_PREFIX
from publications.search_models import Kind

LAST: Final = "\U0010ffff"  # sorts after every letter: a word starts with p when it lies in [p, p + LAST)
SCANNED: Final = 500
EXPANSIONS: Final = 20
MOST_REWORDINGS: Final = 8


@dataclass(frozen=True, slots=True)
class Pool:
    """A SELECT of (entity, weight) and its parameters."""

    sql: str
    values: dict[str, Any] = field(default_factory=dict)

    def ids(self) -> list[int]:
        return [row[0] for row in hot.rows(self.sql, self.values)]


_STORED: Final = """
(select entity, weight from publications_searchprefix where kind = '{kind}' and prefix = %(last)s
 order by weight desc, entity limit %(most)s)
union all
(select entity, weight from publications_searchentry where kind = '{kind}' and word = %(last)s
 order by weight desc, entity limit %(most)s)
"""
# The commonest words that start as typed, then the most prolific carriers of each
_EXPANDED: Final = """
select best.entity, best.weight from (
  select word from (
    select word, entries from publications_searchword
    where kind = '{kind}' and word >= %(last)s and word < %(end)s limit 500) found
  order by entries desc, word limit %(expansions)s) expansion
cross join lateral (
  select entity, weight from publications_searchentry e where e.kind = '{kind}' and e.word = expansion.word
  order by weight desc, entity limit %(most)s) best
"""
# The rarest word drives; the others are looked up for each carrier
_CARRIERS: Final = """
(select driver.entity, driver.weight from (
  select entity, weight from publications_searchentry where kind = '{kind}' and word = (
    select word from publications_searchword where kind = '{kind}' and word = any(%(whole)s)
    order by entries, word limit 1)
  order by weight desc, entity limit %(scanned)s) driver
where {conditions} order by driver.weight desc, driver.entity limit %(most)s)
"""
# `offset 0` keeps it a look-up for each carrier: a join would read every carrier of a frequent word
_CARRIES: Final = """exists (select 1 from publications_searchentry o
  where o.kind = '{kind}' and o.entity = driver.entity and ({word}) offset 0)"""


def named(kind: Kind, words: Sequence[str], *, typing: bool, most: int) -> Pool:
    """Carriers of all words; while typing, the last word may be the start of one."""
    if typing and len(words) == 1:
        return _starting(kind, words[0], most)
    whole, last = (words[:-1], words[-1]) if typing else (words, "")
    values: dict[str, Any] = {"whole": list(whole), "most": most, "scanned": max(SCANNED, 2 * most)}
    conditions = []
    for number, word in enumerate(whole):
        values[f"word{number}"] = word
        conditions.append(_CARRIES.format(kind=kind.value, word=f"o.word = %(word{number})s"))
    if last:
        values |= {"last": last, "end": last + LAST}
        conditions.append(_CARRIES.format(kind=kind.value, word="o.word >= %(last)s and o.word < %(end)s"))
    return Pool(_CARRIERS.format(kind=kind.value, conditions=" and ".join(conditions)), values)


def _starting(kind: Kind, start: str, most: int) -> Pool:
    """Carriers of a word that starts so: stored for a few letters, else of the commonest such words."""
    if len(start) <= LONGEST_PREFIX and most <= 2 * KEPT_PER_PREFIX:
        return Pool(_STORED.format(kind=kind.value), {"last": start, "most": most})
    values = {"last": start, "end": start + LAST, "most": most, "expansions": EXPANSIONS}
    return Pool(_EXPANDED.format(kind=kind.value), values)


# ---------------------------------------------------------------- works, by the text search columns

MOST_READ: Final = 100_000
MOST_WALKED: Final = 20_000
# About how many works carry the rarest word, by the words that start with it or with its stem (none for words that are
# in every text and searched in none), and how many works there are
_GATE: Final = """gate as materialized (
  select case when numnode({query}) = 0 then 0 else (
    select min(started.carriers) from unnest(%(words)s::text[]) said (word) cross join lateral (
      select coalesce(sum(counted.entries), 0) as carriers
      from (select coalesce((ts_lexize('english_stem', said.word))[1], said.word) as stem) stemmed
      cross join lateral (
        select stem as start union select said.word where not starts_with(said.word, stem)) form
      cross join lateral (
        select w.entries from publications_searchword w
        where w.kind = 'works' and w.word >= form.start and w.word < form.start || %(end)s limit 500) counted) started
  )::float8 end as carriers,
  (select greatest(reltuples, 1)::float8 from pg_class where oid = 'publications_work'::regclass) as works
)"""
# For a frequent word the works are read from the most cited on until enough match: with n carriers among N works that
# takes about most * N / n of them, which is less than n above the square root of most * N. A rare word, and a frequent
# one that the walk did not meet often enough, is read from the index and sorted.
_MATCHING: Final = """
with {gate}, frequent as materialized (
  select id, cited_by_count from (
    select id, cited_by_count, {column}, merged_into_id from publications_work
    where (select carriers * carriers > %(most)s * works from gate)
    order by cited_by_count desc, id desc
    limit (select least(%(walked)s, 2 * %(most)s * works / greatest(carriers, 1))::bigint from gate)) most_cited
  where {column} @@ {query} and merged_into_id is null limit %(most)s
), rare as materialized (
  select id, cited_by_count from publications_work
  where {column} @@ {query} and merged_into_id is null and (select count(*) < %(most)s from frequent)
  limit %(read)s
), best_rare as (select id, cited_by_count from rare order by cited_by_count desc, id desc limit %(most)s)
select id as entity, cited_by_count as weight from best_rare
union all select id, cited_by_count from frequent where not exists (select from rare)
"""


def works(words: Sequence[str], query: str, *, column: str, typing: bool, most: int) -> Pool:
    """The most cited works whose `column` (title_search or search) matches a text search query."""
    expression = "to_tsquery('bzpeer', %(query)s)" if typing else "%(query)s::tsquery"
    sql = _MATCHING.format(gate=_GATE.format(query=expression), column=column, query=expression)
    bounds = {"end": LAST, "most": most, "read": MOST_READ, "walked": MOST_WALKED}
    return Pool(sql, {"words": list(words), "query": query, **bounds})


# ---------------------------------------------------------------- slips

# As _CARRIERS, each word standing for itself and for all it may be a slip of
_ALIKE: Final = """
(select driver.entity, driver.weight from (
  select best.entity, best.weight from unnest(%(rarest)s::text[]) said (word) cross join lateral (
    select entity, weight from publications_searchentry e where e.kind = '{kind}' and e.word = said.word
    order by weight desc, entity limit %(scanned)s) best) driver
where {conditions} order by driver.weight desc, driver.entity limit %(most)s)
"""
SCANNED_ALIKE: Final = 500


def alike(kind: Kind, words: Sequence[str], *, most: int) -> Pool | None:
    """Carriers of these words or of what they may be slips for; the last may be the start of one. None if none can."""
    said = spelling.look_up(kind, words)
    meant = [[*([word.typed] if word.is_known else []), *word.alternatives] for word in said]
    driving = [place for place, meanings in enumerate(meant) if meanings]
    if not driving:
        return None
    rarest = min(driving, key=lambda place: said[place].carriers)
    values: dict[str, Any] = {"rarest": meant[rarest], "most": most, "scanned": SCANNED_ALIKE}
    conditions = ["true"]
    for place, meanings in enumerate(meant):
        if place != rarest:
            values[f"word{place}"] = meanings
            condition = f"o.word = any(%(word{place})s)"
            if place == len(words) - 1:
                values |= {"last": words[-1], "end": words[-1] + LAST}
                condition += " or o.word >= %(last)s and o.word < %(end)s"
            conditions.append(_CARRIES.format(kind=kind.value, word=condition))
    return Pool(_ALIKE.format(kind=kind.value, conditions=" and ".join(conditions)), values)


def rewordings(kind: Kind, words: Sequence[str], *, typing: bool) -> list[list[str]]:
    """The same words with likely slips corrected: unknown words first, else one known word at a time."""
    said = spelling.look_up(kind, words)
    unknown = [place for place, word in enumerate(said) if not word.is_known]
    if typing and unknown == [len(words) - 1] and len(words) > 1 and len(words[-1]) < spelling.SHORTEST_CORRECTED:
        unknown = []
    found: list[list[str]] = [list(words)] if unknown else []
    for place in unknown:
        found = [_replaced(known, place, other) for other in said[place].alternatives for known in found]
    if not unknown:
        for place, word in enumerate(said):
            found += [_replaced(words, place, other) for other in word.alternatives]
    return found[:MOST_REWORDINGS]


def _replaced(words: Sequence[str], place: int, other: str) -> list[str]:
    return [*words[:place], other, *words[place + 1 :]]
