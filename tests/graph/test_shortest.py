"""k shortest paths against networkx on random graphs; bounds; what is said when a bound ends the search."""

from __future__ import annotations

import random
from collections.abc import Sequence, Set
from itertools import islice, pairwise
from typing import Any
from unittest.mock import patch

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import shortest
from graph.shortest import Bounds, Found


def loader(graph: Any, hidden: Set[int] = frozenset()) -> shortest.Load:
    """Lines of a graph, as a database would give them; nobody may see the nodes in `hidden`."""

    def load(
        nodes: Sequence[int], others: Sequence[int], longest: float, most: int
    ) -> tuple[list[shortest.Line], Set[int]]:
        rows = ((node, other, line["length"]) for node in nodes for other, line in graph[node].items())
        return list(islice((row for row in rows if row[2] <= longest), most)), hidden & {*nodes, *others}

    return load


def lengths(graph: Any, paths: list[list[int]]) -> list[int]:
    return [sum(graph.edges[pair]["length"] for pair in pairwise(path)) for path in paths]


def expected(graph: Any, start: int, goal: int, k: int) -> list[int]:
    try:
        return lengths(graph, list(islice(nx.shortest_simple_paths(graph, start, goal, weight="length"), k)))
    except nx.NetworkXNoPath:
        return []


def check(graph: Any, start: int, goal: int, k: int, found: Found) -> None:
    paths = [list(path.nodes) for path in found.paths]
    assert lengths(graph, paths) == [path.length for path in found.paths] == expected(graph, start, goal, k)
    assert all(path[0] == start and path[-1] == goal and len(set(path)) == len(path) for path in paths)
    assert len({tuple(path) for path in paths}) == len(paths)


@st.composite
def graphs(draw: st.DrawFn) -> Any:
    size = draw(st.integers(2, 20))
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(size))
    node = st.integers(0, size - 1)
    for one, other, length in draw(st.lists(st.tuples(node, node, st.integers(1, 6)), max_size=60)):
        if one != other:
            graph.add_edge(one, other, length=length)
    return graph


@settings(max_examples=300, deadline=None)
@given(graphs(), st.integers(1, 5), st.frozensets(st.integers(2, 19), max_size=4))
def test_small_graphs_have_the_paths_of_networkx(graph: Any, k: int, hidden: frozenset[int]) -> None:
    with patch.multiple(shortest, FIRST_BATCH=1, LARGEST_BATCH=2):  # as if the graph were large
        found = shortest.k_shortest(0, 1, k, loader(graph, hidden), Bounds(statements=1_000))

    check(graph.subgraph(set(graph) - hidden), 0, 1, k, found)
    assert found.is_exact


@pytest.mark.parametrize("seed", range(6))
def test_larger_graphs_have_the_paths_of_networkx_without_being_read_whole(seed: int) -> None:
    chance = random.Random(seed)
    graph = nx.barabasi_albert_graph(3000, 3, seed=seed)
    for one, other in graph.edges:
        graph.edges[one, other]["length"] = chance.randint(200_000, 3_000_000)
    read = []
    for _pair in range(3):
        start, goal = chance.sample(range(3000), 2)
        found = shortest.k_shortest(start, goal, 4, loader(graph))
        check(graph, start, goal, 4, found)
        assert found.is_exact
        read.append(found.nodes)
    assert min(read) < 3000


def test_two_parts_are_known_to_be_apart() -> None:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edge(1, 2, length=1)
    graph.add_edges_from(nx.cycle_graph(range(10, 5000)).edges, length=1)

    found = shortest.k_shortest(1, 10, 3, loader(graph))

    assert (found.paths, found.is_exact) == ([], True)
    assert found.nodes < 200


@pytest.mark.parametrize(
    ("bounds", "stopped"),
    [
        (Bounds(nodes=10), "people"),
        (Bounds(lines=30), "ties"),
        (Bounds(statements=3), "statements"),
        (Bounds(seconds=0.0), "time"),
    ],
)
def test_every_bound_holds_and_is_named(bounds: Bounds, stopped: str) -> None:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(nx.path_graph(20_000).edges, length=1)

    found = shortest.k_shortest(0, 19_999, 3, loader(graph), bounds)

    assert (found.paths, found.stopped) == ([], stopped)
    assert found.nodes <= bounds.nodes
    assert found.lines <= bounds.lines
    assert found.statements <= bounds.statements


def test_paths_found_before_a_bound_are_given_with_a_warning() -> None:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edge(0, 1, length=10)
    for node in range(2, 2000):  # a crowd of short lines at both ends that would have to be read
        graph.add_edge(0 if node % 2 else 1, node, length=1)

    found = shortest.k_shortest(0, 1, 1, loader(graph), Bounds(nodes=100))

    assert [path.nodes for path in found.paths] == [(0, 1)]
    assert found.stopped == "people"
