"""Attacks on following, feeds and their files: odd names, hostile lists, hidden people, storms."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from lxml import etree

from profiles.following import feed, follow_import, follow_lists, follows, private_feed
from profiles.following.feed import Wanted
from profiles.models import User
from publications.models import Author
from tests.corpus import make_author, make_work
from tests.profiles.feeds import tell
from tests.profiles.people import make_user

pytestmark = pytest.mark.django_db
ODD = "=cmd|'/c calc'!A1 \ufffe\uffff\x1f\u0085\u2028 <b>\"&'"


@pytest.fixture
def reader() -> User:
    return make_user()


@pytest.fixture
def odd(reader: User) -> Author:
    """A name that no XML may hold, followed, with a work and its piece of news."""
    author = make_author(ODD)
    follows.follow(author, by=reader)
    work = make_work(f"Title {ODD} $x<y$", authors=[author])
    tell(reader, work)
    return author


def test_every_file_can_be_read_whatever_a_name_holds(client: Client, reader: User, odd: Author) -> None:
    client.force_login(reader)

    opml = b"".join(client.get("/following/export.opml"))
    [outline] = etree.fromstring(opml).findall("body/outline/outline[@xmlUrl]")
    table = b"".join(client.get("/following/export.csv")).decode()
    row = next(iter(csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))))

    assert str(outline.get("text")).startswith("=cmd|'/c calc'!A1")
    assert row["name"].startswith("'=cmd")


@pytest.mark.parametrize("form", ["atom", "json"])
def test_every_feed_can_be_read_whatever_a_name_holds(client: Client, reader: User, odd: Author, form: str) -> None:
    private = private_feed.addresses(reader)[form].split("/", 3)[3]
    for path in (f"/authors/{odd.short_id}/feed.{form}", f"/{private}"):
        answer = client.get(path)
        assert answer.status_code == 200
        found = etree.fromstring(answer.content) if form == "atom" else json.loads(answer.content)
        assert b"<script" not in answer.content
        assert found is not None


def test_a_filter_finds_nothing_by_who_is_hidden(client: Client, reader: User) -> None:
    hidden, known = make_author("Hidden Canary"), make_author("Known")
    for author in (hidden, known):
        follows.follow(author, by=reader)
    tell(reader, make_work("Together", authors=[hidden, known]))
    Author.objects.filter(pk=hidden.pk).update(hidden=True)

    assert feed.chosen(reader, Wanted("new", of=known.short_id)).count() == 1
    assert feed.chosen(reader, Wanted("new", of=hidden.short_id)).count() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b'<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "b">]><opml/>',
        '<?xml version="1.0"?><! DOCTYPE o><opml/>'.encode("utf-16"),
        b"<opml>" + b"<outline>" * 100_000,
        b"<opml>" + b"<outline>" * 300 + b"</outline>" * 300 + b"</opml>",
        b'<opml xmlns:x="urn:x"><body>' + b'<outline text="x" xmlUrl="y"/>' * 10_001 + b"</body></opml>",
        b'"' + b"a" * 200_000 + b'"',
        b"\xff\xfe\x00\xd8",
        b"a,b\n" * 10_001,
        b"\0\0\0\0",
        b"PK\x03\x04",
        b"",
        b"<",
        b"<!--" * 50_000,
        b"<!" + b" " * 1_000_000,
        b"<?xml " + b" " * 1_000_000,
    ],
)
def test_a_hostile_list_is_refused_at_once(reader: User, raw: bytes) -> None:
    started = time.process_time()
    with pytest.raises(ValidationError):
        follow_import.plan(raw, by=reader)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "cell",
    [
        "A999999999999999999999",
        "A0",
        "\u0661",
        "A\u0661",
        "https://[",
        "https://\ud7ff/",
        "javascript:alert(1)",
        "10.1000/" + "x" * 5000,
        "0000-0000-0000-000X",
        "https://orcid.org/" + "0" * 3000,
        "S" * 3000,
        "//" * 900,
    ],
)
def test_whatever_a_cell_holds_the_line_is_told_of(reader: User, cell: str) -> None:
    plan = follow_import.plan(f"id,name\n{cell},Name\n".encode(), by=reader)

    assert (plan.new_count, plan.missing_count) == (0, 1)


def test_times_in_a_list_are_of_the_past_or_now(reader: User) -> None:
    author = make_author()
    for said in ("9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+23:59", "2020-01-01T00:00:00+99:99", "1" * 400):
        plan = follow_import.plan(f"id,followed_at\n{author.short_id},{said}\n".encode(), by=reader)
        follow_import.carry_out(plan.token, by=reader)
        assert 2020 < reader.follows.get().created_at.year < 9000
        follows.unfollow(author, by=reader)


def test_nobody_else_can_carry_out_or_bring_back_what_was_signed(reader: User) -> None:
    plan = follow_import.plan(f"{make_author().short_id}\n".encode(), by=reader)
    other: Any = make_user()

    with pytest.raises(ValidationError):
        follow_import.carry_out(plan.token, by=other)
    assert follow_lists.MOST_LINES == follows.MOST


@pytest.mark.parametrize(
    "moment", ["Mon, 1 Jan 99999999999999999999 00:00:00 GMT", "Mon, 1 Jan 2020 00:00:00 +9999999999999"]
)
def test_a_moment_beyond_all_time_breaks_no_import(moment: str) -> None:
    opml = f'<opml><body><outline text="One" htmlUrl="A1" created="{moment}"/></body></opml>'

    [entry] = follow_lists.read(opml.encode()).entries

    assert (entry.name, entry.since) == ("One", None)
