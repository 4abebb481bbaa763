"""Two people at two browsers: one hears of a new work of the other once, they work together, and then no more."""

from __future__ import annotations

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from lxml import etree
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bzpeer.standins.orcid import Server
from graph import edges
from profiles import tasks
from profiles.models import FeedItem, Subscription, User
from publications import names
from publications.models import Author, Authorship
from tests.browser.claims_site import Visit, Visitor, orcid, record, state_orcid, visit, work_off
from tests.corpus import make_topic, make_work
from tests.profiles.orcid_site import JOAN
from tests.profiles.people import assess, make_record, make_user, own

__all__ = ["orcid", "record", "visit"]  # fixtures

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "A new bound on $x^2$ for everybody"
READABLE = "A new bound on x² for everybody"


@pytest.fixture
def reader(record: Author) -> User:
    """Rea Reader, whose record is linked; she and Joan Example once wrote with the same people."""
    state_orcid(record, JOAN)
    own_record = make_record("Rea Reader", 3)
    claim = own(own_record, None, "A")
    assess(own_record)
    make_work("Joint work", authors=[record, own_record], topics=[make_topic()])
    edges.refresh([record.pk, own_record.pk])
    Authorship.objects.filter(author=record).update(block=names.block(record.display_name))  # as an import leaves it
    assert claim.user is not None
    EmailAddress.objects.update_or_create(user=claim.user, email=claim.user.email, verified=True, primary=True)
    return claim.user


def import_new_work(folder: Path, author: Author) -> None:
    """By the command, from a file in arXiv's form, as a nightly import would bring it."""
    today = timezone.now()
    paper = {
        "id": f"{today:%y%m}.01234",
        "title": TITLE,
        "authors": f"{author.display_name} and Olga Other",
        "abstract": "We prove that $a<b$.",
        "categories": "cs.LG",
        "versions": [{"version": "v1", "created": f"{today:%a, %d %b %Y %H:%M:%S} GMT"}],
        "update_date": f"{today:%Y-%m-%d}",
    }
    path = folder / "new.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(paper).encode()))
    call_command("import_works", "arxiv", str(path), verbosity=0)


def entries(visitor: Visitor, path: str) -> list[str]:
    """Titles of an Atom feed."""
    answer = visitor.page.request.get(path)
    assert answer.ok, path
    return [str(title.text) for title in etree.fromstring(answer.body()).iterfind("{*}entry/{*}title")]


def digests() -> list[Any]:
    return [message for message in mail.outbox if "new work" in message.subject]


def test_a_new_work_of_somebody_followed_is_told_once_everywhere_and_two_people_work_together(
    visit: Visit,
    record: Author,
    reader: User,
    orcid: Server,
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.BASE_URL = live_server.url

    # Rea follows Joan and asks for a digest
    rea = visit(record.get_absolute_url(), reader)
    rea.page.get_by_role("button", name=re.compile("^Follow")).click()
    expect(rea.page.get_by_role("button", name=re.compile("^Following"))).to_be_visible()
    rea.open("/feed/").reads("Nothing new")
    rea.open("/settings/news/").check("Every day").press("^Save")

    # A work arrives by an import; feed, Atom and digest tell it once
    import_new_work(tmp_path, record)
    assert set(work_off()) >= {"assess_due", "deliver_news"}
    rea.open("/feed/").reads("for everybody")
    assert FeedItem.objects.filter(user=reader).count() == 1
    assert [title for title in entries(rea, f"/authors/A{record.pk}/feed.atom") if "bound" in title] == [READABLE]
    assert Subscription.objects.update(digest_due_at=timezone.now() - timedelta(minutes=1)) == 1
    for _again in range(2):
        tasks.send_mails()
    assert [message.to for message in digests()] == [[reader.email]]
    assert str(digests()[0].body).count(READABLE) == 1

    # Joan claims her record
    joan_account = make_user("Joan Example")
    joan = visit(record.get_absolute_url(), joan_account).follow("Claim this record").press("Yes, this is me")
    joan.choose("ORCID iD").follow("Sign in to connect it").sign_in_at_orcid().show_again().press("Check now")
    work_off()
    joan.reads("Verified on").follow("What happens next").reads("The record is yours.")
    work_off()
    tasks.deliver_news()
    rea.open("/feed/").reads("Joan Example has an owner")

    # Rea invites her, Joan accepts
    rea.open(record.get_absolute_url()).follow("^Invite")
    rea.check("^Co-authoring").write("Message", "Shall we prove that $a<b$ **together**?").press("Send the invitation")
    rea.reads("Waiting for an answer")
    joan.open("/collaboration/").follow("Rea Reader").reads("Shall we prove that", "together", "Joint work")
    joan.press("^Accept")

    # They converse; each reads the other without loading the page anew
    rea.open("/collaboration/conversations/").follow("Joan Example")
    joan.write("Your message", "Yes: $x^2 \\ge 0$ first.").press("^Send$")
    rea.reads("first.")
    rea.write("Your message", "Agreed.").press("^Send$")
    joan.reads("Agreed.")

    # Joan has had enough: the conversation is over for both, and Rea can invite her no more
    joan.unfold("Block this person").press("^Block$").reads("Blocked.")
    rea.page.reload()
    rea.reads("This conversation has ended")
    expect(rea.main.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    rea.open(f"/collaboration/invite/A{record.pk}/").reads("takes no invitation from you")
    for text in (joan_account.email, reader.email):
        assert text not in rea.open(record.get_absolute_url()).page.content()
