"""What a slice shows, what it leaves out, and when it is computed afresh."""

from __future__ import annotations

import networkx as nx
import pytest

from graph import slices
from graph.models import CoauthorEdge
from graph.questions import KINDS
from publications.models import Author, Authorship
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import data_of, ids, lines, settle, small_corpus

pytestmark = pytest.mark.django_db


def test_an_author_stands_among_works_people_topics_and_institutions() -> None:
    root, bea, cy, first, second, topic = small_corpus()

    found = slices.around(root.short_id)

    institution = ids(found, "institution")[0]
    assert set(ids(found)) == {item.short_id for item in (root, bea, cy, first, second, topic)} | {institution}
    assert lines(found, "coauthor") == {
        (root.short_id, bea.short_id),
        (root.short_id, cy.short_id),
        (bea.short_id, cy.short_id),
    }
    assert lines(found, "cites") == {(second.short_id, first.short_id)}
    assert lines(found, "affiliation") == {(root.short_id, institution), (cy.short_id, institution)}
    assert lines(found, "has-topic") == {(item.short_id, topic.short_id) for item in (root, first, second)}
    assert (cy.short_id, second.short_id) in lines(found, "authorship")
    assert found.meta | {"types": None} == {
        "root": root.short_id,
        "depth": 1,
        "types": None,
        "from_year": None,
        "to_year": None,
        "topic": None,
        "strength": 1,
        "limit": 120,
        "count": 7,
        "truncated": False,
        "exact": True,
        "works_of_large_teams": 0,
        "omitted": {"work": 0, "author": 0, "topic": 0, "institution": 0, "edges": 0},
    }


def test_a_coauthor_line_says_how_much_and_when() -> None:
    root, bea, *_ = small_corpus()

    edge = next(
        e["data"]
        for e in slices.around(root.short_id).edges
        if e["data"]["id"] == f"{root.short_id}-{bea.short_id}-coauthor"
    )

    assert edge == {
        "id": f"{root.short_id}-{bea.short_id}-coauthor",
        "source": root.short_id,
        "target": bea.short_id,
        "type": "coauthor",
        "weight": 1.5,
        "works": 2,
        "first_year": 2019,
        "last_year": 2024,
    }


def test_a_person_in_the_slice_carries_what_the_list_says() -> None:
    root, bea, *_ = small_corpus()

    data = data_of(slices.around(root.short_id), bea.short_id)

    assert data == {
        "id": bea.short_id,
        "type": "author",
        "label": "Bea",
        "url": bea.get_absolute_url(),
        "weight": 1.0,
        "ring": 1,
        "shared_works": 2,
        "first_year": 2019,
        "last_year": 2024,
        "relation": "coauthor",
        "works_count": 0,
        "community": 1,
        "labelled": data["labelled"],
    }


def test_coauthors_within_the_limit_are_those_of_networkx_with_its_weights() -> None:
    root, bea, cy, *_ = small_corpus()
    graph: nx.Graph[str] = nx.Graph()
    for edge in CoauthorEdge.objects.all():
        graph.add_edge(f"A{edge.author_id}", f"A{edge.coauthor_id}", weight=edge.weight)

    found = slices.around(root.short_id, types=["author"])

    ego = nx.ego_graph(graph, root.short_id)
    assert set(ids(found)) == set(ego)
    assert {frozenset((e["data"]["source"], e["data"]["target"])): e["data"]["weight"] for e in found.edges} == {
        frozenset((one, other)): pytest.approx(weight) for one, other, weight in ego.edges(data="weight")
    }
    assert [bea.short_id in ids(found), cy.short_id in ids(found)] == [True, True]


def test_every_kind_of_root_has_a_slice() -> None:
    root, bea, cy, first, second, topic = small_corpus()
    institution = ids(slices.around(root.short_id), "institution")[0]

    around_work, around_topic, around_institution = (
        slices.around(short_id) for short_id in (second.short_id, topic.short_id, institution)
    )

    assert set(ids(around_work, "author")) == {root.short_id, bea.short_id, cy.short_id}
    assert lines(around_work, "cites") == {(second.short_id, first.short_id)}
    assert ids(around_work, "topic") == [topic.short_id]
    assert set(ids(around_topic, "work")) == {first.short_id, second.short_id}
    assert set(ids(around_topic, "author")) == {root.short_id, bea.short_id, cy.short_id}
    assert ids(around_topic, "institution") == [institution]
    assert set(ids(around_institution, "author")) == {root.short_id, cy.short_id}
    assert set(ids(around_institution, "work")) == {first.short_id, second.short_id}
    assert ids(around_institution, "topic") == [topic.short_id]


def test_a_work_shows_works_by_the_same_people() -> None:
    root, *_, _first, second, _topic = small_corpus()
    other = make_work("Third", authors=[root], year=2020)
    settle()

    assert (second.short_id, other.short_id) in lines(slices.around(second.short_id), "related")


def test_somebody_hidden_ties_no_works() -> None:
    hidden = make_author("Hidden", hidden=True)
    work, other = make_work("One", authors=[hidden]), make_work("Other", authors=[hidden])
    settle()

    assert ids(slices.around(work.short_id)) == [work.short_id]
    assert other.short_id not in ids(slices.around(work.short_id, depth=2))


def test_each_root_stands_first_and_each_node_is_connected() -> None:
    root, *_ = small_corpus()
    for depth in (1, 2):
        for short_id in ids(slices.around(root.short_id)):
            found = slices.around(short_id, depth=depth)
            graph = nx.Graph([(edge["data"]["source"], edge["data"]["target"]) for edge in found.edges])

            assert ids(found)[0] == short_id
            assert set(ids(found)) == set(graph)
            assert nx.is_connected(graph)


def test_the_second_ring_holds_coauthors_of_coauthors() -> None:
    root, bea, far, farther = (make_author(name) for name in ("Root", "Bea", "Far", "Farther"))
    make_work(authors=[root, bea])
    behind = make_work("Behind", authors=[bea, far], topics=[make_topic("math.PR", "Probability")])
    make_work(authors=[far, farther])
    settle()

    near, wide = slices.around(root.short_id), slices.around(root.short_id, depth=2)

    assert far.short_id not in ids(near)
    assert {far.short_id, behind.short_id} < set(ids(wide))
    assert farther.short_id not in ids(wide)
    assert [data_of(wide, item.short_id)["ring"] for item in (root, bea, far)] == [0, 1, 2]
    assert ids(wide, "topic") != []


def test_the_limit_is_shared_among_kinds_and_what_is_left_out_is_counted() -> None:
    root = make_author("Root")
    topics = [make_topic(f"t{number}", f"Topic {number}") for number in range(12)]
    for number in range(40):
        make_work(f"Work {number}", authors=[root, make_author(f"Co {number}")], topics=[topics[number % 12]])
    settle()

    found = slices.around(root.short_id, limit=21)

    assert {kind: len(ids(found, kind)) for kind in KINDS} == {"work": 7, "author": 10, "topic": 4, "institution": 0}
    assert found.meta["count"] == 21
    assert found.meta["omitted"] == {"work": 33, "author": 31, "topic": 8, "institution": 0, "edges": 0}
    assert found.meta["truncated"] is True


def test_a_limit_of_one_is_the_root_alone() -> None:
    root, *_ = small_corpus()

    found = slices.around(root.short_id, limit=1)

    assert (ids(found), found.edges) == ([root.short_id], [])


def test_a_work_of_three_thousand_authors_does_not_drown_a_slice() -> None:
    root, friend = make_author("Root"), make_author("Friend")
    crowd = Author.objects.bulk_create(Author(display_name=f"P {n}", sort_key=f"p {n}") for n in range(3_000))
    huge = make_work("Detector", authors=[], year=2024, authors_count=3_002, cited_by_count=900)
    Authorship.objects.bulk_create(
        Authorship(work=huge, author=author, position=position, raw_name="x", name_key="x", block="x")
        for position, author in enumerate([*crowd[:5], root, friend, *crowd[5:]], start=1)
    )
    small = make_work("Small", authors=[root, friend], year=2010)
    settle()

    of_root, of_work = slices.around(root.short_id), slices.around(huge.short_id)

    assert ids(of_root, "author") == [root.short_id, friend.short_id]
    assert ids(of_root, "work") == [small.short_id, huge.short_id]
    assert (friend.short_id, huge.short_id) in lines(of_root, "authorship")
    assert of_root.meta["works_of_large_teams"] == 1
    assert set(ids(of_work, "author")) == {author.short_id for author in (*crowd[:8], root, friend)}
    assert of_work.meta["omitted"]["author"] == 3_002 - 10


def test_hidden_and_merged_people_and_merged_works_never_appear() -> None:
    root, kept = make_author("Root"), make_author("Kept")
    hidden, merged = make_author("Hidden", hidden=True), make_author("Merged", merged_into=kept)
    work = make_work("Work", authors=[root, kept, hidden, merged])
    copy = make_work("Copy", authors=[root, kept], merged_into=work)
    settle()

    shown = set()
    for depth in (1, 2):
        for short_id in (root.short_id, work.short_id):
            shown |= set(ids(slices.around(short_id, depth=depth)))

    assert shown == {root.short_id, kept.short_id, work.short_id}
    assert not shown & {hidden.short_id, merged.short_id, copy.short_id}


def test_years_and_kinds_narrow_a_slice_exactly() -> None:
    root, bea, _cy, first, second, topic = small_corpus()

    early = slices.around(root.short_id, to_year=2020)
    works = slices.around(root.short_id, types=["work"])

    assert set(ids(early)) - set(ids(early, "institution")) == {i.short_id for i in (root, bea, first, topic)}
    assert {e["data"]["works"] for e in early.edges if e["data"]["type"] == "coauthor"} == {1}
    assert early.meta["to_year"] == 2020
    assert set(ids(works)) == {root.short_id, first.short_id, second.short_id}


def test_a_work_without_a_year_stands_outside_any_years() -> None:
    root = make_author("Root")
    undated = make_work("Undated", authors=[root], year=None)
    settle()

    assert undated.short_id in ids(slices.around(root.short_id))
    assert undated.short_id not in ids(slices.around(root.short_id, to_year=2030))


def test_unknown_hidden_and_merged_roots_are_told_apart() -> None:
    kept = make_author("Kept")
    hidden, merged = make_author("Hidden", hidden=True), make_author("Merged", merged_into=kept)

    for short_id in (hidden.short_id, "A999999", "W1", "T999999", "I999999", "S1", "nonsense"):
        with pytest.raises(slices.UnknownRootError):
            slices.around(short_id)
    with pytest.raises(slices.MergedRootError) as refusal:
        slices.around(merged.short_id)
    assert refusal.value.into == kept.short_id


def test_topics_of_one_name_are_told_apart_by_their_codes() -> None:
    root = make_author("Root")
    topics = [
        make_topic("cs.LG", "Machine Learning"),
        make_topic("stat.ML", "Machine Learning"),
        make_topic("math.PR", "Probability"),
    ]
    make_work(authors=[root], topics=topics)
    settle()

    labels = {node["data"]["label"] for node in slices.around(root.short_id).nodes if node["data"]["type"] == "topic"}

    assert labels == {"Machine Learning (cs.LG)", "Machine Learning (stat.ML)", "Probability"}
