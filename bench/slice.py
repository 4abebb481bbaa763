"""Slices: stored against `select 1` (G2), computed against networkx and igraph in memory, in the same run.

    python bench/slice.py [--roots 200] [--hubs 20]

Runs on the corpus of DATABASE_URL, or of the services under DATA_DIR, and takes back all it writes. The candidates
answer in turn for the same author. The peers know co-authors only and no names or positions; a slice has all of it.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
STORED_GOAL, STORED_WANTED = 3.0, 1.6
Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--roots", type=int, default=200, help="authors taken at even distances")
    parser.add_argument("--hubs", type=int, default=20, help="authors with the most co-authors")
    options = parser.parse_args()
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    from bzpeer.embedded import joining

    with joining.services():
        import django

        django.setup()
        measure(options.roots, options.hubs)


def measure(roots: int, hubs: int) -> None:
    from django.db import transaction

    graph = loaded_graph()
    other = igraph_of(graph)
    with transaction.atomic():
        for name, authors in (("even distances", spread(roots)), ("hubs", most_connected(hubs))):
            times: Times = defaultdict(list)
            for author in authors:
                ask(author, graph, other, times)
            report(name, times)
        transaction.set_rollback(True)


def loaded_graph() -> Any:
    import networkx
    from django.db import connection

    before, started = memory(), time.perf_counter()
    graph: networkx.Graph[int] = networkx.Graph()
    with connection.cursor() as cursor:
        cursor.execute("SELECT author_id, coauthor_id, weight FROM graph_coauthoredge WHERE author_id < coauthor_id")
        graph.add_weighted_edges_from(cursor)
    seconds = time.perf_counter() - started
    print(f"networkx: {len(graph):,} authors, {graph.size():,.0f} pairs, loaded in {seconds:.1f} s,")
    print(f"          {memory() - before:,.0f} MB in each process; slices need none of it")
    return graph


def igraph_of(graph: Any) -> Any:
    """The same graph in igraph, where it is installed: it is no dependency, its licence is the GPL."""
    if find_spec("igraph") is None:
        print("igraph: not installed, left out")
        return None
    igraph = import_module("igraph")
    before, started = memory(), time.perf_counter()
    rows = ((str(one), str(two), weight) for one, two, weight in graph.edges(data="weight"))
    other = igraph.Graph.TupleList(rows, edge_attrs=["weight"])
    other.numbers = {int(name): number for number, name in enumerate(other.vs["name"])}
    seconds = time.perf_counter() - started
    print(f"igraph:   loaded in {seconds:.1f} s, {memory() - before:,.0f} MB more")
    return other


def igraph_ego(other: Any, author: int, steps: int) -> Any:
    return other.induced_subgraph(other.neighborhood(other.numbers[author], order=steps))


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def spread(count: int) -> list[int]:
    from publications.models import Author

    numbers = list(Author.objects.visible().filter(works_count__gt=0).order_by("pk").values_list("pk", flat=True))
    return numbers[:: max(1, len(numbers) // count)][:count]


def most_connected(count: int) -> list[int]:
    from django.db.models import Count

    from graph.models import CoauthorEdge

    ranked = CoauthorEdge.objects.values("author").annotate(edges=Count("pk")).order_by("-edges", "author")
    return list(ranked.values_list("author", flat=True)[:count])


def ask(author: int, graph: Any, other: Any, times: Times) -> None:
    """Every candidate for one author, in turn."""
    import networkx

    from graph import slices
    from graph.document import document_of
    from graph.questions import AUTHOR, PAGE_LIMIT, Question

    near = Question(kind=AUTHOR, number=author, limit=PAGE_LIMIT)
    wide = Question(kind=AUTHOR, number=author, limit=PAGE_LIMIT, depth=2)
    slices.answer(near)
    for name, question in (("gathered, 1 step", near), ("gathered, 2 steps", wide)):
        found = timed(times[name], partial(gathered, question))
    timed(times["names and places"], lambda: document_of(found))
    select_one()  # untimed: the server has waited while names and places were computed
    timed(times["stored"], lambda: slices.answer(near))
    timed(times["select 1"], select_one)
    if author in graph:
        timed(times["ego_graph, 1 step"], lambda: networkx.ego_graph(graph, author, radius=1))
        timed(times["ego_graph, 2 steps"], lambda: networkx.ego_graph(graph, author, radius=2))
        for steps, name in ((1, "igraph, 1 step"), (2, "igraph, 2 steps")):
            if other is not None:
                timed(times[name], partial(igraph_ego, other, author, steps))


def gathered(question: Any) -> Any:
    from graph import slices

    return slices.gather(question, slices.root_of(question))


def select_one() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select 1")
        cursor.fetchone()


def timed(into: list[float], function: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    answer = function()
    into.append((time.perf_counter() - started) * 1000)
    return answer


def report(name: str, times: Times) -> None:
    print(f"\n{name}: {len(times['stored'])} authors, milliseconds")
    for candidate, taken in times.items():
        print(f"  {candidate:20} p50 {percentile(taken, 50):9.2f}   p95 {percentile(taken, 95):9.2f}")
    ratio = percentile(times["stored"], 95) / percentile(times["select 1"], 95)
    verdict = "better than wanted" if ratio <= STORED_WANTED else "reached" if ratio <= STORED_GOAL else "MISSED"
    print(f"  G2: {ratio:.2f} × select 1 at p95; goal {STORED_GOAL}, wanted {STORED_WANTED}: {verdict}")
    for steps in ("1 step", "2 steps"):
        ratio = percentile(times[f"gathered, {steps}"], 95) / percentile(times[f"ego_graph, {steps}"], 95)
        print(f"  gathered / ego_graph, {steps}: {ratio:.3f} at p95")
        if peer := times.get(f"igraph, {steps}"):
            stored = percentile(times["stored"], 95) / percentile(peer, 95)
            ratio = percentile(times[f"gathered, {steps}"], 95) / percentile(peer, 95)
            print(f"  against igraph, {steps}: stored {stored:.3f}, gathered {ratio:.3f} at p95")


def percentile(taken: list[float], share: int) -> float:
    return sorted(taken)[min(len(taken) - 1, len(taken) * share // 100)]


if __name__ == "__main__":
    main()
