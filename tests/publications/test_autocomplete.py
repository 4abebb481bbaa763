"""Suggestions while typing: ranked, bounded, with hints that tell namesakes apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from publications import search, search_index, suggestions
from publications.models import (
    Author,
    AuthorId,
    AuthorInstitution,
    AuthorTopic,
    Institution,
    InstitutionId,
    Source,
    SourceId,
)
from publications.search_index import KEPT_PER_PREFIX
from publications.search_models import Kind, SearchPrefix
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


def suggested(client: Client, entity: str, typed: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/autocomplete/{entity}", {"q": typed})
    assert answer.status_code == 200
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def named(client: Client, entity: str, typed: str) -> list[str]:
    return [hit["display_name"] for hit in suggested(client, entity, typed)]


def test_a_hit_says_who_it_is(client: Client) -> None:
    topic = make_topic(name="Machine Learning")
    place = Institution.objects.create(name="Institute of Invention", sort_key="institute of invention")
    author = make_author("Joan Bruna", works_count=3, first_year=2019, last_year=2026)
    AuthorId.objects.create(author=author, scheme="openalex", value="A5023888391")
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")
    AuthorTopic.objects.create(author=author, topic=topic, works_count=3)
    AuthorInstitution.objects.create(author=author, institution=place, works_count=1, last_year=2026)
    search_index.rebuild()

    assert suggested(client, "authors", "joan b") == [
        {
            "id": author.short_id,
            "display_name": "Joan Bruna",
            "hint": "Institute of Invention · Machine Learning · 2019–2026",
            "external_id": "https://orcid.org/0000-0002-1825-0097",
            "entity_type": "author",
            "works_count": 3,
            "url": author.get_absolute_url(),
        }
    ]


def test_namesakes_are_told_apart_by_their_hints(client: Client) -> None:
    for code, topic in (("cs.LG", "Machine Learning"), ("q-bio.GN", "Genomics")):
        author = make_author("Wei Wang")
        AuthorTopic.objects.create(author=author, topic=make_topic(code, topic), works_count=1)
    search_index.rebuild()

    assert {hit["hint"] for hit in suggested(client, "authors", "wei wang")} == {"Machine Learning", "Genomics"}


@pytest.mark.parametrize(
    "typed", ["j", "jo", "joa", "joan", "joan ", "joan b", "joan br", "br", "brun", "bruna j", "JOAN BRUNA"]
)
def test_every_further_letter_still_leads_there(client: Client, typed: str) -> None:
    make_author("Joan Bruna", works_count=20)
    make_author("Ada Lovelace", works_count=90)
    search_index.rebuild()

    assert named(client, "authors", typed) == ["Joan Bruna"]


@pytest.mark.parametrize(
    "typed", ["joan brina", "jaon bruna", "joan bruuna", "jon bruna", "lovelaec", "ada lovelcae", "ada lovelase"]
)
def test_a_slip_still_leads_there(client: Client, typed: str) -> None:
    make_author("Joan Bruna")
    make_author("Ada Lovelace")
    search_index.rebuild()

    expected = "Ada Lovelace" if "lov" in typed else "Joan Bruna"
    assert named(client, "authors", typed)[:1] == [expected]


def test_the_most_prolific_come_first_and_never_more_than_ten(client: Client) -> None:
    for number in range(60):
        make_author(f"Joan Number{number}", works_count=number)
    search_index.rebuild()

    for typed in ("jo", "joan", "joan num"):
        assert named(client, "authors", typed) == [f"Joan Number{number}" for number in range(59, 49, -1)]


def test_an_exact_name_comes_first_whatever_its_works(client: Client) -> None:
    make_author("Li", works_count=1)
    for number in range(15):
        make_author(f"Li Number{number}", works_count=100 + number)
    search_index.rebuild()

    assert named(client, "authors", "li")[0] == "Li"


def test_a_surname_counts_as_much_as_a_first_name(client: Client) -> None:
    make_author("Zhang Li", works_count=1)
    make_author("Xiang Zhang", works_count=6)
    search_index.rebuild()

    assert named(client, "authors", "zha") == ["Xiang Zhang", "Zhang Li"]
    assert named(client, "authors", "zhang") == ["Xiang Zhang", "Zhang Li"]
    assert [record.label for record in search.search_authors("zhang").page(1, 5)] == ["Xiang Zhang", "Zhang Li"]


def test_works_topics_institutions_and_sources_are_suggested(client: Client) -> None:
    make_work("Deep learning of graphs", authors=[make_author("Ada"), make_author("Joan"), make_author("Zoe")])
    make_topic("cs.LG", "Machine Learning")
    institution = Institution.objects.create(
        name="University of Łódź", sort_key="university of lodz", country_code="PL"
    )
    InstitutionId.objects.create(institution=institution, scheme="ror", value="05cq64r17")
    source = Source.objects.create(name="Journal of Invention", sort_key="journal of invention", kind="journal")
    SourceId.objects.create(source=source, scheme="issn", value="0378-5955")
    search_index.rebuild()

    [work] = suggested(client, "works", "deep lear")
    assert (work["display_name"], work["hint"]) == ("Deep learning of graphs", "Ada, Joan and others · 2024")
    assert named(client, "works", "gra") == ["Deep learning of graphs"]
    assert [hit["hint"] for hit in suggested(client, "topics", "mach")] == ["cs.LG"]
    [place] = suggested(client, "institutions", "lodz")
    assert (place["external_id"], place["hint"]) == ("https://ror.org/05cq64r17", "PL")
    [venue] = suggested(client, "sources", "inven")
    assert (venue["display_name"], venue["hint"]) == ("Journal of Invention", "journal")


@pytest.mark.parametrize("entity", ["authors", "works", "topics", "institutions", "sources"])
@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "\\", "'", "&", "!", "*", ":*", "(", "\x00", "zzzzqqq", "a" * 200]
)
def test_odd_letters_suggest_nothing(client: Client, entity: str, typed: str) -> None:
    make_author("Joan Bruna")
    make_work("Deep learning")
    search_index.rebuild()

    assert suggested(client, entity, typed) == []


def test_suggestions_take_one_statement_for_one_hit_and_for_three(
    client: Client, django_assert_num_queries: Any
) -> None:
    make_author("Joan One")
    search_index.rebuild()
    with django_assert_num_queries(1):
        assert len(suggested(client, "authors", "joan")) == 1
    make_author("Joan Two")
    make_author("Joan Three")
    search_index.rebuild()
    with django_assert_num_queries(1):
        assert len(suggested(client, "authors", "joan")) == 3


def test_the_box_suggests_people_topics_and_works_together() -> None:
    make_topic("x", "Graph theory")
    make_author("Grace Graph")
    for number in range(20):
        make_work(f"Graph number {number}")
    search_index.rebuild()

    hits = suggestions.suggest_mixed("gra")

    assert (len(hits), {hit.entity_type for hit in hits}) == (10, {"author", "topic", "work"})


def test_each_prefix_keeps_a_bounded_number_and_the_best_of_later_imports() -> None:
    Author.objects.bulk_create(
        Author(display_name=f"Ann {n}", sort_key=f"ann {n}", works_count=n) for n in range(KEPT_PER_PREFIX + 20)
    )
    search_index.rebuild()
    star = make_author("Annabel Star", works_count=1000)

    search_index.refresh(Kind.AUTHORS, [star.pk])

    kept = SearchPrefix.objects.filter(kind=Kind.AUTHORS, prefix="ann").order_by("-weight")
    assert (kept.count(), kept[0].entity) == (KEPT_PER_PREFIX, star.pk)
    assert suggestions.suggest(Kind.AUTHORS, "an")[0].display_name == "Annabel Star"


def test_refreshing_twice_changes_nothing() -> None:
    make_author("Joan Bruna", works_count=3)
    make_author("Ada Lovelace", works_count=5)
    search_index.rebuild()
    before = sorted(SearchPrefix.objects.values_list("kind", "prefix", "weight", "entity"))

    search_index.refresh(Kind.AUTHORS, Author.objects.values_list("pk", flat=True))

    assert sorted(SearchPrefix.objects.values_list("kind", "prefix", "weight", "entity")) == before
