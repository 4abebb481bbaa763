"""Records as one-line hits: name, outside id, and a hint that tells namesakes apart, all in one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from bzpeer.kit import hot, ids
from publications.candidates import Pool
from publications.models import Author, Institution, Source, Topic, Work
from publications.search_models import Kind

MODELS: Final[dict[Kind, type[Any]]] = {
    Kind.AUTHORS: Author,
    Kind.WORKS: Work,
    Kind.TOPICS: Topic,
    Kind.INSTITUTIONS: Institution,
    Kind.SOURCES: Source,
}
SINGULAR: Final = {
    Kind.AUTHORS: "author",
    Kind.WORKS: "work",
    Kind.TOPICS: "topic",
    Kind.INSTITUTIONS: "institution",
    Kind.SOURCES: "source",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One suggestion. `id` is the short form (A12), `url` the page, `external_id` a full https address or None."""

    id: str
    display_name: str
    hint: str
    external_id: str | None
    entity_type: str
    works_count: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a kind of record is read: the row is `r` in every expression, `facts` are what `hint` is made of."""

    name: str = "name"
    key: str = "sort_key"
    weight: str = "works_count"
    shown: str = "true"
    outside: tuple[str, tuple[str, ...]] | None = None  # the table of ids, and its schemes from the best known on
    facts: tuple[str, ...] = ()
    hint: Callable[..., str]


def joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def years(first: int | None, last: int | None) -> str:
    """ "2019–2026", "2024", or nothing."""
    return "–".join(dict.fromkeys(str(year) for year in (first, last) if year))


def _author_hint(institution: str | None, topic: str | None, first: int | None, last: int | None) -> str:
    return joined(institution, topic, years(first, last))


def _work_hint(authors: list[str], authors_count: int, year: int | None) -> str:
    named = ", ".join(authors)
    byline = _("%(authors)s and others") % {"authors": named} if authors and authors_count > len(authors) else named
    return joined(byline, year)


def _topic_hint(scheme: str, code: str, field: str) -> str:
    """With arXiv's own code: several of its categories share a name."""
    return joined(code if scheme == "arxiv" else "", field)


SHAPES: Final = {
    Kind.AUTHORS: Shape(
        name="display_name",
        shown="not r.hidden and r.merged_into_id is null",
        outside=("authorid", ("orcid", "openalex", "acl")),
        facts=(
            """(select i.name from publications_authorinstitution p join publications_institution i
                on i.id = p.institution_id where p.author_id = r.id
                order by p.last_year desc nulls last, p.works_count desc, i.id limit 1)""",
            """(select t.name from publications_authortopic p join publications_topic t on t.id = p.topic_id
                where p.author_id = r.id order by p.works_count desc, p.topic_id limit 1)""",
            "r.first_year",
            "r.last_year",
        ),
        hint=_author_hint,
    ),
    Kind.WORKS: Shape(
        name="title",
        key="title_key",
        weight="cited_by_count",
        shown="r.merged_into_id is null",
        outside=("workid", ("doi", "arxiv", "acl", "openalex")),
        facts=(
            """array(select s.raw_name from publications_authorship s
                left join publications_author a on a.id = s.author_id
                where s.work_id = r.id and s.position <= 2 and not coalesce(a.hidden, false) order by s.position)""",
            "r.authors_count",
            "r.publication_year",
        ),
        hint=_work_hint,
    ),
    Kind.TOPICS: Shape(facts=("r.scheme", "r.code", "r.field_name"), hint=_topic_hint),
    Kind.INSTITUTIONS: Shape(
        outside=("institutionid", ("ror", "openalex")), facts=("r.country_code",), hint=lambda country: str(country)
    ),
    Kind.SOURCES: Shape(
        outside=("sourceid", ("issn", "openalex", "acl", "arxiv")),
        facts=("r.kind",),
        hint=lambda kind: str(Source.Kind(kind).label),
    ),
}
# Exact names first, then, for several words, names that start as typed, then the most works or citations; where slips
# were corrected, the names that are most like what was typed. For one word, a surname counts as much as a first name.
_RANKED: Final = """
with pool as materialized ({pool}), best as (
  select r.id, r.{weight} as weight, {likeness} as likeness, case
      when r.{key} = %(key)s then 0 when %(whole_name)s and starts_with(r.{key}, %(key)s) then 1 else 2 end as place
  from publications_{table} r where r.id in (select entity from pool) and {shown}
  order by place, likeness desc, weight desc, r.id limit %(limit)s)
select r.id, r.{name}, {works}, {outside}, {facts}
from best join publications_{table} r on r.id = best.id order by best.place, best.likeness desc, best.weight desc, r.id
"""
_LISTED: Final = """
select r.id, r.{name}, {works}, {outside}, {facts}
from unnest(%(wanted)s::bigint[]) with ordinality wanted (id, place) join publications_{table} r on r.id = wanted.id
where {shown} order by wanted.place
"""
_OUTSIDE: Final = """(select x.scheme || ' ' || x.value from publications_{table} x
  where x.{owner}_id = r.id and x.scheme = any(array[{schemes}])
  order by array_position(array[{schemes}], x.scheme::text), x.value like '10.48550/%%', x.value limit 1)"""


def ranked(
    kind: Kind, pool: Pool, key: str, limit: int, *, whole_name: bool = True, by_likeness: bool = False
) -> list[Hit]:
    """The best of a pool for a folded name; `whole_name` when more than one word of it was typed."""
    likeness = f"similarity(r.{SHAPES[kind].key}, %(key)s)" if by_likeness else "0"
    sql = _STATEMENTS[kind, _RANKED].replace("{pool}", pool.sql).replace("{likeness}", likeness)
    return [
        _hit(kind, *row) for row in hot.rows(sql, pool.values | {"key": key, "limit": limit, "whole_name": whole_name})
    ]


def hits(kind: Kind, records: Sequence[Any]) -> list[Hit]:
    """Records as hits, in their order."""
    wanted = [record.pk for record in records]
    return [_hit(kind, *row) for row in hot.rows(_STATEMENTS[kind, _LISTED], {"wanted": wanted})] if wanted else []


def external_ids(kind: Kind, numbers: Iterable[int]) -> dict[int, str]:
    """The addresses of what other systems call these, by number; what nobody else knows is left out."""
    wanted = list(numbers)
    rows = hot.rows(_STATEMENTS[kind, _LISTED], {"wanted": wanted}) if wanted else []
    return {pk: ids.url(*outside.split(" ", 1)) for pk, _name, _works, outside, *_facts in rows if outside}


def _statement(kind: Kind, template: str) -> str:
    shape = SHAPES[kind]
    outside = "null::text"
    if shape.outside:
        table, schemes = shape.outside
        quoted = ", ".join(f"'{scheme}'" for scheme in schemes)
        outside = _OUTSIDE.format(table=table, owner=SINGULAR[kind], schemes=quoted)
    return template.format(
        pool="{pool}",
        likeness="{likeness}",
        table=SINGULAR[kind],
        name=shape.name,
        key=shape.key,
        weight=shape.weight,
        shown=shape.shown,
        works="1" if kind == Kind.WORKS else "r.works_count",
        outside=outside,
        facts=", ".join(shape.facts),
    )


_STATEMENTS: Final = {(kind, template): _statement(kind, template) for kind in Kind for template in (_RANKED, _LISTED)}


def _hit(kind: Kind, pk: int, name: str, works: int, outside: str | None, *facts: Any) -> Hit:
    record = MODELS[kind](**{"pk": pk, SHAPES[kind].name: name})
    return Hit(
        id=record.short_id,
        display_name=name,
        hint=SHAPES[kind].hint(*facts),
        external_id=ids.url(*outside.split(" ", 1)) if outside else None,
        entity_type=SINGULAR[kind],
        works_count=works,
        url=record.get_absolute_url(),
    )
