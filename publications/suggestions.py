"""Suggestions while typing: at most ten hits, in one statement where the words are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bzpeer.kit.text import one_line, without_controls
from publications import candidates, names
from publications.candidates import LAST, Pool
from publications.clusters import title_key
from publications.hits import SINGULAR, Hit, ranked
from publications.search_index import LONGEST_PREFIX
from publications.search_models import Kind

LONGEST_QUERY: Final = 200
MOST_WORDS: Final = 8
MOST_HITS: Final = 10
POOL: Final = 50
SHARES: Final = {Kind.AUTHORS: 5, Kind.TOPICS: 2, Kind.WORKS: 3}  # of the ten hits of the search box

# Whose whole name starts as typed
_NAMED: Final = """
(select id as entity, 0 as weight from publications_{table} where {key} >= %(key)s and {key} < %(key_end)s
 order by {key} limit 50)
"""


def clean(q: str) -> str:
    """A query as it is asked: one line without invisible characters, at most 200 of them."""
    return one_line(without_controls(q[: 4 * LONGEST_QUERY].replace("\0", " ")))[:LONGEST_QUERY].strip()


def words_of(q: str) -> list[str]:
    return names.key(q).split()[:MOST_WORDS]


def suggest(kind: Kind | str, q: str, *, limit: int = MOST_HITS) -> list[Hit]:
    """What the letters typed so far may mean: exact names first, then names that start so, then the most works."""
    kind, q = Kind(kind), clean(q)
    words = words_of(q)
    if not words:
        return []
    key = title_key(q) if kind == Kind.WORKS else names.key(q)
    found = ranked(kind, _pool(kind, words, key), key, limit, whole_name=len(words) > 1)
    if found or (kind == Kind.WORKS and len(words[0]) <= LONGEST_PREFIX and len(words) == 1):
        return found
    return _reworded(kind, words, key, limit)


def suggest_mixed(q: str, *, limit: int = MOST_HITS) -> list[Hit]:
    """For the search box: authors, topics and works together, each kind with a share."""
    found = {kind: suggest(kind, q, limit=limit) for kind in SHARES}
    spare = limit - sum(min(share, len(found[kind])) for kind, share in SHARES.items())
    mixed: list[Hit] = []
    for kind, share in SHARES.items():
        taken = found[kind][: share + spare]
        spare -= max(0, len(taken) - share)
        mixed += taken
    return mixed[:limit]


def _reworded(kind: Kind, words: Sequence[str], key: str, limit: int) -> list[Hit]:
    """With likely slips corrected: the names most like what was typed."""
    if kind != Kind.WORKS:
        pool = candidates.alike(kind, words, most=4 * POOL)
        return ranked(kind, pool, key, limit, by_likeness=True) if pool else []
    for said in candidates.rewordings(kind, words, typing=True):
        if found := ranked(kind, _words_pool(kind, said), title_key(" ".join(said)), limit):
            return found
    return []


def _pool(kind: Kind, words: Sequence[str], key: str) -> Pool:
    """Carriers of the words, and records whose full name starts as typed."""
    pool = _words_pool(kind, words)
    if len(key) <= LONGEST_PREFIX and len(words) == 1:
        return pool
    column = "title_key" if kind == Kind.WORKS else "sort_key"
    named = _NAMED.format(table=SINGULAR[kind], key=column)
    return Pool(f"{named} union all ({pool.sql})", pool.values | {"key": key, "key_end": key + LAST})


def _words_pool(kind: Kind, words: Sequence[str]) -> Pool:
    if kind != Kind.WORKS or (len(words) == 1 and len(words[0]) <= LONGEST_PREFIX):
        return candidates.named(kind, words, typing=True, most=POOL)
    query = " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"])
    return candidates.works(words, query, column="title_search", typing=True, most=POOL)
