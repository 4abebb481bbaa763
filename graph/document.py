"""A neighbourhood as Cytoscape JSON, with names, addresses and positions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from graph import layout
from graph.communities import communities
from graph.neighbourhood import Candidate, Key, Line, Neighbourhood
from graph.questions import AUTHOR, KINDS, MODELS, TOPIC, WORK, short_id
from publications import tex
from publications.models import Author, Entity, Institution, Topic, Work

Document = dict[str, Any]

_FIELDS = {
    "author": ("display_name", "works_count"),
    "work": ("title", "publication_year", "type", "cited_by_count", "authors_count", "is_retracted"),
    "topic": ("name", "code", "works_count"),
    "institution": ("name", "country_code", "works_count"),
}
_VISIBLE: dict[str, dict[str, bool]] = {
    "author": {"hidden": False, "merged_into__isnull": True},
    "work": {"merged_into__isnull": True},
}


def document_of(found: Neighbourhood, known: Mapping[str, layout.Spot] | None = None) -> Document:
    """{"meta", "elements"} of the API; what is no longer visible by now is left out with its lines.

    `known` holds the places of the picture that readers saw before, by id.
    """
    entities = _entities(found)
    shown = {key: candidate for key, candidate in found.shown.items() if key in entities}
    drawn = [line for line in found.lines if line.source in entities and line.target in entities]
    largest = _largest(shown.values())
    nodes = [_root_data(entities[found.root])]
    nodes += [_node_data(entities[key], candidate, largest) for key, candidate in shown.items()]
    _tell_topics_apart(nodes)
    _tell_communities(nodes, drawn)
    places = layout.arrange([layout.mark_of(node) for node in nodes], [_strength(line) for line in drawn], known)
    return {
        "meta": _meta(found, shown),
        "elements": {
            "nodes": [_placed(node, places[node["id"]]) for node in nodes],
            "edges": [{"data": _edge_data(line)} for line in drawn],
        },
    }


def _entities(found: Neighbourhood) -> dict[Key, Entity]:
    """The visible ones, one statement a kind."""
    entities: dict[Key, Entity] = {}
    for kind in KINDS:
        rows = MODELS[kind]._default_manager.filter(pk__in=found.numbers(kind)).only(*_FIELDS[kind])
        if kind in _VISIBLE:
            rows = rows.filter(**_VISIBLE[kind])
        entities |= {(kind, row.pk): row for row in rows}
    return entities


def _meta(found: Neighbourhood, shown: dict[Key, Candidate]) -> Document:
    question = found.question
    counts = {kind: sum(key[0] == kind for key in shown) for kind in question.types}
    omitted = {kind: max(0, found.total.get(kind, 0) - counts[kind]) for kind in question.types}
    omitted["edges"] = found.lines_left_out
    return {
        "root": question.root,
        "depth": question.depth,
        "types": list(question.types),
        "from_year": question.from_year,
        "to_year": question.to_year,
        "topic": question.topic and short_id(TOPIC, question.topic),
        "strength": question.strength,
        "limit": question.limit,
        "count": 1 + len(shown),
        "truncated": any(omitted.values()),
        "exact": found.is_exact,
        "omitted": omitted,
        "works_of_large_teams": found.large_works,
    }


def _root_data(entity: Entity) -> Document:
    return _entity_data(entity) | {"weight": 1.0, "ring": 0}


def _node_data(entity: Entity, candidate: Candidate, largest: dict[tuple[str, int], float]) -> Document:
    data = _entity_data(entity)
    weight = math.sqrt(candidate.score / largest[candidate.kind, candidate.ring]) / candidate.ring
    data |= {"weight": round(weight, 3), "ring": candidate.ring}
    if candidate.kind != WORK:
        data["shared_works"] = candidate.works
        data["first_year"], data["last_year"] = candidate.first_year, candidate.last_year
    if candidate.line:
        data["relation"] = candidate.line
    return data


def _entity_data(entity: Entity) -> Document:
    data: Document = {"id": entity.short_id, "type": type(entity).__name__.lower(), "label": entity.label}
    data["url"] = entity.get_absolute_url()
    if isinstance(entity, Work):
        data["label"] = tex.to_plain(entity.title)
        data |= {"year": entity.publication_year, "work_type": entity.type, "cited_by_count": entity.cited_by_count}
        data |= {"authors_count": entity.authors_count, "is_retracted": entity.is_retracted}
    elif isinstance(entity, Author | Topic | Institution):
        data["works_count"] = entity.works_count
    if isinstance(entity, Topic):
        data["code"] = entity.code
    return data


def _tell_topics_apart(nodes: list[Document]) -> None:
    """Two categories may share a name ("Machine Learning" is cs.LG and stat.ML): then their codes follow it."""
    topics = [data for data in nodes if data["type"] == TOPIC]
    names = Counter(data["label"] for data in topics)
    for data in topics:
        if names[data["label"]] > 1:
            data["label"] = f"{data['label']} ({data['code']})"


def _tell_communities(nodes: list[Document], drawn: list[Line]) -> None:
    """People of one community share its number."""
    people = [data["id"] for data in nodes if data["type"] == AUTHOR]
    ties = [(short_id(*line.source), short_id(*line.target), line.weight) for line in drawn if line.type == "coauthor"]
    found = communities(people, ties, root=nodes[0]["id"])
    for data in nodes:
        if data["id"] in found:
            data["community"] = found[data["id"]]


def places_of(document: Document) -> dict[str, layout.Spot]:
    """Where everything of a document stands, by id."""
    return {
        node["data"]["id"]: (node["position"]["x"], node["position"]["y"]) for node in document["elements"]["nodes"]
    }


def _largest(candidates: Iterable[Candidate]) -> dict[tuple[str, int], float]:
    """The highest score of each kind in each ring: sizes compare like with like."""
    largest: dict[tuple[str, int], float] = {}
    for candidate in candidates:
        of = candidate.kind, candidate.ring
        largest[of] = max(largest.get(of, 1e-9), candidate.score)
    return largest


def _strength(line: Line) -> tuple[str, str, float]:
    """Pull of a line: the logarithm, so that one strong tie does not swallow its neighbours."""
    pull = 0.3 + math.log1p(line.weight) if line.type == "coauthor" else 0.6
    return short_id(*line.source), short_id(*line.target), pull


def _placed(data: Document, place: layout.Place) -> Document:
    return {"data": data | {"labelled": place.label}, "position": {"x": place.x, "y": place.y}}


def _edge_data(line: Line) -> Document:
    source, target = short_id(*line.source), short_id(*line.target)
    data: Document = {
        "id": f"{source}-{target}-{line.type}",
        "source": source,
        "target": target,
        "type": line.type,
        "weight": round(line.weight, 6),
        "works": line.works,
    }
    if line.first_year is not None and line.type != "authorship":
        data["first_year"], data["last_year"] = line.first_year, line.last_year
    return data
