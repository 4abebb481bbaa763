"""One batch of records into the corpus, in one transaction: match, compose, stage, write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from publications import clusters, matching, names, sql, staging, tex
from publications.records import WorkRecord
from publications.references import EntityCache

_LOCK = 7_201  # advisory lock of whoever writes works: two imports take turns by batch


@dataclass(slots=True)
class Counts:
    """Records of a batch or a run by what became of them."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0

    def add(self, other: Counts) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class _Cluster:
    work_id: int
    records: list[WorkRecord]  # every record of the work, those of this batch among them
    view: clusters.WorkView


def store(records: Sequence[WorkRecord], cache: EntityCache) -> Counts:
    """Write a batch of cleaned records; raises the database's error and changes nothing if one does not fit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        counts, fresh = classify(records, known_hashes(records))
        if fresh:
            _write(fresh, cache)
    return counts


def known_hashes(records: Sequence[WorkRecord]) -> dict[tuple[str, str], bytes]:
    """Content hashes of those records that the corpus holds, by provider and its id."""
    found = sql.rows(
        "select provider, provider_id, content_hash from publications_record"
        " join unnest(%s::text[], %s::text[]) as k(p, i) on provider = k.p and provider_id = k.i",
        [r.provider for r in records],
        [r.provider_id for r in records],
    )
    return {(provider, number): bytes(digest) for provider, number, digest in found}


def classify(records: Iterable[WorkRecord], known: dict[tuple[str, str], bytes]) -> tuple[Counts, list[WorkRecord]]:
    """Count new, changed and unchanged records, and return those to write; the last of one id wins.

    `known` learns the hashes as they pass, so a record that comes twice is unchanged the second time.
    """
    counts, fresh = Counts(), {}
    for record in records:
        key, digest = (record.provider, record.provider_id), clusters.content_hash(record)
        counts.read += 1
        if known.get(key) == digest:
            counts.unchanged += 1
            continue
        if key in known:
            counts.updated += 1
        else:
            counts.created += 1
        known[key] = digest
        fresh[key] = record
    return counts, list(fresh.values())


def _write(changed: Sequence[WorkRecord], cache: EntityCache) -> None:
    fresh = [*_siblings(changed), *changed]
    candidates = matching.Clusters(fresh).all()
    composed = _compose(candidates, fresh)
    cache.learn_topics(t for c in composed for t in c.view.topics)
    cache.learn_sources(c.view.source for c in composed if c.view.source)
    cache.learn_institutions(i for c in composed for a in c.view.authors for i in a.institutions)
    staging.prepare()
    staging.copy("stage_absorbed", _absorbed_rows(candidates, composed))
    staging.copy("stage_work", (_work_row(c, cache) for c in composed))
    staging.copy("stage_record", _record_rows(candidates, composed, fresh))
    staging.copy("stage_workid", ((c.work_id, s, v) for c in composed for s, v in c.view.ids))
    staging.copy("stage_authorship", (row for c in composed for row in _authorship_rows(c)))
    staging.copy("stage_institution", (row for c in composed for row in _institution_rows(c, cache)))
    staging.copy("stage_topic", (row for c in composed for row in _topic_rows(c, cache)))
    staging.copy("stage_citation", ((c.work_id, s, v) for c in composed for s, v in c.view.references))
    staging.write()


def _siblings(changed: Sequence[WorkRecord]) -> list[WorkRecord]:
    """The other records of the works whose records changed: they are placed anew, before the changed ones."""
    given = {(r.provider, r.provider_id) for r in changed}
    kept = _kept_records(sorted(set(matching.works_of_records(changed).values())))
    others = [r for records in kept.values() for r in records if (r.provider, r.provider_id) not in given]
    return sorted(others, key=lambda r: (r.provider, r.provider_id))


def _compose(candidates: Sequence[matching.Candidate], fresh: Sequence[WorkRecord]) -> list[_Cluster]:
    """Every touched work with all of its records and what is shown of it; new works get their ids here."""
    numbers = iter(_new_work_ids(sum(c.work_id is None for c in candidates)))
    kept = _kept_records([w for c in candidates if c.work_id for w in (c.work_id, *c.absorbed)])
    placed = {(r.provider, r.provider_id) for r in fresh}
    composed = []
    for candidate in candidates:
        new = [fresh[i] for i in candidate.records]
        works = [w for w in (candidate.work_id, *candidate.absorbed) if w]
        old = [r for w in works for r in kept.get(w, []) if (r.provider, r.provider_id) not in placed]
        number = candidate.work_id or next(numbers)
        composed.append(_Cluster(number, new + old, clusters.compose(new + old)))
    return composed


def _new_work_ids(count: int) -> list[int]:
    return sql.numbers(
        "select nextval(pg_get_serial_sequence('publications_work', 'id')) from generate_series(1, %s)", count
    )


def _kept_records(works: Sequence[int]) -> dict[int, list[WorkRecord]]:
    kept: dict[int, list[WorkRecord]] = {}
    for work_id, data in sql.rows("select work_id, data from publications_record where work_id = any(%s)", list(works)):
        kept.setdefault(work_id, []).append(clusters.load(data))
    return kept


def _absorbed_rows(candidates: Sequence[matching.Candidate], composed: Sequence[_Cluster]) -> Iterable[tuple[int, int]]:
    pairs = zip(candidates, composed, strict=True)
    return ((old, cluster.work_id) for candidate, cluster in pairs for old in candidate.absorbed)


def _work_row(cluster: _Cluster, cache: EntityCache) -> tuple[object, ...]:
    view = cluster.view
    source = cache.sources[sorted(view.source.ids.items())[0]] if view.source else None
    return (
        cluster.work_id, view.title, tex.to_html(view.title, inline=True), clusters.title_key(view.title),
        view.abstract, tex.to_html(view.abstract), view.type, view.publication_year, view.publication_date,
        view.updated_date, view.language, source, view.is_retracted, view.open_access_url,
        list(view.collaborations), len(view.authors), view.stated_cited_by_count,
    )  # fmt: skip


def _record_rows(
    candidates: Sequence[matching.Candidate], composed: Sequence[_Cluster], fresh: Sequence[WorkRecord]
) -> Iterable[tuple[object, ...]]:
    for candidate, cluster in zip(candidates, composed, strict=True):
        for record in (fresh[i] for i in candidate.records):
            yield (
                cluster.work_id, record.provider, record.provider_id, record.published_via,
                clusters.content_hash(record), clusters.match_key(record), Jsonb(clusters.dump(record)),
            )  # fmt: skip


def _authorship_rows(cluster: _Cluster) -> Iterable[tuple[object, ...]]:
    for position, author in enumerate(cluster.view.authors, start=1):
        yield (
            cluster.work_id, position, author.name, names.key(author.name), names.block(author.name),
            Jsonb(author.ids), list(author.variants), list(author.affiliations),
        )  # fmt: skip


def _institution_rows(cluster: _Cluster, cache: EntityCache) -> Iterable[tuple[int, int, int]]:
    for position, author in enumerate(cluster.view.authors, start=1):
        for institution in author.institutions:
            yield cluster.work_id, position, cache.institutions[sorted(institution.ids.items())[0]]


def _topic_rows(cluster: _Cluster, cache: EntityCache) -> Iterable[tuple[int, int, int]]:
    for position, topic in enumerate(cluster.view.topics):
        yield cluster.work_id, cache.topics[topic.scheme, topic.code], position
