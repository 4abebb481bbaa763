"""G13 to G15: suggestions and title search, as ratios to their peers in the same run.

    python bench/suggest.py [--rounds 300] [--seed 1]

Runs on the corpus of DATABASE_URL, or of the services under DATA_DIR, and only reads. Each candidate and its peer
answer in turn for the same query, three times; the best time of each counts.
"""

from __future__ import annotations

import argparse
import os
import random
import string
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
TYPOS = 200
Pair = tuple[Callable[[], Any], Callable[[], Any]]
GOALS = {
    "suggestions, 1-4 letters / primary key": (5, 2),
    "suggestions, more letters / primary key": (8, 3),
    "full name with one typo / pg_trgm": (0.1, 0.05),
    "title search, one word / exact GIN and sort": (0.25, 0.08),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300, help="queries of each kind")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    from bzpeer.embedded import joining

    with joining.services():
        import django

        django.setup()
        measure(options.rounds, random.Random(options.seed))


def measure(rounds: int, chance: random.Random) -> None:
    from publications.models import Author, Work

    authors = list(Author.objects.visible().values_list("pk", "sort_key").order_by("?")[: 4 * rounds])
    if len(authors) < 20:
        sys.exit("There are too few authors: import or generate a corpus first.")
    print(f"{Author.objects.count():,} authors, {Work.objects.count():,} works, {rounds} queries of each kind")
    short = [name[: chance.randint(1, 4)] for _pk, name in authors[:rounds]]
    longer = [name[: chance.randint(5, max(5, len(name)))] for _pk, name in authors if len(name) >= 5][:rounds]
    numbers = [pk for pk, _name in authors]
    suggestions("suggestions, 1-4 letters / primary key", short, numbers)
    suggestions("suggestions, more letters / primary key", longer, numbers)
    typos(authors, chance)
    titles(rounds)


def suggestions(title: str, typed: Sequence[str], numbers: Sequence[int]) -> None:
    from bzpeer.kit import hot
    from publications.search import suggest

    def by_key(pk: int) -> Any:
        return hot.rows("select id, display_name, works_count from publications_author where id = %(pk)s", {"pk": pk})

    pairs = [
        (lambda q=q: suggest("authors", q), lambda pk=pk: by_key(pk)) for q, pk in zip(typed, numbers, strict=False)
    ]
    report(title, *in_turn(pairs))


def typos(authors: Sequence[tuple[int, str]], chance: random.Random) -> None:
    from bzpeer.kit import hot
    from publications.search import suggest

    named = [(pk, name, slip(name, chance)) for pk, name in authors if " " in name and len(name) > 8][:TYPOS]
    found = {"ours": 0, "trgm": 0}
    sql = """select id, sort_key from publications_author where sort_key %% %(q)s and not hidden
        order by similarity(sort_key, %(q)s) desc limit 10"""

    def ours(name: str, typed: str) -> None:
        found["ours"] += any(hit.display_name and fold(hit.display_name) == name for hit in suggest("authors", typed))

    def trgm(name: str, typed: str) -> None:
        found["trgm"] += any(key == name for _pk, key in hot.rows(sql, {"q": typed}))

    pairs = [(lambda n=n, t=t: ours(n, t), lambda n=n, t=t: trgm(n, t)) for _pk, n, t in named]
    report("full name with one typo / pg_trgm", *in_turn(pairs, warm=0))
    ours_found, trgm_found = found["ours"] // 3, found["trgm"] // 3  # each was asked three times
    print(f"    found in the top 10: {ours_found} of {len(named)}, pg_trgm {trgm_found}; at least 0.98 of it")


def titles(rounds: int) -> None:
    from bzpeer.kit import hot
    from publications import candidates

    sql = """select word from publications_searchword where kind = 'works' and length(word) > 3
        order by entries desc limit %(rounds)s"""
    words = [word for (word,) in hot.rows(sql, {"rounds": rounds})]
    exact = """select id from publications_work where title_search @@ to_tsquery('bzpeer', %(query)s)
        and merged_into_id is null order by cited_by_count + 0 desc, id desc limit 10"""

    def ours(word: str) -> list[int]:
        return candidates.works([word], f"'{word}':*", column="title_search", typing=True, most=10).ids()[:10]

    def peer(word: str) -> list[int]:
        return [pk for (pk,) in hot.rows(exact, {"query": f"'{word}':*"})]

    pairs = [(lambda w=word: ours(w), lambda w=word: peer(w)) for word in words]
    report("title search, one word / exact GIN and sort", *in_turn(pairs))
    same = [ours(word) == peer(word) for word in words]
    print(f"    same top 10: {sum(same)} of {len(same)}; at least 0.95")


def in_turn(pairs: Sequence[Pair], warm: int = 20) -> tuple[list[float], list[float]]:
    """Seconds of each candidate and of its peer, one after the other; the best of three, as machines are noisy."""
    for ours, peer in pairs[:warm]:
        ours(), peer()
    taken: tuple[list[float], list[float]] = ([], [])
    for ours, peer in pairs:
        tries = [(seconds(ours), seconds(peer)) for _ in range(3)]
        for best, of_one in zip(taken, zip(*tries, strict=True), strict=True):
            best.append(min(of_one))
    return taken


def seconds(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    ask()
    return time.perf_counter() - started


def report(title: str, ours: Sequence[float], peer: Sequence[float]) -> None:
    at_least, wanted = GOALS[title]
    ratio = percentile(ours, 95) / percentile(peer, 95)
    verdict = "as wanted" if ratio <= wanted else "reached" if ratio <= at_least else "MISSED"
    print(
        f"{title}: p50 {percentile(ours, 50) * 1000:.2f} / {percentile(peer, 50) * 1000:.2f} ms, "
        f"p95 {percentile(ours, 95) * 1000:.2f} / {percentile(peer, 95) * 1000:.2f} ms, "
        f"ratio {ratio:.2f} ({verdict}: at least {at_least}, wanted {wanted})"
    )


def percentile(seconds: Sequence[float], part: int) -> float:
    return sorted(seconds)[min(len(seconds) - 1, len(seconds) * part // 100)]


def slip(name: str, chance: random.Random) -> str:
    """One letter left out, doubled, replaced, or swapped with the next."""
    place = chance.choice([i for i in range(1, len(name) - 1) if name[i] != " " and name[i + 1] != " "])
    other = chance.choice(string.ascii_lowercase)
    before, letter, after = name[:place], name[place], name[place + 1 :]
    return before + chance.choice([after, letter + letter + after, other + after, after[0] + letter + after[1:]])


def fold(name: str) -> str:
    from publications import names

    return names.key(name)


if __name__ == "__main__":
    main()
