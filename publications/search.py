"""Search over authors, works, topics, institutions and sources: what is asked, what is found, in which order.

Costs are bounded whatever the size of the corpus: at most 1,000 matches are put in order of relevance, counts end
at 10,000, facets look at 5,000. `Found.rows` is every match, for lists that sort and page by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, Count, Exists, OuterRef, QuerySet
from django.db.models.expressions import Expression

from publications import candidates, lookup, spelling
from publications.clusters import title_key
from publications.hits import MODELS, Hit, hits
from publications.models import Work, WorkTopic
from publications.search_models import Kind, SearchEntry
from publications.suggestions import clean, suggest, suggest_mixed, words_of

__all__ = [
    "Facet", "Facets", "Found", "Hit", "Kind", "clean", "facets", "find", "hits", "record_of", "search_authors",
    "search_institutions", "search_sources", "search_topics", "search_works", "suggest", "suggest_mixed",
]  # fmt: skip

ORDERED: Final = 1_000
COUNTED: Final = 10_000
FACETED: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search.

    `best` holds the ids of the at most 1,000 most relevant matches in order; `count` every match, at most 10,000
    (then `count_is_exact` is false). `corrected` is the query answered instead where nothing matched the one typed.
    """

    kind: Kind
    query: str
    rows: QuerySet[Any]
    best: Sequence[int] = ()
    count: int = 0
    count_is_exact: bool = True
    corrected: str = ""

    def page(self, number: int, size: int, rows: QuerySet[Any] | None = None) -> list[Any]:
        """The records of one page of `best`, read through `rows` when given (for its prefetches)."""
        wanted = self.best[(number - 1) * size : number * size]
        source = MODELS[self.kind].objects.all() if rows is None else rows
        read = {record.pk: record for record in source.filter(pk__in=wanted)}
        return [read[pk] for pk in wanted if pk in read]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One value that matches have in common: `key` for the address, `label` and perhaps a `code` to show."""

    key: str
    label: str
    count: int
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    years: list[Facet] = field(default_factory=list)
    types: list[Facet] = field(default_factory=list)
    topics: list[Facet] = field(default_factory=list)
    complete: bool = True  # false when more matched than were looked at


def find(kind: Kind | str, q: str, **narrowed: Any) -> Found:
    """Search one kind of entity; `narrowed` as for search_works, where the kind is works."""
    kind = Kind(kind)
    named = lookup.record(kind, clean(q))
    if named is not None and lookup.is_shown(named) and not any(narrowed.values()):
        return Found(kind=kind, query=clean(q), rows=MODELS[kind].objects.filter(pk=named.pk), best=[named.pk], count=1)
    return search_works(q, **narrowed) if kind == Kind.WORKS else _search_named(kind, q)


def search_authors(q: str) -> Found:
    """Authors whose names hold every word; slips are corrected where nothing else is found."""
    return _search_named(Kind.AUTHORS, q)


def search_topics(q: str) -> Found:
    return _search_named(Kind.TOPICS, q)


def search_institutions(q: str) -> Found:
    return _search_named(Kind.INSTITUTIONS, q)


def search_sources(q: str) -> Found:
    return _search_named(Kind.SOURCES, q)


def record_of(q: str) -> Any | None:
    """The record that an id leads to (A12, a DOI, an arXiv id, an ORCID iD, …), if q is one and we hold it."""
    return lookup.any_record(clean(q))


# ---------------------------------------------------------------- authors, topics, institutions, sources


def _search_named(kind: Kind, q: str) -> Found:
    q = clean(q)
    words = words_of(q)
    if not words:
        return Found(kind=kind, query=q, rows=MODELS[kind].objects.none())
    found = _named(kind, q, words)
    if not found.best:
        for said in candidates.rewordings(kind, words, typing=True):
            reworded = _named(kind, q, said)
            if reworded.best:
                return replace(reworded, corrected=" ".join(said))
    return found


def _named(kind: Kind, q: str, words: Sequence[str]) -> Found:
    typing = len(words) > 1 or len(words[0]) > 2 or not words[0].isascii()
    rows = carrying(kind, words, typing=typing)
    pool = candidates.named(kind, words, typing=typing, most=ORDERED).ids()
    count = count_up_to(rows, COUNTED)
    best = _most_named(rows.filter(pk__in=pool), " ".join(words))
    if len(best) < min(count, ORDERED):
        more = rows.exclude(pk__in=best).order_by("-works_count", "pk")
        best += more.values_list("pk", flat=True)[: ORDERED - len(best)]
    return Found(kind=kind, query=q, rows=rows, best=best, count=count, count_is_exact=count < COUNTED)


def _most_named(rows: QuerySet[Any], key: str) -> list[int]:
    """The exact name first, then, for several words, names that start so, then the most works."""
    shown, starting = rows.values_list("pk", "sort_key", "works_count"), " " in key
    ranked = sorted(shown, key=lambda row: (row[1] != key, starting and not row[1].startswith(key), -row[2], row[0]))
    return [row[0] for row in ranked]


def carrying(kind: Kind, words: Sequence[str], *, typing: bool) -> QuerySet[Any]:
    """Every visible record whose names hold all words; while typing, the last may be the start of one."""
    rows: QuerySet[Any] = MODELS[kind].objects.visible() if kind == Kind.AUTHORS else MODELS[kind].objects.all()
    entries = SearchEntry.objects.filter(kind=kind, entity=OuterRef("pk"))
    for word in words[:-1] if typing else words:
        rows = rows.filter(Exists(entries.filter(word=word)))
    if typing:
        rows = rows.filter(Exists(entries.filter(word__gte=words[-1], word__lt=words[-1] + candidates.LAST)))
    return rows


def count_up_to(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are, without looking at more than `most`."""
    return rows.order_by().values("pk")[:most].count()


# ---------------------------------------------------------------- works

HALF: Final = ORDERED // 2
_QUERY: Final = "select websearch_to_tsquery('bzpeer', %s)::text, querytree(websearch_to_tsquery('bzpeer', %s))"
_RANKED: Final = """
select id from publications_work where id = any(%(found)s)
order by title_key = %(key)s desc, starts_with(title_key, %(key)s) desc,
  ts_rank('{0, 0, 0.3, 1}', search, %(query)s::tsquery, 1) * (1 + ln(1 + cited_by_count) / 5) desc,
  cited_by_count desc, id desc
"""


def search_works(q: str, *, year: int | None = None, type: str = "", topic: int | None = None) -> Found:
    """Works by title and abstract; "quoted phrases", -without and `or` are understood."""
    q = clean(q)
    found = _works(q, q, year=year, type=type, topic=topic)
    if not found.count and not any((year, type, topic)) and (said := _corrected(q)):
        reworded = _works(q, said)
        return replace(reworded, corrected=said) if reworded.count else found
    return found


def _works(q: str, asked: str, **narrowed: Any) -> Found:
    query = _parsed(asked)
    if not query:
        return Found(kind=Kind.WORKS, query=q, rows=Work.objects.none())
    rows = _narrowed(matching(query), **narrowed)
    count = count_up_to(rows, COUNTED)
    best = _best_works(query, asked, rows if any(narrowed.values()) else None) if count else []
    if len(best) < min(count, ORDERED):
        best += rows.exclude(pk__in=best).values_list("pk", flat=True)[: ORDERED - len(best)]
    return Found(kind=Kind.WORKS, query=q, rows=rows, best=best, count=count, count_is_exact=count < COUNTED)


def _parsed(q: str) -> str:
    """The query as PostgreSQL understands it; empty when it asks for nothing an index can find."""
    if not q:
        return ""
    [(query, tree)] = _ask(_QUERY, [q, q])
    return "" if tree in ("", "T") else str(query)


def matching(query: str) -> QuerySet[Any]:
    """Visible works whose title or abstract matches a text search query."""
    rows: QuerySet[Any] = Work.objects.visible().filter(Matches(query))
    return rows


class Matches(Expression):
    """A condition on works: the text search column, which the models do not know, matches a query."""

    def __init__(self, query: str) -> None:
        super().__init__(output_field=BooleanField())
        self.query, self.alias = query, ""

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Matches:
        resolved: Matches = self.copy()
        resolved.alias = query.get_initial_alias()
        return resolved

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Matches:
        clone: Matches = self.copy()
        clone.alias = change_map.get(self.alias, self.alias)
        return clone

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return f"{compiler.quote_name_unless_alias(self.alias)}.search @@ %s::tsquery", (self.query,)


def _narrowed(
    rows: QuerySet[Any], *, year: int | None = None, type: str = "", topic: int | None = None
) -> QuerySet[Any]:
    if year is not None:
        rows = rows.filter(publication_year=year)
    if type:
        rows = rows.filter(type=type)
    if topic is not None:
        rows = rows.filter(Exists(WorkTopic.objects.filter(work=OuterRef("pk"), topic=topic)))
    return rows


def _best_works(query: str, asked: str, rows: QuerySet[Any] | None) -> list[int]:
    """Title matches and the most cited matches, by relevance; only those among `rows`, if given."""
    if rows is not None:
        found = list(rows.order_by("-cited_by_count", "-pk").values_list("pk", flat=True)[:ORDERED])
    else:
        words = words_of(asked) or [""]
        columns = ("title_search", "search")
        pools = [candidates.works(words, query, column=column, typing=False, most=HALF) for column in columns]
        found = [pk for pool in pools for pk in pool.ids()]
    values = {"query": query, "found": found, "key": title_key(asked)}
    return [pk for (pk,) in _ask(_RANKED, values)]


def _corrected(q: str) -> str:
    """The same words with those that no title uses replaced by the likeliest that some do."""
    words = words_of(q)
    said = [
        word.alternatives[0] if word.alternatives and not word.is_known else word.typed
        for word in spelling.look_up(Kind.WORKS, words)
    ]
    return " ".join(said) if said != words else ""


# ---------------------------------------------------------------- facets


def facets(found: Found, *, most: int = 12) -> Facets:
    """What works found have in common, by the first 5,000 of them."""
    looked_at = found.rows.order_by().values("pk")[:FACETED]
    works = Work.objects.filter(pk__in=looked_at)
    years = works.filter(publication_year__isnull=False).values_list("publication_year").annotate(n=Count("pk"))
    types = works.values_list("type").annotate(n=Count("pk")).order_by("-n", "type")
    carried = WorkTopic.objects.filter(work__in=looked_at)
    topics = carried.values_list("topic_id", "topic__name", "topic__scheme", "topic__code").annotate(n=Count("pk"))
    return Facets(
        years=[Facet(key=str(year), label=str(year), count=n) for year, n in years.order_by("-publication_year")],
        types=[Facet(key=kind, label=str(Work.Type(kind).label), count=n) for kind, n in types],
        topics=[
            # two arXiv categories may share a name
            Facet(key=str(pk), label=name, code=code if scheme == "arxiv" else "", count=n)
            for pk, name, scheme, code, n in topics.order_by("-n", "topic_id")[:most]
        ],
        complete=found.count <= FACETED,
    )


def _ask(sql: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
