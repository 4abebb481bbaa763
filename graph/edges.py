"""Co-author edges: who shares works with whom, kept up to date by sets for the authors whose works changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet

from graph.models import CoauthorEdge
from publications.models import Author

LARGEST_TEAM = 100  # a work of more authors says little about who works with whom, and would make most of the pairs
CLOSE_TEAM = 10
CLOSE_WORKS = 2
CORPUS_LOCK = 0x6772_6170_68  # "graph": held while edges and marks change, shared while a slice is computed
BATCH = 5_000  # authors counted by one statement
MOST_BATCHES = 6  # a large batch reads the tables whole, so that many of them would take the square of the time
MEMORY = "64MB"  # for sorting and hashing, while the others wait

# One statement for a batch of authors: count their pairs afresh, delete what is gone, write what differs. Rows of
# authors outside `touched` that point back at the batch are mirrored, so both directions always agree. Sums are of
# numeric, because floating-point sums depend on the order of rows and would make unchanged edges look changed.
_REFRESH = """
with touched as materialized (
    select unnest(%(touched)s::bigint[]) as id
), pair as materialized (
    select mine.author_id, theirs.author_id as coauthor_id, count(*) as works,
           count(*) filter (where work.authors_count <= %(close_team)s) as close_works,
           sum(1::numeric / (work.authors_count - 1))::float8 as weight,
           min(work.publication_year) as first_year, max(work.publication_year) as last_year
    from publications_authorship mine
    join publications_work work on work.id = mine.work_id
        and work.merged_into_id is null and work.authors_count between 2 and %(largest_team)s
    join publications_authorship theirs on theirs.work_id = mine.work_id and theirs.author_id <> mine.author_id
    where mine.author_id = any(%(batch)s)
    group by 1, 2
), gone as (
    delete from graph_coauthoredge edge
    where edge.author_id = any(%(batch)s) and not exists (
        select from pair where pair.author_id = edge.author_id and pair.coauthor_id = edge.coauthor_id)
    returning edge.author_id, edge.coauthor_id
), gone_mirrored as (
    delete from graph_coauthoredge edge using gone
    where edge.author_id = gone.coauthor_id and edge.coauthor_id = gone.author_id
        and not exists (select from touched where touched.id = edge.author_id)
), fresh as (
    select * from pair
    union all
    select coauthor_id, author_id, works, close_works, weight, first_year, last_year
    from pair where not exists (select from touched where touched.id = pair.coauthor_id)
)
insert into graph_coauthoredge (author_id, coauthor_id, works, close_works, weight, first_year, last_year)
select fresh.* from fresh
left join graph_coauthoredge old on old.author_id = fresh.author_id and old.coauthor_id = fresh.coauthor_id
where old.id is null
    or (old.works, old.close_works, old.weight, old.first_year, old.last_year)
        is distinct from (fresh.works, fresh.close_works, fresh.weight, fresh.first_year, fresh.last_year)
order by fresh.author_id, fresh.coauthor_id
on conflict (author_id, coauthor_id) do update set
    works = excluded.works, close_works = excluded.close_works, weight = excluded.weight,
    first_year = excluded.first_year, last_year = excluded.last_year
"""


def refresh(author_ids: Iterable[int]) -> None:
    """Bring every edge of these authors in line with their works, in both directions.

    Two refreshes never overlap: the second waits and then sees what the first committed, so that no shared work is
    lost between them and no deadlock can arise.
    """
    touched = sorted(set(author_ids))
    teams = {"close_team": CLOSE_TEAM, "largest_team": LARGEST_TEAM}
    with transaction.atomic(), connection.cursor() as cursor:
        lock_corpus()
        cursor.execute("select set_config('work_mem', %s, true)", [MEMORY])
        size = max(BATCH, -(-len(touched) // MOST_BATCHES))
        for start in range(0, len(touched), size):
            cursor.execute(_REFRESH, teams | {"batch": touched[start : start + size], "touched": touched})


def lock_corpus() -> None:
    """Until the transaction ends, nobody else refreshes edges and nobody stores a slice."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CORPUS_LOCK])


def close_collaborators(author: Author) -> QuerySet[CoauthorEdge]:
    """Edges to visible people with at least two shared works of at most ten authors, closest first."""
    return (
        CoauthorEdge.objects.filter(author=author, close_works__gte=CLOSE_WORKS)
        .filter(coauthor__hidden=False, coauthor__merged_into__isnull=True)
        .select_related("coauthor")
        .order_by("-close_works", "-weight", "coauthor_id")
    )
