"""The author page: its sections, what leads where, and what it costs."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from graph import edges
from profiles.models import Follow, User
from publications.models import Author, AuthorId, Authorship, AuthorTopic
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


def page(client: Client, author: Author, query: str = "") -> str:
    response = client.get(author.get_absolute_url() + query)
    assert response.status_code == 200
    return response.content.decode()


def text(html: str) -> str:
    """What a reader reads, on one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html.split("<main", 1)[1], flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def titles(html: str) -> list[str]:
    return [unescape(t) for t in re.findall(r'<h3 class="work-title"[^>]*><a [^>]*>(.*?)</a>', html)]


def test_every_section_of_the_sample_stands_on_the_page_in_its_order(client: Client) -> None:
    author = make_author(works_count=1)
    make_work("Geometric Factual Recall", authors=[author])

    read = text(page(client, author))

    sections = ["Trust snapshot", "Follow", "Identity and collaboration", "Direct collaboration", "Research graph"]
    places = [read.index(section) for section in [*sections, "Published work"]]
    places.append(read.rindex("Geometric Factual Recall"))
    assert places == sorted(places)


def test_labels_and_numbers_are_apart_and_singular_is_singular(client: Client) -> None:
    author = make_author(topics_count=1)
    make_work(authors=[author])

    read = text(page(client, author))

    assert "work 1 topic 1 close collaborators 0 followers 0" in read


def test_a_single_work_needs_neither_filters_nor_a_chart(client: Client) -> None:
    author = make_author(works_count=1)
    make_work(authors=[author], year=2007)

    html = page(client, author)
    filtered = page(client, author, "?year=1999")
    make_work("Later", authors=[author], year=2009)
    two = page(client, author)

    assert "Works per year 1 work, in 2007." in text(html)
    assert 'class="filters' not in html
    assert 'class="filters' in filtered
    assert 'class="filters' in two
    assert "2009: 1 work" in two


def test_another_address_leads_to_the_canonical_one(client: Client) -> None:
    author = make_author("Joan Example")

    for address in (f"/authors/A{author.pk}/", f"/authors/A{author.pk}/somebody-else/"):
        response = client.get(address + "?year=2020")
        assert (response.status_code, response["Location"]) == (301, f"/authors/A{author.pk}/joan-example/?year=2020")


def test_names_of_every_script_have_an_address_that_does_not_redirect(client: Client) -> None:
    for name in ("王伟", "محمد علي", "Łukasz Ørsted", "!!!"):
        page(client, make_author(name))


def test_an_author_merged_into_a_hidden_person_leads_nowhere(client: Client) -> None:
    merged = make_author("J. Example", merged_into=make_author("Canary Hidden", hidden=True))

    response = client.get(merged.get_absolute_url())

    assert (response.status_code, response.headers.get("Location")) == (404, None)


def test_a_merged_author_leads_to_the_survivor(client: Client) -> None:
    survivor = make_author("Joan Example")
    middle = make_author("J. Example", merged_into=survivor)
    merged = make_author("Joan E.", merged_into=middle)

    response = client.get(merged.get_absolute_url())

    assert (response.status_code, response["Location"]) == (301, survivor.get_absolute_url())


@pytest.mark.parametrize("number", [999_999, 10**18, 10**30])
def test_what_does_not_exist_is_not_found(client: Client, number: int) -> None:
    assert client.get(f"/authors/A{number}/").status_code == 404


def test_a_hidden_author_answers_as_a_missing_one(client: Client) -> None:
    hidden = make_author("Canary Hidden", hidden=True)

    response = client.get(hidden.get_absolute_url())

    assert response.status_code == 404
    assert "Canary" not in response.content.decode()


def test_of_a_hidden_coauthor_only_the_position_is_shown(client: Client) -> None:
    author, hidden = make_author("Joan Example"), make_author("Canary Hidden", hidden=True)
    work = make_work(authors=[author, hidden])
    work.authorships.filter(author=hidden).update(affiliations=["Canary Institute"])
    edges.refresh([author.pk, hidden.pk])

    for html in (page(client, author), client.get(work.get_absolute_url()).content.decode()):
        assert "canary" not in html.lower()
        assert "name withheld" in html


def fill(author: Author, works: int, coauthors: int) -> None:
    """`works` works, each with all of `coauthors` people and five topics."""
    people = [make_author(f"Person {number}") for number in range(coauthors)]
    topics = [make_topic(f"cs.{number}", f"Topic {number}") for number in range(5)]
    for number in range(works):
        make_work(f"Work {number}", authors=[author, *people], topics=topics, year=2000 + number % 20)
    AuthorTopic.objects.bulk_create(AuthorTopic(author=author, topic=t, works_count=works) for t in topics)
    AuthorId.objects.create(author=author, scheme="openalex", value=f"A{author.pk}")
    edges.refresh([author.pk])


@pytest.mark.parametrize(("works", "coauthors"), [(1, 1), (3, 3), (60, 8)])
def test_a_page_costs_six_queries_however_much_is_on_it(client: Client, works: int, coauthors: int) -> None:
    author = make_author()
    fill(author, works, coauthors)
    page(client, author)  # its slice is kept from here on

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(client, author)

    assert len(queries) == 6, [query["sql"][:60] for query in queries]


def test_a_filtered_page_costs_one_query_more_for_its_count(client: Client) -> None:
    author = make_author()
    fill(author, 30, 2)
    page(client, author)

    with CaptureQueriesContext(connection) as queries:
        page(client, author, "?year=2003&sort=cited")

    assert len(queries) == 7


def test_works_are_filtered_sorted_and_paged_by_the_address(client: Client) -> None:
    author = make_author()
    topic = make_topic("math.OC", "Optimization")
    AuthorTopic.objects.create(author=author, topic=topic, works_count=1)
    make_work("Beta", authors=[author], year=2020, cited_by_count=9)
    make_work("Alpha", authors=[author], year=2021, topics=[topic])
    make_work("Gamma", authors=[author], year=2022, type="article")

    assert titles(page(client, author)) == ["Gamma", "Alpha", "Beta"]
    assert titles(page(client, author, "?sort=oldest")) == ["Beta", "Alpha", "Gamma"]
    assert titles(page(client, author, "?sort=title")) == ["Alpha", "Beta", "Gamma"]
    assert titles(page(client, author, "?sort=cited"))[0] == "Beta"
    assert titles(page(client, author, "?year=2020")) == ["Beta"]
    assert titles(page(client, author, "?type=article")) == ["Gamma"]
    assert titles(page(client, author, f"?topic=T{topic.pk}")) == ["Alpha"]


def test_pages_of_works_keep_the_filters_and_miss_none(client: Client) -> None:
    author = make_author()
    for number in range(45):
        make_work(f"Work {number:02}", authors=[author])

    first, third = page(client, author, "?sort=title"), page(client, author, "?sort=title&page=3")

    assert 'href="?sort=title&amp;page=2#published"' in first
    assert (len(titles(first)), titles(third)) == (20, [f"Work {number}" for number in range(40, 45)])
    assert titles(page(client, author, "?sort=title&page=99")) == titles(third)
    on_paper = f"Works 41 to 45 of 45; the rest at http://testserver{author.get_absolute_url()}"
    assert re.findall(r'<p class="print-only">(.*?)</p>', third) == [on_paper]


@pytest.mark.parametrize("query", ["?year=abc&page=-1", "?topic=T0&sort=%00", "?year=9999999999999999999999&page=0"])
def test_a_senseless_filter_counts_as_none(client: Client, query: str) -> None:
    author = make_author()
    make_work("Alpha", authors=[author])

    assert titles(page(client, author, query)) == ["Alpha"]


def test_filters_without_a_match_say_so_and_offer_the_way_back(client: Client) -> None:
    author = make_author()
    make_work("Alpha", authors=[author], year=2020)

    read = text(page(client, author, "?year=1999"))

    assert "No work fits these filters. Show all works" in read


def test_a_card_says_why_the_work_is_here(client: Client) -> None:
    author = make_author()
    work = make_work(authors=[make_author("Somebody Else"), author])
    Authorship.objects.filter(work=work, author=author).update(
        raw_name="J. Example", affiliations=["Institute of Invention"]
    )

    read = text(page(client, author))

    assert "name match only" in read
    assert "Printed as “J. Example”, position 2 of 2. Affiliation as printed: Institute of Invention." in read


def test_a_work_of_three_thousand_authors_shows_ten_and_the_pages_own(client: Client) -> None:
    author = make_author("Last Person")
    crowd = Author.objects.bulk_create(Author(display_name=f"Person {n}", sort_key=f"person {n}") for n in range(2999))
    make_work("Observation", authors=[*crowd, author])

    html = page(client, author)

    line = html.split('class="work-authors"', 1)[1].split("</p>", 1)[0]
    assert (line.count("<a "), '<strong dir="auto">Last Person</strong>' in line) == (11, True)
    assert "and 2,989 more" in line


def test_abstracts_and_formulas_are_in_the_pages_html(client: Client) -> None:
    author = make_author()
    make_work(
        "On $x$", authors=[author], abstract="Let $y$", abstract_html="<p>Let <math><mi>y</mi></math></p>"
    ).__class__.objects.update(title_html="On <math><mi>x</mi></math>")

    html = page(client, author)

    assert "On <math><mi>x</mi></math>" in html
    assert "<p>Let <math><mi>y</mi></math></p>" in html


def test_an_author_without_works_says_so_and_is_not_indexed(client: Client) -> None:
    html = page(client, make_author())

    assert '<meta name="robots" content="noindex">' in html
    assert "No work is listed here." in text(html)


def test_an_orcid_is_marked_unauthenticated(client: Client) -> None:
    author = make_author()
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")

    assert "0000-0002-1825-0097 (unauthenticated)" in text(page(client, author))


def test_affiliations_as_printed_stand_with_their_years(client: Client) -> None:
    author = make_author()
    for year in (2019, 2022):
        work = make_work(f"Work {year}", authors=[author], year=year)
        Authorship.objects.filter(work=work).update(affiliations=["Institute of Invention"])

    assert "Institute of Invention 2019–2022" in text(page(client, author))


def test_close_collaborators_and_namesakes_are_listed(client: Client) -> None:
    author, friend = make_author("Joan Example"), make_author("Good Friend")
    namesake = make_author("Jan Example", works_count=3)
    make_work("One", authors=[author, friend])
    make_work("Two", authors=[author, friend])
    other = make_work("Three", authors=[namesake])
    Authorship.objects.filter(work=other).update(block="example j")
    edges.refresh([author.pk, friend.pk])

    read = text(page(client, author))

    assert "Close collaborators 1 Good Friend 2 works" in read
    assert "Similar names Jan Example 3 works" in read


def test_machines_read_a_person_and_the_canonical_address(client: Client) -> None:
    author = make_author("Joan </script> Example")
    make_work(authors=[author])

    html = page(client, author)

    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[0])
    url = f"http://testserver{author.get_absolute_url()}"
    assert (data["@type"], data["name"], data["url"]) == ("Person", "Joan </script> Example", url)
    assert f'<link rel="canonical" href="{url}">' in html


def test_nothing_on_the_page_needs_an_unsafe_policy(client: Client) -> None:
    author = make_author()
    fill(author, 3, 3)

    html = page(client, author)

    assert not re.search(r"\s(style|on\w+)=", html)
    assert not re.search(r"<script(?![^>]*(src=|application/(ld\+)?json))", html)
    assert "<style" not in html


def test_a_stranger_is_asked_to_log_in_and_comes_back(client: Client) -> None:
    author = make_author()

    html = page(client, author)

    assert f'href="/accounts/login/?next=%2Fauthors%2FA{author.pk}%2Fjoan-example%2F%23follow"' in html
    assert "csrfmiddlewaretoken" not in html


def test_the_button_shows_what_the_reader_can_do(client: Client) -> None:
    author, reader = make_author(), User.objects.create_user("reader@example.org", "a long password")
    client.force_login(reader)
    assert f'action="/follow/A{author.pk}/"' in page(client, author)

    Follow.objects.create(user=reader, author=author)

    assert f'action="/unfollow/A{author.pk}/"' in page(client, author)
