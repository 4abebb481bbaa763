"""A slice as a file for Gephi, networkx, Cytoscape or a spreadsheet: the same nodes, lines and weights in each.

A line runs from source to target, as in the API. Its type is called `relation` in files: Gephi takes `type` for the
direction of a line. What is unknown is left out, because GraphML and GEXF have no null.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
from django.conf import settings
from networkx.readwrite.gexf import GEXFWriter
from networkx.readwrite.graphml import GraphMLWriter

from graph import raster, standalone
from graph.layout import HEIGHT, mark_of

Document = dict[str, Any]
Graph = nx.DiGraph  # or its multigraph, where two lines join the same two nodes

EDITION = "1"  # raise it when a writer changes: part of the validator
PARTS = ("nodes", "edges")
NODE_COLUMNS = (
    "id", "type", "label", "url", "weight", "ring", "relation", "shared_works", "first_year", "last_year",
    "works_count", "year", "work_type", "cited_by_count", "authors_count", "is_retracted", "code", "community",
    "labelled", "x", "y",
)  # fmt: skip
EDGE_COLUMNS = ("id", "source", "target", "relation", "weight", "works", "first_year", "last_year")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a formula begins in a spreadsheet
_SHAPES = {"author": "disc", "work": "square", "topic": "diamond", "institution": "triangle"}  # those that GEXF knows
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same content, the same bytes


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of file: its media type, the end of its name, and what writes it."""

    media_type: str
    suffix: str
    write: Callable[[Document], bytes]


def file_name(root: str, export: Export, part: str | None = None) -> str:
    return f"bzpeer-{root}{f'-{part}' if part else ''}.{export.suffix}"


def nodes_of(document: Document) -> list[dict[str, Any]]:
    """The data of every node with its place and whole address; nothing unknown, nothing that XML cannot hold."""
    return [
        _known(node["data"] | {"url": settings.BASE_URL.rstrip("/") + node["data"]["url"]} | node["position"])
        for node in document["elements"]["nodes"]
    ]


def edges_of(document: Document) -> list[dict[str, Any]]:
    """The data of every line; its type under the name `relation`."""
    edges = [_known(edge["data"]) for edge in document["elements"]["edges"]]
    return [
        {"relation" if name == "type" else name: value for name, value in edge.items()}
        | {"weight": float(edge["weight"])}
        for edge in edges
    ]


def graphml(document: Document) -> bytes:
    """GraphML with typed attributes; x and y as in the API, y downwards, and colours as Gephi reads them."""
    graph = _graph(document)
    for _id, data in graph.nodes(data=True):
        data |= standalone.rgb(data["type"])
    writer = GraphMLWriter(encoding="utf-8", edge_id_from_attribute="id")
    writer.add_graph_element(graph)
    return str(writer).encode()


def gexf(document: Document) -> bytes:
    """GEXF 1.2 with places (y upwards, as Gephi draws), sizes, shapes and the colours of kinds."""
    graph = _graph(document)
    for _id, data in graph.nodes(data=True):
        x, y = data.pop("x"), data.pop("y")
        data["viz"] = {
            "color": standalone.rgb(data["type"]) | {"a": 1.0},
            "position": {"x": x, "y": round(HEIGHT - y, 1), "z": 0.0},
            "size": round(2 * mark_of(data).radius, 1),
            "shape": _SHAPES[data["type"]],
        }
    writer = GEXFWriter(encoding="utf-8", version="1.2draft")
    writer.add_graph(graph)
    for meta in writer.xml.findall("meta"):
        writer.xml.remove(meta)  # it holds the date of today: the same slice shall be the same file
    return str(writer).encode()


def csv_part(document: Document, part: str) -> bytes:
    """The table of nodes or of edges, UTF-8 with a header; a text that begins like a formula gets an apostrophe."""
    rows, columns = (nodes_of(document), NODE_COLUMNS) if part == "nodes" else (edges_of(document), EDGE_COLUMNS)
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def csv_zip(document: Document) -> bytes:
    """nodes.csv and edges.csv in one archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for part in PARTS:
            member = zipfile.ZipInfo(f"{part}.csv", _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(member, csv_part(document, part))
    return archive.getvalue()


def svg(document: Document) -> bytes:
    return standalone.svg(_without_controls(document))


def png(document: Document) -> bytes:
    """The SVG file as pixels, with fonts of our own; raises NotDrawnError."""
    return raster.picture(_without_controls(document))


def _graph(document: Document) -> Graph[str]:
    edges = edges_of(document)
    pairs = Counter((edge["source"], edge["target"]) for edge in edges)
    several = any(count > 1 for count in pairs.values())
    graph: Graph[str] = nx.MultiDiGraph() if several else nx.DiGraph()
    for data in nodes_of(document):
        graph.add_node(data.pop("id"), **data)
    for data in edges:
        source, target = data.pop("source"), data.pop("target")
        keyed = {"key": data["id"]} if several else {}
        graph.add_edge(source, target, **keyed, **data)
    return graph


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {name: _clean(value) for name, value in data.items() if value is not None}


def _clean(value: Any) -> Any:
    return _NO_XML.sub("\ufffd", value) if isinstance(value, str) else value


def _without_controls(document: Document) -> Document:
    nodes = [node | {"data": _known(node["data"])} for node in document["elements"]["nodes"]]
    return {"elements": {"nodes": nodes, "edges": document["elements"]["edges"]}}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


EXPORTS = {
    "graphml": Export("application/graphml+xml", "graphml", graphml),
    "gexf": Export("application/gexf+xml", "gexf", gexf),
    "csv": Export("application/zip", "zip", csv_zip),
    "svg": Export("image/svg+xml", "svg", svg),
    "png": Export("image/png", "png", png),
}
FORMATS: Sequence[str] = ("json", *EXPORTS)


def csv_table(part: str) -> Export:
    return Export("text/csv; charset=utf-8", "csv", lambda document: csv_part(document, part))
