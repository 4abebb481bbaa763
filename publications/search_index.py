"""Keeps the search tables in step with the corpus: by sets, for what an import touched, never row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from publications import names
from publications.models import Author, AuthorName, Institution, Source, Topic, Work
from publications.search_models import Kind
from publications.signals import corpus_changed

LONGEST_WORD: Final = 64
MOST_WORDS: Final = 64
LONGEST_PREFIX: Final = 4
KEPT_PER_PREFIX: Final = 40
CHUNK: Final = 2_000

Row = tuple[int, int, str]  # entity, weight, word
Named = Iterator[tuple[int, int, Iterable[str]]]  # entity, weight, names


def connect() -> None:
    """Listen to the corpus (called once, when the app is ready)."""
    corpus_changed.connect(_on_corpus_changed, dispatch_uid="publications.search_index")


def _on_corpus_changed(*, author_ids: Iterable[int] = (), work_ids: Iterable[int] = (), **_: Any) -> None:
    works = sorted(work_ids)
    refresh(Kind.AUTHORS, author_ids)
    refresh(Kind.WORKS, works)
    for chunk in _chunks(works):
        for kind, entities in _entities_of_works(chunk):
            refresh(kind, entities)


def refresh(kind: Kind, ids: Iterable[int]) -> None:
    """Write the search rows of these entities again; those hidden, merged away or gone lose theirs."""
    for chunk in _chunks(sorted(set(ids))):
        rows = [
            (entity, weight, word)
            for entity, weight, printed in _NAMED[kind](chunk)
            for word in words_of(printed)
        ]  # fmt: skip
        _write(kind, chunk, rows)


def rebuild() -> None:
    """Write every search row again, in chunks."""
    models = {Kind.AUTHORS: Author, Kind.WORKS: Work, Kind.TOPICS: Topic}
    models |= {Kind.INSTITUTIONS: Institution, Kind.SOURCES: Source}
    with connection.cursor() as cursor:
        cursor.execute("truncate publications_searchword, publications_searchentry, publications_searchprefix")
    for kind, model in models.items():
        ids = model._default_manager.order_by("pk").values_list("pk", flat=True)
        refresh(kind, ids.iterator(CHUNK))


def words_of(printed: Iterable[str]) -> list[str]:
    """The folded words of some names, each once."""
    words = dict.fromkeys(word[:LONGEST_WORD] for name in printed for word in names.key(name[:2000]).split())
    return list(words)[:MOST_WORDS]


# ---------------------------------------------------------------- what an entity is called


def _authors(ids: Sequence[int]) -> Named:
    printed: dict[int, list[str]] = {}
    for author, name in AuthorName.objects.filter(author__in=ids).values_list("author_id", "name"):
        printed.setdefault(author, []).append(name)
    shown = Author.objects.visible().filter(pk__in=ids).values_list("pk", "works_count", "display_name")
    for pk, weight, name in shown:
        yield pk, weight, [name, *printed.get(pk, [])]


def _works(ids: Sequence[int]) -> Named:
    shown = Work.objects.visible().filter(pk__in=ids).values_list("pk", "cited_by_count", "title")
    for pk, weight, title in shown:
        yield pk, weight, [title]


def _topics(ids: Sequence[int]) -> Named:
    for pk, weight, *printed in Topic.objects.filter(pk__in=ids).values_list("pk", "works_count", "name", "code"):
        yield pk, weight, printed


def _institutions(ids: Sequence[int]) -> Named:
    for pk, weight, name in Institution.objects.filter(pk__in=ids).values_list("pk", "works_count", "name"):
        yield pk, weight, [name]


def _sources(ids: Sequence[int]) -> Named:
    for pk, weight, name in Source.objects.filter(pk__in=ids).values_list("pk", "works_count", "name"):
        yield pk, weight, [name]


_NAMED: Final[dict[Kind, Callable[[Sequence[int]], Named]]] = {
    Kind.AUTHORS: _authors,
    Kind.WORKS: _works,
    Kind.TOPICS: _topics,
    Kind.INSTITUTIONS: _institutions,
    Kind.SOURCES: _sources,
}


def _entities_of_works(ids: Sequence[int]) -> Iterator[tuple[Kind, list[int]]]:
    """Topics, institutions and sources whose counts these works may have changed."""
    of_works = Q(work_topics__work__in=ids)
    yield Kind.TOPICS, list(Topic.objects.filter(of_works).values_list("pk", flat=True).distinct())
    placed = Q(authorship_institutions__authorship__work__in=ids)
    yield Kind.INSTITUTIONS, list(Institution.objects.filter(placed).values_list("pk", flat=True).distinct())
    yield Kind.SOURCES, list(Source.objects.filter(works__in=ids).values_list("pk", flat=True).distinct())


# ---------------------------------------------------------------- writing

_STAGE: Final = """
create temporary table if not exists search_stage (entity bigint, weight integer, word text collate "C") on commit drop;
truncate search_stage
"""
_DROP_ENTRIES: Final = """
delete from publications_searchentry e
where e.kind = %(kind)s and e.entity = any(%(ids)s)
  and not exists (select 1 from search_stage s where s.entity = e.entity and s.word = e.word)
"""
# A word gains an entry when an entity carries it for the first time
_WRITE_ENTRIES: Final = """
with written as (
  insert into publications_searchentry as e (kind, word, weight, entity)
  select %(kind)s, word, weight, entity from search_stage order by entity, word
  on conflict (kind, entity, word) do update set weight = excluded.weight where e.weight <> excluded.weight
  returning word, xmax = 0 as is_new
)
insert into publications_searchword as w (kind, word, entries, shortened)
select %(kind)s, word, count(*), array(
    select distinct left(word, i - 1) || substr(word, i + 1) from generate_series(1, length(word)) i
    where length(word) between 3 and 30
) from written where is_new group by word order by word
on conflict (kind, word) do update set entries = w.entries + excluded.entries
"""
_WRITE_WORDS: Final = """
insert into publications_searchword as w (kind, word, entries, shortened)
select %(kind)s, word, count(*), array(
    select distinct left(word, i - 1) || substr(word, i + 1) from generate_series(1, length(word)) i
    where length(word) between 3 and 30
) from search_stage group by word order by word
on conflict (kind, word) do update set entries = w.entries + excluded.entries
"""
_DROP_PREFIXES: Final = """
delete from publications_searchprefix p
where p.kind = %(kind)s and p.entity = any(%(ids)s) and not exists (
  select 1 from search_stage s
  where s.entity = p.entity and s.weight = p.weight and left(s.word, length(p.prefix)) = p.prefix)
"""
# Only what can be among the best of its prefix is written, then every prefix written to is cut again. The weight to
# beat is looked up once for each prefix, which "materialized" makes sure of.
_WRITE_PREFIXES: Final = """
with start as materialized (
  select word, left(word, n) as prefix
  from (select distinct word from search_stage) said cross join generate_series(1, %(longest)s) n
  where length(word) >= n
), bar as materialized (
  select prefix, (
    select p.weight from publications_searchprefix p where p.kind = %(kind)s and p.prefix = said.prefix
    order by p.weight desc, p.entity offset %(kept)s - 1 limit 1) as least
  from (select distinct prefix from start) said
), candidate as (
  select start.prefix, s.entity, max(s.weight) as weight
  from search_stage s join start using (word) join bar using (prefix)
  where bar.least is null or s.weight > bar.least group by 1, 2
), ranked as (
  select *, row_number() over (partition by prefix order by weight desc, entity) as place from candidate
)
insert into publications_searchprefix (kind, prefix, weight, entity)
select %(kind)s, prefix, weight, entity from ranked where place <= %(kept)s
on conflict (kind, entity, prefix) do nothing
returning prefix
"""
_CUT_PREFIXES: Final = """
delete from publications_searchprefix p using (
  select id, row_number() over (partition by prefix order by weight desc, entity) as place
  from publications_searchprefix where kind = %(kind)s and prefix = any(%(prefixes)s)) ranked
where p.id = ranked.id and ranked.place > %(kept)s
"""
# Two imports at once write the same words: one after the other, or they lock each other out
_LOCK: Final = "select pg_advisory_xact_lock(hashtext('publications.search_index'))"


def _write(kind: Kind, ids: Sequence[int], rows: Iterable[Row]) -> None:
    values: dict[str, Any] = {"kind": kind.value, "ids": list(ids), "kept": KEPT_PER_PREFIX, "longest": LONGEST_PREFIX}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_STAGE)
        with cursor.copy("copy search_stage (entity, weight, word) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        if kind == Kind.WORKS:
            cursor.execute(_WRITE_WORDS, values)
        else:
            cursor.execute(_DROP_ENTRIES, values)
            cursor.execute(_WRITE_ENTRIES, values)
        cursor.execute(_DROP_PREFIXES, values)
        cursor.execute(_WRITE_PREFIXES, values)
        cursor.execute(_CUT_PREFIXES, values | {"prefixes": sorted({prefix for (prefix,) in cursor.fetchall()})})


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]
