"""Identity resolution on the tables: gives every authorship its author, block by block, and keeps authors' ids."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from publications import identity, names, printed_names, sql
from publications.identity import CoauthorNames, Person, Signature
from publications.models import AuthorId, Authorship

CHUNK = 20_000  # signatures in one transaction, unless one group of blocks is larger
MOST_AUTHORS = 100  # co-authors of a larger work are no evidence
_LOCK = 7_202  # advisory lock of whoever assigns authors

Report = Callable[[int, int], None]  # signatures resolved, signatures due


@dataclass(frozen=True, slots=True)
class _Row:
    signature: Signature
    raw_name: str
    author: int | None  # who stands there now
    reason: str


def resolve_due(report: Report = lambda done, due: None) -> int:
    """Resolve every block that holds a signature without a reason; returns how many signatures were looked at."""
    done = 0
    sql.analyse(Authorship, AuthorId)
    blocks = _due_blocks()
    due = sum(size for _, size in blocks)
    for chunk in _chunks(_groups(blocks)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
            _resolve_blocks(chunk)
        done += sum(size for _, size in chunk)
        report(done, due)
    return done


Block = tuple[str, int]  # a block and how many signatures it holds


def _due_blocks() -> list[Block]:
    """Blocks with work to do, and those that a provider's id or an author of what is due ties to them."""
    due = _blocks(
        """select block from publications_authorship where reason = '' union
        select block from publications_authorship where author_id in (
            select author_id from publications_authorship where reason = '')"""
    )
    held = sql.rows(
        """select distinct k.key, k.value from publications_authorship a cross join jsonb_each_text(a.ids) k
        where a.block = any(%s) and a.ids <> '{}'""",
        due,
    )
    tied = _blocks(
        """select distinct a.block from publications_authorship a where a.author_id = any(array(
            select i.author_id from publications_authorid i
            join unnest(%s::text[], %s::text[]) as k(s, v) on (i.scheme, i.value) = (k.s, k.v)))""",
        [scheme for scheme, _ in held],
        [value for _, value in held],
    )
    return sql.rows(
        "select block, count(*) from publications_authorship where block = any(%s) group by block order by block",
        sorted({*due, *tied}),
    )


def _blocks(statement: str, *params: object) -> list[str]:
    return [block for (block,) in sql.rows(statement, *params)]


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks that share a provider's id or an author belong together: one person under two names."""
    sizes = dict(blocks)
    leader = {block: block for block in sizes}

    def find(block: str) -> str:
        while leader[block] != block:
            leader[block] = leader[leader[block]]
            block = leader[block]
        return block

    for tied in (*_blocks_tied_by_an_id(), *_blocks_tied_by_an_author(sizes)):
        known = sorted(find(b) for b in tied if b in leader)
        for block in known[1:]:
            leader[block] = known[0]
    groups: dict[str, list[Block]] = defaultdict(list)
    for block in sorted(sizes):
        groups[find(block)].append((block, sizes[block]))
    return iter(groups.values())


def _blocks_tied_by_an_id() -> list[list[str]]:
    found = sql.rows(
        """select array_agg(distinct a.block) from publications_authorship a cross join jsonb_each_text(a.ids) k
        where a.ids <> '{}' group by k.key, k.value having count(distinct a.block) > 1 order by 1"""
    )
    return [blocks for (blocks,) in found]


def _blocks_tied_by_an_author(blocks: Iterable[str]) -> list[list[str]]:
    found = sql.rows(
        """select array_agg(distinct block) from publications_authorship
        where block = any(%s) and author_id is not null group by author_id having count(distinct block) > 1
        order by 1""",
        sorted(blocks),
    )
    return [tied for (tied,) in found]


def _chunks(groups: Iterable[list[Block]]) -> Iterator[list[Block]]:
    chunk: list[Block] = []
    size = 0
    for group in groups:
        more = sum(count for _, count in group)
        if chunk and size + more > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk += group
        size += more
    if chunk:
        yield chunk


def _resolve_blocks(blocks: Sequence[Block]) -> None:
    rows = _load([block for block, _ in blocks])
    signatures = [row.signature for row in rows]
    coauthors = _coauthors(sorted(identity.needs_coauthors(signatures)))
    persons = identity.resolve(signatures, coauthors)
    by_number = {row.signature.number: row for row in rows}
    _assign(persons, by_number)


def _load(blocks: Sequence[str]) -> list[_Row]:
    rows = sql.rows(
        """select a.id, a.work_id, min_record.key, a.position, a.raw_name, a.name_key, a.block, a.ids, a.author_id,
            a.reason
        from publications_authorship a
        join lateral (select min(provider || ':' || provider_id) as key from publications_record r
                      where r.work_id = a.work_id) min_record on true
        where a.block = any(%s)""",
        list(blocks),
    )
    return [
        _Row(
            Signature(
                number, work, (key, position), name_key, block, names.is_initials(raw),
                tuple(sorted(json.loads(ids).items())),
            ),
            raw, author, reason,
        )
        for number, work, key, position, raw, name_key, block, ids, author, reason in rows
    ]  # fmt: skip


def _coauthors(works: Sequence[int]) -> dict[int, CoauthorNames]:
    by_work: dict[int, list[tuple[str, str, bool]]] = defaultdict(list)
    for work, raw, key, block in sql.rows(
        """select a.work_id, a.raw_name, a.name_key, a.block from publications_authorship a
        join publications_work w on w.id = a.work_id
        where a.work_id = any(%s) and w.authors_count <= %s""",
        list(works),
        MOST_AUTHORS,
    ):
        by_work[work].append((key, block, names.is_initials(raw)))
    return {
        work: CoauthorNames(
            frozenset(key for key, _, _ in people),
            frozenset(block for _, block, _ in people),
            frozenset(block for _, block, initials in people if initials),
        )
        for work, people in by_work.items()
    }


def _assign(persons: Sequence[Person], rows: dict[int, _Row]) -> None:
    """Give every person an author: the one most of their signatures had, else a new one."""
    keeper = _keepers(persons, rows)
    new = [p for p in persons if id(p) not in keeper]
    made = _make_authors([printed_names.shown(Counter(rows[s.number].raw_name for s in p.signatures)) for p in new])
    keeper.update(zip(map(id, new), made, strict=True))
    _keep_hidden(
        {(a, keeper[id(p)]) for p in persons for s in p.signatures if (a := rows[s.number].author) is not None}
    )
    changes = [
        (s.number, keeper[id(p)], p.reasons[s.number])
        for p in persons
        for s in p.signatures
        if (rows[s.number].author, rows[s.number].reason) != (keeper[id(p)], p.reasons[s.number])
    ]
    changed = {author for _, author, _ in changes} | {a for n, _, _ in changes if (a := rows[n].author) is not None}
    _mark_changed(changed.difference(made))
    _write_authorships(changes, [n for n, author, _ in changes if rows[n].author not in (None, author)])
    touched = {keeper[id(p)]: p for p in persons}
    _write_ids(touched, sorted({row.signature.block for row in rows.values()}))
    _retire(persons, rows, keeper)


def _keepers(persons: Sequence[Person], rows: dict[int, _Row]) -> dict[int, int]:
    """Which existing author goes on as which person: the pair with most signatures first; each is used once."""
    votes = [
        (-count, author, index)
        for index, person in enumerate(persons)
        for author, count in Counter(rows[s.number].author for s in person.signatures).items()
        if author is not None
    ]
    keeper: dict[int, int] = {}
    taken: set[int] = set()
    for _, author, index in sorted(votes):
        if author not in taken and id(persons[index]) not in keeper:
            keeper[id(persons[index])] = author
            taken.add(author)
    return keeper


def _make_authors(display_names: Sequence[str]) -> list[int]:
    return sql.numbers(
        """insert into publications_author (display_name, sort_key, has_provider_id, hidden, works_count,
            cited_by_count, topics_count)
        select name, key, false, false, 0, 0, 0 from unnest(%s::text[], %s::text[]) with ordinality as n(name, key, i)
        order by i returning id""",
        list(display_names),
        [names.key(n) for n in display_names],
    )


def _keep_hidden(moves: Iterable[tuple[int, int]]) -> None:
    """Whoever takes over a work of a hidden person is hidden too: new evidence must not show what was removed."""
    ordered = sorted((old, new) for old, new in moves if old != new)
    with connection.cursor() as cursor:
        cursor.execute(
            """update publications_author set hidden = true where not hidden and id in (
                select m.new from unnest(%s::bigint[], %s::bigint[]) as m(old, new)
                join publications_author a on a.id = m.old where a.hidden)""",
            [[old for old, _ in ordered], [new for _, new in ordered]],
        )


def _mark_changed(authors: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update publications_author set updated_at = statement_timestamp() where id = any(%s)", [sorted(authors)]
        )


def _write_authorships(changes: Sequence[tuple[int, int, str]], moved: Sequence[int]) -> None:
    """Set authors and reasons; those that move are taken out first, because two may change places in one work."""
    numbers, authors, reasons = ([c[i] for c in changes] for i in range(3))
    with connection.cursor() as cursor:
        if moved:
            cursor.execute("update publications_authorship set author_id = null where id = any(%s)", [list(moved)])
        cursor.execute(
            """update publications_authorship a set author_id = c.author, reason = c.reason
            from unnest(%s::bigint[], %s::bigint[], %s::text[]) as c(id, author, reason) where a.id = c.id""",
            [numbers, authors, reasons],
        )


def _write_ids(people: dict[int, Person], blocks: Sequence[str]) -> None:
    """The authors' provider ids, and whether they have any; those they have in other blocks stay."""
    pairs = [(author, s, v) for author, p in people.items() for s, v in sorted(p.ids)]
    columns = [[p[i] for p in pairs] for i in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            """delete from publications_authorid i where author_id = any(%s) and not exists (
                select from unnest(%s::bigint[], %s::text[], %s::text[]) as n(a, s, v)
                where (n.a, n.s, n.v) = (i.author_id, i.scheme, i.value))
            and not exists (select from publications_authorship s where s.author_id = i.author_id
                and s.block <> all(%s) and s.ids ->> i.scheme = i.value)""",
            [list(people), *columns, list(blocks)],
        )
        cursor.execute(
            """insert into publications_authorid (author_id, scheme, value)
            select * from unnest(%s::bigint[], %s::text[], %s::text[]) order by 2, 3
            on conflict (scheme, value) do update set author_id = excluded.author_id""",
            columns,
        )
        cursor.execute(
            """update publications_author a set has_provider_id = n.has
            from (select id, exists (select from publications_authorid i where i.author_id = t.id) as has
                  from unnest(%s::bigint[]) as t(id)) n where a.id = n.id and has_provider_id <> n.has""",
            [list(people)],
        )


def _retire(persons: Sequence[Person], rows: dict[int, _Row], keeper: dict[int, int]) -> None:
    """An author whose signatures all went to others leads to who got most of them: old addresses stay alive."""
    heirs: dict[int, Counter[int]] = defaultdict(Counter)
    for person in persons:
        for s in person.signatures:
            if (before := rows[s.number].author) is not None:
                heirs[before][keeper[id(person)]] += 1
    kept = set(keeper.values())
    gone = {a: min(c, key=lambda h: (-c[h], h)) for a, c in heirs.items() if a not in kept}
    with connection.cursor() as cursor:
        cursor.execute(
            """update publications_author a set merged_into_id = g.heir, updated_at = statement_timestamp()
            from unnest(%s::bigint[], %s::bigint[]) as g(id, heir)
            where g.id in (a.id, a.merged_into_id)
                and not exists (select from publications_authorship s where s.author_id = g.id)""",
            [list(gone), list(gone.values())],
        )
        cursor.execute(
            "update publications_author set merged_into_id = null where id = any(%s) and merged_into_id is not null",
            [list(kept)],
        )
