"""A line explains itself: which works and which years, pointed at, chosen, or asked for by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from publications.models import Author, Citation, Work
from tests.browser.conftest import Complaints
from tests.browser.graph_site import canvas, id_of, opened, spot
from tests.corpus import make_author, make_work
from tests.graph.factories import settle


@pytest.fixture
def ada(transactional_db: None) -> Author:
    ada, bea = make_author("Ada Example"), make_author("Bea Example")
    make_work("On engines", authors=[ada, bea], year=2019)
    make_work("On notes", authors=[ada, bea], year=2024)
    make_work("Alone", authors=[ada], year=2020)
    settle()
    return ada


def test_a_long_line_shows_more_on_demand(live_server: LiveServer, page: Page, ada: Author) -> None:
    bea = Author.objects.get(display_name="Bea Example")
    for number in range(12):
        make_work(f"Earlier {number}", authors=[ada, bea], year=2000 + number)
    settle()
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}&off=work")
    page.mouse.click(*spot(page, bea.short_id))
    works = page.locator(".graph-why li a")
    expect(works).to_have_count(10)

    page.get_by_role("button", name="4 more").click()

    expect(works).to_have_count(14)
    expect(works.nth(10)).to_be_focused()
    expect(works.last).to_have_text("Earlier 0")


def test_without_an_answer_the_works_at_hand_are_named(
    live_server: LiveServer, page: Page, ada: Author, complaints: Complaints
) -> None:
    page.route(re.compile("/api/v1/graph/edge"), lambda route: route.abort())
    opened(page, live_server, ada)

    page.mouse.click(*middle(page, ada.short_id, id_of(page, "Bea Example")))

    expect(page.locator(".graph-why li")).to_have_text(["On notes 2024", "On engines 2019"])
    complaints.clear()  # chromium reports the failure itself


def middle(page: Page, one: str, other: str) -> tuple[float, float]:
    """A point of the line that no node covers, on the screen."""
    ends = [canvas(page, f"cy.getElementById('{end}').renderedPosition()") for end in (one, other)]
    box = page.locator(".graph-canvas").bounding_box()
    assert box is not None
    return box["x"] + (ends[0]["x"] + ends[1]["x"]) / 2, box["y"] + (ends[0]["y"] + ends[1]["y"]) / 2


def test_a_line_that_is_pointed_at_says_how_much(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)

    page.mouse.move(*middle(page, ada.short_id, id_of(page, "Bea Example")))

    expect(page.locator(".graph-card")).to_contain_text("Ada Example – Bea Example2 shared works, 2019–2024")


def test_a_chosen_line_names_its_works(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    panel = page.get_by_role("region", name="What is chosen: Ada Example – Bea Example")

    page.mouse.click(*middle(page, ada.short_id, id_of(page, "Bea Example")))

    expect(panel).to_contain_text("2 shared works, 2019–2024")
    expect(panel.locator(".graph-why li")).to_have_text(["On notes 2024", "On engines 2019"])
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(page.locator("[data-graph-stage]")).to_be_focused()


def test_a_chosen_person_says_by_which_works(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    field = page.get_by_role("searchbox", name="Find in the graph")

    field.fill("bea")
    field.press("Enter")

    panel = page.get_by_role("region", name="What is chosen: Bea Example")
    expect(panel.locator(".graph-why li")).to_have_text(["On notes 2024", "On engines 2019"])
    panel.get_by_role("link", name="On notes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("On notes")


def test_a_citation_names_the_work_that_cites_and_who_wrote_both(
    live_server: LiveServer, page: Page, ada: Author
) -> None:
    cited, citing = Work.objects.get(title="On engines"), Work.objects.get(title="On notes")
    Citation.objects.create(citing=citing, cited=cited, scheme="doi", value="10.1/engines")
    opened(page, live_server, ada, f"/graph/?root={cited.short_id}&off=author")

    page.mouse.click(*middle(page, cited.short_id, citing.short_id))

    why = page.locator(".graph-why")
    expect(why.locator("li")).to_have_text(["On notes 2024"])
    expect(why).to_contain_text("2 people tie them: Ada Example, Bea Example")


def test_fewer_shared_works_than_the_server_was_asked_for_cannot_be_chosen(
    live_server: LiveServer, page: Page, ada: Author
) -> None:
    make_work("Third", authors=[ada, Author.objects.get(display_name="Bea Example")], year=2021)
    settle()
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}&strength=2")
    slider = page.locator("[data-graph-strength] input")
    expect(slider).to_have_attribute("min", "2")

    page.get_by_label("Works behind a line, at least").select_option("1")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page).to_have_url(re.compile(r"strength=1(&|$)"))
    expect(slider).to_have_attribute("min", "1")
