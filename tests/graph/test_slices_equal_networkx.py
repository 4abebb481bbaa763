"""Slices and paths of real corpora against networkx, whose graph is made of the authorships alone."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, islice, pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from graph import paths, ranking, slices
from graph.lines import LINES_PER_NODE
from graph.neighbourhood import Neighbourhood
from graph.queries.beyond import TIES
from graph.questions import AUTHOR, KINDS, LARGEST_LIMIT, Question
from publications import ingest, search_index
from publications.importers import READERS
from publications.models import Author, Authorship, Work
from publications.signals import corpus_changed

VOLUMES = ("2020.findings.xml",)  # of the Anthology
Pair = tuple[int, int]


@dataclass(frozen=True)
class Corpus:
    """Weights as networkx projects authors from works, last years, and authors with the most neighbours first."""

    graph: Any
    last_year: dict[Pair, int | None]

    @property
    def by_degree(self) -> list[int]:
        return sorted(self.graph, key=lambda author: (-self.graph.degree(author), author))

    @property
    def some(self) -> list[int]:
        """The greatest hubs and others at even distances."""
        return [*self.by_degree[:12], *self.by_degree[12 :: len(self.by_degree) // 45]]


@contextmanager
def without_search() -> Iterator[None]:
    """Search words are not what is compared, and take most of an import."""
    corpus_changed.disconnect(dispatch_uid="publications.search_index")
    yield
    search_index.connect()


@pytest.fixture(scope="module", params=["arxiv", "acl"])
def corpus(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Corpus]:
    """Imported once for all tests, which only read, in a transaction that is taken back after the last of them."""
    path = shared_data / "arxiv" / "sample-neighbourhood.jsonl.gz"
    if request.param == "acl":
        path = unpacked(shared_data / "acl" / "acl-anthology-2016plus.tar.xz", tmp_path_factory.mktemp("acl"))
    with django_db_blocker.unblock(), transaction.atomic():
        with without_search():
            ingest.import_items(request.param, [path], READERS[request.param]([path]), analyze)
        analyze("edges")
        yield computed()
        transaction.set_rollback(True)


def analyze(stage: str, *_progress: object) -> None:
    """What the server does by itself between the transactions of an import; here there is only one."""
    tables = {
        "authors": "publications_author, publications_work, publications_authorship",
        "counts": "publications_author, publications_authorship, publications_worktopic",
        "edges": "graph_coauthoredge, publications_authortopic, publications_authorinstitution",
    }
    if stage in tables:
        with connection.cursor() as cursor:
            cursor.execute(f"analyze {tables[stage]}")


def unpacked(archive: Path, folder: Path) -> Path:
    """A few volumes: the first members of the archive that are wanted."""
    wanted = set(VOLUMES)
    with tarfile.open(archive) as members:
        for member in members:
            if Path(member.name).name in wanted:
                wanted.remove(Path(member.name).name)
                members.extract(member, folder, filter="data")
            if not wanted:
                break
    return folder


def computed() -> Corpus:
    works = dict(Work.objects.filter(merged_into=None).values_list("pk", "publication_year"))
    authorships = Authorship.objects.filter(work__in=works, author__isnull=False).values_list("work_id", "author_id")
    teams: dict[int, set[int]] = {}
    for work, author in authorships:
        teams.setdefault(work, set()).add(author)
    both: nx.Graph[Any] = nx.Graph()
    last_year: dict[Pair, int | None] = {}
    for work, team in sorted(teams.items(), key=lambda item: (works[item[0]] or 0, item[0])):
        both.add_nodes_from(team)
        if len(team) <= 100:
            both.add_edges_from((f"W{work}", author) for author in team)
            last_year |= dict.fromkeys(combinations(sorted(team), 2), works[work])
    people = {author for team in teams.values() for author in team}
    return Corpus(nx.bipartite.collaboration_weighted_projected_graph(both, people), last_year)


def of_people(author: int, *, depth: int, limit: int = LARGEST_LIMIT) -> Neighbourhood:
    question = Question(kind=AUTHOR, number=author, depth=depth, types=(AUTHOR,), limit=limit)
    return slices.gather(question, slices.root_of(question))


def people(found: Neighbourhood) -> set[int]:
    return set(found.numbers(AUTHOR))


def ties(found: Neighbourhood) -> dict[Pair, float]:
    return {tuple(sorted((line.source[1], line.target[1]))): line.weight for line in found.lines}  # type: ignore[misc]


def weights(graph: Any) -> dict[Pair, Any]:
    """Newman's weights, which are sums of thirds and sevenths: the same but for the last digits."""
    edges = graph.edges(data="weight")
    return {(min(one, two), max(one, two)): pytest.approx(weight, abs=1e-9) for one, two, weight in edges}


def test_slices_are_ego_networks_where_they_fit_and_else_the_best_of_them(corpus: Corpus) -> None:
    compare_one_step(corpus)
    compare_two_steps(corpus)
    compare_ranks(corpus)
    compare_costs(corpus)


def compare_one_step(corpus: Corpus) -> None:
    compared = 0
    for author in corpus.some:
        ego = nx.ego_graph(corpus.graph, author, radius=1)
        found = of_people(author, depth=1)

        assert people(found) == set(ego)
        if ego.number_of_edges() <= LINES_PER_NODE * LARGEST_LIMIT:
            assert ties(found) == weights(ego)
            compared += 1
    assert compared > 40


def compare_two_steps(corpus: Corpus) -> None:
    compared, everywhere = 0, weights(corpus.graph)
    for author in corpus.some:
        near, ego = (nx.ego_graph(corpus.graph, author, radius=radius) for radius in (1, 2))
        found = of_people(author, depth=2)

        assert people(found) <= set(ego)
        assert ties(found).items() <= everywhere.items()
        fits = len(near) - 1 <= (LARGEST_LIMIT - 1) * slices.FIRST_RING // 100 and len(ego) <= LARGEST_LIMIT
        if fits and max((corpus.graph.degree(node) for node in near), default=0) <= TIES:
            assert people(found) == set(ego)
            if ego.number_of_edges() <= LINES_PER_NODE * LARGEST_LIMIT:
                assert ties(found) == weights(ego)
                compared += 1
    assert compared > 10


def compare_ranks(corpus: Corpus) -> None:
    for author in corpus.by_degree[:20]:
        near = corpus.graph[author]
        years = {other: corpus.last_year[min(author, other), max(author, other)] for other in near}
        newest = max((year for year in years.values() if year is not None), default=None)
        score = {
            other: ranking.tie_score(weight=tie["weight"], last_year=years[other], newest=newest)
            for other, tie in near.items()
        }
        best = sorted(near, key=lambda other: (-round(score[other], 9), other))[:9]

        found = of_people(author, depth=1, limit=10)

        assert people(found) == {author, *best}
        assert found.total == {AUTHOR: len(near)}


def compare_costs(corpus: Corpus) -> None:
    """A hub takes as many statements as anybody."""
    asked = []
    for author in (corpus.by_degree[0], corpus.by_degree[len(corpus.by_degree) // 2]):
        question = Question(kind=AUTHOR, number=author, depth=2, types=KINDS)
        with CaptureQueriesContext(connection) as queries:
            slices.gather(question, slices.root_of(question))
        asked.append(len(queries))

    assert asked[0] == asked[1] <= 11


def test_k_shortest_paths_are_those_of_networkx(corpus: Corpus) -> None:
    for one, two, tie in corpus.graph.edges(data=True):
        corpus.graph.edges[one, two]["length"] = paths.length_of(tie["weight"])
    largest: set[int] = max(nx.connected_components(corpus.graph), key=len)
    component = sorted(largest)
    hubs = [author for author in corpus.by_degree if author in largest][:5]
    authors = Author.objects.in_bulk()

    for one, two in [*combinations(hubs, 2), *zip(component[:12], component[-12:], strict=True)]:
        found = paths.between(authors[one], authors[two], k=3)

        wanted = list(islice(nx.shortest_simple_paths(corpus.graph, one, two, weight="length"), 3))
        assert found.is_exact
        assert [round(chain.length * paths.UNIT) for chain in found.chains] == lengths(corpus.graph, wanted)
        numbers = [[author.pk for author in chain.authors] for chain in found.chains]
        assert lengths(corpus.graph, numbers) == lengths(corpus.graph, wanted)


def lengths(graph: Any, found: list[list[int]]) -> list[int]:
    return [sum(graph.edges[pair]["length"] for pair in pairwise(path)) for path in found]
