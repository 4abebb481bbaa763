"""Hostile bodies: what cannot be stored or read is a 400 for everybody, never a failure of ours."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from profiles.models import Claim
from tests.profiles.people import make_record, make_user

pytestmark = pytest.mark.django_db

DEEP = "[" * 100_000
DEEP_OBJECT = '{"a":' * 50_000
NUL = '{"note": "a\\u0000b"}'
HALF = '{"note": "\\ud800"}'
HALF_NAME = '{"\\ud800": 1}'
JSON = "application/json"


def status(client: Client, path: str, body: str, content_type: str = JSON) -> int:
    client.raise_request_exception = False
    return client.post(path, body, content_type=content_type).status_code


@pytest.mark.parametrize("body", [DEEP, DEEP_OBJECT, NUL, HALF, HALF_NAME, "[1]", '"x"', "{", "NaN", "1" * 100_000])
def test_a_body_that_nobody_means_is_refused_before_anything_happens(body: str) -> None:
    author, client = make_record(), Client()
    client.force_login(make_user())

    assert status(client, f"/api/v1/authors/{author.short_id}/claims", body) == 400
    assert not Claim.objects.exists()


@pytest.mark.parametrize("body", [DEEP, DEEP_OBJECT, '{"query": "root=\\ud800"}', '{"query": "root=A1\\u0000"}'])
def test_a_stranger_cannot_make_the_site_fail_by_a_body(body: str) -> None:
    assert status(Client(), "/api/v1/graph/links", body) == 400


def test_thousands_of_unknown_fields_cost_no_more_than_some() -> None:
    client = Client()
    client.force_login(make_user())
    body = json.dumps({f"field{number}": 1 for number in range(5_000)} | {"note": 7})

    refused = client.post(f"/api/v1/authors/{make_record().short_id}/claims", body, content_type=JSON)

    assert (refused.status_code, len(refused.json()["errors"])) == (400, 21)
    assert refused.json()["errors"][-1]["pointer"] == "#/note"


def test_a_choice_in_half_characters_is_refused() -> None:
    author, client = make_record(), Client()
    client.force_login(make_user())
    number = client.post(f"/api/v1/authors/{author.short_id}/claims", "{}", content_type=JSON).json()["id"]

    body = '{"method": "corresponding-mail", "choice": "\\ud800"}'
    assert status(client, f"/api/v1/claims/{number}/evidence", body) == 400
