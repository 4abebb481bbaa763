"""G12: assessing every author, against networkx PageRank over the same co-author edges, graph building included.

    python bench/assess.py [--rounds 3]

Runs on the corpus of DATABASE_URL, or of the services under DATA_DIR, and takes back all it writes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
GOAL, WANTED = 0.5, 0.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    from bzpeer.embedded import joining

    with joining.services():
        import django

        django.setup()
        measure(rounds)


def measure(rounds: int) -> None:
    from django.db import transaction

    first, again, ranked = [], [], []
    for _ in range(rounds):
        with transaction.atomic():
            first.append(timed(assess_from_nothing))
            again.append(timed(assess_all))
            transaction.set_rollback(True)
        ranked.append(timed(page_rank))
    report(first, again, ranked)


def timed(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def assess_from_nothing() -> None:
    """As after a first import: nobody has an assessment yet. Emptying the tables is counted too; it is quick."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE profiles_assessment, profiles_assessmentdue")
    assess_all()


def assess_all() -> None:
    from django.db import connection

    from profiles.assessing import assessments

    assessments.mark_all_due("on-demand")
    while assessments.assess_due(assessments.LARGE_BATCH).taken:
        pass
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # foreign keys are otherwise checked at the commit
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def page_rank() -> None:
    import networkx
    from django.db import connection

    graph: networkx.Graph[int] = networkx.Graph()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM publications_author WHERE merged_into_id IS NULL")
        graph.add_nodes_from(row[0] for row in cursor)
        cursor.execute("SELECT author_id, coauthor_id, weight FROM graph_coauthoredge WHERE author_id < coauthor_id")
        graph.add_weighted_edges_from(cursor)
    networkx.pagerank(graph)


def report(first: list[float], again: list[float], ranked: list[float]) -> None:
    from graph.models import CoauthorEdge
    from publications.models import Author

    authors = Author.objects.count()
    pairs = CoauthorEdge.objects.count() // 2
    base = statistics.median(ranked)
    print(f"{authors:,} authors, {pairs:,} pairs; median of {len(ranked)}")
    print(f"networkx PageRank         {base:7.2f} s")
    for name, times in (("first assessment of all", first), ("again, nothing changed", again)):
        took = statistics.median(times)
        print(f"{name:25} {took:7.2f} s  {authors / took:9,.0f} a second  {took / base:.2f} of it")
    ratio = statistics.median(first) / base
    verdict = "better than wanted" if ratio <= WANTED else "reached" if ratio <= GOAL else "MISSED"
    print(f"G12: {ratio:.2f}; goal {GOAL}, wanted {WANTED}: {verdict}")


if __name__ == "__main__":
    main()
