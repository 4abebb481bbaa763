"""Who belongs together among the people of a slice: communities of co-authors, at most six, the same every time.

The root is left out, because it ties everybody to everybody. What is left is split by the Louvain method (Blondel and
others 2008, networkx) over people in the order of their ids, with one seed; the largest communities get the numbers
1 to 6, those of one person and those beyond six get none.
"""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

MOST = 6  # colours that colour-blind readers can tell apart
SMALLEST = 2  # people

Tie = tuple[str, str, float]


def communities(people: Iterable[str], ties: Iterable[Tie], *, root: str) -> dict[str, int]:
    """The number of each person's community, by id; without those who belong to none."""
    known = sorted(set(people) - {root})
    place = {person: number for number, person in enumerate(known)}  # numbers: a set of texts has no order of its own
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(known)))
    inner = sorted((one, other, weight) for one, other, weight in ties if one in place and other in place)
    graph.add_weighted_edges_from((place[one], place[other], weight) for one, other, weight in inner)
    if not inner:
        return {}
    found = nx.community.louvain_communities(graph, weight="weight", seed=1)
    ranked = sorted(
        (sorted(group) for group in found if len(group) >= SMALLEST), key=lambda group: (-len(group), group)
    )
    return {known[person]: number for number, group in enumerate(ranked[:MOST], 1) for person in group}
