"""Whatever goes wrong in the API is a problem document, with a page that explains it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework import exceptions

from bzpeer.kit.api import problems
from bzpeer.kit.api.kinds import KINDS

AUTHORS = "/api/v1/authors"


def test_an_unknown_record_is_a_problem_with_a_help_page(api: Client, settings: Any) -> None:
    answer = api.get(f"{AUTHORS}/A999")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    body = answer.json()
    assert body.pop("instance").startswith("urn:uuid:")
    assert body == {
        "type": f"{settings.BASE_URL}/problems/not-found/",
        "title": "There is nothing here.",
        "status": 404,
        "detail": "There is no author with the id “A999”.",
    }


@pytest.mark.parametrize("name", list(KINDS))
def test_every_type_of_problem_has_its_page(api: Client, name: str) -> None:
    page = api.get(reverse("problem", args=[name]))

    assert page.status_code == 200
    assert str(KINDS[name].status) in page.content.decode()


def test_the_pages_of_problems_are_listed_and_no_others_exist(api: Client) -> None:
    assert all(name in api.get(reverse("problems")).content.decode() for name in KINDS)
    assert api.get("/problems/no-such/").status_code == 404


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/nothing", f"{AUTHORS}/", "/api/v1/autocomplete/people"])
def test_an_unknown_address_is_a_problem(api: Client, address: str) -> None:
    answer = api.get(address)

    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_method_that_writes_is_refused_with_what_is_allowed(api: Client, method: str) -> None:
    answer = getattr(api, method)(AUTHORS)

    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json()["type"].endswith("/problems/method-not-allowed/")


def test_a_format_that_is_not_there_is_refused(api: Client) -> None:
    answer = api.get(AUTHORS, headers={"Accept": "text/csv"})

    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")


def test_a_browser_gets_json(api: Client) -> None:
    answer = api.get(AUTHORS, headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("raised", "status", "kind"),
    [
        (ValidationError({"name": ["Too long."]}), 400, "invalid"),
        (ValidationError("Not so.", code="odd"), 400, "invalid"),
        (exceptions.ValidationError({"works": [{"id": ["Unknown."]}]}), 400, "invalid"),
        (exceptions.ParseError(), 400, "invalid"),
        (exceptions.NotAuthenticated(), 401, "unauthenticated"),
        (exceptions.PermissionDenied(), 403, "permission-denied"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported-media-type"),
        (exceptions.Throttled(wait=2.5), 429, "throttled"),
        (problems.Problem("gone"), 410, "gone"),
        (problems.Problem("already-claimed"), 409, "already-claimed"),
    ],
)
def test_whatever_a_view_raises_becomes_a_problem(raised: Exception, status: int, kind: str) -> None:
    answer = problems.handle(raised, {"request": RequestFactory().get("/api/v1/x")})

    assert answer is not None
    assert (answer.status_code, answer.data["type"].split("/")[-2]) == (status, kind)
    assert ("errors" in answer.data) == (status == 400)
    assert answer.get("Retry-After") == ("3" if status == 429 else None)


def test_messages_point_at_their_fields() -> None:
    nested = exceptions.ValidationError({"works": [{"id": ["Unknown."]}], "non_field_errors": ["Both or none."]})

    answer = problems.handle(nested, {})

    assert answer is not None
    assert [(error["pointer"], error["detail"]) for error in answer.data["errors"]] == [
        ("#/works/0/id", "Unknown."),
        ("#", "Both or none."),
    ]


def test_a_failure_of_ours_is_left_to_the_server() -> None:
    assert problems.handle(RuntimeError("broken"), {}) is None


def test_a_failure_of_ours_is_a_problem_too(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("profiles.api.AuthorList.get", broken)
    api.raise_request_exception = False

    answer = api.get(AUTHORS)

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()


def test_while_the_database_does_not_answer_programs_are_told_when_to_come_back(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*args: object, **kwargs: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("profiles.api.AuthorList.get", unreachable)
    api.raise_request_exception = False

    answer = api.get(AUTHORS)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["type"].endswith("/problems/upstream-unavailable/")


def test_a_forged_host_is_refused_as_a_problem(api: Client) -> None:
    answer = api.get(AUTHORS, headers={"Host": "evil.example"})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
