"""Slices that are kept: read by their question, saved by whoever computed them, marked when their content changed."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from bzpeer.kit import hot
from graph.edges import CORPUS_LOCK
from graph.models import GraphSlice
from graph.questions import FORMULA, Question, short_id

EVERYTHING = 20_000  # ids; a change of more marks every slice, which is cheaper than looking for each

_READ = "select version, payload, stale from graph_graphslice where root = %(root)s and params = %(params)s"

_SAVE = """
insert into graph_graphslice as kept (root, params, version, payload, members, stale, computed_at)
values (%(root)s, %(params)s, %(version)s, %(payload)s, %(members)s, false, now())
on conflict (root, params) do update set version = excluded.version, payload = excluded.payload,
    members = excluded.members, stale = false, computed_at = excluded.computed_at
"""

_MARK_ALL = "update graph_graphslice set stale = true where not stale"

_MARK = """
with place as (
    select 'T' || topic_id as root from publications_worktopic where work_id = any(%(works)s)
    union
    select 'I' || place.institution_id
    from publications_authorship mine join publications_authorshipinstitution place on place.authorship_id = mine.id
    where mine.work_id = any(%(works)s)
), touched as (
    select id from graph_graphslice where not stale and members && %(members)s::varchar[]
    union
    select id from graph_graphslice where not stale and root in (select root from place)
)
update graph_graphslice set stale = true
where id in (select kept.id from graph_graphslice kept join touched using (id) order by kept.id for update of kept)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer; a stale one only says where things stood."""

    version: str
    payload: bytes
    is_stale: bool


def read(question: Question) -> Kept | None:
    """What is kept of a question's answer: one look at one index."""
    found = hot.rows(_READ, {"root": question.root, "params": question.params})
    return next((Kept(version, bytes(payload), stale) for version, payload, stale in found), None)


def save(question: Question, *, version: str, payload: bytes, members: Sequence[str]) -> None:
    """Keep a slice; the last of several writers wins, and all of them computed the same."""
    row: dict[str, Any] = {
        "root": question.root,
        "params": question.params,
        "version": version,
        "payload": payload,
        "members": list(members),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, row)


def may_save() -> bool:
    """Whether the corpus stands still until this transaction ends.

    While an import holds the lock, what we read may be old news by the time it is saved: then a slice is only shown.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock_shared(%s)", [CORPUS_LOCK])
        return bool(cursor.fetchone()[0])


def mark_stale(*, author_ids: Iterable[int] = (), work_ids: Iterable[int] = ()) -> None:
    """Mark every slice that shows one of these, and those around the topics and institutions of the works.

    A slice shows its root, so the authors' and works' own slices and those of the neighbours that show them are
    found by one index. A neighbour's slice that does not show them has no room for them either.
    """
    authors, works = sorted(set(author_ids)), sorted(set(work_ids))
    with connection.cursor() as cursor:
        if len(authors) + len(works) > EVERYTHING:
            cursor.execute(_MARK_ALL)
            return
        members = [short_id("author", number) for number in authors] + [short_id("work", number) for number in works]
        cursor.execute(_MARK, {"works": works, "members": members})


def stale_questions(limit: int) -> list[Question]:
    """Questions whose answers are stale, the longest unanswered first; those of older formulas are forgotten."""
    GraphSlice.objects.exclude(params__startswith=f"v{FORMULA} ").delete()
    rows = GraphSlice.objects.filter(stale=True).order_by("computed_at", "pk").values_list("root", "params")[:limit]
    return [question for root, params in rows if (question := Question.of(root, params))]


def forget(question: Question) -> None:
    GraphSlice.objects.filter(root=question.root, params=question.params).delete()


def pack(body: bytes) -> bytes:
    """The same bytes for the same content: no time, no name."""
    return gzip.compress(body, compresslevel=6, mtime=0)
