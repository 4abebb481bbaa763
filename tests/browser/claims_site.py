"""Stories of claims: people at browsers of their own, their mailbox, the queue, and a record that every proof fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from queue import Empty
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from kombu import Connection
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from bzpeer.standins.orcid import Server
from bzpeer.standins.people import Entry, Person
from graph import edges
from profiles import tasks
from profiles.models import Claim, InstitutionDomain, User
from publications.models import Author, Authorship, Record, WorkId
from tests.browser.conftest import WATCH_POLICY, Complaints, session
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.orcid_site import JOAN, OTHER, stand_in
from tests.profiles.people import assess, make_record, own, prove

PASSWORD = "a good long password"  # of every account that people.make_user makes
WAIT = 60_000  # milliseconds at most for what a page comes to say
PLACE, ROR, DOMAIN = "Institute of Invention", "05gq02987", "invention.example"


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def open(self, path: str) -> Visitor:
        self.page.goto(path)
        return self

    def follow(self, name: str) -> Visitor:
        self.page.locator("main").get_by_role("link", name=re.compile(name)).first.click()
        return self

    def press(self, name: str) -> Visitor:
        self.page.locator("main").get_by_role("button", name=re.compile(name)).first.click()
        return self

    def write(self, label: str, text: str) -> Visitor:
        self.main.get_by_label(label, exact=True).fill(text)
        return self

    def select(self, label: str, option: str) -> Visitor:
        """The option that begins so."""
        choices = self.main.get_by_label(label, exact=True)
        choices.select_option(label=choices.locator("option", has_text=option).inner_text())
        return self

    def check(self, label: str) -> Visitor:
        self.main.get_by_label(re.compile(label)).check()
        return self

    def unfold(self, title: str) -> Visitor:
        self.main.locator("summary", has_text=title).click()
        return self

    def choose(self, method: str) -> Visitor:
        """A proof of the list."""
        return self.follow(f"(Choose|Go on|Renew) ?: {method}")

    def give(self, code: str) -> Visitor:
        return self.write("Code", code).press("^Confirm$")

    def reads(self, *texts: str) -> Visitor:
        for text in texts:
            expect(self.main).to_contain_text(text, timeout=WAIT)
        return self

    def lacks(self, *texts: str) -> Visitor:
        for text in texts:
            expect(self.main).not_to_contain_text(text, timeout=WAIT)
        return self

    def log_in(self, user: User) -> Visitor:
        self.write("Email", user.email).write("Password", PASSWORD)
        self.main.get_by_role("button", name="Log in", exact=True).click()
        return self

    def sign_in_at_orcid(self, orcid: str = JOAN) -> Visitor:
        """On the page that leads there; afterwards the browser is back."""
        self.press("Go on to")
        self.page.get_by_label("Another invented iD").fill(orcid)
        self.page.get_by_role("button", name="Authorize access").click()
        return self

    def show_again(self) -> Visitor:
        """Before something that changes the account."""
        return self.write("Password", PASSWORD).press("^Go on$")

    def deny_at_orcid(self) -> Visitor:
        self.press("Go on to")
        self.page.get_by_role("button", name="Deny").click()
        return self

    def see(self, author: Author, level: str, status: str) -> Visitor:
        """The page of the record, as everybody sees it."""
        self.open(author.get_absolute_url())
        expect(self.page.locator(".standing").first).to_contain_text(level, timeout=WAIT)
        expect(self.page.locator(".standing").first).to_contain_text(status, timeout=WAIT)
        return self


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(new_context: Any, complaints: Complaints, live_server: LiveServer) -> Visit:
    """visit("/path", user, scripts=False): a browser, logged in where an account is given."""

    def arrive(path: str, user: User | None = None, *, scripts: bool = True) -> Visitor:
        context = new_context(base_url=live_server.url, java_script_enabled=scripts, reduced_motion="reduce")
        if scripts:
            context.add_init_script(WATCH_POLICY)
        if user is not None:
            context.add_cookies([session(user, live_server)])
        page: Page = context.new_page()
        page.set_default_timeout(WAIT)
        complaints.watch(page)
        return Visitor(page).open(path)

    return arrive


@pytest.fixture
def everybody(visit: Visit) -> Visitor:
    """Whoever passes by, without an account and without scripts."""
    return visit("/about/", scripts=False)


# The mailbox, and what the queue does meanwhile


def in_mail(pattern: str) -> str:
    """From the latest mail."""
    found = re.search(pattern, str(mail.outbox[-1].body))
    assert found
    return found[1]


def code_in_mail() -> str:
    return in_mail(r"(\d{3} \d{3})")


def link_in_mail() -> str:
    return in_mail(r"(https?://\S+/accounts/\S+)")


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def sent_to(user: User) -> list[str]:
    """Subjects of what was sent to this account, without the site's name."""
    return [message.subject.removeprefix("[bzpeer] ") for message in mail.outbox if message.to == [user.email]]


def work_off() -> list[str]:
    """Do whatever the site sent to the queue, as a worker would; the tasks' names."""
    done = []
    while (sent := _next()) is not None:
        name, arguments = sent
        current_app.tasks[name](*arguments)
        done.append(name.rpartition(".")[2])
    return done


def _next() -> tuple[str, list[Any]] | None:
    with Connection(django_settings.CELERY_BROKER_URL) as broker:
        queue = broker.SimpleQueue("celery")
        try:
            message = queue.get(block=False)
        except Empty:
            return None
        message.ack()
        arguments, _named, _more = message.payload
        return message.headers["task"], arguments


def eight_days_pass(author: Author) -> None:
    """Since the approval of the claim; then the night comes."""
    Claim.objects.filter(author=author).update(approved_at=timezone.now() - timedelta(days=8))
    tasks.nightly()
    work_off()


# Records


def co_authors(author: Author, *places: str) -> list[User]:
    """For each of these institutions somebody at L3 who wrote two works with the author."""
    people = [make_author(f"Friend {number}") for number in range(len(places))]
    for number in range(2):
        make_work(f"Joint work {number}", authors=[author, *people], topics=[make_topic()])
    edges.refresh([author.pk, *(person.pk for person in people)])
    found = []
    for person, place in zip(people, places, strict=True):
        claim = own(person, None, "A")
        prove(claim, "B", issuer=place)
        assess(person)
        assert claim.user is not None
        found.append(claim.user)
    return found


@pytest.fixture
def record() -> Author:
    """Joan Example: three works that name an institution with a listed domain and print her address elsewhere."""
    with Connection(django_settings.CELERY_BROKER_URL) as broker:
        broker.default_channel.client.flushdb()  # type: ignore[attr-defined] # of the Redis transport
    InstitutionDomain.objects.create(domain=DOMAIN, organisation=PLACE, ror=ROR)
    author = make_record("Joan Example", 3)
    Authorship.objects.filter(author=author).update(affiliations=[PLACE])
    printed = {"name": "Joan Example", "affiliations": [f"{PLACE}, joan.example@mail.example"]}
    Record.objects.filter(work__authorships__author=author).update(data={"authors": [printed]})
    return author


def state_orcid(author: Author, orcid: str) -> None:
    """The iD stands in the metadata of the works."""
    Authorship.objects.filter(author=author).update(ids={"orcid": orcid})
    for row in Record.objects.filter(work__authorships__author=author):
        row.data["authors"][0]["ids"] = {"orcid": orcid}
        row.save()


def arxiv_ids(author: Author) -> tuple[str, ...]:
    found = WorkId.objects.filter(work__authorships__author=author, scheme="arxiv")
    return tuple(found.order_by("value").values_list("value", flat=True))


@pytest.fixture
def orcid(settings: Settings, record: Author) -> Iterator[Server]:
    """The stand-in, to which the site may lead a form. It knows Joan: publishers added her works, arXiv lists them."""
    cache.clear()
    numbers = arxiv_ids(record)
    works = tuple(Entry(title=f"Work {number}", arxiv=number) for number in numbers)
    joan = Person(orcid=JOAN, name="Joan Example", works=works, arxiv=numbers)
    with stand_in(settings, joan, Person(orcid=OTHER, name="Olive Other")) as server:
        directives = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "form-action": ["'self'", server.base]}
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
        yield server
    cache.clear()
