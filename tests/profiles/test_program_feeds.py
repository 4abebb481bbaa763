"""Feeds for reader programs: what Atom and JSON Feed say, to whom, and how little an unchanged one costs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from profiles.following import feed, follows, private_feed
from profiles.models import FeedItem, Subscription, User
from publications import served_feeds
from publications.models import Author, AuthorshipInstitution, Institution, Source, Work, WorkId
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.feeds import tell, tell_of_claim, tell_of_merge
from tests.profiles.people import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

ATOM = "{http://www.w3.org/2005/Atom}"
PUBLIC = {"Cache-Control": "public, max-age=30", "Access-Control-Allow-Origin": "*"}


@pytest.fixture(autouse=True)
def _address(settings: Settings) -> None:
    settings.BASE_URL = "https://site.example"


@pytest.fixture
def ann() -> Author:
    return make_author("Ann")


@pytest.fixture
def reader(ann: Author) -> User:
    user = make_user("Rea Der")
    follows.follow(ann, by=user)
    return user


def path_of(record: Any, form: str = "atom") -> str:
    return reverse(f"{record._meta.model_name}_feed", kwargs={"number": record.pk, "form": form})


def private_path(user: User, form: str = "atom") -> str:
    return private_feed.addresses(user)[form].removeprefix("https://site.example")


def titles(answer: Any) -> list[str]:
    """Of an answer in either format."""
    if answer["Content-Type"].startswith("application/feed+json"):
        return [item["title"] for item in json.loads(answer.content)["items"]]
    entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    return [entry.findtext(f"{ATOM}title") or "" for entry in entries]


# What they say


def test_an_atom_entry_says_everything_of_a_work(client: Client, ann: Author) -> None:
    source = Source.objects.create(name="Journal", sort_key="journal")
    topic, hidden = make_topic(), make_author("Secret", hidden=True)
    work = make_work(
        "On $x^2$ & more",
        authors=[ann, hidden],
        topics=[topic],
        source=source,
        publication_date=date(2024, 2, 3),
        abstract="We show $a < b$.",
        abstract_html="We show <math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>.",
        arxiv="2402.00001",
    )
    WorkId.objects.create(work=work, scheme="doi", value="10.1000/x")

    work.refresh_from_db()
    root = ElementTree.fromstring(client.get(path_of(ann)).content)
    [entry] = root.findall(f"{ATOM}entry")

    assert [(child.tag.removeprefix(ATOM), dict(child.attrib), child.text) for child in root][:5] == [
        ("title", {}, "Ann on bzpeer"),
        ("link", {"rel": "alternate", "href": f"https://site.example/authors/A{ann.pk}/ann/"}, None),
        ("link", {"rel": "self", "href": f"https://site.example/authors/A{ann.pk}/feed.atom"}, None),
        ("id", {}, f"https://site.example/authors/A{ann.pk}/"),
        ("updated", {}, work.updated_at.isoformat()),
    ]
    assert entry.findtext(f"{ATOM}title") == "On x² & more"
    assert entry.findtext(f"{ATOM}id") == f"https://site.example/works/W{work.pk}/"
    assert entry.findtext(f"{ATOM}published") == "2024-02-03T00:00:00+00:00"
    assert [person.findtext(f"{ATOM}name") for person in entry.findall(f"{ATOM}author")] == ["Ann"]
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == ["cs.LG"]
    assert [link.get("href") for link in entry.findall(f"{ATOM}link")] == [
        f"https://site.example{work.get_absolute_url()}",
        "https://arxiv.org/abs/2402.00001",
        "https://doi.org/10.1000/x",
    ]
    assert entry.findtext(f"{ATOM}summary") == "We show a < b."
    content = entry.findtext(f"{ATOM}content") or ""
    assert "We show <math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>." in content
    assert ("name withheld" in content, "Secret" in content) == (True, False)


def test_a_json_item_says_the_same(client: Client, ann: Author) -> None:
    work = make_work("A work", authors=[ann], topics=[make_topic()], arxiv="2402.00001", publication_date=None)

    said = json.loads(client.get(path_of(ann, "json")).content)
    [item] = said.pop("items")

    assert said == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ann on bzpeer",
        "home_page_url": f"https://site.example/authors/A{ann.pk}/ann/",
        "feed_url": f"https://site.example/authors/A{ann.pk}/feed.json",
        "description": "The latest 50 works, by when they were indexed.",
        "authors": [{"name": "Ann", "url": f"https://site.example/authors/A{ann.pk}/ann/"}],
        "language": "en",
    }
    work.refresh_from_db()
    assert item.pop("content_html").startswith("<p><a href=")
    assert item == {
        "id": f"https://site.example/works/W{work.pk}/",
        "url": f"https://site.example/works/W{work.pk}/a-work/",
        "external_url": "https://arxiv.org/abs/2402.00001",
        "title": "A work",
        "date_modified": work.updated_at.isoformat(),
        "authors": [{"name": "Ann", "url": f"https://site.example/authors/A{ann.pk}/ann/"}],
        "tags": ["cs.LG"],
    }


@pytest.mark.parametrize("form", ["atom", "json"])
def test_every_kind_has_a_feed_of_its_latest_works(client: Client, ann: Author, form: str) -> None:
    topic, source = make_topic(), Source.objects.create(name="Journal", sort_key="journal")
    place = Institution.objects.create(name="Institute", sort_key="institute")
    for number in range(3):
        work = make_work(f"Work {number}", authors=[ann], topics=[topic], source=source)
        AuthorshipInstitution.objects.create(authorship=work.authorships.get(), institution=place)
    make_work("Of nobody here")
    make_work("Withdrawn", authors=[ann], topics=[topic], source=source, is_retracted=True)
    make_work("Merged", authors=[ann], topics=[topic], source=source, merged_into=work)

    for record in (ann, topic, source, place):
        answer = client.get(path_of(record, form))
        assert titles(answer) == ["Work 2", "Work 1", "Work 0"]
        assert {name: answer[name] for name in PUBLIC} == PUBLIC


def test_fifty_works_are_told_and_an_empty_feed_is_valid(client: Client, ann: Author) -> None:
    assert titles(client.get(path_of(ann))) == []
    for number in range(51):
        make_work(f"Work {number}", authors=[ann])

    assert titles(client.get(path_of(ann))) == [f"Work {number}" for number in range(50, 0, -1)]


@pytest.mark.parametrize("form", ["atom", "json"])
def test_hostile_texts_stay_texts(client: Client, form: str) -> None:
    name = "A \x01\x0b\ufffe\u202e<script>alert(1)</script>]]>"
    author = make_author(name)
    make_work(f"Title {name}", authors=[author], abstract="Write to ann@uni.example", abstract_html="…@uni.example")

    answer = client.get(path_of(author, form))
    written = answer.content.decode()

    [title] = titles(answer)
    assert "<script>alert(1)</script>]]>" in title
    assert "ann@uni" not in written
    if form == "atom":
        content = ElementTree.fromstring(written).findtext(f"{ATOM}entry/{ATOM}content") or ""
    else:
        content = json.loads(written)["items"][0]["content_html"]
    assert ("<script" in content, "&lt;script&gt;" in content) == (False, True)


# To whom


def test_hidden_authors_have_no_feed_and_merged_ones_lead_on(client: Client, ann: Author) -> None:
    gone = make_author("A. Ann", merged_into=ann)
    assert client.get(path_of(gone, "json"))["Location"] == path_of(ann, "json")

    Author.objects.filter(pk=ann.pk).update(hidden=True)

    assert [client.get(path_of(author)).status_code for author in (ann, gone)] == [404, 404]
    assert client.get("/authors/A999999/feed.atom").status_code == 404
    assert client.post(path_of(ann)).status_code == 405


def test_feeds_know_no_account(client: Client, ann: Author, reader: User) -> None:
    client.force_login(reader)

    answer = client.get(path_of(ann))

    assert (answer["Vary"], answer.cookies) == ("Accept-Language", {})


# Conditional requests


@pytest.mark.parametrize("form", ["atom", "json"])
def test_an_unchanged_feed_is_not_written_again(
    client: Client,
    ann: Author,
    form: str,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_work(authors=[ann])
    with django_assert_num_queries(4):  # the record, the latest ids, their facts, their texts
        first = client.get(path_of(ann, form))
    monkeypatch.setattr(served_feeds, "write", None)

    with django_assert_num_queries(3):
        by_etag = client.get(path_of(ann, form), headers={"If-None-Match": first["ETag"]})
    by_date = client.get(path_of(ann, form), headers={"If-Modified-Since": first["Last-Modified"]})

    for answer in (by_etag, by_date):
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", first["ETag"])
        assert answer["Last-Modified"] == first["Last-Modified"]


@pytest.mark.parametrize("works", [1, 3])
def test_a_feed_costs_the_same_however_many_works(
    client: Client, ann: Author, works: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(works):
        make_work(authors=[ann, make_author()], topics=[make_topic()])

    with django_assert_num_queries(4):
        client.get(path_of(ann))


def test_whatever_changes_is_told(client: Client, ann: Author) -> None:
    bob = make_author("Bob")
    work = make_work(authors=[ann, bob])
    seen = client.get(path_of(ann))

    def changed() -> bool:
        """By either condition, also within one second."""
        nonlocal seen
        conditions = [{"If-None-Match": seen["ETag"]}, {"If-Modified-Since": seen["Last-Modified"]}]
        codes = [client.get(path_of(ann), headers=condition).status_code for condition in conditions]
        seen = client.get(path_of(ann))
        assert codes in ([200, 200], [304, 304])
        return codes == [200, 200]

    assert not changed()
    Author.objects.filter(pk=bob.pk).update(hidden=True)
    assert changed()
    assert "Bob" not in seen.content.decode()
    Work.objects.filter(pk=work.pk).update(is_retracted=True)
    assert changed()
    Author.objects.filter(pk=ann.pk).update(display_name="Ann B.")
    assert changed()
    assert not changed()


def test_a_head_request_says_what_a_get_would(client: Client, ann: Author) -> None:
    get, head = client.get(path_of(ann)), client.head(path_of(ann))

    assert (head.content, head["ETag"], head["Content-Type"]) == (b"", get["ETag"], get["Content-Type"])


def test_a_lost_cache_only_costs_work(client: Client, ann: Author) -> None:
    first = client.get(path_of(ann))
    caches["valkey"].clear()

    assert client.get(path_of(ann), headers={"If-None-Match": first["ETag"]}).status_code == 304


# The private one


@pytest.mark.parametrize("form", ["atom", "json"])
def test_the_private_feed_tells_what_one_follows_once(client: Client, ann: Author, reader: User, form: str) -> None:
    bob = make_author("Bob")
    follows.follow(bob, by=reader)
    tell(reader, make_work("Together", authors=[ann, bob]))
    tell(reader, make_work("Late", authors=[ann]), kind="late")
    tell_of_claim(reader, ann)
    tell_of_merge(reader, make_author("B."), bob)
    tell_of_merge(reader, make_author("Secret", hidden=True), bob)

    answer = client.get(private_path(reader, form))

    assert titles(answer) == [
        "Another record was merged into the one of Bob.",
        "The record “B.” was merged into the one of Bob.",
        "The record of Ann has an owner now.",
        "Together",
    ]
    assert (answer["Cache-Control"], answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
        "private, max-age=30",
        "no-referrer",
        "noindex",
    )
    assert "Access-Control-Allow-Origin" not in answer
    again = client.get(private_path(reader, form), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, max-age=30")


@pytest.mark.parametrize("items", [1, 3])
def test_the_private_feed_costs_the_same_however_many_items(
    client: Client, ann: Author, reader: User, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(items):
        tell(reader, make_work(authors=[ann]))
        tell_of_claim(reader, ann := make_followed(reader))
    path = private_path(reader)

    # account, version, where a look ends, items, facts, texts, version again for the address
    with django_assert_num_queries(7):
        answer = client.get(path)
    with django_assert_num_queries(5):
        client.get(path, headers={"If-None-Match": answer["ETag"]})


def make_followed(user: User) -> Author:
    author = make_author("Followed")
    follows.follow(author, by=user)
    return author


def test_only_the_present_address_of_an_active_account_leads_there(client: Client, reader: User) -> None:
    other, path = make_user("Else"), private_path(reader)
    token = path.split("/")[-1].removesuffix(".atom")
    foreign = f"{other.pk}-{token.split('-')[1]}"
    wrong = [token[:-1], token + "0", foreign, f"{reader.pk}-", "0-", "x", "٣-" + token, "9" * 30 + "-a"]

    assert client.get(path).status_code == 200
    answers = [client.get(f"/feed/private/{each}.atom") for each in wrong]
    assert {(answer.status_code, answer["Cache-Control"]) for answer in answers} == {(404, "no-store")}

    private_feed.renew(by=reader)
    renewed = private_path(reader)
    assert [client.get(address).status_code for address in (path, renewed, private_path(other))] == [404, 200, 200]

    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert client.get(renewed).status_code == 404


def test_the_address_is_renewed_by_a_button(client: Client, reader: User) -> None:
    old = private_path(reader)
    client.force_login(reader)
    assert f'value="https://site.example{old}"' in client.get("/feed/").content.decode()

    assert client.post("/feed/private/renew/")["Location"] == "/feed/#private"

    assert Subscription.objects.get(user=reader).feed_version == 2
    assert f'value="https://site.example{private_path(reader)}"' in client.get("/feed/").content.decode()
    assert client.get(old).status_code == 404


def test_addresses_that_lead_nowhere_are_in_no_log(
    client: Client, reader: User, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/feed/private/1-deadbeef.atom")
    client.get(private_path(reader))

    assert "private" not in caplog.text


# S5: what is hidden is nowhere


def test_a_hidden_author_is_in_no_feed_item_reason_or_suggestion(client: Client, reader: User, ann: Author) -> None:
    canary, topic = make_author("Canaria"), make_topic()
    follows.follow_many([canary, topic], by=reader)
    for authors in ([canary], [canary, ann]):
        feed.save(reader, tell(reader, make_work("A work", authors=authors, topics=[topic])).pk)
    tell_of_claim(reader, canary)
    tell_of_merge(reader, make_author("Canaria also"), canary)
    client.force_login(reader)
    pages = ["/feed/", "/feed/?view=all", "/feed/?view=saved", f"/feed/?view=all&of={canary.short_id}"]
    files = [path_of(topic), path_of(topic, "json"), path_of(ann), private_path(reader), private_path(reader, "json")]
    assert all("Canaria" in client.get(address).content.decode() for address in pages + files)

    Author.objects.filter(display_name__startswith="Canaria").update(hidden=True)

    assert not any("Canaria" in client.get(address).content.decode() for address in pages + files)
    assert FeedItem.objects.filter(user=reader).count() == 4
