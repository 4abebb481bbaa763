"""Pages of works, topics, institutions and sources."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publications.models import (
    Author,
    Authorship,
    AuthorshipInstitution,
    AuthorTopic,
    Citation,
    Institution,
    Source,
    Work,
    WorkId,
)
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


def read(html: str) -> str:
    body = re.sub(r"<script\b.*?</script>", " ", html.split("<main", 1)[1], flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def cite(citing: Work, cited: Work | None, value: str = "") -> None:
    Citation.objects.create(citing=citing, cited=cited, scheme="doi", value=value or f"10.1/{cited and cited.pk}")


def test_a_work_page_names_everybody_with_position_and_place(client: Client) -> None:
    author, printed = make_author("Joan Example"), make_author("Ada Placed")
    work = make_work("A title", authors=[author, printed], collaborations=["The Example Collaboration"])
    institute = Institution.objects.create(name="Institute of Invention", sort_key="institute of invention")
    AuthorshipInstitution.objects.create(authorship=work.authorships.get(position=1), institution=institute)
    Authorship.objects.filter(position=2).update(affiliations=["Somewhere, as printed"])

    text = read(page(client, work.get_absolute_url()))

    assert "Authors 2 On behalf of The Example Collaboration" in text
    assert "Joan Example Institute of Invention Ada Placed Somewhere, as printed" in text


@pytest.mark.parametrize("authors", [1, 150])
def test_a_work_page_costs_the_same_however_many_its_authors(client: Client, authors: int) -> None:
    people = Author.objects.bulk_create(Author(display_name=f"Person {n}", sort_key=f"p {n}") for n in range(authors))
    work = make_work("A title", authors=people, topics=[make_topic()])
    for number in range(3):
        cite(work, make_work(f"Cited {number}", authors=people[:3]))

    with CaptureQueriesContext(connection) as queries:
        page(client, work.get_absolute_url())

    assert len(queries) == 5, [query["sql"][:100] for query in queries]


def test_authors_of_a_crowd_are_paged(client: Client) -> None:
    people = Author.objects.bulk_create(Author(display_name=f"Person {n}", sort_key=f"p {n}") for n in range(250))
    work = make_work("Observation", authors=people)

    first, third = page(client, work.get_absolute_url()), page(client, work.get_absolute_url() + "?authors=3")

    assert (first.count("person-name"), third.count("person-name")) == (100, 50)
    assert '<li value="250">' in third
    assert 'href="?authors=2#authors"' in first


def test_references_and_citations_within_the_corpus_are_listed(client: Client) -> None:
    work, cited, citing = make_work("The work"), make_work("Its reference"), make_work("Its reader")
    cite(work, cited)
    cite(work, None, "10.1/elsewhere")
    cite(citing, work)

    text = read(page(client, work.get_absolute_url()))

    assert "References here 1 of 2 stated references Its reference" in text
    assert "Cited here by 1 Its reader" in text


def test_a_lonely_work_says_what_is_not_known(client: Client) -> None:
    text = read(page(client, make_work("Alone").get_absolute_url()))

    for words in (
        "No source gives an abstract of this work.",
        "No source names an author.",
        "None of its references is in this corpus.",
        "No work in this corpus refers to it.",
    ):
        assert words in text


def test_a_retraction_is_said_first(client: Client) -> None:
    work = make_work("Withdrawn", is_retracted=True, abstract_html="<p>Abstract</p>")

    text = read(page(client, work.get_absolute_url()))

    assert text.index("Retracted.") < text.index("Abstract")


def test_reference_managers_and_search_engines_read_the_work(client: Client) -> None:
    source = Source.objects.create(name="Journal of Examples", kind="journal", sort_key="journal of examples")
    work = make_work('On <b> & "quotes"', authors=[make_author("Joan Example")], source=source, arxiv="2401.00001")

    html = page(client, work.get_absolute_url())

    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[0])
    tags = re.findall(r'<meta name="(citation_\w+)" content="([^"]*)">', html)
    assert (data["@type"], data["name"], data["author"][0]["name"]) == ("ScholarlyArticle", work.title, "Joan Example")
    assert [(name, unescape(content)) for name, content in tags] == [
        ("citation_title", work.title),
        ("citation_author", "Joan Example"),
        ("citation_publication_date", "2024"),
        ("citation_journal_title", "Journal of Examples"),
        ("citation_arxiv_id", "2401.00001"),
        ("citation_abstract_html_url", f"http://testserver{work.get_absolute_url()}"),
    ]


def test_records_say_where_they_come_from_and_when_they_were_seen(client: Client) -> None:
    work = make_work("A title", arxiv="2401.00001")

    text = read(page(client, work.get_absolute_url()))

    assert re.search(r"Where this comes from arXiv 2401.00001 seen \d{4}-\d\d-\d\d", text)


def test_a_work_says_where_to_read_it_and_names_its_language(client: Client) -> None:
    work = make_work("A title", arxiv="2401.00001", language="de")
    odd = make_work("Another", language="xx")
    WorkId.objects.filter(work=odd).delete()

    assert "Read it at arXiv" in (text := read(page(client, work.get_absolute_url())))
    assert "Language German" in text
    text = read(page(client, odd.get_absolute_url()))
    assert "Language xx" in text
    assert "Read it at" not in text


def test_the_title_of_the_page_holds_no_tex(client: Client) -> None:
    work = make_work(r"Flux below $33\,\mathrm{K}$", abstract=r"We show \emph{how}.")

    head = unescape(page(client, work.get_absolute_url()).split("</head>")[0])

    assert "<title>Flux below 33 K · bzpeer</title>" in " ".join(head.split())
    assert 'name="description" content="We show how."' in head
    assert 'property="og:title" content="Flux below 33' in head


def test_a_merged_work_leads_to_the_survivor(client: Client) -> None:
    survivor = make_work("Survivor")
    merged = make_work("Merged", merged_into=survivor)

    response = client.get(merged.get_absolute_url())

    assert (response.status_code, response["Location"]) == (301, survivor.get_absolute_url())


def test_every_page_has_one_address(client: Client) -> None:
    entities = [
        make_work("A title"),
        make_topic(),
        Institution.objects.create(name="Institute", sort_key="institute"),
        Source.objects.create(name="Journal", sort_key="journal"),
    ]
    for entity in entities:
        other = entity.get_absolute_url().rstrip("/").rsplit("/", 1)[0] + "/another/"
        response = client.get(other)
        assert (response.status_code, response["Location"]) == (301, entity.get_absolute_url())
        page(client, entity.get_absolute_url())


@pytest.mark.parametrize("address", ["/works/W9/", "/topics/T9/", "/institutions/I9/", "/sources/S9/", "/nothing/"])
def test_what_does_not_exist_is_said_to_be_missing(client: Client, address: str) -> None:
    response = client.get(address)

    assert (response.status_code, "There is no such page" in response.content.decode()) == (404, True)


@pytest.mark.parametrize("works", [1, 3])
def test_a_topic_page_costs_four_queries_however_many_its_works(client: Client, works: int) -> None:
    topic, author = make_topic(), make_author("Joan Example")
    for number in range(works):
        make_work(f"Work {number}", authors=[author], topics=[topic])
    AuthorTopic.objects.create(author=author, topic=topic, works_count=works)
    type(topic).objects.update(works_count=works, authors_count=1)

    with CaptureQueriesContext(connection) as queries:
        html = page(client, topic.get_absolute_url())

    assert (len(queries), html.count('class="work-title"'), "Joan Example" in read(html)) == (4, works, True)


def test_a_hidden_author_is_not_among_the_people_of_a_topic(client: Client) -> None:
    topic, hidden = make_topic(), make_author("Canary Hidden", hidden=True)
    AuthorTopic.objects.create(author=hidden, topic=topic, works_count=3)

    assert "Canary" not in page(client, topic.get_absolute_url())


def test_works_of_an_institution_are_listed_once_each(client: Client) -> None:
    institution = Institution.objects.create(name="Institute", sort_key="institute", works_count=1)
    work = make_work("A title", authors=[make_author("A"), make_author("B")])
    for authorship in work.authorships.all():
        AuthorshipInstitution.objects.create(authorship=authorship, institution=institution)

    assert page(client, institution.get_absolute_url()).count('class="work-title"') == 1


def test_a_source_filters_its_works_by_the_address(client: Client) -> None:
    source = Source.objects.create(name="Journal", sort_key="journal", works_count=2)
    make_work("Alpha", source=source, year=2020)
    make_work("Beta", source=source, year=2021, type="article")

    assert "Alpha" not in page(client, source.get_absolute_url() + "?year=2021")
    assert "Beta" in page(client, source.get_absolute_url() + "?type=article")
    assert "No work fits these filters." in page(client, source.get_absolute_url() + "?year=1900")


def test_an_empty_topic_is_not_indexed(client: Client) -> None:
    html = page(client, make_topic().get_absolute_url())

    assert '<meta name="robots" content="noindex">' in html
    assert "No work is listed here." in html
