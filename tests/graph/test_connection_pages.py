"""Pages about two authors: found by id, by suggestion or by name; chains and comparisons in words and tables."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.test import Client
from lxml import etree, html

from graph import path_picture, paths
from publications.models import Author
from publications.search_index import rebuild
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import make_institution, place, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Author]:
    """Ada and Cy know Bea; Ada alone knows Dee; both write on one topic; Ada was at an institute."""
    ada, bea, cy, dee, eve = (make_author(f"{name} Example") for name in ("Ada", "Bea", "Cy", "Dee", "Eve"))
    topic, other = make_topic(), make_topic("math.CO", "Combinatorics")
    work = make_work("On <engines>", authors=[ada, bea], topics=[topic], year=2019)
    make_work("Notes", authors=[bea, cy], topics=[topic, other], year=2021, is_retracted=True)
    make_work("Letters", authors=[ada, dee], year=None)
    place(work, make_institution(), [ada])
    settle()
    return [ada, bea, cy, dee, eve]


def page(client: Client, address: str, status: int = 200) -> html.HtmlElement:
    response = client.get(address)
    assert response.status_code == status, response.content[:500]
    assert b"style=" not in response.content
    return html.fromstring(response.content)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_path_is_drawn_and_told_with_its_works(client: Client, people: list[Author]) -> None:
    ada, bea, cy = people[:3]

    tree = page(client, f"/graph/path/?from={ada.short_id}&to={cy.short_id}")

    assert words(tree.cssselect("h1")[0]) == "How are Ada Example and Cy Example connected?"
    assert [words(heading) for heading in tree.cssselect(".chain h2")] == ["2 steps"]
    first, second = tree.cssselect(".hop")
    assert words(first) == "Ada Example with Bea Example 1 shared work, 2019 On <engines> 2019"
    assert words(second) == "Bea Example with Cy Example 1 shared work, 2021 Notes Retracted 2021"
    marks = tree.cssselect("svg.path-picture a.mark")
    assert [mark.get("href") for mark in marks] == [author.get_absolute_url() for author in (ada, bea, cy)]
    fields = [field.get("value") for field in tree.cssselect(".two-authors input")]
    assert fields == [f"Ada Example ({ada.short_id})", f"Cy Example ({cy.short_id})"]


def test_direct_co_authors_wrote_together(client: Client, people: list[Author]) -> None:
    tree = page(client, f"/graph/path/?from={people[0].short_id}&to={people[1].short_id}")

    assert words(tree.cssselect(".chain h2")[0]) == "They wrote together"


def test_people_who_are_not_connected_are_told_so(client: Client, people: list[Author]) -> None:
    tree = page(client, f"/graph/path/?from={people[0].short_id}&to={people[4].short_id}")

    assert words(tree.cssselect(".empty")[0]).startswith("No chain of co-authors connects the two")


def test_a_search_that_gave_up_says_why(client: Client, people: list[Author], monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = paths.Connection(start=people[0], goal=people[2], chains=[], stopped="time")
    monkeypatch.setattr("graph.views_connections.paths.between", lambda one, other: stopped)

    tree = page(client, f"/graph/path/?from={people[0].short_id}&to={people[2].short_id}")

    assert words(tree.cssselect(".empty")[0]).startswith("We stopped looking because the search took too long.")


@pytest.mark.parametrize(("address", "one", "other"), [("/graph/path/", "from", "to"), ("/graph/compare/", "a", "b")])
def test_suggestions_and_merged_ids_lead_to_one_address(
    client: Client, people: list[Author], address: str, one: str, other: str
) -> None:
    merged = make_author("A. Example", merged_into=people[0])

    response = client.get(address, {one: merged.short_id, other: f"Cy Example ({people[2].short_id})"})

    wanted = f"{address}?{one}={people[0].short_id}&{other}={people[2].short_id}"
    assert (response.status_code, response["Location"]) == (302, wanted)


def test_a_name_is_looked_for_and_the_rest_is_kept(client: Client, people: list[Author]) -> None:
    rebuild()

    tree = page(client, f"/graph/path/?from={people[0].short_id}&to=Cy+Example")

    links = [link.get("href") for link in tree.cssselect(".graph-found a")]
    assert f"/graph/path/?to={people[2].short_id}&from={people[0].short_id}" in links


@pytest.mark.parametrize("address", ["/graph/path/?from={}&to={}", "/graph/compare/?a={}&b={}"])
def test_what_is_wrong_is_said_at_its_field(client: Client, people: list[Author], address: str) -> None:
    ada, hidden = people[0].short_id, make_author("Canary", hidden=True)
    for other, status, said in (
        (ada, 400, "Both are the same author"),
        ("A999999", 404, "There is no author with the id “A999999”."),
        (hidden.short_id, 404, f"There is no author with the id “{hidden.short_id}”."),
        ("zzzz", 404, "Nobody found for “zzzz”."),
    ):
        tree = page(client, address.format(ada, other), status)
        field = tree.cssselect(".two-authors input[aria-invalid]")[0]
        assert said in words(tree.get_element_by_id(field.get("aria-describedby") or ""))
        assert "Canary" not in words(tree)


@pytest.mark.parametrize("address", ["/graph/path/", "/graph/compare/", "/graph/path/?from=A{}"])
def test_the_form_asks_before_anything_is_known(client: Client, people: list[Author], address: str) -> None:
    tree = page(client, address.format(people[0].pk))

    assert len(tree.cssselect(".two-authors [data-suggest-fill] input[type=search]")) == 2
    assert tree.cssselect("[role=alert]") == []


def test_a_comparison_has_what_is_shared_and_what_is_not(client: Client, people: list[Author]) -> None:
    tree = page(client, f"/graph/compare/?a={people[0].short_id}&b={people[2].short_id}")

    columns = [[words(caption) for caption in part.cssselect("caption")] for part in tree.cssselect(".compared")]
    assert columns == [
        ["Shared 1", "Only Ada Example 1", "Only Cy Example 0"],
        ["Shared 1", "Only Ada Example 0", "Only Cy Example 1"],
        ["Shared 0", "Only Ada Example 1", "Only Cy Example 0"],
    ]
    rows = [[words(cell) for cell in row] for row in tree.cssselect(".compared tbody tr")]
    assert rows == [
        ["Bea Example", "1", "1"],
        ["Dee Example", "1"],
        ["none"],
        ["Machine Learning", "1", "1"],
        ["none"],
        ["Combinatorics", "1"],
        ["none"],
        ["Institute of Invention", "1"],
        ["none"],
    ]
    assert "None in this corpus, works by more than 100 authors aside." in words(tree)


def test_two_who_wrote_together_see_their_works_and_not_each_other(client: Client, people: list[Author]) -> None:
    tree = page(client, f"/graph/compare/?a={people[0].short_id}&b={people[1].short_id}")

    works = tree.cssselect("section[aria-labelledby=shared-works] li")
    assert [words(work) for work in works] == ["On <engines> 2019"]
    co_authors = tree.cssselect("section[aria-labelledby=compared-author] tbody a")
    assert sorted(words(link) for link in co_authors) == ["Cy Example", "Dee Example"]


def test_author_page_and_explorer_lead_to_both(client: Client, people: list[Author]) -> None:
    for address in (people[0].get_absolute_url(), f"/graph/?root={people[0].short_id}"):
        links = {link.get("href") for link in page(client, address).cssselect(".graph-onward a")}
        assert links == {f"/graph/path/?from={people[0].short_id}", f"/graph/compare/?a={people[0].short_id}"}
    links = {link.get("href") for link in page(client, "/graph/").cssselect(".graph-onward a")}
    assert links == {"/graph/path/", "/graph/compare/"}


def test_long_chains_of_long_names_stay_inside_the_picture() -> None:
    authors = [
        Author(pk=number, display_name=f"A very long and <strange> name indeed {number}") for number in range(1, 16)
    ]
    hops = [
        paths.Hop(source=one, target=two, works=123, weight=1, first_year=None, last_year=None, shared=[])
        for one, two in pairwise(authors)
    ]

    tree = etree.fromstring(path_picture.svg(paths.Chain(length=15, authors=authors, hops=hops)))

    assert all(0 < float(circle.get("cx", 0)) < path_picture.WIDTH for circle in tree.iter("circle"))
    assert len(tree.findall("a")) == 15
