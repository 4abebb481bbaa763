"""Many nodes: all expanded at once and folded back, few requests, communities that grow, tools beside the graph."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from graph import turns
from publications.models import Author
from tests.browser.conftest import Complaints
from tests.browser.graph_site import canvas, id_of, opened
from tests.corpus import make_author, make_work
from tests.graph.factories import settle


@pytest.fixture
def ada(transactional_db: None) -> Author:
    """Ada writes with two teams of two; each member of a team also writes with four people of their own."""
    ada = make_author("Ada Example")
    for team in ("North", "South"):
        people = [make_author(f"{name} {team}") for name in ("First", "Second")]
        for year in (2015, 2016):
            make_work(f"{team} {year}", authors=[ada, *people], year=year)
        make_work(f"{team}, before Ada", authors=people, year=1999)
        for person in people:
            friends = [make_author(f"Friend {number} of {person.display_name}") for number in range(4)]
            make_work(f"{person.display_name} and friends", authors=[person, *friends], year=2005)
    settle()
    return ada


def test_everything_expands_in_one_request_and_folds_back(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    before = canvas(page, "cy.nodes().length")
    asked: list[str] = []
    page.on("request", lambda sent: _note(sent, asked))
    expand, collapse = (page.get_by_role("button", name=name, exact=True) for name in ("Expand all", "Collapse all"))
    expect(collapse).to_have_attribute("aria-disabled", "true")

    expand.click()

    branches = page.locator("[data-branch]")
    expect(branches).to_have_count(before - 1)
    assert len(asked) == 1
    assert canvas(page, "cy.nodes().length") == before + 2 * 2 * 5 + 2  # friends, their works, and two from before Ada
    expect(page.locator("[data-graph-said]")).to_have_text(f"{before + 22} things are shown now.")
    collapse.click()
    expect(branches).to_have_count(0)
    assert canvas(page, "cy.nodes().length") == before
    page.go_back()
    expect(branches).to_have_count(before - 1)


def _note(sent: Request, asked: list[str]) -> None:
    if "/api/v1/graph/slices" in sent.url:
        asked.append(sent.url)


def test_who_comes_by_expansion_joins_the_community_of_whom_they_write_with(
    live_server: LiveServer, page: Page, ada: Author
) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}&groups=1")
    team = canvas(page, f"cy.getElementById('{id_of(page, 'First North')}').data('community')")

    page.get_by_role("button", name="Expand First North", exact=True).press("Enter")

    branch = page.locator("[data-branch]")
    expect(branch.get_by_role("listitem").filter(has_text="Friend 0").locator(".community")).to_have_text(
        f"Community {team}"
    )
    found = canvas(page, "cy.nodes('[?from][type = \"author\"]').map(n => n.data('community'))")
    assert found == [team] * 4


def test_years_span_what_is_shown_and_grow_with_it(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    first = page.get_by_role("slider", name="First year")
    expect(first).to_have_attribute("min", "2015")  # not 1999, when two of them wrote something that is not shown

    page.get_by_role("button", name="Expand First North", exact=True).press("Enter")

    expect(first).to_have_attribute("min", "1999")


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_the_tools_stand_beside_the_graph(live_server: LiveServer, page: Page, ada: Author, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/graph/?root={ada.short_id}")
    show = page.get_by_role("button", name=re.compile("Show the graph"))
    if show.is_visible():
        show.click()
    tools, drawn = page.locator("[data-graph-tools]"), page.locator(".graph-canvas")
    page.locator("[data-graph-stage]").scroll_into_view_if_needed()
    expect(tools).to_be_visible(timeout=60_000)
    one, other = tools.bounding_box(), drawn.bounding_box()
    assert one is not None
    assert other is not None

    assert one["x"] >= other["x"] + other["width"] - 1 or one["y"] >= other["y"] + other["height"] - 1


def test_an_expansion_that_has_to_wait_comes_by_itself(
    live_server: LiveServer, page: Page, ada: Author, complaints: Complaints
) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    before = canvas(page, "cy.nodes().length")
    asked: list[str] = []
    page.on("request", lambda sent: _note(sent, asked))

    with turns.turn():  # another reader's
        places = [turns._places.acquire(blocking=False) for _ in range(turns.WAITING)]
        page.get_by_role("button", name="Expand all", exact=True).click()
        with page.expect_response(lambda answer: answer.status == 503):
            pass
        for _ in places:
            turns._places.release()

    expect(page.locator("[data-branch]")).to_have_count(before - 1)
    assert len(asked) > 1
    complaints.clear()  # the browser's own, of the answer 503
