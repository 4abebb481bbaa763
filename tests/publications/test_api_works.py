"""Works, topics, institutions and sources over the API."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from publications import search_index
from publications.models import (
    Author,
    Authorship,
    AuthorshipInstitution,
    Institution,
    InstitutionId,
    Record,
    Source,
    SourceId,
    Topic,
    Work,
    WorkId,
)
from tests.corpus import make_author, make_topic, make_work

WORKS = "/api/v1/works"
pytestmark = pytest.mark.django_db


def get(client: Client, address: str, **query: Any) -> Any:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def work() -> Work:
    """A work about which everything is known."""
    venue = Source.objects.create(name="Journal of Invention", sort_key="journal of invention", kind="journal")
    place = Institution.objects.create(name="Institute of Invention", sort_key="institute of invention")
    made = make_work(
        "On $L^2$ norms", authors=[make_author("Joan Bruna"), make_author("Ada Lovelace")], topics=[make_topic()],
        arxiv="2401.00001", type="article", source=venue, abstract="A norm.", language="en", cited_by_count=4,
        publication_date=date(2024, 1, 5), updated_date=date(2024, 6, 7), collaborations=["The X Collaboration"],
        open_access_url="https://example.org/a.pdf",
    )  # fmt: skip
    WorkId.objects.create(work=made, scheme="doi", value="10.48550/arxiv.2401.00001")
    WorkId.objects.create(work=made, scheme="doi", value="10.1000/a(b)/c")
    seen = datetime(2026, 1, 2, tzinfo=UTC)
    said = {
        "type": "preprint",
        "publication_year": 2024,
        "publication_date": "2024-01-05",
        "updated_date": "2024-06-07",
    }
    Record.objects.update(seen_at=seen, data=said | {"source": {"name": "arXiv"}})
    first = Authorship.objects.get(work=made, position=1)
    AuthorshipInstitution.objects.create(authorship=first, institution=place)
    Authorship.objects.filter(pk=first.pk).update(affiliations=["Institute of Invention, Łódź"], reason="orcid")
    return made


def test_a_work_has_the_documented_fields(client: Client, work: Work, settings: Any) -> None:
    joan, ada = Author.objects.order_by("pk")
    topic, place = Topic.objects.get(), Institution.objects.get()
    version = {
        "provider": "arxiv",
        "published_via": "arxiv",
        "type": "preprint",
        "publication_year": 2024,
        "publication_date": "2024-01-05",
        "updated_date": "2024-06-07",
        "source": "arXiv",
    }

    assert get(client, f"{WORKS}/{work.short_id}") == {
        "id": work.short_id,
        "title": "On $L^2$ norms",
        "type": "article",
        "publication_year": 2024,
        "publication_date": "2024-01-05",
        "updated_date": "2024-06-07",
        "source": {"id": Source.objects.get().short_id, "display_name": "Journal of Invention", "type": "journal"},
        "ids": {
            "bzpeer": f"{settings.BASE_URL}{work.get_absolute_url()}",
            "doi": "https://doi.org/10.1000/a(b)/c",
            "arxiv": "https://arxiv.org/abs/2401.00001",
        },
        "doi": "https://doi.org/10.1000/a(b)/c",
        "abstract": "A norm.",
        "language": "en",
        "is_retracted": False,
        "cited_by_count": 4,
        "versions": [version],
        "records": [{"provider": "arxiv", "provider_id": "2401.00001", "seen": "2026-01-02T00:00:00+00:00"}],
        "authors_count": 2,
        "collaborations": ["The X Collaboration"],
        "authorships": [
            {
                "position": 1,
                "author": {"id": joan.short_id, "display_name": "Joan Bruna"},
                "raw_name": "Joan Bruna",
                "affiliations": ["Institute of Invention, Łódź"],
                "institutions": [{"id": place.short_id, "display_name": "Institute of Invention"}],
                "reason": "orcid",
            },
            {
                "position": 2,
                "author": {"id": ada.short_id, "display_name": "Ada Lovelace"},
                "raw_name": "Ada Lovelace",
                "affiliations": [],
                "institutions": [],
                "reason": "name",
            },
        ],
        "topics": [{"id": topic.short_id, "display_name": "Machine Learning", "scheme": "arxiv"}],
        "open_access_url": "https://example.org/a.pdf",
        "authors_truncated": False,
    }


def test_every_form_of_an_id_leads_to_the_work(client: Client, work: Work) -> None:
    for key in (
        work.short_id,
        work.short_id.lower(),
        f"https://bzpeer.example{work.get_absolute_url()}",
        "doi:10.1000/a(b)/c",
        "DOI:10.1000/A(B)/C",
        "10.1000/a(b)/c",
        "https://doi.org/10.1000/a(b)/c",
        "https:/doi.org/10.1000/a(b)/c",
        "http://dx.doi.org/10.1000/a(b)/c",
        "arxiv:2401.00001",
        "arXiv:2401.00001v2",
        "https://arxiv.org/abs/2401.00001",
        "https:/arxiv.org/abs/2401.00001v1",
    ):
        assert get(client, f"{WORKS}/{key}")["id"] == work.short_id, key


def test_an_old_arxiv_id_keeps_its_slash(client: Client) -> None:
    work = make_work(arxiv="math/0309136")

    for key in ("arxiv:math/0309136", "https://arxiv.org/abs/math/0309136", "arxiv:math.GT/0309136v1"):
        assert get(client, f"{WORKS}/{key}")["id"] == work.short_id


@pytest.mark.parametrize("key", ["W0", "A1", "doi:10.1000/none", "doi:", "arxiv:1", "https://", "W1/authors", "\x00"])
def test_what_is_no_id_of_a_work_is_not_found(client: Client, key: str) -> None:
    assert client.get(f"{WORKS}/{key}").status_code == 404


def test_a_merged_work_leads_to_the_one_that_stayed(client: Client, work: Work, settings: Any) -> None:
    merged = make_work("Twin", arxiv="2401.00009", merged_into=work)

    answer = client.get(f"{WORKS}/{merged.short_id}")

    assert (answer.status_code, answer["Location"]) == (301, f"{settings.BASE_URL}{WORKS}/{work.short_id}")
    assert [row["id"] for row in get(client, WORKS)["results"]] == [work.short_id]


def test_a_list_shows_the_first_hundred_authorships_and_says_so(client: Client) -> None:
    work = make_work("Huge", authors_count=130)
    Authorship.objects.bulk_create(
        Authorship(work=work, position=n, raw_name=f"Name {n}", name_key=f"name {n}", block="n") for n in range(1, 131)
    )

    [listed] = get(client, WORKS)["results"]
    whole = get(client, f"{WORKS}/{work.short_id}")

    assert (len(listed["authorships"]), listed["authors_count"], listed["authors_truncated"]) == (100, 130, True)
    assert (len(whole["authorships"]), whole["authors_truncated"]) == (130, False)
    assert whole["authorships"][0]["author"] is None


def test_works_are_searched_by_relevance_and_sorted_on_request(client: Client) -> None:
    make_work("Deep learning", cited_by_count=1, arxiv="2401.00001", year=2020)
    make_work("Shallow water", abstract="Deep learning of waves.", cited_by_count=50, arxiv="2401.00002", year=2021)
    make_work("Forests", arxiv="2401.00003", year=2022)

    def titles(**query: Any) -> list[str]:
        return [row["title"] for row in get(client, WORKS, search="deep learning", **query)["results"]]

    assert titles() == ["Deep learning", "Shallow water"]
    assert titles(sort="cited_by_count:desc") == ["Shallow water", "Deep learning"]
    assert titles(sort="publication_year", cursor="*") == ["Deep learning", "Shallow water"]
    assert get(client, WORKS, search="deep learning")["meta"]["count"] == 2


def test_a_search_for_an_id_finds_that_work(client: Client, work: Work) -> None:
    make_work("Another", arxiv="2401.00002")

    assert [row["id"] for row in get(client, WORKS, search="10.1000/a(b)/c")["results"]] == [work.short_id]


def test_beyond_the_most_relevant_an_order_must_be_chosen(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publications.search.ORDERED", 2)
    monkeypatch.setattr("publications.search.HALF", 2)
    for number in range(5):
        make_work("Deep learning", arxiv=f"2401.0000{number}")

    answer = client.get(WORKS, {"search": "deep", "per_page": "2", "page": "2"})

    assert answer.status_code == 400
    assert "cursor=*" in answer.json()["detail"]
    assert 'rel="next"' not in client.get(WORKS, {"search": "deep", "per_page": "2"}).get("Link", "")


def test_topics_institutions_and_sources_are_listed_and_shown(client: Client, settings: Any) -> None:
    topic = make_topic()
    Topic.objects.update(field_name="Computer Science", works_count=3, authors_count=2)
    place = Institution.objects.create(name="Institute", sort_key="institute", country_code="PL", works_count=4)
    InstitutionId.objects.create(institution=place, scheme="ror", value="05cq64r17")
    venue = Source.objects.create(name="Journal", sort_key="journal", kind="journal", works_count=5)
    SourceId.objects.create(source=venue, scheme="issn", value="0378-5955")

    shown = get(client, f"/api/v1/topics/{topic.short_id}")
    assert (shown["code"], shown["field"], shown["works_count"]) == ("cs.LG", "Computer Science", 3)
    shown = get(client, "/api/v1/institutions/https://ror.org/05cq64r17")
    assert (shown["id"], shown["ror"], shown["country_code"]) == (place.short_id, "https://ror.org/05cq64r17", "PL")
    shown = get(client, f"/api/v1/sources/{venue.short_id}")
    assert (shown["type"], shown["issn"]) == ("journal", ["0378-5955"])
    for name in ("topics", "institutions", "sources"):
        [listed] = get(client, f"/api/v1/{name}")["results"]
        assert listed == get(client, f"/api/v1/{name}/{listed['id']}")
        assert client.get(f"/api/v1/{name}/A1").status_code == 404


def test_topics_are_searched_with_slips(client: Client) -> None:
    make_topic()
    make_topic("math.AP", "Analysis of PDEs")
    search_index.rebuild()

    found = get(client, "/api/v1/topics", search="machin lerning")

    assert [row["display_name"] for row in found["results"]] == ["Machine Learning"]


def test_the_list_asks_the_same_number_of_questions_for_one_work_and_for_three(
    client: Client, django_assert_num_queries: Any
) -> None:
    make_work("One", authors=[make_author()], topics=[make_topic()], arxiv="2401.00001")
    with django_assert_num_queries(4):
        assert len(get(client, WORKS)["results"]) == 1
    make_work("Two", authors=[make_author("Ada"), make_author("Zoe")], topics=[make_topic()], arxiv="2401.00002")
    make_work("Three", arxiv="2401.00003")
    with django_assert_num_queries(4):
        assert len(get(client, WORKS)["results"]) == 3
