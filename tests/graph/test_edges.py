"""Co-author edges against networkx, and what changes them."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import networkx as nx
import pytest

from graph import edges
from graph.models import CoauthorEdge
from publications.models import Author, Authorship, Work
from publications.signals import corpus_changed
from tests.corpus import make_author, make_work

pytestmark = pytest.mark.django_db


def computed() -> nx.Graph[int]:
    """The same graph by plain counting over works."""
    graph: nx.Graph[int] = nx.Graph()
    for work in Work.objects.filter(merged_into=None, authors_count__range=(2, 100)):
        team = sorted(work.authorships.exclude(author=None).values_list("author_id", flat=True))
        for pair in combinations(team, 2):
            edge: dict[str, Any] = {"works": 0, "close": 0, "weight": 0.0, "years": []}
            edge |= graph.edges[pair] if graph.has_edge(*pair) else {}
            edge["works"] += 1
            edge["close"] += work.authors_count <= 10
            edge["weight"] += 1 / (work.authors_count - 1)
            edge["years"] = [*edge["years"], work.publication_year]
            graph.add_edge(*pair, **edge)
    return graph


def expected() -> dict[tuple[int, int], tuple[Any, ...]]:
    rows: dict[tuple[int, int], tuple[Any, ...]] = {}
    for one, other, edge in computed().edges(data=True):
        years = [year for year in edge["years"] if year is not None]
        first, last = min(years, default=None), max(years, default=None)
        row = (edge["works"], edge["close"], pytest.approx(edge["weight"], abs=1e-12), first, last)
        rows[one, other] = rows[other, one] = row
    return rows


def stored() -> dict[tuple[int, int], tuple[Any, ...]]:
    rows = CoauthorEdge.objects.values_list(
        "author_id", "coauthor_id", "works", "close_works", "weight", "first_year", "last_year"
    )
    return {(row[0], row[1]): row[2:] for row in rows}


def random_corpus(works: int = 60, people: int = 25, seed: int = 7) -> list[Author]:
    chance = random.Random(seed)
    authors = [make_author(f"Author {number}") for number in range(people)]
    for number in range(works):
        team = chance.sample(authors, chance.choice([1, 2, 2, 3, 4, 6, 12]))
        make_work(f"Work {number}", authors=team, year=chance.choice([None, *range(2001, 2025)]))
    return authors


def test_edges_equal_a_networkx_computation() -> None:
    authors = random_corpus()

    edges.refresh(author.pk for author in authors)

    assert stored() == expected()
    assert len(stored()) > 200


def test_edges_stay_equal_when_only_touched_authors_are_refreshed() -> None:
    authors = random_corpus()
    edges.refresh(author.pk for author in authors)
    chance = random.Random(3)

    for round_ in range(8):
        work = make_work(f"New {round_}", authors=chance.sample(authors, 3), year=2025)
        gone = chance.choice(list(Authorship.objects.exclude(work=work)))
        touched = {gone.author_id, *work.authorships.values_list("author_id", flat=True)}
        touched |= set(gone.work.authorships.values_list("author_id", flat=True))
        gone.delete()
        edges.refresh(touched)

        assert stored() == expected()


def test_one_touched_author_is_enough_to_mend_both_directions() -> None:
    ada, bea = make_author("Ada"), make_author("Bea")
    work = make_work(authors=[ada, bea], year=2020)

    edges.refresh([ada.pk])
    assert stored() == {(ada.pk, bea.pk): (1, 1, 1.0, 2020, 2020), (bea.pk, ada.pk): (1, 1, 1.0, 2020, 2020)}

    work.delete()
    edges.refresh([bea.pk])
    assert stored() == {}


def test_batches_give_what_one_batch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    authors = random_corpus()
    monkeypatch.setattr(edges, "BATCH", 4)

    edges.refresh(author.pk for author in authors)

    assert stored() == expected()


def test_works_of_more_than_a_hundred_authors_make_no_edges() -> None:
    crowd = [make_author(f"Author {number}") for number in range(101)]
    make_work("Too large", authors=crowd)
    make_work("Just right", authors=crowd[:100])

    edges.refresh([crowd[0].pk])

    assert CoauthorEdge.objects.filter(author=crowd[0]).count() == 99
    assert CoauthorEdge.objects.filter(author=crowd[0]).values_list("works", flat=True).distinct().get() == 1


def test_merged_works_count_once() -> None:
    ada, bea = make_author("Ada"), make_author("Bea")
    kept = make_work("Kept", authors=[ada, bea])
    make_work("Duplicate", authors=[ada, bea], merged_into=kept)

    edges.refresh([ada.pk, bea.pk])

    assert stored()[ada.pk, bea.pk][0] == 1


def test_an_unchanged_edge_is_not_written_again() -> None:
    authors = random_corpus()
    edges.refresh(author.pk for author in authors)
    before = dict(CoauthorEdge.objects.extra(select={"version": "xmin::text"}).values_list("pk", "version"))

    edges.refresh(author.pk for author in reversed(authors))

    assert dict(CoauthorEdge.objects.extra(select={"version": "xmin::text"}).values_list("pk", "version")) == before


def test_close_collaborators_share_two_small_works_and_are_visible() -> None:
    root, close, once, distant, hidden = (make_author(name) for name in ("Root", "Close", "Once", "Distant", "Hidden"))
    crowd = [make_author(f"Author {number}") for number in range(10)]
    for year in (2020, 2021):
        make_work(f"Small {year}", authors=[root, close, hidden], year=year)
        make_work(f"Large {year}", authors=[root, distant, *crowd], year=year)
    make_work("Once", authors=[root, once])
    hidden.hidden = True
    hidden.save()

    edges.refresh([root.pk])

    assert [(edge.coauthor, edge.close_works) for edge in edges.close_collaborators(root)] == [(close, 2)]


def test_the_signal_of_a_changed_corpus_refreshes_edges() -> None:
    ada, bea = make_author("Ada"), make_author("Bea")
    work = make_work(authors=[ada, bea])

    corpus_changed.send(sender=None, author_ids=[ada.pk, bea.pk], work_ids=[work.pk], cause="import")

    assert set(stored()) == {(ada.pk, bea.pk), (bea.pk, ada.pk)}
