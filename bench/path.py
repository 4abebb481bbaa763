"""Paths: loaded from the database in sets against networkx (and igraph, if it is installed) in memory, in one run.

    python bench/path.py [--pairs 60] [--hubs 20]

Runs on the corpus of DATABASE_URL, or of the services under DATA_DIR, and only reads. The candidates answer in turn
for the same pair of authors, k = 1 and k = 3. Their graphs hold the same lengths; igraph's and networkx's loading
time and memory are theirs alone. Where a search ended at a bound, its paths are counted as better, equal or worse.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=60, help="pairs drawn by lot from the largest component")
    parser.add_argument("--hubs", type=int, default=20, help="pairs of authors with the most co-authors")
    options = parser.parse_args()
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    from bzpeer.embedded import joining

    with joining.services():
        import django

        django.setup()
        measure(options.pairs, options.hubs)


def measure(pairs: int, hubs: int) -> None:
    import networkx

    rows = edges()
    graph = loaded("networkx", lambda: networkx_graph(rows))
    other = loaded("igraph", lambda: igraph_graph(rows)) if has_igraph() else None
    parts: list[set[int]] = list(networkx.connected_components(graph))
    component = sorted(sorted(parts, key=len)[-1])
    chance = random.Random(1)
    by_lot = [chance.sample(component, 2) for _pair in range(pairs)]
    crowded = sorted(component, key=lambda node: (-graph.degree(node), node))[: max(4, hubs // 2)]
    for name, chosen in (("by lot", by_lot), ("hubs", [chance.sample(crowded, 2) for _pair in range(hubs)])):
        times: Times = defaultdict(list)
        told: Counter[str] = Counter()
        for start, goal in chosen:
            ask(graph, other, start, goal, times, told)
        report(name, times, told)


def edges() -> list[tuple[int, int, int]]:
    from django.db import connection

    from graph.paths import length_of

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT author_id, coauthor_id, weight FROM graph_coauthoredge WHERE author_id < coauthor_id"
            " AND NOT EXISTS (SELECT FROM publications_author gone WHERE gone.id IN (author_id, coauthor_id)"
            " AND (gone.hidden OR gone.merged_into_id IS NOT NULL))"
        )
        return [(one, two, length_of(weight)) for one, two, weight in cursor]


def loaded(name: str, load: Callable[[], Any]) -> Any:
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    graph = load()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name}: loaded in {time.perf_counter() - started:.1f} s, {grown:,.0f} MB in each process")
    return graph


def networkx_graph(rows: list[tuple[int, int, int]]) -> Any:
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_weighted_edges_from(rows, weight="length")
    print(f"networkx: {len(graph):,} authors, {graph.number_of_edges():,} pairs")
    return graph


def has_igraph() -> bool:
    """It is no dependency, its licence is the GPL."""
    found = find_spec("igraph") is not None
    if not found:
        print("igraph: not installed, left out")
    return found


def igraph_graph(rows: list[tuple[int, int, int]]) -> Any:
    igraph = import_module("igraph")
    return igraph.Graph.TupleList(((str(one), str(two), length) for one, two, length in rows), edge_attrs=["length"])


def ask(graph: Any, other: Any, start: int, goal: int, times: Times, told: Counter[str]) -> None:
    """Every candidate for one pair, in turn."""
    import networkx

    from graph import paths
    from publications.models import Author

    people = Author.objects.in_bulk([start, goal])
    for k in (1, 3):
        found = timed(times[f"database, k={k}"], partial(paths.between, people[start], people[goal], k=k))
        wanted = timed(times[f"networkx, k={k}"], partial(shortest_simple, graph, start, goal, k))
        lengths = [sum(graph.edges[pair]["length"] for pair in pairwise(path)) for path in wanted]
        told[f"k={k} {verdict(found, lengths)}"] += 1
    timed(
        times["networkx, bidirectional Dijkstra"], lambda: networkx.bidirectional_dijkstra(graph, start, goal, "length")
    )
    if other is not None:
        ends = str(start), str(goal)
        timed(times["igraph, k=1"], lambda: other.get_shortest_path(*ends, weights="length"))
        timed(times["igraph, k=3"], lambda: other.get_k_shortest_paths(*ends, k=3, weights="length"))


def shortest_simple(graph: Any, start: int, goal: int, k: int) -> list[list[int]]:
    import networkx

    return list(islice(networkx.shortest_simple_paths(graph, start, goal, weight="length"), k))


def verdict(found: Any, lengths: list[int]) -> str:
    from graph.paths import UNIT

    own = [round(chain.length * UNIT) for chain in found.chains]
    agreed = "equal" if own == lengths else "DIFFERENT" if found.is_exact else "longer or fewer"
    return agreed if found.is_exact else f"{agreed}, stopped by {found.stopped}"


def timed(into: list[float], function: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    answer = function()
    into.append((time.perf_counter() - started) * 1000)
    return answer


def report(name: str, times: Times, told: Counter[str]) -> None:
    print(f"\n{name}: {len(times['database, k=1'])} pairs, milliseconds")
    for candidate, taken in times.items():
        print(f"  {candidate:34} p50 {percentile(taken, 50):9.1f}   p95 {percentile(taken, 95):9.1f}")
    for k in (1, 3):
        ratio = percentile(times[f"database, k={k}"], 95) / percentile(times[f"networkx, k={k}"], 95)
        print(f"  database / networkx, k={k}: {ratio:.2f} at p95")
    for said, count in sorted(told.items()):
        print(f"  {said}: {count}")


def percentile(taken: list[float], share: int) -> float:
    return sorted(taken)[min(len(taken) - 1, len(taken) * share // 100)]


if __name__ == "__main__":
    main()
