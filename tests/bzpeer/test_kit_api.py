"""The grammar of the API: parameters, paging, cursors, headers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.test import Client

from bzpeer.kit.masking import without_addresses
from publications.models import Author, Work
from tests.corpus import make_author, make_work

AUTHORS = "/api/v1/authors"
WORKS = "/api/v1/works"


def errors(response: Any) -> dict[str, str]:
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    return {error["pointer"]: error["detail"] for error in response.json()["errors"]}


def walk(api: Client, address: str) -> list[list[str]]:
    """Ids of every page that the cursors lead through."""
    pages, cursor = [], "*"
    while cursor is not None:
        answer = api.get(
            address, {"cursor": cursor} if "?" not in address else None, QUERY_STRING=_with(address, cursor)
        )
        assert answer.status_code == 200, answer.content
        pages.append([result["id"] for result in answer.json()["results"]])
        cursor = answer.json()["meta"]["next_cursor"]
        assert len(pages) < 100
    return pages


def _with(address: str, cursor: str) -> str:
    return f"{address.partition('?')[2]}&cursor={cursor}"


# ---------------------------------------------------------------- parameters


def test_an_unknown_parameter_names_the_nearest(api: Client) -> None:
    answer = api.get(AUTHORS, {"serach": "x", "owner": "me"})

    assert errors(answer)["#/serach"] == "There is no parameter “serach”; the nearest is “search”."
    assert errors(answer)["#/owner"].startswith("There is no parameter “owner”")


@pytest.mark.parametrize(
    "name", ["group", "owner", "email", "user__email", "hidden", "merged_into", "filter", "format"]
)
@pytest.mark.parametrize("address", [AUTHORS, WORKS, "/api/v1/topics", "/api/v1/autocomplete/authors"])
def test_a_name_that_no_endpoint_knows_never_changes_the_answer(api: Client, address: str, name: str) -> None:
    assert list(errors(api.get(address, {name: "x"}))) == [f"#/{name}"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("per_page=101", "#/per_page"),
        ("per_page=0", "#/per_page"),
        ("per_page=1000000000", "#/per_page"),
        ("per_page=ten", "#/per_page"),
        ("per_page=²", "#/per_page"),
        ("page=0", "#/page"),
        ("page=101&per_page=100", "#/page"),
        ("page=1&page=2", "#/page"),
        ("page=1&cursor=*", "#/page"),
        ("cursor=", "#/cursor"),
        ("cursor=abc", "#/cursor"),
        ("cursor=" + "a" * 3000, "#/cursor"),
        ("sort=", "#/sort"),
        ("sort=email", "#/sort"),
        ("sort=works_count:down", "#/sort"),
        ("sort=works_count,works_count:desc", "#/sort"),
        ("search=" + "a" * 201, "#/search"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(api: Client, query: str, pointer: str) -> None:
    assert list(errors(api.get(AUTHORS, QUERY_STRING=query))) == [pointer]


def test_everything_that_is_wrong_is_said_at_once(api: Client) -> None:
    assert set(errors(api.get(AUTHORS, {"page": "x", "sort": "workscount", "nope": "1"}))) == {
        "#/page",
        "#/sort",
        "#/nope",
    }


# ---------------------------------------------------------------- lists


def test_a_page_carries_its_place_and_links(api: Client, settings: Any) -> None:
    for number in range(5):
        make_author(f"Person {number}", works_count=number)

    answer = api.get(AUTHORS, {"per_page": 2, "page": 2})

    assert answer.json()["meta"] == {"count": 5, "page": 2, "per_page": 2, "next_cursor": None}
    assert [result["display_name"] for result in answer.json()["results"]] == ["Person 2", "Person 1"]
    assert answer["Link"] == (
        f'<{settings.BASE_URL}{AUTHORS}?per_page=2&page=1>; rel="prev", '
        f'<{settings.BASE_URL}{AUTHORS}?per_page=2&page=3>; rel="next"'
    )


def test_the_last_page_links_back_only_and_further_pages_are_empty(api: Client) -> None:
    make_author()

    assert "Link" not in api.get(AUTHORS)
    beyond = api.get(AUTHORS, {"page": 9})
    assert (beyond.json()["results"], 'rel="next"' in beyond["Link"]) == ([], False)


def test_lists_are_sorted_by_several_fields(api: Client) -> None:
    for title, cited in (("b", 1), ("a", 1), ("c", 9)):
        make_work(title, cited_by_count=cited, arxiv=f"2401.0000{ord(title) - 96}")

    for sort in ("cited_by_count:desc,title", "-cited_by_count,title:asc"):
        assert [result["title"] for result in api.get(WORKS, {"sort": sort}).json()["results"]] == ["c", "a", "b"]


@pytest.mark.parametrize(
    "sort", ["works_count:desc", "works_count", "display_name", "display_name:desc", "works_count,display_name:desc"]
)
def test_a_cursor_visits_every_row_once_and_ends_even_when_all_are_equal(api: Client, sort: str) -> None:
    Author.objects.bulk_create(
        Author(display_name="Same Name", sort_key="same name", works_count=number // 40) for number in range(60)
    )
    Author.objects.create(display_name="王伟", sort_key="王伟", works_count=1)

    pages = walk(api, f"{AUTHORS}?sort={sort}&per_page=7")
    in_order = [row["id"] for row in api.get(AUTHORS, {"sort": sort, "per_page": "100"}).json()["results"]]

    assert [len(page) for page in pages] == [7] * 8 + [5]
    assert [number for page in pages for number in page] == in_order
    assert len(set(in_order)) == 61


@pytest.mark.parametrize(
    "sort", ["publication_year:desc", "publication_year", "publication_year:desc,title", "title,publication_year"]
)
def test_a_cursor_passes_works_without_a_year(api: Client, sort: str) -> None:
    for number, year in enumerate([2020, None, 2021, 2020, None, None, 2019]):
        make_work(f"Work {number % 3}", year=year, arxiv=f"2401.0000{number}")

    pages = walk(api, f"{WORKS}?sort={sort}&per_page=2")
    in_order = [row["id"] for row in api.get(WORKS, {"sort": sort}).json()["results"]]

    assert [number for page in pages for number in page] == in_order
    assert len(set(in_order)) == 7


def test_a_cursor_survives_rows_that_come_and_go(api: Client) -> None:
    for number in range(6):
        make_author(f"Person {number}", works_count=10 - number)
    first = api.get(AUTHORS, {"cursor": "*", "per_page": "3"}).json()

    make_author("Newcomer", works_count=99)
    Author.objects.filter(display_name="Person 2").delete()
    second = api.get(AUTHORS, {"cursor": first["meta"]["next_cursor"], "per_page": 3}).json()

    assert [row["display_name"] for row in second["results"]] == ["Person 3", "Person 4", "Person 5"]
    assert second["meta"] == {"count": None, "page": None, "per_page": 3, "next_cursor": None}


def cursor_of(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "values",
    [
        ["works_count-,pk+", 1],
        ["works_count-,pk+", 1, "1"],
        ["works_count-,pk+", None, 1],
        ["works_count-,pk+", True, 1],
        ["works_count-,pk+", 1.5, 1],
        ["works_count-,pk+", 2**70, 1],
        ["works_count+,pk+", 1, 1],
        ["sort_key+,pk+", "\x00", 1],
        [],
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(api: Client, values: list[object]) -> None:
    assert list(errors(api.get(AUTHORS, {"cursor": cursor_of(*values)}))) == ["#/cursor"]


def test_a_cursor_of_text_is_checked_too(api: Client) -> None:
    for value in ("\x00", "\ud800", 5, None):
        answer = api.get(AUTHORS, {"sort": "display_name", "cursor": cursor_of("sort_key+,pk+", value, 1)})
        assert list(errors(answer)) == ["#/cursor"]


def test_a_cursor_does_not_count_and_asks_as_much_at_any_depth(api: Client, django_assert_max_num_queries: Any) -> None:
    Author.objects.bulk_create(Author(display_name="A", sort_key="a", works_count=1) for _ in range(30))
    cursor = "*"
    while cursor:
        with django_assert_max_num_queries(8):
            cursor = api.get(AUTHORS, {"cursor": cursor, "per_page": "10"}).json()["meta"]["next_cursor"]


# ---------------------------------------------------------------- headers


def test_an_answer_can_be_asked_again_cheaply(api: Client) -> None:
    make_author()
    first = api.get(AUTHORS)

    again = api.get(AUTHORS, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Cache-Control"] == "public, max-age=30"
    assert "Accept" in first["Vary"]
    assert "Cookie" not in first["Vary"]


def test_a_changed_record_has_another_validator(api: Client) -> None:
    author = make_author()
    first = api.get(f"{AUTHORS}/{author.short_id}")
    Author.objects.update(works_count=9)

    again = api.get(f"{AUTHORS}/{author.short_id}", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again["ETag"] == first["ETag"]) == (200, False)


def test_any_site_may_read(api: Client) -> None:
    for answer in (api.get(AUTHORS), api.get(f"{AUTHORS}/A999"), api.head(AUTHORS)):
        assert answer["Access-Control-Allow-Origin"] == "*"
    asked = api.options(AUTHORS)
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")


def test_a_head_request_has_the_headers_only(api: Client) -> None:
    answer = api.head(AUTHORS)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == api.get(AUTHORS)["ETag"]


def test_problems_are_not_kept(api: Client) -> None:
    assert api.get(f"{AUTHORS}/A999")["Cache-Control"] == "no-store"


# ---------------------------------------------------------------- addresses of people


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to ada@uni.example.", "write to [e-mail]."),
        ("{ada,joan}@cs.uni.example, Paris", "[e-mail], Paris"),
        ("ada @ uni.example", "[e-mail]"),
        ("rate 5@10 and @home", "rate 5@10 and @home"),
    ],
)
def test_e_mail_addresses_are_masked(text: str, shown: str) -> None:
    assert without_addresses(text) == shown


def test_abstracts_and_affiliations_show_no_addresses(api: Client) -> None:
    work = make_work(abstract="Ask ada@uni.example.", authors=[make_author()])
    work.authorships.update(affiliations=["Uni (ada@uni.example)"])

    for address in (f"{WORKS}/{work.short_id}", WORKS, f"{AUTHORS}/{Author.objects.get().short_id}"):
        assert "@" not in api.get(address).content.decode()
    assert Work.objects.get().abstract == "Ask ada@uni.example."
