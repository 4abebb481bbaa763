"""An exploration by keyboard alone: every step of a walk, what is announced, and the list that says the same."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from publications.models import Author
from tests.browser.graph_site import canvas, opened
from tests.browser.test_graph_walk import AROUND_ADA, AROUND_BEA, labels
from tests.corpus import make_author, make_work
from tests.graph.factories import settle

OPPOSITE = {"ArrowLeft": "ArrowRight", "ArrowRight": "ArrowLeft", "ArrowUp": "ArrowDown", "ArrowDown": "ArrowUp"}


@pytest.fixture
def ada(transactional_db: None) -> Author:
    """Ada writes with Bea, Bea with Cy and Dan."""
    ada, bea, cy, dan = (make_author(f"{name} Example") for name in ("Ada", "Bea", "Cy", "Dan"))
    make_work("Ada and Bea, first", authors=[ada, bea], year=2010)
    make_work("Ada and Bea, second", authors=[ada, bea], year=2020)
    make_work("Bea and Cy", authors=[bea, cy], year=2015)
    make_work("Bea and Dan", authors=[bea, dan], year=2016)
    settle()
    return ada


def tab_to_the_graph(page: Page) -> None:
    """From the top of the page, as somebody without a mouse comes."""
    stage = page.locator("[data-graph-stage]")
    for _stop in range(40):
        page.keyboard.press("Tab")
        if stage.evaluate("stage => document.activeElement === stage"):
            return
    raise AssertionError("Tab never reaches the graph")


def arrow_to(page: Page, label: str) -> None:
    """Press arrows as somebody does who sees the graph: towards it along the longer way, else along the other."""
    said = page.locator("[data-graph-said]")
    goal = f"cy.nodes().filter(n => n.data('label') === '{label}').position()"
    seen: list[tuple[str, str]] = []
    for _press in range(30):
        here, to = canvas(page, "cy.nodes('.chosen').position()"), canvas(page, goal)
        across, down = to["x"] - here["x"], to["y"] - here["y"]
        if not across and not down:
            expect(said).to_contain_text(label)
            return
        keys = ["ArrowRight" if across > 0 else "ArrowLeft", "ArrowDown" if down > 0 else "ArrowUp"]
        keys = keys if abs(across) > abs(down) else keys[::-1]
        at = str(canvas(page, "cy.nodes('.chosen').id()"))
        key = next((key for key in [*keys, *(OPPOSITE[key] for key in keys)] if (at, key) not in seen), keys[0])
        seen.append((at, key))
        page.keyboard.press(key)
    raise AssertionError(f"no arrow leads to {label}")


def test_a_walk_by_keyboard_alone(live_server: LiveServer, page: Page, ada: Author) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    said, panel = page.locator("[data-graph-said]"), page.get_by_role("region", name="What is chosen")

    tab_to_the_graph(page)
    arrow_to(page, "Bea Example")
    expect(said).to_have_text("Bea Example, 2 shared works, 2010–2020")
    page.keyboard.press("e")
    expect(page.locator("[data-branch] li")).to_have_count(4)
    expect(said).to_have_text("8 things are shown now.")
    assert labels(page) == AROUND_ADA | AROUND_BEA

    arrow_to(page, "Cy Example")
    page.keyboard.press("h")
    expect(page.get_by_role("button", name="Show Cy Example again")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Show Cy Example again")).to_have_count(0)

    arrow_to(page, "Dan Example")
    before = canvas(page, "cy.nodes('.chosen').position()")
    page.keyboard.press("Shift+ArrowRight")
    expect(page).to_have_url(re.compile("pins="))
    assert canvas(page, "cy.nodes('.chosen').position('x')") == pytest.approx(before["x"] + 30, abs=1)

    page.keyboard.press("Enter")
    expect(panel).to_contain_text("Dan Example")
    expect(panel.get_by_role("button", name="Expand")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("[data-graph-stage]")).to_be_focused()
    page.keyboard.press(" ")
    for _stop in ("Hide", "Unpin", "Start from here"):
        page.keyboard.press("Tab")
    expect(panel.get_by_role("link", name="Start from here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dan Example")


def test_the_list_alone_does_the_same(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    tree = page.locator("[data-graph-list]")

    page.get_by_role("button", name="Expand Bea Example").press("Enter")
    expect(tree.get_by_role("heading", name="Around Bea Example 4")).to_be_visible()
    tree.get_by_role("button", name="Hide Cy Example").press("Enter")
    expect(tree.get_by_role("link", name="Cy Example", exact=True)).to_be_hidden()
    assert labels(page) == (AROUND_ADA | AROUND_BEA) - {"Cy Example"}
    tree.get_by_role("link", name="Dan Example", exact=True).focus()
    assert canvas(page, "cy.nodes('.chosen').map(n => n.data('label'))") == ["Dan Example"]
    expect(tree.locator("[aria-current]")).to_contain_text("Dan Example")
    page.get_by_role("button", name="Collapse Bea Example").press("Enter")
    expect(tree.locator("[data-branch]")).to_have_count(0)
    assert labels(page) == AROUND_ADA
