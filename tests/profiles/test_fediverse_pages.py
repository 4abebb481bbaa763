"""What can be looked up: WebFinger, NodeInfo, actors, posts."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime

import pytest
from cryptography.fernet import InvalidToken
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from profiles.fediverse import documents, keys, webfinger
from profiles.models import SigningKey
from publications.models import Author, AuthorId, Source
from tests.conftest import CHECKOUT
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.fediverse_steps import BASE, fetched, finger, remote_follow
from tests.profiles.mastodon_site import ACTIVITY as AP

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings: Settings) -> None:
    settings.BASE_URL, settings.FEDIVERSE = BASE, True


# Finding


def test_a_handle_leads_to_the_actor_and_the_page(client: Client) -> None:
    author = make_author()
    page, actor = f"{BASE}{author.get_absolute_url()}", f"{BASE}/ap/{author.short_id}"

    found = finger(client, f"acct:{author.short_id}@bzpeer.example")

    assert found.json() == {
        "subject": f"acct:{author.short_id}@bzpeer.example",
        "aliases": [page, actor],
        "links": [
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page},
            {"rel": "self", "type": "application/activity+json", "href": actor},
        ],
    }
    assert found["Content-Type"].startswith("application/jrd+json")
    assert found["Access-Control-Allow-Origin"] == "*"
    for other in (f"acct:{author.short_id.lower()}@BZPEER.example", page, actor, page.removesuffix("joan-example/")):
        assert finger(client, other).json() == found.json()


def test_a_merged_record_gives_the_one_that_it_became(client: Client) -> None:
    author = make_author()
    gone = make_author("J. Example", merged_into=make_author("J. E.", merged_into=author))

    found = finger(client, f"acct:{gone.short_id}@bzpeer.example").json()

    assert found["subject"] == f"acct:{author.short_id}@bzpeer.example"
    assert found["links"][1]["href"] == f"{BASE}/ap/{author.short_id}"


def test_who_is_hidden_or_missing_is_not_found_and_nobody_can_tell_which(client: Client) -> None:
    hidden = make_author(hidden=True)
    into_hidden = make_author(merged_into=hidden)
    answers = {finger(client, f"acct:A{n}@bzpeer.example").content for n in (hidden.pk, into_hidden.pk, 999_999)}

    assert len(answers) == 1
    assert finger(client, f"acct:A{hidden.pk}@bzpeer.example").status_code == 404
    missing, there = fetched(client, "/ap/A999999"), fetched(client, f"/ap/A{hidden.pk}")
    assert (missing.status_code, there.status_code) == (404, 404)
    assert missing.content.replace(b"A999999", b"") == there.content.replace(hidden.short_id.encode(), b"")


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("", 400),
        ("A1", 400),
        ("acct:", 400),
        ("acct:A1", 400),
        ("acct:A1@@bzpeer.example", 400),
        ("mailto:a@bzpeer.example", 400),
        ("https://", 400),
        ("a" * 2_000, 400),
        ("acct:A1@other.example", 404),
        ("acct:I1@bzpeer.example", 404),
        ("acct:A0@bzpeer.example", 404),
        (f"acct:A{'9' * 40}@bzpeer.example", 404),
        ("https://other.example/authors/A1/", 404),
        (f"{BASE}/authors/T1/", 404),
        (f"{BASE}/authors/A1/trust/now/", 404),
    ],
)
def test_what_is_malformed_or_not_ours(client: Client, resource: str, status: int) -> None:
    assert finger(client, resource).status_code == status


@given(st.text(max_size=80))
def test_every_resource_is_read_or_refused(resource: str) -> None:
    for text in (resource, f"acct:{resource}", f"{BASE}/{resource}"):
        try:
            found = webfinger.asked_for(text)
        except ValueError:
            continue
        assert found == "" or found == "actor" or found[0] in "AT"


def test_the_site_itself_has_an_actor(client: Client) -> None:
    link = finger(client, "acct:bzpeer.example@bzpeer.example").json()["links"][-1]["href"]

    actor = fetched(client, link).json()

    assert (actor["id"], actor["type"], actor["preferredUsername"]) == (link, "Application", "bzpeer.example")
    assert actor["publicKey"]["id"] == f"{BASE}/ap/actor#main-key"


def test_nodeinfo_says_what_runs_here(client: Client) -> None:
    [link] = client.get("/.well-known/nodeinfo").json()["links"]
    said = client.get(link["href"].removeprefix(BASE)).json()

    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    assert (said["software"], said["protocols"]) == ({"name": "bzpeer", "version": version}, ["activitypub"])


# Actors


def test_an_author_is_a_bot_that_says_what_it_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    author = make_author("Joan <b>Example</b>", created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")
    pem = keys.current().public_pem
    actor, page = f"{BASE}/ap/{author.short_id}", f"{BASE}{author.get_absolute_url()}"

    with django_assert_num_queries(5):
        answer = fetched(client, actor)

    assert (answer["Content-Type"], answer["Vary"].split(", ")[0]) == (f"{AP}; charset=utf-8", "Accept")
    said = answer.json()
    assert said.pop("@context") == documents.CONTEXT
    assert said == {
        "id": actor,
        "type": "Service",
        "preferredUsername": author.short_id,
        "name": "Joan <b>Example</b>",
        "summary": "<p>New works by Joan &lt;b&gt;Example&lt;/b&gt;. An automated account, built from open metadata: "
        "it is not run by this person.</p>",
        "url": page,
        "inbox": f"{actor}/inbox",
        "outbox": f"{actor}/outbox",
        "followers": f"{actor}/followers",
        "endpoints": {"sharedInbox": f"{BASE}/ap/inbox"},
        "publicKey": {"id": f"{actor}#main-key", "owner": actor, "publicKeyPem": pem},
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "published": "2026-01-02T03:04:05Z",
        "attachment": [
            {"type": "PropertyValue", "name": name, "value": f'<a href="{url}" rel="nofollow noopener">{url}</a>'}
            for name, url in (("Page", page), ("ORCID iD", "https://orcid.org/0000-0002-1825-0097"))
        ],
    }


@pytest.mark.parametrize(
    ("accept", "leads"),
    [
        (AP, True),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', True),
        ('application/activity+json, application/ld+json; profile="x", text/html;q=0.1', True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_the_address_of_a_page_leads_servers_to_the_actor_and_people_to_the_page(
    client: Client, accept: str, leads: bool
) -> None:
    for entity in (make_author(), make_topic()):
        answer = fetched(client, entity.get_absolute_url(), accept)
        assert "Accept" in answer["Vary"]
        assert (answer.status_code, answer.get("Location")) == (
            (302, f"{BASE}/ap/{entity.short_id}") if leads else (200, None)
        )
        back = fetched(client, f"/ap/{entity.short_id}", accept)
        is_page = accept.startswith("text/html")
        assert back.get("Location") == (f"{BASE}{entity.get_absolute_url()}" if is_page else None)


def test_who_follows_is_told_to_nobody(client: Client) -> None:
    author = make_author()
    remote_follow(author)

    said = fetched(client, f"/ap/{author.short_id}/followers")

    assert (said.json()["totalItems"], "ada" in said.content.decode()) == (1, False)


def test_the_outbox_tells_the_latest_works_on_bounded_pages(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    author, address = make_author(), ""
    for number in range(3):
        make_work(f"Work {number}", authors=[author], year=2020 + number)
    Author.objects.update(works_count=3)
    address = f"{BASE}/ap/{author.short_id}/outbox"

    whole = fetched(client, address).json()
    with django_assert_num_queries(3):
        first = fetched(client, whole["first"]).json()

    assert (whole["totalItems"], whole["last"]) == (3, f"{address}?page=1")
    assert [item["type"] for item in first["orderedItems"]] == ["Create"] * 3
    assert ["Work 2" in item["object"]["content"] for item in first["orderedItems"]] == [True, False, False]
    assert [fetched(client, f"{address}?page={page}").status_code for page in ("0", "2", "x", "9" * 50)] == [404] * 4


def test_a_post_is_safe_html_with_readable_formulas_and_withheld_names(client: Client) -> None:
    author, hidden = make_author(), make_author("Canary Canary", hidden=True)
    source = Source.objects.create(name='Journal of "Quotes" & <i>', sort_key="j")
    topics = [make_topic(), make_topic("x", "Physics (general)"), make_topic("y", "graph theory")]
    title = r"<script>alert(1)</script> of $\alpha \le x^2$"
    work = make_work(title, authors=[author, hidden], topics=topics, source=source, year=2026)

    said = fetched(client, f"/ap/{author.short_id}/works/{work.short_id}").json()

    shown = "&lt;script&gt;alert(1)&lt;/script&gt; of α≤x^2"
    link = f'<a href="{BASE}{work.get_absolute_url()}" rel="nofollow noopener">{shown}</a>'
    tags = [
        f'<a href="{BASE}{topic.get_absolute_url()}" class="mention hashtag" rel="tag">#<span>{word}</span></a>'
        for topic, word in ((topics[0], "MachineLearning"), (topics[2], "GraphTheory"))
    ]
    assert said["content"] == (
        f"<p>New work by Joan Example: {link}</p><p>Joan Example, name withheld · Journal of &quot;Quotes&quot; &amp; "
        f"&lt;i&gt;, 2026</p><p>{' '.join(tags)}</p>"
    )
    assert "Canary" not in json.dumps(said)
    assert (said["to"], said["attributedTo"]) == (
        ["https://www.w3.org/ns/activitystreams#Public"],
        f"{BASE}/ap/{author.short_id}",
    )


def test_a_post_about_a_work_that_left_the_page_is_gone(client: Client) -> None:
    author, work = make_author(), make_work(authors=[make_author("Other")])

    answer = fetched(client, f"/ap/{author.short_id}/works/{work.short_id}")

    assert (answer.status_code, answer.json()["type"]) == (410, "Tombstone")
    assert fetched(client, f"/ap/{author.short_id}/works/W999999").status_code == 404


def test_a_merged_record_says_where_it_went_and_the_other_knows_it(client: Client) -> None:
    author = make_author()
    middle = make_author("J. E.", merged_into=author)
    gone = make_author("J. Example", merged_into=middle)

    assert fetched(client, f"/ap/{gone.short_id}").json()["movedTo"] == f"{BASE}/ap/{author.short_id}"
    known = fetched(client, f"/ap/{author.short_id}").json()["alsoKnownAs"]
    assert known == [f"{BASE}/ap/{record.short_id}" for record in (middle, gone)]
    assert fetched(client, f"/ap/{gone.short_id}/outbox")["Location"] == f"{BASE}/ap/{author.short_id}"


def test_a_site_that_does_not_take_part_answers_nothing(client: Client, settings: Settings) -> None:
    settings.FEDIVERSE = False
    author = make_author()
    addresses = [f"/ap/{author.short_id}", "/ap/actor", "/nodeinfo/2.1", "/.well-known/nodeinfo"]

    assert [fetched(client, address).status_code for address in addresses] == [404] * 4
    assert finger(client, f"acct:{author.short_id}@bzpeer.example").status_code == 404
    assert client.post("/ap/inbox", b"{}", content_type=AP).status_code == 404
    assert fetched(client, author.get_absolute_url()).status_code == 200
    assert "From the Fediverse" not in client.get(author.get_absolute_url()).content.decode()


# The key


def test_the_key_is_made_once_stored_encrypted_and_replaced_when_nothing_opens_it(settings: Settings) -> None:
    first = keys.current()
    assert keys.current().public_pem == first.public_pem
    assert "PRIVATE" not in SigningKey.objects.get().private_encrypted

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key of the site"
    assert keys.current().public_pem == first.public_pem
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        keys._opened(SigningKey.objects.get().private_encrypted, "not cached")
    settings.SECRET_KEY = "a third"
    assert keys.current().public_pem != first.public_pem
    assert SigningKey.objects.count() == 1


def test_of_two_keys_that_are_made_at_once_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    make = keys._make

    def another_was_faster() -> SigningKey:
        made = make()
        made.save()
        return make()

    monkeypatch.setattr(keys, "_make", another_was_faster)

    assert keys.current().public_pem == keys.current().public_pem == SigningKey.objects.get().public_pem
