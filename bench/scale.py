"""Slices and paths at growing sizes of an invented corpus (G1 to G5): what they cost, and how that grows.

    python bench/scale.py --works 10000 --works 100000 [--works 1000000] [--roots 200] [--pairs 40] [--keep DIR]

Each size has a throw-away database of its own (bench/synthetic.py fills it) and a process of its own; then
bench/slice.py and bench/path.py measure there. A million works take some 6 GB of disk, 6 GB of memory (networkx and
igraph hold the graph in memory, ours does not) and most of an hour, nearly all of it for filling and for the peers.
With --keep databases stay in DIR, and a second run measures at once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from bench import peers  # noqa: E402 # found through the line above

DONE = "filled.json"
GROWTH_GOAL, GROWTH_WANTED = 1.6, 1.3
GROWING = ("stored", "gathered, 2 steps", "slice of people, 2 steps", "first answer, 2 steps", "database, k=3")
Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, action="append", help="a size; may be given several times")
    parser.add_argument("--roots", type=int, default=200, help="authors at even distances")
    parser.add_argument("--pairs", type=int, default=40, help="pairs by lot")
    parser.add_argument("--hubs", type=int, default=20, help="hubs, and pairs of hubs")
    parser.add_argument("--keep", type=Path, help="a folder where the databases stay")
    parser.add_argument("--only", choices=("slices", "paths"), help="measure one of them")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure_one(options)
        return
    base = options.keep or Path(tempfile.mkdtemp(prefix="bzpeer-scale-"))
    base.mkdir(exist_ok=True)
    base.chmod(0o755)  # as root, PostgreSQL's own user must be able to pass
    try:
        tell([measured(base, works, options) for works in sorted(options.works or [10_000, 100_000])])
    finally:
        if not options.keep:
            shutil.rmtree(base, ignore_errors=True)


def measured(base: Path, works: int, options: argparse.Namespace) -> Figures:
    """One size in a process of its own, whose memory is then its own."""
    print(f"\n=== {works:,} works", flush=True)
    data, figures = base / f"works-{works}", base / f"works-{works}.json"
    data.mkdir(exist_ok=True)
    command = [sys.executable, __file__, "--works", str(works), "--measure", str(figures)]
    for name in ("roots", "pairs", "hubs"):
        command += [f"--{name}", str(getattr(options, name))]
    if options.only:
        command += ["--only", options.only]
    names = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    subprocess.run(command, env=names | {"DATA_DIR": str(data)}, check=True)
    found: Figures = json.loads(figures.read_text())
    return found


def measure_one(options: argparse.Namespace) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    from bzpeer.embedded import joining

    [works] = options.works
    with joining.services():
        import django

        django.setup()
        fill(works)
        from bench import path
        from bench import slice as slices

        others = peers.load()
        found: Figures = {"works": works, "megabytes": others.megabytes, "pairs": others.graph.number_of_edges()}
        if options.only != "paths":
            found["slices"] = slices.measure(options.roots, options.hubs, others)
        if options.only != "slices":
            found["paths"] = path.measure(options.pairs, options.hubs, others)
    options.measure.write_text(json.dumps(found))


def fill(works: int) -> None:
    from django.core.management import call_command

    from bench import synthetic

    done = Path(os.environ["DATA_DIR"]) / DONE
    if not done.exists():
        call_command("migrate", verbosity=0)
        synthetic.fill(works)
        done.write_text(json.dumps({"works": works}))


def tell(sizes: list[Figures]) -> None:
    """Tables in Markdown, one column a size: p50 / p95 in milliseconds."""
    columns = " | ".join(f"{found['works']:,} works" for found in sizes)
    for part in ("slices", "paths"):
        for group in sizes[0].get(part, {}):
            print(f"\n| {part}, {group} | {columns} |\n|---|{'---|' * len(sizes)}")
            for candidate in sizes[-1][part][group]:
                cells = (found[part][group].get(candidate) for found in sizes)
                print(f"| {candidate} | {' | '.join(cell(pair) for pair in cells)} |")
    print(f"\n| memory of a process | {columns} |\n|---|{'---|' * len(sizes)}")
    for name in sizes[-1]["megabytes"]:
        print(f"| {name} | {' | '.join(format(found['megabytes'][name], ',.0f') + ' MB' for found in sizes)} |")
    if len(sizes) > 1:
        tell_growth(sizes[0], sizes[-1])


def cell(pair: list[float] | None) -> str:
    return f"{pair[0]:,.2f} / {pair[1]:,.2f}" if pair else ""


def tell_growth(small: Figures, large: Figures) -> None:
    print(f"\np95 at {large['works']:,} works / at {small['works']:,}:")
    for part in ("slices", "paths"):
        for group in small.get(part, {}):
            for candidate in GROWING:
                if candidate in small[part][group]:
                    grown = large[part][group][candidate][1] / small[part][group][candidate][1]
                    peers.verdict(f"G4 {group}, {candidate}", grown, GROWTH_GOAL, GROWTH_WANTED)


if __name__ == "__main__":
    main()
