"""Find, filter and look: the search in the graph, the sliders, full screen, and motion only for those who want it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from publications.models import Author
from tests.browser.graph_site import canvas, id_of, opened
from tests.corpus import make_author, make_work
from tests.graph.factories import settle


@pytest.fixture
def ada(transactional_db: None) -> Author:
    """Three works with Béla in 2010, 2012 and 2020, one with Cy in 2015."""
    ada, bela, cy = make_author("Ada Example"), make_author("Béla Example"), make_author("Cy Other")
    for year in (2010, 2012, 2020):
        make_work(f"Engines of {year}", authors=[ada, bela], year=year)
    make_work("Notes", authors=[ada, cy], year=2015)
    settle()
    return ada


def labels(page: Page) -> set[str]:
    return set(canvas(page, "cy.nodes(':visible').map(n => n.data('label'))"))


def listed(page: Page) -> set[str]:
    return set(page.locator("[data-graph-list] [data-node]:visible > a:first-child").all_inner_texts())


EVERYTHING = {
    "Ada Example",
    "Béla Example",
    "Cy Other",
    "Notes",
    "Engines of 2010",
    "Engines of 2012",
    "Engines of 2020",
}


def test_find_passes_over_accents_and_goes_from_hit_to_hit(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    field, said = page.get_by_role("searchbox", name="Find in the graph"), page.locator("#graph-found")

    field.fill("bela")
    expect(said).to_have_text("1 found")
    assert canvas(page, "cy.nodes('.found').map(n => n.data('label'))") == ["Béla Example"]
    field.press("Enter")
    assert canvas(page, "cy.nodes('.chosen').map(n => n.id())") == [id_of(page, "Béla Example")]

    field.fill("engines")
    seen = []
    for _hit in range(3):
        field.press("Enter")
        seen += canvas(page, "cy.nodes('.chosen').map(n => n.data('label'))")
    assert set(seen) == {"Engines of 2010", "Engines of 2012", "Engines of 2020"}
    field.fill("nobody at all")
    expect(said).to_have_text("0 found")
    field.press("Escape")
    assert canvas(page, "cy.nodes('.found, .chosen').length") == 0


def test_a_graph_of_a_few_marks_on_an_author_page_has_no_sliders(
    live_server: LiveServer, page: Page, ada: Author
) -> None:
    prolific = make_author("Prolific Example")
    for number in range(12):
        make_work(f"More {number}", authors=[prolific], year=2021)
    settle()

    opened(page, live_server, ada)
    expect(page.locator(".graph-controls")).to_be_hidden()
    opened(page, live_server, prolific)
    expect(page.locator(".graph-controls")).to_be_visible()


def test_two_handles_filter_by_year_by_keyboard(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    first, last = page.get_by_role("slider", name="First year"), page.get_by_role("slider", name="Last year")
    expect(first).to_have_value("2010")
    expect(last).to_have_value("2020")

    for _year in range(3):
        first.press("ArrowRight")
    last.press("ArrowLeft")

    expect(page).to_have_url(re.compile("years=2013-2019"))
    assert labels(page) == {"Ada Example", "Béla Example", "Cy Other", "Notes"}  # Béla's ties span these years
    assert listed(page) == labels(page) - {"Ada Example"}
    expect(page.get_by_role("button", name="Works 1")).to_be_visible()
    last.press("Home")
    expect(last).to_have_value("2013")  # never before the first


def test_the_strength_leaves_out_weak_ties(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")

    page.get_by_role("slider", name=re.compile("Shared works, at least")).press("ArrowRight")

    expect(page).to_have_url(re.compile("strength=2"))
    assert labels(page) == EVERYTHING - {"Cy Other"}
    page.go_back()
    expect(page.locator("[data-graph-list]").get_by_role("link", name="Cy Other", exact=True)).to_be_visible()
    assert labels(page) == EVERYTHING


def test_a_link_with_filters_shows_them(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}&years=2015-2020&strength=2&off=work")

    assert labels(page) == {"Ada Example", "Béla Example"}
    expect(page.get_by_role("slider", name="First year")).to_have_value("2015")
    expect(page.get_by_role("button", name=re.compile("^Works"))).to_have_attribute("aria-pressed", "false")


def test_full_screen_and_back(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    button = page.get_by_role("button", name="Full screen")

    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.fullscreenElement.matches('[data-graph]')")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_everything_expanded_is_in_view_and_does_not_move_for_who_wants_no_motion(
    live_server: LiveServer, page: Page, ada: Author
) -> None:
    page.emulate_media(reduced_motion="reduce")
    cy = Author.objects.get(display_name="Cy Other")
    for number in range(12):
        make_work(f"Other {number}", authors=[cy, make_author(f"Friend {number}")], year=2015)
    settle()
    opened(page, live_server, ada)

    page.get_by_role("button", name="Expand Cy Other").click()
    expect(page.locator("[data-branch]")).to_have_count(1)

    assert canvas(page, "cy.nodes(':animated').length") == 0
    outside = "n.renderedPosition().x < 0 || n.renderedPosition().x > cy.width()"
    outside += " || n.renderedPosition().y < 0 || n.renderedPosition().y > cy.height()"
    assert canvas(page, f"cy.nodes().filter(n => {outside}).length") == 0
    assert canvas(page, "cy.nodes().length") > 15
