"""Slices: stored against `select 1` (G2) and igraph (G1), computed against igraph (G3) and networkx, in one run.

    python bench/slice.py [--roots 200] [--hubs 20]

Runs on the corpus of DATABASE_URL, or of the services under DATA_DIR, and takes back all it writes. The candidates
answer in turn for the same author. The peers know people and weights only. What they answer:

- `ego_graph` and `igraph`: everybody within two steps and every line among them, without a limit, as they come.
- `igraph, slice of people`: what our slice of people alone holds, by our rules and limits, written for igraph.
- `slice of people`: ours, from the database. `gathered`: also works, topics and institutions. `first answer`: also
  names, places, compression and storing, as a reader gets it when nobody asked before.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from bench import peers  # noqa: E402 # found through the line above

FIRST, TIES, SECOND = 47, 40, 32  # people of a slice of 80, two steps: places nearby, ties read of each, places behind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--roots", type=int, default=200, help="authors taken at even distances")
    parser.add_argument("--hubs", type=int, default=20, help="authors with the most co-authors")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    from bzpeer.embedded import joining

    with joining.services():
        import django

        django.setup()
        measure(options.roots, options.hubs, peers.load())


def measure(roots: int, hubs: int, others: peers.Peers) -> dict[str, peers.Summary]:
    from django.db import transaction

    found: dict[str, peers.Summary] = {}
    with transaction.atomic():
        for name, authors in (("even distances", spread(roots)), ("hubs", most_connected(hubs))):
            for author in authors[:5]:  # statements are prepared, caches warm
                ask(author, others, defaultdict(list))
            times: peers.Times = defaultdict(list)
            for author in authors:
                ask(author, others, times)
            found[name] = peers.summed_up(times)
            report(f"{name}: {len(authors)} authors", found[name])
        transaction.set_rollback(True)
    return found


def spread(count: int) -> list[int]:
    from publications.models import Author

    numbers = list(Author.objects.visible().filter(works_count__gt=0).order_by("pk").values_list("pk", flat=True))
    return numbers[:: max(1, len(numbers) // count)][:count]


def most_connected(count: int) -> list[int]:
    from django.db.models import Count

    from graph.models import CoauthorEdge

    ranked = CoauthorEdge.objects.values("author").annotate(edges=Count("pk")).order_by("-edges", "author")
    return list(ranked.values_list("author", flat=True)[:count])


def ask(author: int, others: peers.Peers, times: peers.Times) -> None:
    """Every candidate for one author, in turn."""
    from graph import slices, stored
    from graph.questions import AUTHOR, PAGE_LIMIT, Question

    near = Question(kind=AUTHOR, number=author, limit=PAGE_LIMIT)
    wide = Question(kind=AUTHOR, number=author, limit=PAGE_LIMIT, depth=2)
    people = Question(kind=AUTHOR, number=author, limit=PAGE_LIMIT, depth=2, types=(AUTHOR,))
    for name, question in (("1 step", near), ("2 steps", wide)):
        peers.timed(times[f"gathered, {name}"], partial(gathered, question))
        stored.forget(question)
        peers.timed(times[f"first answer, {name}"], partial(slices.answer, question))
    peers.timed(times["slice of people, 2 steps"], partial(gathered, people))
    peers.timed(times["stored"], lambda: slices.answer(wide))
    peers.timed(times["select 1"], peers.select_one)
    if author in others.graph:
        ask_peers(author, others, times)


def gathered(question: Any) -> Any:
    from graph import slices

    return slices.gather(question, slices.root_of(question))


def ask_peers(author: int, others: peers.Peers, times: peers.Times) -> None:
    import networkx

    for steps, name in ((1, "1 step"), (2, "2 steps")):
        peers.timed(times[f"ego_graph, {name}"], partial(networkx.ego_graph, others.graph, author, radius=steps))
        if others.other is not None:
            peers.timed(times[f"igraph, {name}"], partial(igraph_ego, others.other, author, steps))
    if others.other is not None:
        peers.timed(times["igraph, slice of people"], partial(igraph_slice, others.other, author))


def igraph_ego(other: Any, author: int, steps: int) -> Any:
    return other.induced_subgraph(other.neighborhood(author, order=steps))


def igraph_slice(other: Any, author: int) -> Any:
    near = strongest(ties(other, author), FIRST)
    shown = {author, *near}
    behind: dict[int, float] = defaultdict(float)
    for person in near:
        of_person = ties(other, person)
        for neighbour in strongest(of_person, TIES):
            if neighbour not in shown:
                behind[neighbour] += of_person[neighbour]
    part = other.induced_subgraph([*shown, *strongest(behind, SECOND)])
    return part.get_edgelist(), part.es["weight"]


def ties(other: Any, author: int) -> dict[int, float]:
    weights = other.weights
    return {end: weights[line] for end, line in zip(other.neighbors(author), other.incident(author), strict=True)}


def strongest(weights: dict[int, float], count: int) -> list[int]:
    return sorted(weights, key=lambda number: (-weights[number], number))[:count]


def report(title: str, found: peers.Summary) -> None:
    peers.show(title, found)
    hubs = title.startswith("hubs")
    peers.verdict("G1 stored / igraph, p95", peers.ratio(found, "stored", "igraph, slice of people"), 0.15, 0.08)
    peers.verdict("G2 stored / select 1, p95", peers.ratio(found, "stored", "select 1"), 3.0, 1.6)
    goal = (1.2, 0.6) if hubs else (2.0, 1.0)
    people = peers.ratio(found, "slice of people, 2 steps", "igraph, slice of people")
    peers.verdict("G3 slice of people / igraph, p95", people, *goal)
    for steps in ("1 step", "2 steps"):
        for peer in (f"ego_graph, {steps}", f"igraph, {steps}"):
            if peer in found:
                gathered, first = (
                    peers.ratio(found, f"{what}, {steps}", peer) for what in ("gathered", "first answer")
                )
                print(f"  against {peer}: gathered {gathered:.2f}, first answer {first:.2f} at p95")


if __name__ == "__main__":
    main()
