"""Rendering TeX: formulas a second against latex2mathml, abstracts a second against nh3 alone on the same text.

    python bench/tex.py [FILE.jsonl.gz] [--rounds 3]

FILE holds arXiv records (JSON lines with `title` and `abstract`); without it an invented corpus is generated. nh3 does
nothing but escape and sanitise: it is the limit of anything that ends in a sanitiser. Caches are emptied each round.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import html
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))
FORMULA = re.compile(r"(?<!\\)\$([^$]+)\$")
LIMIT = 20_000  # records


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    abstracts = read(options.file) if options.file else invented()
    formulas = [found for abstract in abstracts for found in FORMULA.findall(abstract)]
    print(f"{len(abstracts):,} abstracts, {len(formulas):,} formulas")
    compare_formulas(formulas, options.rounds)
    compare_abstracts(abstracts, options.rounds)


def read(path: Path) -> list[str]:
    """The abstracts of a file; lines that no reader can use are left out."""
    found = []
    for line in gzip.decompress(path.read_bytes()).splitlines()[:LIMIT]:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            found.append(str(json.loads(line)["abstract"] or ""))
    return found


def invented() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "generate_corpus", "--works", "4000", "--seed", "1", "--out", folder]
        subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
        return [text for path in sorted(Path(folder, "arxiv").glob("*.jsonl.gz")) for text in read(path)]


def compare_formulas(formulas: Sequence[str], rounds: int) -> None:
    from latex2mathml.converter import convert

    from publications.tex.formulas import to_mathml

    ours = rate(to_mathml.__wrapped__, formulas, rounds)
    distinct = list(dict.fromkeys(formulas))[:500]
    peer = rate(lambda formula: tolerant(convert, formula), distinct, rounds)
    report("formulas", ours, "latex2mathml", peer)


def compare_abstracts(abstracts: Sequence[str], rounds: int) -> None:
    import nh3

    from publications import tex
    from publications.tex.formulas import to_line, to_mathml

    def empty() -> None:
        to_mathml.cache_clear()
        to_line.cache_clear()

    limit = rate(lambda text: nh3.clean(html.escape(text)), abstracts, rounds)
    report("abstracts to HTML", rate(tex.to_html, abstracts, rounds, empty), "nh3 alone", limit)
    report("abstracts to text", rate(tex.to_plain, abstracts, rounds, empty), "nh3 alone", limit)


def tolerant(convert: Callable[[str], str], formula: str) -> str | None:
    try:
        return convert(formula)
    except Exception:  # the peer raises many kinds on unknown macros; the attempt counts for it
        return None


def rate(
    function: Callable[[str], object], texts: Sequence[str], rounds: int, before: Callable[[], None] = lambda: None
) -> float:
    """Texts a second of processor time, the median of the rounds."""
    seconds = []
    for _ in range(rounds):
        before()
        started = time.process_time()
        for text in texts:
            function(text)
        seconds.append(time.process_time() - started)
    return len(texts) / statistics.median(seconds)


def report(what: str, ours: float, peer_name: str, peer: float) -> None:
    print(f"{what}: {ours:,.0f} a second; {peer_name}: {peer:,.0f} a second; ratio {ours / peer:.2f}")


if __name__ == "__main__":
    main()
