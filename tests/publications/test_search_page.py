"""The search page: kinds, facets, paging, and what to do when nothing fits."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from publications import search_index
from publications.models import Author, AuthorId, Work
from publications.search_models import Kind
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


def index() -> None:
    """What an import does at its end."""
    search_index.refresh(Kind.AUTHORS, Author.objects.values_list("pk", flat=True))
    search_index.refresh(Kind.WORKS, Work.objects.values_list("pk", flat=True))


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])).split())


def search(client: Client, **query: str) -> str:
    response = client.get("/search/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_search_says_what_can_be_searched(client: Client) -> None:
    assert "leads straight to its page" in read(search(client))


def test_a_name_finds_its_author_and_counts_every_kind(client: Client) -> None:
    author = make_author("Joan Example", works_count=21)
    make_work("An example of something", authors=[author])
    index()

    html = search(client, q="example")

    assert f'href="{author.get_absolute_url()}"' in html
    assert "Authors 1 Works 1 Topics 0 Institutions 0" in read(html)
    assert "21 works" in read(html)


def test_the_first_kind_with_results_is_shown_unless_another_is_asked_for(client: Client) -> None:
    make_work("Falsifiable lemmas")
    index()

    assert 'class="work-title"' in search(client, q="falsifiable")
    assert "Nothing here fits these words." in search(client, q="falsifiable", kind="topics")


def test_facets_narrow_works_and_keep_the_words(client: Client) -> None:
    topic = make_topic("math.OC", "Optimization")
    make_work("Lemma one", year=2020, topics=[topic])
    make_work("Lemma two", year=2021, type="article")
    index()

    html = search(client, q="lemma", kind="works", year="2020")

    assert (html.count('class="work-title"'), "Lemma one" in html) == (1, True)
    assert 'Optimization <span class="code">math.OC</span>' in html.split('id="facets"')[1]
    assert f'href="?q=lemma&amp;kind=works&amp;year=2020&amp;topic=T{topic.pk}"' in html


def test_results_are_paged_with_the_words_kept(client: Client) -> None:
    for number in range(25):
        make_work(f"Lemma {number}")
    index()

    first, second = search(client, q="lemma", kind="works"), search(client, q="lemma", kind="works", page="2")

    assert (first.count('class="work-title"'), second.count('class="work-title"')) == (20, 5)
    assert 'href="?q=lemma&amp;kind=works&amp;page=2#published"' in first


def test_nothing_found_comes_with_advice(client: Client) -> None:
    text = read(search(client, q="xyzzyplugh"))

    assert "Nothing found for xyzzyplugh" in text
    assert "Nothing here fits these words. Try the surname alone" in text
    assert "Narrow down" not in text


def test_an_id_leads_straight_to_its_page(client: Client) -> None:
    author = make_author("Joan Example")
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")
    work = make_work("A title", arxiv="2401.00001")

    for query, record in (
        ("https://orcid.org/0000-0002-1825-0097", author),
        ("arXiv:2401.00001", work),
        (f"A{author.pk}", author),
    ):
        assert client.get("/search/", {"q": query})["Location"] == record.get_absolute_url()


@pytest.mark.parametrize("query", ["\0", "'", '"', "&|!:*", "%", "\\", "a" * 5000, "\u202e", "()", "<script>"])
def test_no_query_breaks_the_page(client: Client, query: str) -> None:
    html = search(client, q=query, page="x", year="y", kind="z")

    assert "<script>" not in html.split("<main", 1)[1]


def test_hidden_authors_are_not_found(client: Client) -> None:
    make_author("Canary Hidden", hidden=True)
    index()

    assert "Canary Hidden" not in search(client, q="hidden")
