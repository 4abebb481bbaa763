"""Set-based writing of a batch: rows go by COPY into temporary tables, then by one upsert each into the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

_TABLES = {
    "stage_work": """id bigint, title text, title_html text, title_key text, abstract text, abstract_html text,
        type text, publication_year smallint, publication_date date, updated_date date, language text,
        source_id bigint, is_retracted boolean, open_access_url text, collaborations text[], authors_count int,
        stated_cited_by_count int""",
    "stage_record": """work_id bigint, provider text, provider_id text, published_via text, content_hash bytea,
        match_key text, data jsonb""",
    "stage_workid": "work_id bigint, scheme text, value text",
    "stage_authorship": """work_id bigint, position int, raw_name text, name_key text, block text, ids jsonb,
        variants text[], affiliations text[]""",
    "stage_institution": "work_id bigint, position int, institution_id bigint",
    "stage_topic": "work_id bigint, topic_id bigint, position smallint",
    "stage_citation": "work_id bigint, scheme text, value text",
    "stage_absorbed": "old_id bigint, new_id bigint",
}


def prepare() -> None:
    """Make or empty the temporary tables of this connection."""
    with connection.cursor() as cursor:
        for table, columns in _TABLES.items():
            cursor.execute(f"create temporary table if not exists {table} ({columns}) on commit delete rows")
        cursor.execute(f"truncate {', '.join(_TABLES)}")


def copy(table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Fill a temporary table; the values are in the order of its columns."""
    with connection.cursor() as cursor, cursor.cursor.copy(f"copy {table} from stdin") as stream:
        for row in rows:
            stream.write_row(row)


def write() -> None:
    """Turn what is staged into rows of the corpus: in sorted order, so that writers never deadlock."""
    with connection.cursor() as cursor:
        for statement in (*_ABSORB, _SOURCES, _WORKS, _RECORDS, *_IDS, *_AUTHORSHIPS, *_TOPICS, *_CITATIONS):
            cursor.execute(statement)


_ABSORB = (
    """create temporary table stage_former on commit drop as
        select coalesce(m.new_id, a.work_id) as work_id, a.name_key, a.author_id, a.reason, a.ids,
            a.block, a.position, m.old_id is null as stood_here, count(*) over (partition by a.work_id) as authors,
            row_number() over (partition by coalesce(m.new_id, a.work_id), a.name_key
                               order by m.new_id is not null, a.position) as nth
        from publications_authorship a left join stage_absorbed m on m.old_id = a.work_id
        where a.author_id is not null
            and a.work_id in (select id from stage_work union select old_id from stage_absorbed)""",
    "update publications_record r set work_id = m.new_id from stage_absorbed m where r.work_id = m.old_id",
    "update publications_citation c set cited_id = m.new_id from stage_absorbed m where c.cited_id = m.old_id",
    "delete from publications_workid where work_id in (select old_id from stage_absorbed)",
    """update publications_work w set merged_into_id = m.new_id, updated_at = statement_timestamp()
        from stage_absorbed m where m.old_id in (w.id, w.merged_into_id)""",
)
# What a work no longer names is marked as changed, so that publications.counts counts it afresh.
_SOURCES = """update publications_source set updated_at = statement_timestamp() where id in (
        select w.source_id from publications_work w join stage_work s using (id)
        where w.source_id is distinct from s.source_id
        union select w.source_id from publications_work w join stage_absorbed m on m.old_id = w.id)"""
_WORKS = """insert into publications_work (id, title, title_html, title_key, abstract, abstract_html, type,
        publication_year, publication_date, updated_date, language, source_id, is_retracted, open_access_url,
        collaborations, authors_count, stated_cited_by_count, cited_by_count, updated_at)
    select id, title, title_html, title_key, abstract, abstract_html, type, publication_year, publication_date,
        updated_date, language, source_id, is_retracted, open_access_url, collaborations, authors_count,
        stated_cited_by_count, stated_cited_by_count, statement_timestamp()
    from stage_work order by id
    on conflict (id) do update set title = excluded.title, title_html = excluded.title_html,
        title_key = excluded.title_key, abstract = excluded.abstract, abstract_html = excluded.abstract_html,
        type = excluded.type, publication_year = excluded.publication_year,
        publication_date = excluded.publication_date, updated_date = excluded.updated_date,
        language = excluded.language, source_id = excluded.source_id, is_retracted = excluded.is_retracted,
        open_access_url = excluded.open_access_url, collaborations = excluded.collaborations,
        authors_count = excluded.authors_count, stated_cited_by_count = excluded.stated_cited_by_count,
        cited_by_count = greatest(excluded.stated_cited_by_count, publications_work.cited_by_count),
        updated_at = statement_timestamp()"""
_RECORDS = """insert into publications_record
        (work_id, provider, provider_id, published_via, content_hash, match_key, data)
    select work_id, provider, provider_id, published_via, content_hash, match_key, data from stage_record
    order by provider, provider_id
    on conflict (provider, provider_id) do update set work_id = excluded.work_id,
        published_via = excluded.published_via, content_hash = excluded.content_hash,
        match_key = excluded.match_key, data = excluded.data, seen_at = statement_timestamp()"""
_IDS = (
    """with dropped as (delete from publications_workid i
            where work_id in (select id from stage_work) and not exists (
                select from stage_workid s where (s.work_id, s.scheme, s.value) = (i.work_id, i.scheme, i.value))
            returning work_id, scheme, value)
        update publications_citation c set cited_id = null from dropped d
        where (c.cited_id, c.scheme, c.value) = (d.work_id, d.scheme, d.value)""",
    """insert into publications_workid (work_id, scheme, value)
        select work_id, scheme, value from stage_workid order by scheme, value, work_id
        on conflict (scheme, value) do nothing""",
)
_AUTHORSHIPS = (
    """with dropped as (delete from publications_authorshipinstitution where authorship_id in (
            select id from publications_authorship
            where work_id in (select id from stage_work union select old_id from stage_absorbed))
            returning institution_id)
        update publications_institution set updated_at = statement_timestamp()
        where id in (select institution_id from dropped)""",
    """delete from publications_authorship
        where work_id in (select id from stage_work union select old_id from stage_absorbed)""",
    # An author keeps the place of the same name in the same work, and one place of it: works that became one may have
    # known one person under two names. The reason is kept only if neither ids nor names of the work changed.
    """insert into publications_authorship (work_id, position, raw_name, name_key, block, ids, variants,
            affiliations, author_id, reason)
        select work_id, position, raw_name, name_key, block, ids, variants, affiliations,
            case when again = 1 then author_id end,
            case when again = 1 and former_ids = ids and same_names then reason else '' end
        from (select s.*, f.author_id, f.reason, f.ids as former_ids, u.same_names,
                row_number() over (partition by s.work_id, f.author_id order by s.position) as again
              from (select *, row_number() over (partition by work_id, name_key order by position) as nth
                    from stage_authorship) s
              left join stage_former f using (work_id, name_key, nth)
              left join (select work_id, true as same_names
                  from (select work_id, array_agg(name_key order by name_key) as names
                        from stage_authorship group by 1) new
                  join (select work_id, array_agg(name_key order by name_key) as names
                        from stage_former where stood_here group by 1) old using (work_id, names)) u using (work_id)
              ) placed
        order by work_id, position""",
    # Who would be left without any work goes on under the name that now stands in their place: a slip corrected, or
    # another spelling of the whole list.
    """update publications_authorship a set author_id = f.author_id from stage_former f
        join stage_work w on w.id = f.work_id
        where a.author_id is null and f.stood_here and (a.work_id, a.position) = (f.work_id, f.position)
            and (a.block = f.block or w.authors_count = f.authors)
            and not exists (select from publications_authorship o where o.author_id = f.author_id)""",
    # Whoever stands here no longer was evidence for what else they have.
    """with gone as materialized (
            select author_id as id from stage_former
            except select author_id from publications_authorship where work_id in (select id from stage_work)),
        due as (update publications_authorship set reason = '' where author_id in (select id from gone))
        update publications_author set updated_at = statement_timestamp() where id in (select id from gone)""",
    """insert into publications_authorshipinstitution (authorship_id, institution_id)
        select distinct a.id, s.institution_id from stage_institution s
        join publications_authorship a using (work_id, position) order by 1, 2""",
    "drop table stage_former",
)
_TOPICS = (
    """with dropped as (delete from publications_worktopic
            where work_id in (select id from stage_work union select old_id from stage_absorbed) returning topic_id)
        update publications_topic set updated_at = statement_timestamp() where id in (select topic_id from dropped)""",
    """insert into publications_worktopic (work_id, topic_id, position)
        select work_id, topic_id, position from stage_topic order by work_id, topic_id
        on conflict (work_id, topic_id) do nothing""",
)
_CITATIONS = (
    """with dropped as (delete from publications_citation c
            where citing_id in (select id from stage_work union select old_id from stage_absorbed) and not exists (
                select from stage_citation s where (s.work_id, s.scheme, s.value) = (c.citing_id, c.scheme, c.value))
            returning cited_id)
        update publications_work set updated_at = statement_timestamp() where id in (select cited_id from dropped)""",
    """insert into publications_citation (citing_id, cited_id, scheme, value)
        select s.work_id, i.work_id, s.scheme, s.value from stage_citation s
        left join publications_workid i using (scheme, value) order by s.work_id, s.scheme, s.value
        on conflict (citing_id, scheme, value) do nothing""",
    """update publications_citation c set cited_id = i.work_id
        from stage_workid s join publications_workid i using (scheme, value)
        where c.cited_id is null and (c.scheme, c.value) = (i.scheme, i.value)""",
)
