"""A walk through the graph: expand, collapse, hide, pin, undo; each step in the address and in the history."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from publications.models import Author
from tests.browser.conftest import Complaints
from tests.browser.graph_site import canvas, id_of, opened, spot
from tests.corpus import make_author, make_work
from tests.graph.factories import settle


@pytest.fixture
def ada(transactional_db: None) -> Author:
    """Ada writes with Bea, Bea with Cy and Dan, Dan with Eve."""
    ada, bea, cy, dan, eve = (make_author(f"{name} Example") for name in ("Ada", "Bea", "Cy", "Dan", "Eve"))
    make_work("Ada and Bea, first", authors=[ada, bea], year=2010)
    make_work("Ada and Bea, second", authors=[ada, bea], year=2020)
    make_work("Bea and Cy", authors=[bea, cy], year=2015)
    make_work("Bea and Dan", authors=[bea, dan], year=2016)
    make_work("Dan and Eve", authors=[dan, eve], year=2018)
    settle()
    return ada


def explorer(page: Page, live_server: LiveServer, ada: Author, more: str = "") -> Page:
    return opened(page, live_server, ada, f"/graph/?root={ada.short_id}{more}")


def choose(page: Page, label: str) -> None:
    page.mouse.click(*spot(page, id_of(page, label)))
    expect(page.get_by_role("region", name="What is chosen")).to_contain_text(label)


def act(page: Page, name: str) -> None:
    page.get_by_role("region", name="What is chosen").get_by_role("button", name=name, exact=True).click()


def labels(page: Page) -> set[str]:
    return set(canvas(page, "cy.nodes(':visible').map(n => n.data('label'))"))


AROUND_ADA = {"Ada Example", "Bea Example", "Ada and Bea, first", "Ada and Bea, second"}
AROUND_BEA = {"Cy Example", "Dan Example", "Bea and Cy", "Bea and Dan"}


def test_expanding_brings_a_nodes_own_slice_and_moves_nobody(live_server: LiveServer, page: Page, ada: Author) -> None:
    explorer(page, live_server, ada)
    before = canvas(page, "cy.nodes().map(n => [n.id(), n.position()])")
    bea = id_of(page, "Bea Example")

    choose(page, "Bea Example")
    act(page, "Expand")

    branch = page.locator(f"[data-branch={bea}]")
    expect(branch.get_by_role("heading")).to_have_text("Around Bea Example 4")
    assert labels(page) == AROUND_ADA | AROUND_BEA
    expect(page).to_have_url(re.compile(rf"root={ada.short_id}&open={bea}$"))
    after = dict(canvas(page, "cy.nodes().map(n => [n.id(), n.position()])"))
    assert [[node, after[node]] for node, _place in before] == before
    expect(page.get_by_role("button", name="Collapse", exact=True)).to_be_focused()


def test_collapsing_takes_away_what_came_and_what_came_of_that(
    live_server: LiveServer, page: Page, ada: Author
) -> None:
    explorer(page, live_server, ada)
    choose(page, "Bea Example")
    act(page, "Expand")
    dan = id_of(page, "Dan Example")
    page.locator(f"[data-expand={dan}]").click()
    expect(page.locator(f"[data-branch={dan}]")).to_contain_text("Eve Example")
    assert labels(page) == AROUND_ADA | AROUND_BEA | {"Eve Example", "Dan and Eve"}

    act(page, "Collapse")

    expect(page.locator("[data-branch]")).to_have_count(0)
    assert labels(page) == AROUND_ADA


def test_hiding_leaves_out_and_the_list_shows_again(live_server: LiveServer, page: Page, ada: Author) -> None:
    explorer(page, live_server, ada)
    entry = page.locator(f"[data-graph-list] [data-node={id_of(page, 'Bea Example')}]")

    choose(page, "Bea Example")
    act(page, "Hide")

    expect(entry).to_be_hidden()
    assert labels(page) == AROUND_ADA - {"Bea Example"}
    page.get_by_role("button", name="Show Bea Example again").click()
    expect(entry).to_be_visible()
    assert labels(page) == AROUND_ADA


def test_a_drag_pins_and_undo_lets_go(live_server: LiveServer, page: Page, ada: Author) -> None:
    explorer(page, live_server, ada)
    bea = id_of(page, "Bea Example")
    home = canvas(page, f"cy.getElementById('{bea}').position()")
    x, y = spot(page, bea)

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=4)
    page.mouse.up()

    assert spot(page, bea) == pytest.approx((x + 60, y - 40), abs=2)
    expect(page).to_have_url(re.compile(f"pins={bea}_"))
    page.get_by_role("button", name="Undo the last step").click()
    expect(page).not_to_have_url(re.compile("pins="))
    page.wait_for_timeout(400)
    assert canvas(page, f"cy.getElementById('{bea}').position()") == pytest.approx(home, abs=0.5)


def test_back_and_forward_walk_the_steps(live_server: LiveServer, page: Page, ada: Author) -> None:
    explorer(page, live_server, ada)
    undo, redo = page.get_by_role("button", name="Undo the last step"), page.get_by_role("button", name="Do it again")
    expect(undo).to_have_attribute("aria-disabled", "true")
    choose(page, "Bea Example")
    act(page, "Expand")
    branches = page.locator("[data-branch]")
    expect(branches).to_have_count(1)

    page.go_back()
    expect(branches).to_have_count(0)
    page.go_forward()
    expect(branches).to_have_count(1)
    undo.click()
    expect(branches).to_have_count(0)
    expect(undo).to_have_attribute("aria-disabled", "true")
    redo.click()
    expect(branches).to_have_count(1)
    assert labels(page) == AROUND_ADA | AROUND_BEA


def test_a_link_reopens_the_walk(live_server: LiveServer, page: Page, ada: Author) -> None:
    explorer(page, live_server, ada)
    bea, first = id_of(page, "Bea Example"), id_of(page, "Ada and Bea, first")

    explorer(page, live_server, ada, f"&open={bea}&hidden={first}&pins={bea}_100_120&off=topic")

    expect(page.locator("[data-branch]")).to_have_count(1)
    assert labels(page) == (AROUND_ADA | AROUND_BEA) - {"Ada and Bea, first"}
    assert canvas(page, f"cy.getElementById('{bea}').position()") == {"x": 100, "y": 120}


def test_nonsense_in_the_address_is_passed_over(live_server: LiveServer, page: Page, ada: Author) -> None:
    explorer(page, live_server, ada, "&open=%3Cscript%3E.W0x&hidden=..&pins=A1_x_y&years=then-now&off=all")

    assert labels(page) == AROUND_ADA


def test_an_answer_that_fails_is_said_and_can_be_tried_again(
    live_server: LiveServer, page: Page, ada: Author, complaints: Complaints
) -> None:
    explorer(page, live_server, ada)
    fails = [True]

    def answer(route: Route) -> None:
        route.fulfill(status=500, body="{}") if fails else route.continue_()

    page.route(re.compile("/api/v1/graph"), answer)
    choose(page, "Bea Example")
    act(page, "Expand")
    expect(page.get_by_role("alert").filter(has_text="could not be loaded")).to_be_visible()
    expect(page).not_to_have_url(re.compile("open="))

    fails.clear()
    act(page, "Expand")
    expect(page.locator("[data-branch]")).to_have_count(1)
    expect(page.get_by_text("could not be loaded")).to_have_count(0)
    complaints.clear()  # chromium reports the 500 itself


def test_the_author_page_expands_from_its_list(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)

    page.get_by_role("button", name="Expand Bea Example").press("Enter")

    expect(page.locator("[data-branch]")).to_contain_text("Around Bea Example 4")
    expect(page.get_by_role("button", name="Collapse Bea Example")).to_be_focused()
    assert labels(page) == AROUND_ADA | AROUND_BEA
