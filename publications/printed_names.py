"""How authors are named: every name they are printed under, and the one that is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection

from publications import names, sql


def shown(printed: Mapping[str, int]) -> str:
    """The name most works print, among those with a given name spelled out where there are any."""
    spelled = {n: c for n, c in printed.items() if not names.is_initials(n)} or printed
    return min(spelled, key=lambda n: (-spelled[n], -len(n), n))


def refresh(author_ids: Sequence[int]) -> None:
    """The display name of these authors, and every name they are printed under with its number of works."""
    printed: dict[int, dict[str, int]] = defaultdict(dict)
    for author, name, works in sql.rows(_PRINTED, list(author_ids)):
        printed[author][name] = works
    display = [(author, shown(counted)) for author, counted in printed.items()]
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, [[a for a, _ in display], [n for _, n in display], [names.key(n) for _, n in display]])
        for statement in (_GONE, _NAMES):
            cursor.execute(statement, {"ids": list(author_ids)})


_PRINTED = """select author_id, raw_name, count(*) from publications_authorship where author_id = any(%s)
    group by 1, 2 order by 1, 2"""
_SHOWN = """update publications_author a set display_name = n.name, sort_key = n.key
    from unnest(%s::bigint[], %s::text[], %s::text[]) as n(id, name, key)
    where a.id = n.id and a.display_name <> n.name"""
_GONE = """delete from publications_authorname n where author_id = any(%(ids)s) and not exists (
    select from publications_authorship s
    where s.author_id = n.author_id and (s.raw_name = n.name or n.name = any(s.variants)))"""
_NAMES = """insert into publications_authorname (author_id, name, works_count)
    select author_id, name, sum(works) from (
        select author_id, raw_name as name, 1 as works from publications_authorship where author_id = any(%(ids)s)
        union all
        select author_id, unnest(variants), 0 from publications_authorship
        where author_id = any(%(ids)s) and variants <> '{}') printed
    group by 1, 2 order by 1, 2
    on conflict (author_id, name) do update set works_count = excluded.works_count
        where publications_authorname.works_count <> excluded.works_count"""
