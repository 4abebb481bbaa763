"""Readers: a provider's files in, one work record or one refusal out for every record; they know no tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from publications.importers.acl import read as read_acl
from publications.importers.arxiv import read as read_arxiv
from publications.importers.files import Progress
from publications.importers.openalex import read as read_openalex
from publications.records import Item


class Reader(Protocol):
    """Checks the paths at once (ValueError), then yields in an order that is the same in every run."""

    def __call__(self, paths: Sequence[Path], progress: Progress | None = None) -> Iterator[Item]: ...


READERS: Final[dict[str, Reader]] = {"arxiv": read_arxiv, "openalex": read_openalex, "acl": read_acl}
