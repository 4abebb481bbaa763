"""Two people in two browsers: invite, accept, converse, block. One of them without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from profiles.models import Invitation, Message
from tests.browser.claims_site import Visit, Visitor, visit
from tests.browser.conftest import Open, flaws
from tests.corpus import make_work
from tests.profiles.collaboration_steps import invited, says, talking, verified
from tests.profiles.people import make_record

__all__ = ["visit"]  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Maximiliana"


def conversing(visitor: Visitor) -> str:
    """The address of the conversation on the page."""
    expect(visitor.page).to_have_url(re.compile(r"/conversations/\d+/"))
    return visitor.page.url.split("#")[0]


def test_from_an_author_page_to_a_conversation_and_a_block(visit: Visit) -> None:
    joan, record = verified("Joan Example")
    olive, _record = verified("Olive Other")
    make_work("Lemmata of yore", authors=[record], year=1990)

    # Olive, without scripts, invites Joan from the page of her record; a slip loses nothing
    sender = visit(record.get_absolute_url(), olive, scripts=False).follow("Invite to collaborate")
    sender.check("Review").write("Message", "Dear Joan, is **this** right: $x^2$?")
    sender.page.get_by_label("Find among your works").fill("yore")
    sender.press("Find works").check("Lemmata of yore").press("Preview")
    expect(sender.page.locator("#preview strong")).to_have_text("this")
    expect(sender.page.locator("#preview math")).to_have_count(1)
    sender.press("Send the invitation").reads("Sent. You are told when it is answered.")

    # Joan finds it, sees who asks and how the two fit, and accepts
    receiver = visit("/collaboration/", joan).follow("Olive Other")
    receiver.reads("Who invites you", "L2 · Linked", "Lemmata of yore", "You are an author of what this is about.")
    receiver.press("^Accept$").reads("Accepted.", "Nobody has written yet.")
    talk = conversing(receiver)

    # They write: Joan's browser shows what comes by itself, Ctrl+Enter sends
    sender.open(talk).write("Your message", "Page 3 has a *gap*.").press("^Send$")
    receiver.reads("Page 3 has a gap.")
    box = receiver.page.get_by_label("Your message")
    box.fill("I see it:\n\n$$\\int_0^1 x\\,dx$$")
    box.press("Control+Enter")
    expect(receiver.page.locator(".message.is-own math")).to_have_count(1)
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    sender.open(talk).reads("I see it:")
    expect(receiver.page.locator("[data-read]")).to_have_text("Read")

    # What is typed outlives another page
    box.fill("A draft")
    receiver.open("/collaboration/").open(talk)
    expect(receiver.page.get_by_label("Your message")).to_have_value("A draft")

    # Olive blocks; the conversation can be read and not written in
    sender.unfold("Block this person").press("^Block$").reads("Blocked. They are not told.", "Joan Example")
    receiver.reads("This conversation has ended. It can be read and not written in.").lacks("Your message")
    receiver.open(record.get_absolute_url())
    sender.open("/collaboration/blocked/").press("Unblock").reads("Unblocked.")
    assert Invitation.objects.get().status == "accepted"
    assert Message.objects.count() == 2


def test_every_page_fits_its_width_and_is_accessible(open_page: Open) -> None:
    joan, record = verified("Joan Example")
    other, _far = verified(LONG, make_record(LONG, coauthors=(record,)))
    talk = talking(other, joan, record)
    for user, text in ((other, "مرحبا " * 30), (joan, "x" * 300), (other, "```\n" + "y" * 300 + "\n```")):
        number = says(user, talk, text)
    third, far = verified("محمد علي بن عبد الله")
    waiting, answered = invited(third, record), talk.invitation
    page = open_page("/accounts/login/")
    page.get_by_label("Email").fill(joan.email)
    page.get_by_label("Password").fill("a good long password")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    stops = ["", "?box=received&state=answered", "conversations/", f"conversations/{talk.pk}/", "blocked/"]
    stops += [f"invitations/{waiting.pk}/", f"invitations/{answered.pk}/", f"report/message/{number}/"]
    stops += [f"invite/A{verified('Third Party')[1].pk}/", f"invite/A{far.pk}/"]
    problems = []

    for path in stops:
        page.goto(f"/collaboration/{path}")
        problems += flaws(page)

    assert problems == []
