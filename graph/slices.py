"""The slice around a root: bounded, ranked, placed; one function answers author page, explorer and API."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import msgspec
from django.db import transaction

from graph import lines, ranking, rings, stored, turns
from graph.document import document_of, places_of
from graph.neighbourhood import Candidate, Neighbourhood
from graph.questions import DEFAULT_LIMIT, KINDS, MODELS, Question, short_id, split_root
from publications.models import Author, Entity, Work

FIRST_RING = 60  # hundredths of the places that the first of two rings gets


class UnknownRootError(LookupError):
    """There is no such author, work, topic or institution, or nobody may see it."""


class MergedRootError(LookupError):
    """The root was merged into another record, whose short id is `into`."""

    def __init__(self, root: str, into: str) -> None:
        super().__init__(into)
        self.root, self.into = root, into


@dataclass(frozen=True)
class Slice:
    """A slice as it is stored and sent: gzip JSON, with the hash of the JSON as its version."""

    root: str
    version: str
    payload: bytes

    @cached_property
    def body(self) -> bytes:
        return gzip.decompress(self.payload)

    @cached_property
    def document(self) -> dict[str, Any]:
        """{"meta": …, "elements": {"nodes": […], "edges": […]}} as in the API."""
        return msgspec.json.decode(self.body, type=dict[str, Any])

    @property
    def meta(self) -> dict[str, Any]:
        return dict(self.document["meta"])

    @property
    def nodes(self) -> list[dict[str, Any]]:
        return list(self.document["elements"]["nodes"])

    @property
    def edges(self) -> list[dict[str, Any]]:
        return list(self.document["elements"]["edges"])


def around(
    root: str,
    *,
    depth: int = 1,
    types: Sequence[str] = KINDS,
    from_year: int | None = None,
    to_year: int | None = None,
    topic: int | None = None,
    strength: int = 1,
    limit: int = DEFAULT_LIMIT,
) -> Slice:
    """The slice around A12, W7, T3 or I9; raises UnknownRootError and MergedRootError."""
    named = split_root(root)
    if named is None:
        raise UnknownRootError(root)
    kind, number = named
    kinds = tuple(known for known in KINDS if known in types)
    return answer(
        Question(
            kind=kind,
            number=number,
            depth=depth,
            types=kinds,
            from_year=from_year,
            to_year=to_year,
            topic=topic,
            strength=strength,
            limit=limit,
        )
    )


def answer(question: Question) -> Slice:
    """The stored slice while it is fresh, else a new one, stored if the question is a common one.

    What readers saw of this root before stays where it was, so that they know the picture again: in a stale slice, or
    in the one without filters. Raises TooBusyError where it would have to be computed and others are at it (S26).
    """
    kept = stored.read(question) if question.is_common else None
    if kept and not kept.is_stale:
        return Slice(question.root, kept.version, kept.payload)
    with turns.turn(), transaction.atomic():
        keep = question.is_common and stored.may_save()
        found = gather(question, root_of(question))
        before = answer(question.common) if not question.is_common else _seen(question, kept)
        document = document_of(found, places_of(before.document) if before else None)
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        fresh = Slice(question.root, blake2b(body, digest_size=16).hexdigest(), stored.pack(body))
        if keep:
            members = [node["data"]["id"] for node in fresh.nodes]
            stored.save(question, version=fresh.version, payload=fresh.payload, members=members)
    return fresh


def _seen(question: Question, kept: stored.Kept | None) -> Slice | None:
    return Slice(question.root, kept.version, kept.payload) if kept else None


def root_of(question: Question) -> Entity:
    """The root, if anybody may see it; raises UnknownRootError and MergedRootError."""
    entity: Entity | None = MODELS[question.kind]._default_manager.filter(pk=question.number).first()
    if entity is None or (isinstance(entity, Author) and entity.hidden):
        raise UnknownRootError(question.root)
    if isinstance(entity, Author | Work) and entity.merged_into_id:
        raise MergedRootError(question.root, short_id(question.kind, entity.merged_into_id))
    return entity


def gather(question: Question, root: Entity) -> Neighbourhood:
    """Everything a slice shows, in a number of statements that does not depend on the corpus."""
    found = Neighbourhood(question)
    places = question.limit - 1
    _fill(found, rings.first(found, root), places if question.depth == 1 else places * FIRST_RING // 100)
    if question.depth > 1:
        _fill(found, rings.second(found), places - len(found.shown))
    found.lines = lines.among(found)
    _drop_unconnected(found)
    return found


def _fill(found: Neighbourhood, candidates: dict[str, list[Candidate]], places: int) -> None:
    """Give the places to the best of each kind, by the shares of the root's kind."""
    available = {kind: len(of_kind) for kind, of_kind in candidates.items()}
    taken = ranking.share_out(places, ranking.SHARES[found.question.kind], available)
    for kind, of_kind in candidates.items():
        ranked = sorted(of_kind, key=lambda candidate: (-round(candidate.score, 9), candidate.number))
        found.shown |= {candidate.key: candidate for candidate in ranked[: taken[kind]]}


def _drop_unconnected(found: Neighbourhood) -> None:
    connected = {key for line in found.lines for key in (line.source, line.target)}
    found.shown = {key: candidate for key, candidate in found.shown.items() if key in connected}
