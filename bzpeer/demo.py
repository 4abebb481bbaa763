"""`manage.py demo`: a site with an invented corpus, or with your own files, imported on the first start."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bzpeer import site_processes
from bzpeer.embedded import addresses, locks, places
from bzpeer.embedded.errors import ServiceError
from bzpeer.serve import Site

WORKS = 3000
SEED = 1
SOURCES = ("acl", "arxiv", "openalex")  # those of publications.importers, which needs Django
PREPARING = "preparing"  # while this file is there, /readyz answers 503
INVENTED = "invented"  # while this file is there, pages say that they are a demonstration
READY = "demo.json"  # what the first start made: accounts and pages to open


@dataclass(frozen=True)
class Corpus:
    """Files by importer, in the order given; none means the invented corpus."""

    files: tuple[tuple[str, Path], ...] = ()

    @property
    def is_invented(self) -> bool:
        return not self.files

    def folder(self, base: Path) -> Path:
        """A data folder of its own, so that invented and real records never mix."""
        if self.is_invented:
            return base
        listed = "\n".join(f"{source}:{path}" for source, path in self.files)
        source, path = self.files[0]
        slug = re.sub(r"[^a-z0-9]+", "-", path.name.split(".")[0].lower()).strip("-")[:30]
        return base / "corpora" / f"{source}-{slug}-{sha256(listed.encode()).hexdigest()[:8]}"

    def by_source(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for source, path in self.files:
            found.setdefault(source, []).append(path)
        return found


def parse_corpus(text: str) -> Corpus:
    """`arxiv:path acl:path`, with quotes around blanks; raises ServiceError for what cannot be read."""
    files = []
    for word in shlex.split(text):
        source, colon, name = word.partition(":")
        if not colon or not name:
            raise ServiceError(f"CORPUS takes SOURCE:PATH, not {word!r}; for example CORPUS=arxiv:file.jsonl.gz")
        if source not in SOURCES:
            raise ServiceError(f"CORPUS names {source!r}; files are read from {', '.join(SOURCES)}.")
        path = Path(name).expanduser().resolve()
        if not path.exists():
            raise ServiceError(f"CORPUS names {path}, which does not exist.")
        files.append((source, path))
    return Corpus(tuple(files))


def prepare(site: Site, corpus: Corpus) -> None:
    """Import on the first start only, then say which pages to open."""
    if (site.data / PREPARING).exists():
        site.say(f"The pages are already served at http://localhost:{site.port}/ and fill up meanwhile.")
        _import(site, corpus)
        site.step("making the accounts", "prepare_demo")
        (site.data / PREPARING).unlink()
    made = json.loads((site.data / READY).read_text())
    for line in summary(made, site, corpus):
        print(line, flush=True)  # noqa: T201


def _import(site: Site, corpus: Corpus) -> None:
    if corpus.is_invented:
        folder = site.data / "corpus"
        numbers = ("--works", str(WORKS), "--seed", str(SEED), "--out", str(folder))
        site.step(f"inventing a corpus of {WORKS} works", "generate_corpus", *numbers)
        sources = {source: [folder / source] for source in ("arxiv", "openalex")}
    else:
        sources = corpus.by_source()
    for source, paths in sources.items():
        site.step(f"importing {source}", "import_works", source, *map(str, paths))
    site.step("assessing every author", "assess", "--all")


def summary(made: dict[str, list[dict[str, str]]], site: Site, corpus: Corpus) -> list[str]:
    """What a reader of the terminal needs to go on."""
    base = f"http://localhost:{site.port}"
    what = "an invented corpus" if corpus.is_invented else "your files"
    lines = ["", f"bzpeer is ready with {what}: {base}/", ""]
    lines += [f"  {base}{page['path']}  {page['name']}, {page['works']} works" for page in made["pages"]]
    lines += ["", f"Accounts, to log in at {base}/accounts/login/:"]
    lines += [f"  {account['email']:<24} {account['password']}" for account in made["accounts"]]
    lines += [f"owner@ owns {base}{page['path']}" for page in made.get("owned", [])]
    lines += ["", f"Mail is written to {_short(site.data / 'mail')}/*.eml; data lie in {_short(site.data)}/."]
    if not corpus.is_invented:
        lines.append(f"Commands for this corpus: DATA_DIR={_short(site.data)} .venv/bin/python manage.py …")
    return [*lines, "Ctrl-C stops everything.", ""]


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py demo", description=__doc__)
    parser.add_argument("--port", type=site_processes.port, default=os.environ.get("PORT") or "8000")
    parser.add_argument("--corpus", default=os.environ.get("CORPUS", ""), metavar="'SOURCE:PATH …'")
    options = parser.parse_args(arguments)
    if "postgres" not in addresses.missing():
        raise ServiceError("The demo keeps to a database of its own: run it without DATABASE_URL.")
    corpus = parse_corpus(options.corpus)
    data = corpus.folder(places.data_dir())
    os.environ["DATA_DIR"] = str(data)  # for our own children
    _mark(data, corpus)
    return Site(data, options.port).run(lambda site: prepare(site, corpus))


def _mark(data: Path, corpus: Corpus) -> None:
    """Before anything is served: that the first import is not done, and that records are invented."""
    if not (data / READY).exists():
        locks.open_file(data / PREPARING).close()
    if corpus.is_invented:
        locks.open_file(data / INVENTED).close()
