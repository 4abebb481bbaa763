"""Authors over the API: the list, one author, and what belongs to an author."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from graph.models import CoauthorEdge
from profiles.assessing import assessments
from profiles.models import Assessment, Follow, User
from publications import search_index
from publications.models import (
    Author,
    AuthorId,
    AuthorInstitution,
    AuthorName,
    AuthorTopic,
    Institution,
)
from tests.corpus import make_author, make_topic, make_work

AUTHORS = "/api/v1/authors"
pytestmark = pytest.mark.django_db


def get(client: Client, address: str, **query: Any) -> Any:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def make_edge(author: Author, coauthor: Author, works: int, close: int) -> None:
    for one, other in ((author, coauthor), (coauthor, author)):
        CoauthorEdge.objects.create(
            author=one, coauthor=other, works=works, close_works=close, weight=works, first_year=2020, last_year=2024
        )


@pytest.fixture
def joan() -> Author:
    """An author about whom everything is known."""
    author = make_author(
        "Joan Bruna", works_count=2, cited_by_count=7, first_year=2023, last_year=2024,
        created_at=datetime(2026, 1, 2, tzinfo=UTC), updated_at=datetime(2026, 3, 4, tzinfo=UTC),
    )  # fmt: skip
    topic = make_topic()
    place = Institution.objects.create(name="Institute of Invention", sort_key="institute of invention")
    AuthorName.objects.create(author=author, name="Joan Bruna", works_count=2)
    AuthorName.objects.create(author=author, name="J. Bruna", works_count=1)
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")
    AuthorTopic.objects.create(author=author, topic=topic, works_count=2)
    AuthorInstitution.objects.create(author=author, institution=place, works_count=2, first_year=2023, last_year=2024)
    for year in (2023, 2024):
        make_work(f"Work of {year}", year=year, authors=[author], topics=[topic])
    make_edge(author, make_author("Ada Lovelace"), works=3, close=2)
    make_edge(author, make_author("Zoe Zebra"), works=5, close=1)
    Follow.objects.create(author=author, user=User.objects.create_user("reader@example.org"))
    assessments.assess([author.pk], "import")
    return author


def test_an_author_has_the_documented_fields(client: Client, joan: Author, settings: Any) -> None:
    standing = Assessment.objects.get(author=joan, is_current=True)
    page = f"{settings.BASE_URL}{joan.get_absolute_url()}"
    topic, place = joan.author_topics.get().topic, Institution.objects.get()

    assert get(client, f"{AUTHORS}/{joan.short_id}") == {
        "id": joan.short_id,
        "display_name": "Joan Bruna",
        "display_name_alternatives": ["J. Bruna"],
        "orcid": "https://orcid.org/0000-0002-1825-0097",
        "ids": {"bzpeer": page, "orcid": "https://orcid.org/0000-0002-1825-0097"},
        "works_count": 2,
        "cited_by_count": 7,
        "counts_by_year": [{"year": 2024, "works_count": 1}, {"year": 2023, "works_count": 1}],
        "topics": [{"id": topic.short_id, "display_name": "Machine Learning", "works_count": 2}],
        "institutions": [{"id": place.short_id, "display_name": "Institute of Invention", "works_count": 2}],
        "affiliations": [
            {"display_name": "Institute of Invention", "first_year": 2023, "last_year": 2024, "works_count": 2}
        ],
        "trust": {"score": standing.score, "band": standing.band},
        "verification": {"level": standing.level, "name": "Source-asserted"},
        "claim": {"status": "unclaimed"},
        "followers_count": 1,
        "close_collaborators_count": 1,
        "works_api_url": f"{settings.BASE_URL}{AUTHORS}/{joan.short_id}/works",
        "created_date": "2026-01-02",
        "updated_date": "2026-03-04",
    }


def test_an_author_who_waits_for_the_first_assessment_has_no_score(client: Client) -> None:
    shown = get(client, f"{AUTHORS}/{make_author().short_id}")

    assert shown["trust"] == {"score": None, "band": None}
    assert shown["verification"] == {"level": None, "name": None}


def test_every_form_of_an_id_leads_to_the_author(client: Client, joan: Author) -> None:
    number = joan.pk
    for key in (
        f"A{number}",
        f"a{number}",
        f"http://testserver/authors/A{number}/joan-bruna/",
        f"https:/bzpeer.example/authors/A{number}/",
        "orcid:0000-0002-1825-0097",
        "ORCID:0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097",
        "http://orcid.org/0000-0002-1825-0097",
        "https:/orcid.org/0000-0002-1825-0097",
    ):
        assert get(client, f"{AUTHORS}/{key}")["id"] == joan.short_id, key
        assert get(client, f"{AUTHORS}/{key}/works")["meta"]["count"] == 2, key


@pytest.mark.parametrize("key", ["12", "W1", "A0", "A", "A9" * 20, "orcid:1", "doi:10.1/x", "A1\x00", "%00", "joan"])
def test_what_is_no_id_of_an_author_is_not_found(client: Client, key: str) -> None:
    answer = client.get(f"{AUTHORS}/{key}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_merged_author_leads_to_the_one_who_stayed(client: Client, joan: Author, settings: Any) -> None:
    middle = make_author(merged_into=joan)
    merged = make_author(merged_into=middle)

    for part in ("", "/works", "/trust", "/coauthors"):
        answer = client.get(f"{AUTHORS}/{merged.short_id}{part}")
        assert (answer.status_code, answer["Location"]) == (
            301,
            f"{settings.BASE_URL}{AUTHORS}/{joan.short_id}{part}",
        )
    kept = client.get(f"{AUTHORS}/{merged.short_id}/works?per_page=3")
    assert kept["Location"].endswith(f"{joan.short_id}/works?per_page=3")


@pytest.mark.parametrize("part", ["", "/works", "/coauthors", "/topics", "/institutions", "/trust"])
def test_a_hidden_author_is_as_one_who_never_was(client: Client, joan: Author, part: str) -> None:
    merged = make_author(merged_into=joan)
    Author.objects.filter(pk=joan.pk).update(hidden=True)

    for key in (joan.short_id, "orcid:0000-0002-1825-0097", merged.short_id):
        hidden, missing = client.get(f"{AUTHORS}/{key}{part}"), client.get(f"{AUTHORS}/A987654321{part}")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        said = [body.json() | {"instance": ""} for body in (hidden, missing)]
        assert said[0] == said[1] | {"detail": said[1]["detail"].replace("A987654321", key)}


def test_a_hidden_person_is_nowhere(client: Client, joan: Author) -> None:
    canary = make_author("Canary Person", works_count=9)
    work = make_work("A work", authors=[joan, canary])
    work.authorships.filter(author=canary).update(affiliations=["Canary Institute"])
    make_edge(joan, canary, works=9, close=9)
    search_index.rebuild()
    Author.objects.filter(pk=canary.pk).update(hidden=True)

    for address in (
        AUTHORS,
        f"{AUTHORS}?search=canary",
        f"{AUTHORS}/{joan.short_id}",
        f"{AUTHORS}/{joan.short_id}/works",
        f"{AUTHORS}/{joan.short_id}/coauthors",
        "/api/v1/works",
        f"/api/v1/works/{work.short_id}",
        "/api/v1/works?search=work",
        "/api/v1/autocomplete/works?q=a%20work",
        "/api/v1/autocomplete/authors?q=can",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        results = answer.content.decode().replace("search=canary", "")
        assert "Canary" not in results, address


def test_the_list_is_searched_sorted_and_paged(client: Client, joan: Author) -> None:
    search_index.rebuild()

    assert [row["display_name"] for row in get(client, AUTHORS)["results"]] == [
        "Joan Bruna",
        "Ada Lovelace",
        "Zoe Zebra",
    ]
    by_name = get(client, AUTHORS, sort="display_name", per_page=1, page=2)
    assert [row["display_name"] for row in by_name["results"]] == ["Joan Bruna"]
    found = get(client, AUTHORS, search="lovelase")
    assert ([row["display_name"] for row in found["results"]], found["meta"]["corrected"]) == (
        ["Ada Lovelace"],
        "lovelace",
    )
    sorted_search = get(client, AUTHORS, search="bruna", sort="cited_by_count:desc", cursor="*")
    assert [row["display_name"] for row in sorted_search["results"]] == ["Joan Bruna"]


def test_an_authors_works_come_newest_first(client: Client, joan: Author) -> None:
    works = f"{AUTHORS}/{joan.short_id}/works"

    assert [work["publication_year"] for work in get(client, works)["results"]] == [2024, 2023]
    assert [work["publication_year"] for work in get(client, works, sort="title")["results"]] == [2023, 2024]


def test_coauthors_come_with_what_they_share(client: Client, joan: Author) -> None:
    shown = get(client, f"{AUTHORS}/{joan.short_id}/coauthors")

    assert [(row["author"]["display_name"], row["works_count"], row["is_close"]) for row in shown["results"]] == [
        ("Zoe Zebra", 5, False),
        ("Ada Lovelace", 3, True),
    ]
    assert get(client, f"{AUTHORS}/{joan.short_id}/coauthors", sort="display_name", cursor="*", per_page=1)["meta"][
        "next_cursor"
    ]


def test_topics_and_institutions_come_with_counts(client: Client, joan: Author) -> None:
    [topic] = get(client, f"{AUTHORS}/{joan.short_id}/topics")["results"]
    [place] = get(client, f"{AUTHORS}/{joan.short_id}/institutions")["results"]

    assert (topic["topic"]["display_name"], topic["works_count"]) == ("Machine Learning", 2)
    assert (place["institution"]["display_name"], place["first_year"], place["last_year"]) == (
        "Institute of Invention", 2023, 2024,
    )  # fmt: skip


def test_trust_is_explained_as_on_the_page(client: Client, joan: Author) -> None:
    shown, told = get(client, f"{AUTHORS}/{joan.short_id}/trust"), assessments.explain(joan)

    assert (shown["id"], shown["score"], shown["band"], shown["level"]) == (
        joan.short_id, told["score"], told["band"], told["level"],
    )  # fmt: skip
    assert [factor["name"] for factor in shown["factors"]] == [factor["name"] for factor in told["factors"]]
    assert len(shown["history"]) == 1
    assert shown["what_would_raise"] == told["what_would_raise"]


def test_trust_is_told_as_it_stood_on_a_day(client: Client, joan: Author) -> None:
    Assessment.objects.filter(author=joan).update(assessed_at=timezone.now() - timedelta(days=10))
    before = (timezone.now() - timedelta(days=20)).date().isoformat()

    assert get(client, f"{AUTHORS}/{joan.short_id}/trust", at=before)["score"] is None
    assert get(client, f"{AUTHORS}/{joan.short_id}/trust", at=timezone.now().date().isoformat())["score"] is not None
    assert client.get(f"{AUTHORS}/{joan.short_id}/trust", {"at": "yesterday"}).status_code == 400


def test_the_list_asks_the_same_number_of_questions_for_one_author_and_for_three(
    client: Client, django_assert_num_queries: Any
) -> None:
    make_author("One")
    with django_assert_num_queries(8):
        assert len(get(client, AUTHORS)["results"]) == 1
    make_edge(make_author("Two"), make_author("Three"), works=2, close=2)
    with django_assert_num_queries(8):
        assert len(get(client, AUTHORS)["results"]) == 3


def test_one_author_takes_as_many_questions_with_much_to_say_as_with_little(
    client: Client, joan: Author, django_assert_num_queries: Any
) -> None:
    newcomer = make_author()
    with django_assert_num_queries(7):
        get(client, f"{AUTHORS}/{newcomer.short_id}")
    with django_assert_num_queries(7):
        get(client, f"{AUTHORS}/{joan.short_id}")
