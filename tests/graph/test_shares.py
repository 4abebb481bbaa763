"""Short links of the explorer: one row for each state, to this site's explorer only, bounded in number and length."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from lxml import html

from bzpeer.kit import allowance
from bzpeer.kit.api.problems import Problem
from graph import shares, walk
from graph.models import LONGEST_STATE, SharedView
from tests.corpus import make_author

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
LINKS = "/api/v1/graph/links"


@pytest.fixture
def root() -> str:
    return make_author("Ada Example").short_id


def post(client: Client, **body: Any) -> Any:
    return client.post(LINKS, body, content_type="application/json")


def test_the_same_state_is_the_same_row_however_it_is_written(client: Client, root: str) -> None:
    first = post(client, query=f"root={root}&depth=2&open=A7.W3")
    ways = (
        f"?open=A7..W3.A7&depth=2&root={root.lower()}&limit=120&from_year=",
        f"root={root}&types=institution,topic,work,author&depth=2&open=A7.W3&groups=0",
        f"root={root}&types=author&types=work&types=topic&types=institution&depth=2&open=A7.W3",
    )

    again = [post(client, query=way) for way in ways]

    assert first.status_code == 201
    assert [answer.status_code for answer in again] == [200] * len(ways)
    assert {answer.json()["code"] for answer in again} == {first.json()["code"]}
    assert list(SharedView.objects.values_list("state", flat=True)) == [f"root={root}&depth=2&open=A7.W3"]


def test_a_link_says_and_leads_where_its_state_is(client: Client, root: str) -> None:
    made = post(client, url=f"http://localhost:8000/graph/?root={root}&off=topic&pins={root}_300_-20").json()
    path = f"/graph/?root={root}&pins={root}_300_-20&off=topic"

    assert re.fullmatch(r"[2-9a-z]{10}", made["code"])
    assert made["short_url"] == f"http://localhost:8000/g/{made['code']}/"
    assert made["url"] == f"http://localhost:8000{path}"
    assert client.get(LINKS, {"code": made["code"]}).json() == made
    answer = client.get(f"/g/{made['code'].upper()}/")
    assert (answer.status_code, answer["Location"], answer["X-Robots-Tag"]) == (302, path, "noindex")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/graph/?root={root}",
        "//evil.example/graph/?root={root}",
        "http://localhost:8000.evil.example/graph/?root={root}",
        "http://localhost:8000@evil.example/graph/?root={root}",
        "javascript:alert(1)",
        "/authors/{root}/",
        "/graph/../accounts/logout/?root={root}",
        "http://[",
        "",
    ],
)
def test_nothing_but_an_address_of_our_explorer_becomes_a_link(client: Client, root: str, url: str) -> None:
    answer = post(client, url=url.format(root=root))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/url")
    assert not SharedView.objects.exists()


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("depth=2", "#/root"),
        ("root={root}&next=//evil.example", "#/next"),
        ("root={root}&limit=501", "#/limit"),
        ("root={root}&open=<script>", "#/open"),
        ("root={root}&open=" + ".".join(f"A{n}" for n in range(1, walk.MOST_OPEN + 2)), "#/open"),
        ("root={root}&pins=A1_1_1_1", "#/pins"),
        ("root={root}&off=people", "#/off"),
        ("root={root}&years=2024-2001", "#/years"),
        ("root={root}&strength=100", "#/strength"),
        ("root={root}&groups=2", "#/groups"),
        ("root={root}&pins=" + ".".join(f"A{n}_1_1" for n in range(1, walk.MOST_PINS + 2)), "#/pins"),
        ("root=S1", "#/root"),
    ],
)
def test_what_the_explorer_does_not_know_is_refused_by_name(
    client: Client, root: str, query: str, pointer: str
) -> None:
    answer = post(client, query=query.format(root=root))

    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])
    assert not SharedView.objects.exists()


@pytest.mark.parametrize("body", [{}, {"url": 3}, {"url": "/graph/", "query": "root=A1"}, {"query": "a", "x": 1}, []])
def test_a_body_must_name_one_state(client: Client, body: Any) -> None:
    answer = client.post(LINKS, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_who_is_hidden_or_unknown_gets_no_link_and_who_was_merged_gets_the_survivors(client: Client) -> None:
    ada = make_author("Ada")
    hidden, merged = make_author("Hidden", hidden=True), make_author("Merged", merged_into=ada)

    missing = [post(client, query=f"root={short_id}") for short_id in (hidden.short_id, "A999999")]

    assert [answer.status_code for answer in missing] == [404, 404]
    assert "Hidden" not in missing[0].content.decode()
    assert post(client, query=f"root={merged.short_id}").json()["url"].endswith(f"/graph/?root={ada.short_id}")


def test_an_unknown_code_leads_nowhere(client: Client) -> None:
    assert client.get("/g/2222222222/").status_code == 404
    assert client.get(LINKS, {"code": "2222222222"}).status_code == 404
    assert client.get(LINKS).status_code == 400


def test_a_client_makes_so_many_new_links_and_still_gets_those_there_are(
    client: Client, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "PER_CLIENT", 2)
    made = [post(client, query=f"root={root}&limit={limit}").status_code for limit in (10, 11, 12, 10)]

    refused = post(client, query=f"root={root}&limit=13")

    assert made == [201, 201, 429, 200]
    assert 0 < int(refused["Retry-After"]) <= shares.WINDOW
    assert post(Client(REMOTE_ADDR="203.0.113.9"), query=f"root={root}&limit=13").status_code == 201


def test_all_clients_together_make_so_many_a_day(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "PER_DAY", 1)
    shares.share(f"root={root}", client="one")

    with pytest.raises(Problem) as refusal:
        shares.share(f"root={root}&depth=2", client="another")

    assert (refusal.value.status_code, SharedView.objects.count()) == (429, 1)


def test_a_code_that_another_state_has_already_is_not_given_twice(root: str) -> None:
    link, _new = shares.share(f"root={root}", client="one")
    SharedView.objects.update(state="root=A1&depth=2")

    other, is_new = shares.share(f"root={root}", client="one")

    assert is_new
    assert other.code != link.code
    assert shares.share(f"root={root}", client="one") == (other, False)


def test_only_what_our_proxies_say_names_a_client(rf: Any, settings: Any) -> None:
    forged = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 198.51.100.7", "REMOTE_ADDR": "10.0.0.1"}

    settings.TRUSTED_PROXIES = 0
    direct = allowance.client_of(rf.get("/", **forged))
    settings.TRUSTED_PROXIES = 1
    behind = allowance.client_of(rf.get("/", **forged))
    six = [allowance.client_of(rf.get("/", REMOTE_ADDR=f"2001:db8::{n}")) for n in (1, 2)]

    assert (direct, behind, six) == ("10.0.0.1", "198.51.100.7", ["2001:db8::/64"] * 2)


def test_without_scripts_a_form_makes_the_link(root: str) -> None:
    client = Client(enforce_csrf_checks=True)
    explorer = html.fromstring(client.get(f"/graph/?root={root}&depth=2").content)
    assert "csrftoken" not in client.cookies  # the explorer stays the same for everybody
    asked = html.fromstring(client.get(f"/graph/share/?root={root}&depth=2&limit=120").content)
    form = next(form for form in asked.forms if form.method == "POST" and form.action == "/graph/share/")

    refused = client.post("/graph/share/", {"query": form.fields["query"]})
    made = html.fromstring(client.post("/graph/share/", dict(form.fields)).content)

    assert explorer is not None
    assert refused.status_code == 403
    address = str(made.get_element_by_id("share-link").get("value"))
    assert client.get(address.removeprefix("http://localhost:8000"))["Location"] == f"/graph/?root={root}&depth=2"


def test_the_form_says_what_is_wrong(client: Client) -> None:
    answer = client.get("/graph/share/?root=nobody")

    assert answer.status_code == 400
    assert "must be the id of an author" in answer.content.decode()


def test_a_state_fits_into_the_first_line_of_a_request(root: str) -> None:
    def asked(most: int) -> QueryDict:
        nodes = ".".join(f"A{most + n}" for n in range(walk.MOST_OPEN))
        return QueryDict(f"root={root}&open={nodes}&hidden={'.'.join(nodes.split('.')[: walk.MOST_HIDDEN])}")

    with pytest.raises(Problem):
        shares.read(asked(10**17))

    assert 2_000 < len(shares.read(asked(10**8)).query) <= LONGEST_STATE < 4_094
