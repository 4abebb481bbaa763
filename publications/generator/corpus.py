"""The corpus on disk: shards written side by side, the same bytes for the same arguments."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from publications.generator import arxiv_form, openalex_form
from publications.generator.shard import SIZE, Shard
from publications.generator.works import Corpus, invent_corpus

MANIFEST = "corpus.json"
FOLDERS = ("arxiv", "openalex")
NOTE = "Everything in this corpus is invented: people, works, institutions and their ids."
JOINED = 400  # lines that are compressed in one go


@dataclass(frozen=True, slots=True)
class Written:
    """What one shard, or the whole corpus, came to."""

    works: int = 0
    arxiv_lines: int = 0
    openalex_lines: int = 0
    in_both: int = 0
    retracted: int = 0
    malformed_lines: int = 0

    def __add__(self, other: Written) -> Written:
        mine, theirs = asdict(self), asdict(other)
        return Written(**{name: mine[name] + theirs[name] for name in mine})


class FolderInUse(Exception):
    """The folder holds something that is not a corpus of this generator."""


def generate(works: int, seed: int, out: Path, *, jobs: int = 0, force: bool = False) -> Iterator[Written]:
    """Write the corpus; yields what each shard came to as it is done, in order.

    `jobs` processes work side by side (0: as many as there are processors); the bytes do not depend on it.
    """
    prepare(out, force=force)
    corpus = invent_corpus(works, seed)
    shards = range((works + SIZE - 1) // SIZE)
    total = Written()
    for written in _all(corpus, out, shards, jobs or os.cpu_count() or 1):
        total += written
        yield written
    manifest = {"generator": "bzpeer", "note": NOTE, "seed": seed, **asdict(total)}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def prepare(out: Path, *, force: bool) -> None:
    """Make the folders; what an earlier run of the generator left there goes away, nothing else."""
    if out.exists() and not out.is_dir():
        raise FolderInUse(f"{out} is not a folder. Name a folder that can be made.")
    foreign = out.exists() and any(out.iterdir()) and not (out / MANIFEST).exists()
    if foreign and not force:
        raise FolderInUse(f"{out} is not empty and holds no generated corpus. Name another folder, or add --force.")
    for name in FOLDERS:
        (out / name).mkdir(parents=True, exist_ok=True)
        for old in (out / name).glob("works-*.jsonl.gz"):
            old.unlink()
    (out / MANIFEST).unlink(missing_ok=True)


def _all(corpus: Corpus, out: Path, shards: Iterable[int], jobs: int) -> Iterator[Written]:
    numbers = list(shards)
    if jobs == 1 or len(numbers) < 2:
        for number in numbers:
            yield write_shard(corpus, out, number)
        return
    # A worker inherits the corpus with the fork; where there is no fork it is sent once.
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else None)
    with ProcessPoolExecutor(min(jobs, len(numbers)), context, _inherit, (corpus, out)) as pool:
        yield from pool.map(_write_inherited, numbers)


_inherited: tuple[Corpus, Path] | None = None


def _inherit(corpus: Corpus, out: Path) -> None:
    global _inherited
    _inherited = (corpus, out)


def _write_inherited(number: int) -> Written:
    if _inherited is None:
        raise RuntimeError("the worker was started without a corpus")
    return write_shard(*_inherited, number)


def write_shard(corpus: Corpus, out: Path, number: int) -> Written:
    """Both files of one shard."""
    shard = Shard(corpus, number)
    papers = shard.papers()
    name = f"works-{number:05d}.jsonl.gz"
    arxiv, broken = _write(out / "arxiv" / name, arxiv_form.lines(shard, papers))
    openalex, broken_too = _write(out / "openalex" / name, openalex_form.lines(shard, papers))
    return Written(
        works=len(papers),
        arxiv_lines=arxiv,
        openalex_lines=openalex,
        in_both=sum(1 for paper in papers if paper.mode == 1),
        retracted=sum(1 for paper in papers if paper.retracted),
        malformed_lines=broken + broken_too,
    )


def _write(path: Path, lines: Iterable[tuple[bytes, bool]]) -> tuple[int, int]:
    """Number of lines written, and of the broken ones among them; the bytes hold no name and no time."""
    count = broken = 0
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        batch: list[bytes] = []
        for line, is_broken in lines:
            batch.append(line)
            count += 1
            broken += is_broken
            if len(batch) >= JOINED:
                packed.write(b"\n".join(batch) + b"\n")
                batch.clear()
        if batch:
            packed.write(b"\n".join(batch) + b"\n")
    return count, broken
