"""An invented corpus of any size, straight into the tables: for measuring reads, not for looking at.

Power laws where real corpora have them: works of a person (Pareto, exponent 1.3, cut), sizes of groups (lognormal) and
of fields (Zipf), authors of a work (3.4 on average; 2.5 % have 11 to 50, one in 20,000 is by 500 to 2,000), topics,
institutions, citations. Three of four co-authors come from the first author's group, most others from the field.
`bench/ingest.py` measures the way that records really take; this one skips it, because it would take hours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from django.db import connection, transaction

from bench.synthetic_rows import STATEMENTS

FIELDS, TOPICS = 250, 4_500
PEOPLE_PER_WORK, PEOPLE_PER_GROUP, PEOPLE_PER_PLACE = 0.5, 40, 100
TEAMS = (0.20, 0.24, 0.20, 0.13, 0.08, 0.05, 0.03, 0.02, 0.015, 0.01)  # of one author, two, …; the others have more
WORKS_PER_CROWD, CROWD = 20_000, (500, 2_000)  # very large collaborations, and their authors
REFERENCES = 4  # of a work, to works of this corpus
NEWEST_YEAR = 2026
ROWS = 200_000  # sent at a time

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def fill(works: int, seed: int = 1, say: Callable[[str], None] = print) -> None:
    """Fill the empty tables of the corpus, then co-author edges by graph.edges' own statement; ANALYZE."""
    from graph import edges

    started = time.perf_counter()
    tables = _tables(works, np.random.default_rng(seed))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # foreign keys hold by construction
        for name, columns in tables.items():
            _copy(cursor, name, columns)
        for statement in STATEMENTS:
            cursor.execute(statement)
    say(f"{works:,} works invented in {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    edges.refresh(range(1, int(works * PEOPLE_PER_WORK) + 1))
    say(f"edges counted in {time.perf_counter() - started:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def _tables(works: int, chance: np.random.Generator) -> dict[str, dict[str, Numbers]]:
    """Columns of numbers; synthetic_rows.STATEMENTS make rows of them."""
    people = _People(int(works * PEOPLE_PER_WORK), chance)
    authorship = _authorships(works, people, chance)
    teams = np.bincount(authorship["work"], minlength=works + 1)[1:]
    year = NEWEST_YEAR - np.minimum(35, chance.exponential(8, works).astype(np.int64))
    return {
        "new_work": {"id": np.arange(1, works + 1), "year": year, "team": teams},
        "new_authorship": authorship,
        "new_topic": _topics(works, people.field_of_lead, chance),
        "new_citation": _citations(works, chance),
        "new_author": {"id": people.number, "institution": people.institution},
    }


class _People:
    """Everybody in a row, groups and fields being stretches of it; numbers are dealt at random."""

    def __init__(self, count: int, chance: np.random.Generator) -> None:
        self.count, self.chance = count, chance
        groups = max(10, count // PEOPLE_PER_GROUP)
        size = chance.lognormal(np.log(25), 0.95, groups)
        self.group = np.sort(chance.choice(groups, count, p=size / size.sum()))
        rank = 1 / np.arange(1, FIELDS + 1) ** 0.8
        self.field = np.sort(chance.choice(FIELDS, groups, p=rank / rank.sum()))[self.group]
        output = np.minimum(chance.pareto(1.3, count) + 0.15, 400.0)
        self.total = np.concatenate([[0.0], np.cumsum(output)])
        self.number = chance.permutation(count) + 1
        places = max(200, count // PEOPLE_PER_PLACE)
        self.institution = chance.zipf(1.9, groups)[self.group] % places + 1
        self.field_of_lead: Numbers = np.empty(0, np.int64)

    def by_output(self, low: Numbers, high: Numbers) -> Numbers:
        """One of each stretch, the prolific more often."""
        drawn = self.total[low] + self.chance.random(len(low)) * (self.total[high] - self.total[low])
        found: Numbers = np.clip(np.searchsorted(self.total, drawn, "right") - 1, low, np.maximum(low, high - 1))
        return found

    def beside(self, lead: Numbers) -> Numbers:
        """A co-author of each: of the group, the field, or anybody."""
        near = self.chance.random(len(lead))
        low, high = np.zeros(len(lead), np.int64), np.full(len(lead), self.count)
        for share, of in ((0.95, self.field), (0.75, self.group)):
            low = np.where(near < share, np.searchsorted(of, of[lead], "left"), low)
            high = np.where(near < share, np.searchsorted(of, of[lead], "right"), high)
        return self.by_output(low, high)


def _authorships(works: int, people: _People, chance: np.random.Generator) -> dict[str, Numbers]:
    size = chance.choice(11, works, p=[*TEAMS, 1 - sum(TEAMS)]) + 1
    size[size == 11] = np.minimum(50, 10 + chance.geometric(0.12, int((size == 11).sum())))
    crowds = chance.choice(works, max(3, works // WORKS_PER_CROWD), replace=False)
    size[crowds] = np.minimum(people.count // 3, chance.integers(*CROWD, len(crowds)))
    lead = people.by_output(np.zeros(works, np.int64), np.full(works, people.count))
    people.field_of_lead = people.field[lead]
    work = np.repeat(np.arange(works), size)
    first = np.concatenate([[True], work[1:] != work[:-1]])
    author = np.where(first, lead[work], people.beside(lead[work]))
    crowded = np.isin(work, crowds) & ~first
    author[crowded] = chance.integers(0, min(3_000, people.count // 2), int(crowded.sum()))
    _, kept = np.unique(work * people.count + author, return_index=True)
    kept.sort()
    work, author = work[kept], author[kept]
    position = np.arange(len(work)) - np.searchsorted(work, work, "left") + 1
    return {"id": np.arange(1, len(work) + 1), "work": work + 1, "author": people.number[author], "position": position}


def _topics(works: int, field: Numbers, chance: np.random.Generator) -> dict[str, Numbers]:
    """One to three a work, of its first author's field mostly, the first of a field most often."""
    work = np.repeat(np.arange(works), chance.choice([1, 2, 3], works, p=[0.35, 0.35, 0.3]))
    per_field = TOPICS // FIELDS
    within = (chance.random(len(work)) ** 3 * per_field).astype(np.int64)
    own = chance.random(len(work)) < 0.85
    topic = np.where(own, field[work] * per_field + within, chance.integers(0, TOPICS, len(work)))
    key = np.unique(work * TOPICS + topic)
    return {"work": key // TOPICS + 1, "topic": key % TOPICS + 1}


def _citations(works: int, chance: np.random.Generator) -> dict[str, Numbers]:
    """To few works very often."""
    citing = np.repeat(np.arange(works), chance.poisson(REFERENCES, works))
    cited = chance.permutation(works)[(chance.random(len(citing)) ** 4 * works).astype(np.int64)]
    key = np.unique(citing * works + cited)
    citing, cited = key // works, key % works
    return {"citing": citing[citing != cited] + 1, "cited": cited[citing != cited] + 1}


def _copy(cursor: Any, name: str, columns: dict[str, Numbers]) -> None:
    """A temporary table of numbers, by binary COPY."""
    cursor.execute(f"create temp table {name} ({', '.join(f'{column} bigint' for column in columns)}) on commit drop")
    with cursor.copy(f"copy {name} from stdin (format binary)") as rows:
        rows.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for part in _packed(list(columns.values())):
            rows.write(part)
        rows.write(b"\xff\xff")
    cursor.execute(f"analyze {name}")


def _packed(columns: list[Numbers]) -> Iterator[bytes]:
    row = [("count", ">i2")] + [
        part for n in range(len(columns)) for part in ((f"size{n}", ">i4"), (f"value{n}", ">i8"))
    ]
    for start in range(0, len(columns[0]), ROWS):
        part = np.empty(len(columns[0][start : start + ROWS]), row)
        part["count"] = len(columns)
        for number, column in enumerate(columns):
            part[f"size{number}"], part[f"value{number}"] = 8, column[start : start + ROWS]
        yield part.tobytes()
