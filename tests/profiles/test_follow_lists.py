"""Lists of follows as files: what is written, what is recognised, what is refused, and that nothing is lost between."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import Settings

from profiles.following import follow_import, follow_lists, follows
from profiles.following.follows import Target, Terms
from profiles.models import Follow, User
from publications.models import Author, AuthorId, Institution, InstitutionId, Source, SourceId
from tests.corpus import make_author, make_topic
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db

SITE = "https://site.example"
ORCID = "0000-0002-1825-0097"
SINCE = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.BASE_URL = SITE


@pytest.fixture
def reader() -> User:
    return make_user()


@pytest.fixture
def joan() -> Author:
    author = make_author("Joan Example")
    AuthorId.objects.create(author=author, scheme="orcid", value=ORCID)
    AuthorId.objects.create(author=author, scheme="openalex", value="A5023888391")
    return author


def everything() -> list[Target]:
    """One of each kind, with names that files get wrong."""
    names = ["山田 太郎", "=HYPERLINK(1)", '-Ω, "quoted" & <b>', "@دانشگاه\u2028", "+1 'so'"]
    authors = [make_author(name) for name in names]
    place = Institution.objects.create(name="Université d’Été", sort_key="universite d ete")
    InstitutionId.objects.create(institution=place, scheme="ror", value="05gq02987")
    return [*authors, make_topic(), place, Source.objects.create(name="J; of\tTabs", sort_key="j of tabs")]


def written(form: str, reader: User) -> bytes:
    return "".join(follow_lists.WRITERS[form](reader)).encode()


def imported(raw: bytes | str, by: User) -> follow_import.Done:
    plan = follow_import.plan(raw.encode() if isinstance(raw, str) else raw, by=by)
    return follow_import.carry_out(plan.token, by=by)


def summary(done: follow_import.Done) -> tuple[int, int, list[tuple[int, str, str]]]:
    return done.followed, done.already, [(row.line, row.text, _key(row.reason)) for row in done.missing]


def _key(reason: Any) -> str:
    from profiles.following.follow_refs import REASONS

    return next(key for key, said in REASONS.items() if said == reason)


def followed(user: User) -> set[str]:
    return set(Follow.objects.filter(user=user).values_list("target", flat=True))


def terms_of(user: User) -> dict[str, tuple[bool, datetime]]:
    rows = Follow.objects.filter(user=user)
    return {row.target: (row.muted, row.created_at.replace(microsecond=0)) for row in rows}


@pytest.mark.parametrize("form", ["csv", "opml"])
def test_what_is_exported_is_imported_again_without_a_loss(reader: User, form: str) -> None:
    targets = everything()
    terms = {targets[0].short_id: Terms(muted=True, since=SINCE)}
    follows.follow_many(targets, by=reader, terms=terms)
    other = make_user()

    done = imported(written(form, reader), other)

    assert summary(done) == (len(targets), 0, [])
    assert terms_of(other) == terms_of(reader)
    assert terms_of(other)[targets[0].short_id] == (True, SINCE)
    assert summary(imported(written(form, reader), other)) == (0, len(targets), [])


def test_csv_is_read_by_spreadsheets_and_computes_nothing(reader: User) -> None:
    place = Institution.objects.create(name="=1+1", sort_key="1 1")
    InstitutionId.objects.create(institution=place, scheme="ror", value="05gq02987")
    follows.follow_many([place], by=reader, terms={place.short_id: Terms(since=SINCE)})

    text = written("csv", reader).decode()

    assert text.startswith("\ufeffid,")
    assert list(csv.DictReader(io.StringIO(text[1:], newline=""))) == [
        {
            "id": place.short_id,
            "kind": "institution",
            "name": "'=1+1",
            "url": f"{SITE}/institutions/{place.short_id}/",
            "external_id": "https://ror.org/05gq02987",
            "feed_url": f"{SITE}/institutions/{place.short_id}/feed.atom",
            "muted": "false",
            "followed_at": "2025-03-04T05:06:07+00:00",
        }
    ]


def test_opml_holds_the_feed_of_each_page_in_a_group_of_its_kind(reader: User) -> None:
    author, topic = make_author('A <b> & "c"'), make_topic()
    follows.follow_many([author, topic], by=reader, terms={topic.short_id: Terms(muted=True, since=SINCE)})

    root = etree.fromstring(written("opml", reader))

    assert (root.tag, root.get("version")) == ("opml", "2.0")
    groups = {group.get("text"): [dict(one.attrib) for one in group] for group in root.iterfind("body/outline")}
    assert list(groups) == ["Authors", "Topics"]
    assert groups["Topics"] == [
        {
            "type": "rss",
            "text": "Machine Learning",
            "title": "Machine Learning",
            "xmlUrl": f"{SITE}/topics/{topic.short_id}/feed.atom",
            "htmlUrl": f"{SITE}/topics/{topic.short_id}/",
            "created": "Tue, 04 Mar 2025 05:06:07 +0000",
            "category": "/muted",
        }
    ]
    assert groups["Authors"][0]["text"] == 'A <b> & "c"'


def test_every_form_of_an_id_is_recognised(reader: User, joan: Author) -> None:
    place, venue, topic = (
        Institution.objects.create(name="Uni", sort_key="uni"),
        Source.objects.create(name="Journal", sort_key="journal"),
        make_topic("T10017", scheme="openalex"),
    )
    InstitutionId.objects.create(institution=place, scheme="ror", value="05gq02987")
    SourceId.objects.create(source=venue, scheme="issn", value="0378-5955")
    forms = {
        joan: [
            joan.short_id,
            joan.short_id.lower(),
            f"{SITE}{joan.get_absolute_url()}",
            f"{SITE.upper()}/authors/{joan.short_id}?sort=oldest#published",
            f"{SITE}/authors/{joan.short_id}/feed.atom",
            f"{SITE}/authors/{joan.short_id}/feed.json",
            ORCID,
            f"https://orcid.org/{ORCID}",
            f"orcid:{ORCID}",
            "A5023888391",
            "https://openalex.org/A5023888391",
            "https://openalex.org/authors/a5023888391",
        ],
        place: [place.short_id, "https://ror.org/05gq02987", f"{SITE}/institutions/{place.short_id}/feed.atom"],
        venue: [venue.short_id, "issn:0378-5955"],
        topic: [topic.short_id, "https://openalex.org/T10017"],
    }
    for target, texts in forms.items():
        for text in texts:
            user = make_user()
            assert summary(imported(f"{text}\n", user)) == (1, 0, []), text
            assert followed(user) == {target.short_id}, text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("doi:10.1000/182", "work"),
        ("https://arxiv.org/abs/2401.00001", "work"),
        ("https://openalex.org/W2741809807", "work"),
        ("W7", "work"),
        ("https://scholar.google.com/citations?user=abc", "scholar"),
        ("https://other.example/authors/A1/", "elsewhere"),
        ("https://site.example.evil.example/authors/A1/", "elsewhere"),
        ("https://[broken/authors/A1/", "form"),
        ("Joan Example", "form"),
        ("0000-0002-1825-0098", "form"),
        ("0000-0001-5109-3700", "unknown"),
        ("A999999", "unknown"),
    ],
)
def test_what_is_not_found_is_told_with_its_line_and_the_reason(reader: User, line: str, reason: str) -> None:
    make_author("Somebody Else")

    assert summary(imported(f"id\n\n{line}\n", reader)) == (0, 0, [(3, line, reason)])


def test_what_is_hidden_is_not_found_and_who_was_merged_is_the_survivor(reader: User, joan: Author) -> None:
    hidden = make_author("Hidden", hidden=True)
    first = make_author("J. Example", merged_into=make_author("Joan E.", merged_into=joan))
    gone = make_author("H.", merged_into=hidden)

    done = imported(f"{hidden.short_id}\n{first.short_id}\n{gone.short_id}\n{joan.short_id}\n", reader)

    assert summary(done) == (1, 0, [(1, hidden.short_id, "unknown"), (3, gone.short_id, "unknown")])
    assert followed(reader) == {joan.short_id}


def test_a_list_of_another_site_goes_by_its_outside_ids_not_by_its_short_ones(reader: User, joan: Author) -> None:
    stranger = make_author("Somebody Else")
    lines = [
        "id,kind,name,url,external_id",
        f"{stranger.short_id},author,Joan,https://other.example/authors/{stranger.short_id}/,https://orcid.org/{ORCID}",
        f"{stranger.short_id},author,Nobody,https://other.example/authors/{stranger.short_id}/,",
    ]

    done = imported("\r\n".join(lines), reader)

    assert summary(done) == (1, 0, [(3, "Nobody", "elsewhere")])
    assert followed(reader) == {joan.short_id}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_name_in_any_order_and_case(reader: User, joan: Author, delimiter: str) -> None:
    rows = [["Name", "Note", "ORCID iD"], ["S2", "A1", ORCID], ["without", "", ""]]

    done = imported("sep=" + delimiter + "\n" + "\n".join(delimiter.join(row) for row in rows), reader)

    assert (done.followed, [(row.text, _key(row.reason)) for row in done.missing]) == (1, [("without", "empty")])
    assert followed(reader) == {joan.short_id}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("form", ["csv", "opml"])
def test_unicode_is_read_in_all_its_encodings(reader: User, joan: Author, encoding: str, form: str) -> None:
    text = f"name,orcid\nÉtienne,{ORCID}\n"
    if form == "opml":
        declared = f'<?xml version="1.0" encoding="{encoding}"?>\n<opml><body>'
        text = f'{declared}<outline text="É" xmlUrl="https://orcid.org/{ORCID}"/></body></opml>'

    plan = follow_import.plan(text.encode(encoding), by=reader)

    assert (plan.new_count, plan.missing_count, plan.is_guessed) == (1, 0, False)


def test_what_is_not_unicode_is_read_as_latin_1_and_says_so(reader: User, joan: Author) -> None:
    plan = follow_import.plan(f"name;orcid\nÉtienne;{ORCID}\nÉmile;\n".encode("latin-1"), by=reader)

    assert (plan.new_count, plan.is_guessed, [row.text for row in plan.missing]) == (1, True, ["Émile"])


BOMB = (
    '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
)
OUTSIDE = '<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml><body/></opml>'


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (b"<opml><body></body></opml>", "The file is empty."),
        (BOMB.encode(), "declares a document type"),
        (BOMB.encode("utf-16"), "declares a document type"),
        (OUTSIDE.encode(), "declares a document type"),
        (b"<opml><body>" + b"<outline>" * 200_000, "The file breaks in line 1"),
        (b"<opml>\n<body>\n<outline text='&nbsp;'/></body></opml>", "The file breaks in line 3"),
        (b"<html><body></body></html>", "This is XML but no OPML."),
        (b"PK\x03\x04\x14\0\0\0", "This is no text file."),
        (b"id\nA1\0\n", "This is no text file."),
        (b'id\n"' + b"x" * 200_000, "cannot be read as CSV"),
        (b"A1\n" * 10_001, "The file has more than 10000 lines."),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(reader: User, raw: bytes, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        follow_import.plan(raw, by=reader)


def test_more_than_an_account_can_follow_is_refused_before_anything_is_done(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = everything()
    follows.follow(targets[0], by=reader)
    monkeypatch.setattr(follows, "MOST", 3)

    with pytest.raises(ValidationError, match="up to 3 pages; with this list it would be 8"):
        follow_import.plan("\n".join(target.short_id for target in targets).encode(), by=reader)


def test_a_preview_serves_its_account_only(reader: User, joan: Author) -> None:
    token = follow_import.plan(joan.short_id.encode(), by=reader).token

    for wrong, by in ((token, make_user()), (token[:-1], reader), ("", reader)):
        with pytest.raises(ValidationError, match="nothing was changed"):
            follow_import.carry_out(wrong, by=by)

    assert not Follow.objects.exists()


def test_moments_of_the_future_and_nonsense_count_as_now(reader: User, joan: Author) -> None:
    later = (timezone.now() + timedelta(days=3)).isoformat()
    topic = make_topic()

    imported(f"id,followed_at,muted\n{joan.short_id},{later},TRUE\n{topic.short_id},nonsense,maybe\n", reader)

    day = timezone.now().date()
    rows = Follow.objects.values_list("target", "muted", "created_at__date").order_by("target")
    assert list(rows) == [(joan.short_id, True, day), (topic.short_id, False, day)]


def test_a_list_of_any_length_asks_the_same_questions(reader: User, django_assert_num_queries: Any) -> None:
    targets = everything()
    one = f"{targets[0].short_id}\n"
    many = "\n".join([*(target.short_id for target in targets[:3]), ORCID, "ror:05gq02987"])

    with django_assert_num_queries(3):  # the authors; what is followed; those that are shown
        follow_import.plan(one.encode(), by=reader)
    with django_assert_num_queries(
        9
    ):  # outside ids in four tables; two kinds of pages; what is followed; two kinds shown
        follow_import.plan(many.encode(), by=reader)


# ---------------------------------------------------------------- the pages


def upload(client: Client, raw: bytes | str, name: str = "list.csv") -> Any:
    file = io.BytesIO(raw.encode() if isinstance(raw, str) else raw)
    file.name = name
    return client.post("/following/import/", {"file": file})


def test_an_import_shows_what_it_would_do_and_then_what_it_did(client: Client, reader: User, joan: Author) -> None:
    follows.follow(topic := make_topic(), by=reader)
    client.force_login(reader)

    preview = upload(client, f"{joan.short_id}\n{topic.short_id}\n10.1000/182\n")
    assert (followed(reader), preview.status_code) == ({topic.short_id}, 200)
    html = preview.content.decode()
    assert "1 page would be followed, 1 followed already, 1 line not found." in " ".join(html.split())
    assert "Works cannot be followed" in html
    done = client.post("/following/import/", {"list": preview.context["plan"].token})

    html = " ".join(done.content.decode().split())
    assert "1 page followed, 1 followed before, 1 line not found." in html
    assert '<td class="number">3</td><td dir="auto">10.1000/182</td>' in html
    assert followed(reader) == {joan.short_id, topic.short_id}


def test_a_file_that_cannot_be_read_is_refused_beside_its_field(client: Client, reader: User) -> None:
    client.force_login(reader)

    for raw, said in ((b"PK\x03\x04\0", "This is no text file."), (b"x" * (4 << 20) + b"y", "larger than 4 MB")):
        response = upload(client, raw)
        assert response.status_code == 400
        assert said in response.content.decode()
    assert "Choose a file first." in client.post("/following/import/").content.decode()
    assert "nothing was changed" in client.post("/following/import/", {"list": "forged"}).content.decode()


@pytest.mark.parametrize(("form", "media"), [("csv", "text/csv"), ("opml", "text/x-opml")])
def test_files_are_streamed_to_their_account_only(client: Client, reader: User, form: str, media: str) -> None:
    address = f"/following/export.{form}"
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    follows.follow_many(everything(), by=reader)
    client.force_login(reader)

    response: Any = client.get(address)

    assert b"".join(response.streaming_content).count(b"/feed.atom") == 8
    headers = [response[name] for name in ("Content-Type", "Content-Disposition", "X-Robots-Tag")]
    assert headers == [f"{media}; charset=utf-8", f'attachment; filename="following.{form}"', "noindex"]
    assert "no-store" in response["Cache-Control"]
