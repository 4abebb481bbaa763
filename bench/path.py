"""Paths: loaded from the database in sets against networkx (and igraph, if it is installed) in memory, in one run.

    python bench/path.py [--pairs 60] [--hubs 20]

Runs on the corpus of DATABASE_URL, or of the services under DATA_DIR, and only reads. The candidates answer in turn
for the same pair of authors, k = 1 and k = 3, over the same lengths. `database` is the whole answer, with names, ties
and the newest works of each step; `database, search` is what the peers do. Where a search ended at a bound, its paths
are counted as longer or fewer.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter, defaultdict
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from bench import peers  # noqa: E402 # found through the line above

OURS, PEERS = ("database", "database, search"), ("networkx", "igraph")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=60, help="pairs drawn by lot from the largest component")
    parser.add_argument("--hubs", type=int, default=20, help="pairs of authors with the most co-authors")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    from bzpeer.embedded import joining

    with joining.services():
        import django

        django.setup()
        measure(options.pairs, options.hubs, peers.load())


def measure(pairs: int, hubs: int, others: peers.Peers) -> dict[str, peers.Summary]:
    import networkx

    graph = others.graph
    parts: list[set[int]] = list(networkx.connected_components(graph))
    component = sorted(sorted(parts, key=len)[-1])
    chance = random.Random(1)
    by_lot = [chance.sample(component, 2) for _pair in range(pairs)]
    crowded = sorted(component, key=lambda node: (-graph.degree(node), node))[: max(4, hubs // 2)]
    found: dict[str, peers.Summary] = {}
    start, goal = by_lot[0]
    ask(others, start, goal, defaultdict(list), Counter())  # statements are prepared
    for name, chosen in (("by lot", by_lot), ("hubs", [chance.sample(crowded, 2) for _pair in range(hubs)])):
        times: peers.Times = defaultdict(list)
        told: Counter[str] = Counter()
        for start, goal in chosen:
            ask(others, start, goal, times, told)
        found[name] = peers.summed_up(times)
        report(f"{name}: {len(chosen)} pairs", found[name], told)
    return found


def ask(others: peers.Peers, start: int, goal: int, times: peers.Times, told: Counter[str]) -> None:
    """Every candidate for one pair, in turn."""
    import networkx

    from graph import paths, shortest
    from publications.models import Author

    graph, other = others.graph, others.other
    people = Author.objects.in_bulk([start, goal])
    for k in (1, 3):
        peers.timed(times[f"database, search, k={k}"], partial(shortest.k_shortest, start, goal, k, paths._load))
        found = peers.timed(times[f"database, k={k}"], partial(paths.between, people[start], people[goal], k=k))
        wanted = peers.timed(times[f"networkx, k={k}"], partial(shortest_simple, graph, start, goal, k))
        lengths = [sum(graph.edges[pair]["length"] for pair in pairwise(path)) for path in wanted]
        told[f"k={k} {verdict(found, lengths)}"] += 1
        if other is not None:
            peers.timed(times[f"igraph, k={k}"], partial(igraph_paths, other, start, goal, k))
    dijkstra = partial(networkx.bidirectional_dijkstra, graph, start, goal, "length")
    peers.timed(times["networkx, bidirectional Dijkstra"], dijkstra)


def igraph_paths(other: Any, start: int, goal: int, k: int) -> Any:
    if k == 1:
        return other.get_shortest_path(start, goal, weights="length")
    return other.get_k_shortest_paths(start, goal, k=k, weights="length")


def shortest_simple(graph: Any, start: int, goal: int, k: int) -> list[list[int]]:
    import networkx

    return list(islice(networkx.shortest_simple_paths(graph, start, goal, weight="length"), k))


def verdict(found: Any, lengths: list[int]) -> str:
    from graph.paths import UNIT

    own = [round(chain.length * UNIT) for chain in found.chains]
    agreed = "equal" if own == lengths else "DIFFERENT" if found.is_exact else "longer or fewer"
    return agreed if found.is_exact else f"{agreed}, stopped by {found.stopped}"


def report(title: str, found: peers.Summary, told: Counter[str]) -> None:
    peers.show(title, found)
    for k in (1, 3):
        for peer in PEERS:
            if f"{peer}, k={k}" in found:
                whole, search = (peers.ratio(found, f"{ours}, k={k}", f"{peer}, k={k}") for ours in OURS)
                print(f"  k={k} against {peer}: answer {whole:.2f}, search {search:.2f} at p95")
    for said, count in sorted(told.items()):
        print(f"  {said}: {count}")


if __name__ == "__main__":
    main()
