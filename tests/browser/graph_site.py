"""What tests of the graph in a browser share: a small corpus, an opened page, what stands on the canvas."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from publications.models import Author
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import settle

EVIL_NAME, EVIL_TITLE = '<img src=x onerror="alert(1)">', "</script><script>alert(2)</script>"


def small_world() -> Author:
    """Four people, three works and two topics, with names and titles that would like to be markup."""
    ada, bea, cy = make_author("Ada Example"), make_author("Bea Example"), make_author("Cy Example")
    evil = make_author(EVIL_NAME)
    topics = [make_topic(), make_topic("math.PR", "Probability")]
    make_work("On engines", authors=[ada, bea], topics=topics[:1], year=2019)
    make_work("On notes", authors=[ada, bea, cy], topics=topics, year=2024)
    make_work(EVIL_TITLE, authors=[ada, evil], year=2020)
    settle()
    return ada


def opened(page: Page, live_server: LiveServer, author: Author, path: str = "") -> Page:
    page.goto(live_server.url + (path or author.get_absolute_url()))
    page.locator("[data-graph-stage]").scroll_into_view_if_needed()
    expect(page.locator("[data-graph-stage]")).to_have_attribute("data-drawn", "", timeout=60_000)
    return page


def canvas(page: Page, script: str) -> Any:
    """What the drawing library says; `cy` is its instance."""
    return page.evaluate(
        f"(() => {{ const cy = document.querySelector('.graph-canvas')._cyreg.cy; return {script}; }})()"
    )


def spot(page: Page, short_id: str) -> tuple[float, float]:
    """Where a node stands on the screen, once nothing moves it any more."""
    before, now = None, _spot(page, short_id)
    while now != before:
        page.wait_for_timeout(100)
        before, now = now, _spot(page, short_id)
    return now


def _spot(page: Page, short_id: str) -> tuple[float, float]:
    place = canvas(page, f"cy.getElementById('{short_id}').renderedPosition()")
    box = page.locator(".graph-canvas").bounding_box()
    assert box is not None
    return box["x"] + place["x"], box["y"] + place["y"]


def point_at(page: Page, short_id: str) -> None:
    """Move the pointer over a node as a hand does: the canvas looks where it stands only as the pointer moves."""
    x, y = spot(page, short_id)
    for step in range(30):
        page.mouse.move(x + step % 3 - 1, y)
        if page.locator(".graph-card").is_visible():
            return
        page.wait_for_timeout(100)


def id_of(page: Page, label: str) -> str:
    return str(
        page.locator(
            "[data-graph-list] [data-node]", has=page.get_by_role("link", name=label, exact=True)
        ).get_attribute("data-node")
    )


def shown(page: Page, kind: str) -> int:
    return int(canvas(page, f"cy.nodes(':visible').filter(n => n.data('type') === '{kind}').length"))
