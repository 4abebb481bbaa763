"""Figures that pages read at once, rebuilt by sets for whatever an import touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection, transaction

from publications import printed_names, sql
from publications.models import Author, Authorship, Citation, Work, WorkTopic
from publications.signals import corpus_changed

CHUNK = 5_000  # authors or works in one transaction

Report = Callable[[int, int], None]  # authors and works done, and due


def refresh(since: datetime, *, cause: str = "import", report: Report = lambda done, due: None) -> int:
    """Rebuild the counts of all that changed since then and tell the layers above; returns the authors touched.

    Authors and works are announced in transactions of their own, each once.
    """
    sql.analyse(Author, Authorship, Citation, Work, WorkTopic)
    _count_citations(since)
    authors, works = _touched_authors(since), _touched_works(since)
    due = len(authors) + len(works)
    for start in range(0, len(authors), CHUNK):
        chunk = authors[start : start + CHUNK]
        with transaction.atomic():
            refresh_authors(chunk)
            corpus_changed.send(sender=None, author_ids=chunk, work_ids=[], cause=cause)
        report(start + len(chunk), due)
    with transaction.atomic():
        _count_entities(since)
    for start in range(0, len(works), CHUNK):
        chunk = works[start : start + CHUNK]
        with transaction.atomic():
            corpus_changed.send(sender=None, author_ids=[], work_ids=chunk, cause=cause)
        report(len(authors) + start + len(chunk), due)
    return len(authors)


def refresh_authors(author_ids: Sequence[int]) -> None:
    """Names, counts, topics and institutions of these authors."""
    printed_names.refresh(author_ids)
    with connection.cursor() as cursor:
        for statement in (_AUTHOR_TOPICS, _AUTHOR_INSTITUTIONS, _AUTHORS):
            cursor.execute(statement, {"ids": list(author_ids)})


_AUTHORS = """update publications_author a set works_count = coalesce(n.works, 0),
        cited_by_count = coalesce(n.cited, 0), first_year = n.first, last_year = n.last,
        topics_count = (select count(*) from publications_authortopic t where t.author_id = a.id)
    from unnest(%(ids)s::bigint[]) as touched(id)
    left join (select s.author_id, count(*) as works, sum(w.cited_by_count) as cited,
            min(w.publication_year) as first, max(w.publication_year) as last
        from publications_authorship s join publications_work w on w.id = s.work_id
        where s.author_id = any(%(ids)s) group by 1) n on n.author_id = touched.id
    where a.id = touched.id"""
_AUTHOR_TOPICS = """with dropped as (delete from publications_authortopic
    where author_id = any(%(ids)s) and not exists (
        select from publications_authorship s join publications_worktopic t on t.work_id = s.work_id
        where s.author_id = publications_authortopic.author_id and t.topic_id = publications_authortopic.topic_id))
    insert into publications_authortopic (author_id, topic_id, works_count)
    select s.author_id, t.topic_id, count(*) from publications_authorship s
    join publications_worktopic t on t.work_id = s.work_id
    where s.author_id = any(%(ids)s) group by 1, 2 order by 1, 2
    on conflict (author_id, topic_id) do update set works_count = excluded.works_count"""
_AUTHOR_INSTITUTIONS = """with dropped as (delete from publications_authorinstitution d
        where author_id = any(%(ids)s) and not exists (
            select from publications_authorship s
            join publications_authorshipinstitution i on i.authorship_id = s.id
            where s.author_id = d.author_id and i.institution_id = d.institution_id))
    insert into publications_authorinstitution (author_id, institution_id, works_count, first_year, last_year)
    select s.author_id, i.institution_id, count(distinct s.work_id), min(w.publication_year), max(w.publication_year)
    from publications_authorship s join publications_authorshipinstitution i on i.authorship_id = s.id
    join publications_work w on w.id = s.work_id
    where s.author_id = any(%(ids)s) group by 1, 2 order by 1, 2
    on conflict (author_id, institution_id) do update set works_count = excluded.works_count,
        first_year = excluded.first_year, last_year = excluded.last_year"""


def _touched_authors(since: datetime) -> list[int]:
    """Authors whose authorships changed, or who stand on a work that did."""
    return sql.numbers(
        """select id from publications_author where updated_at >= %s
        union select s.author_id from publications_work w join publications_authorship s on s.work_id = w.id
        where w.updated_at >= %s and s.author_id is not null order by 1""",
        since,
        since,
    )


def _touched_works(since: datetime) -> list[int]:
    return sql.numbers("select id from publications_work where updated_at >= %s order by 1", since)


def _count_citations(since: datetime) -> None:
    """Works cited by what changed: the greater of what is stated and what is counted here."""
    with connection.cursor() as cursor:
        cursor.execute(
            """with cited as (
                select c.cited_id as id from publications_work w join publications_citation c on c.citing_id = w.id
                where w.updated_at >= %(since)s and c.cited_id is not null
                union select id from publications_work where updated_at >= %(since)s)
            update publications_work w set cited_by_count = n.counted, updated_at = statement_timestamp()
            from (select id, greatest(stated_cited_by_count, (select count(distinct citing_id)
                    from publications_citation c where c.cited_id = p.id)) as counted
                  from publications_work p where id in (select id from cited)) n
            where n.id = w.id and w.cited_by_count <> n.counted""",
            {"since": since},
        )


def _count_entities(since: datetime) -> None:
    """Works and authors of the topics, sources and institutions that changed works and authors have, or had."""
    with connection.cursor() as cursor:
        for statement in (_TOPICS, _SOURCES, _INSTITUTIONS):
            cursor.execute(statement, {"since": since})


_TOPICS = """update publications_topic t set works_count = n.works, authors_count = n.authors,
        updated_at = statement_timestamp()
    from (select p.id, (select count(*) from publications_worktopic x where x.topic_id = p.id) as works,
            (select count(*) from publications_authortopic y where y.topic_id = p.id) as authors
        from publications_topic p where updated_at >= %(since)s or id in (
            select x.topic_id from publications_worktopic x
            join publications_work w on w.id = x.work_id where w.updated_at >= %(since)s
            union select y.topic_id from publications_authortopic y
            join publications_author a on a.id = y.author_id where a.updated_at >= %(since)s)) n
    where n.id = t.id"""
_SOURCES = """update publications_source s set works_count = n.works, updated_at = statement_timestamp()
    from (select p.id, (select count(*) from publications_work w
            where w.source_id = p.id and w.merged_into_id is null) as works
        from publications_source p where updated_at >= %(since)s or id in (
            select source_id from publications_work where updated_at >= %(since)s)) n
    where n.id = s.id"""
_INSTITUTIONS = """update publications_institution i set works_count = n.works, authors_count = n.authors,
        updated_at = statement_timestamp()
    from (select p.id, count(distinct s.work_id) as works, count(distinct s.author_id) as authors
        from publications_institution p
        left join publications_authorshipinstitution x on x.institution_id = p.id
        left join publications_authorship s on s.id = x.authorship_id
        where p.updated_at >= %(since)s or p.id in (
            select y.institution_id from publications_authorshipinstitution y
            join publications_authorship z on z.id = y.authorship_id
            join publications_work w on w.id = z.work_id where w.updated_at >= %(since)s
            union select y.institution_id from publications_authorinstitution y
            join publications_author a on a.id = y.author_id where a.updated_at >= %(since)s) group by 1) n
    where n.id = i.id"""
