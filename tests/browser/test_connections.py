"""Two authors in a browser: chosen from suggestions by keyboard, connected without scripts, axe without findings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from publications import search_index
from publications.models import Author
from tests.browser.conftest import flaws
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import settle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> list[Author]:
    """Three steps from Ada Lovelock to Zoë, one name in Arabic; Ada and Zoë share a topic."""
    names = ("Ada Lovelock", "محمد علي بن عبد الله", "Bertrand Longname-Featherstonehaugh", "Zoë Quine")
    people = [make_author(name) for name in names]
    for place, (one, other) in enumerate(pairwise(people)):
        for number in range(8 if place == 1 else 1):
            make_work(f"Lemma {place}.{number}", authors=[one, other], topics=[make_topic()], year=2010 + number)
    settle()
    search_index.rebuild()
    return people


def test_two_people_are_chosen_by_keyboard_and_connected(
    live_server: LiveServer, page: Page, people: list[Author]
) -> None:
    page.goto(f"{live_server.url}/graph/path/")
    for field, typed, chosen in (("One author", "ada lov", people[0]), ("Another author", "quine", people[3])):
        box = page.get_by_label(field, exact=True)
        box.press_sequentially(typed)
        expect(page.get_by_role("option").first).to_be_visible()
        box.press("ArrowDown")
        box.press("Enter")
        expect(box).to_have_value(f"{chosen.display_name} ({chosen.short_id})")
    page.get_by_label("Another author", exact=True).press("Enter")

    expect(page).to_have_url(f"{live_server.url}/graph/path/?from={people[0].short_id}&to={people[3].short_id}")
    expect(page.locator(".hop")).to_have_count(3)
    assert flaws(page) == []


def test_both_pages_are_accessible_and_fit(live_server: LiveServer, page: Page, people: list[Author]) -> None:
    for name, query in (("path", "from={}&to={}"), ("compare", "a={}&b={}")):
        page.goto(f"{live_server.url}/graph/{name}/?{query.format(people[0].short_id, people[3].short_id)}")
        assert flaws(page) == []


def test_the_form_works_without_scripts(live_server: LiveServer, new_context: Any, people: list[Author]) -> None:
    page: Page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/graph/path/?from={people[0].short_id}")
    page.get_by_label("Another author", exact=True).fill("Zoë Quine")
    page.get_by_role("button", name="Connect").click()
    page.locator(".graph-found a").first.click()

    expect(page.locator(".hop")).to_have_count(3)
