"""What the measures of the graph share: the same edges in networkx and igraph, times, percentiles."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Times = dict[str, list[float]]
Summary = dict[str, tuple[float, float]]  # candidate → p50 and p95 in milliseconds

_EDGES = """
select author_id, coauthor_id, weight from graph_coauthoredge where author_id < coauthor_id
and not exists (select from publications_author gone where gone.id in (author_id, coauthor_id)
    and (gone.hidden or gone.merged_into_id is not null))
"""


@dataclass(frozen=True)
class Peers:
    """The graph of networkx, and of igraph where it is installed: it is no dependency, its licence is the GPL."""

    graph: Any
    other: Any
    megabytes: dict[str, float]


def load() -> Peers:
    """Every co-author edge that anybody may see, with its weight and its length, in this process's memory."""
    rows = _edges()
    told: dict[str, float] = {}
    graph = _loaded("networkx", told, lambda: _networkx(rows))
    other = None
    if find_spec("igraph") is None:
        print("igraph: not installed, left out")
    else:
        other = _loaded("igraph", told, lambda: _igraph(rows))
    print(f"{len(graph):,} authors in {graph.number_of_edges():,} pairs; ours needs nothing of it in a process")
    return Peers(graph, other, told)


def _edges() -> list[tuple[int, int, float, int]]:
    from django.db import connection

    from graph.paths import length_of

    with connection.cursor() as cursor:
        cursor.execute(_EDGES)
        return [(one, two, weight, length_of(weight)) for one, two, weight in cursor]


def _loaded(name: str, told: dict[str, float], load: Callable[[], Any]) -> Any:
    before, started = _resident(), time.perf_counter()
    graph = load()
    told[name] = _resident() - before
    print(f"{name}: loaded in {time.perf_counter() - started:.1f} s, {told[name]:,.0f} MB in each process")
    return graph


def _networkx(rows: list[tuple[int, int, float, int]]) -> Any:
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_edges_from((one, two, {"weight": weight, "length": length}) for one, two, weight, length in rows)
    return graph


def _igraph(rows: list[tuple[int, int, float, int]]) -> Any:
    """An author's number is the number of the vertex."""
    highest = max((two for _one, two, _weight, _length in rows), default=0)
    graph = import_module("igraph").Graph(n=highest + 1, edges=[(one, two) for one, two, _weight, _length in rows])
    graph.es["weight"] = graph.weights = [weight for _one, _two, weight, _length in rows]
    graph.es["length"] = [length for _one, _two, _weight, length in rows]
    return graph


def _resident() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def select_one() -> None:
    from bzpeer.kit import hot

    hot.rows("select 1", {})


def timed(into: list[float], function: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    answer = function()
    into.append((time.perf_counter() - started) * 1000)
    return answer


def percentile(taken: list[float], share: int) -> float:
    return sorted(taken)[min(len(taken) - 1, len(taken) * share // 100)]


def summed_up(times: Times) -> Summary:
    return {name: (percentile(taken, 50), percentile(taken, 95)) for name, taken in times.items()}


def show(title: str, found: Summary) -> None:
    print(f"\n{title}, milliseconds")
    for candidate, (half, most) in found.items():
        print(f"  {candidate:34} p50 {half:10.2f}   p95 {most:10.2f}")


def ratio(found: Mapping[str, tuple[float, float]], one: str, other: str) -> float | None:
    """Of their p95; None where one of them was not asked."""
    return found[one][1] / found[other][1] if one in found and other in found else None


def verdict(name: str, value: float | None, least: float, wanted: float) -> None:
    if value is not None:
        said = "better than wanted" if value <= wanted else "reached" if value <= least else "MISSED"
        print(f"  {name}: {value:.2f}; goal {least}, wanted {wanted}: {said}")
