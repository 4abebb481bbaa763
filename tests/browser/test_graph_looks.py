"""What the canvas shows beyond marks and lines: communities with numbers, names that do not collide, a PNG of it."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from publications.models import Author
from tests.browser.conftest import flaws
from tests.browser.graph_site import canvas, id_of, opened
from tests.corpus import make_author, make_work
from tests.graph.factories import settle

BOXES = """cy.nodes(':visible').filter(n => n.data('labelled') || n.data('ring') === 0).map(n => {
  const b = n.boundingBox({includeNodes: false, includeEdges: false, includeOverlays: false});
  return [b.x1, b.y1, b.x2, b.y2]; })"""


@pytest.fixture
def ada(transactional_db: None) -> Author:
    """Ada writes with two teams of three that do not know each other, and once with somebody alone."""
    ada = make_author("Ada Example")
    for team in ("North", "South"):
        people = [make_author(f"{name} {team}") for name in ("First", "Second", "Third")]
        for number in range(2):
            make_work(f"{team} {number}", authors=[ada, *people], year=2015 + number)
    make_work("With one", authors=[ada, make_author("Only One")], year=2020)
    settle()
    return ada


def test_communities_are_coloured_numbered_and_named(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    entry = page.locator(f"[data-graph-list] [data-node={id_of(page, 'First North')}]")
    plain = canvas(page, f"cy.getElementById('{id_of(page, 'First North')}').style('background-color')")
    switch = page.get_by_role("button", name="Communities")
    expect(entry.locator(".community")).to_be_hidden()

    switch.click()

    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("groups=1"))
    expect(page.get_by_role("list", name="Communities").get_by_role("listitem")).to_have_count(2)
    expect(entry.locator(".community")).to_be_visible()
    expect(entry.locator(".community")).to_have_text(re.compile("Community [12]"))
    looks = canvas(
        page,
        "cy.nodes('[community]').map(n => [n.data('label').split(' ')[1], n.style('background-color'),"
        " n.style('background-image').length > 100])",
    )
    assert len(looks) == 6
    assert len({(team, colour) for team, colour, _numbered in looks}) == 2
    assert len({colour for _team, colour, _numbered in looks} | {plain}) == 3
    assert all(numbered for *_rest, numbered in looks)
    only = id_of(page, "Only One")
    assert canvas(page, f"cy.getElementById('{only}').style('background-color')") == plain
    switch.click()
    expect(entry.locator(".community")).to_be_hidden()


def test_names_do_not_collide_when_the_graph_grows_and_zooms(live_server: LiveServer, page: Page, ada: Author) -> None:
    page.emulate_media(reduced_motion="reduce")
    friend = Author.objects.get(display_name="Only One")
    for number in range(20):
        make_work(f"A work by friends, number {number}", authors=[friend, make_author(f"Friend Number {number}")])
    settle()
    opened(page, live_server, ada)

    page.get_by_role("button", name="Expand Only One").click()
    expect(page.locator("[data-branch]")).to_have_count(1)
    page.wait_for_timeout(200)
    assert collisions(canvas(page, BOXES)) == []
    few = len(canvas(page, BOXES))
    for _step in range(4):
        page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(200)
    assert collisions(canvas(page, BOXES)) == []
    assert len(canvas(page, BOXES)) >= few


def collisions(boxes: list[list[float]]) -> list[Any]:
    """Pairs of names of which one covers more of the other than the blank around letters."""
    slack = 5
    return [
        (one, other)
        for at, one in enumerate(boxes)
        for other in boxes[:at]
        if one[0] + slack < other[2]
        and other[0] + slack < one[2]
        and one[1] + slack < other[3]
        and other[1] + slack < one[3]
    ]


def test_the_png_shows_everything_on_light_paper(
    live_server: LiveServer, page: Page, ada: Author, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme="dark")
    opened(page, live_server, ada)
    dark = canvas(page, "cy.nodes('[type = \"author\"]')[0].style('background-color')")

    with page.expect_download() as found:
        page.get_by_role("button", name="PNG").click()

    assert found.value.suggested_filename == f"bzpeer-{ada.short_id}.png"
    found.value.save_as(tmp_path / "graph.png")
    width, height, corner = read_png(tmp_path / "graph.png")
    assert (width > 1200, height > 600) == (True, True)
    assert corner[:3] == (255, 255, 255)
    assert canvas(page, "cy.nodes('[type = \"author\"]')[0].style('background-color')") == dark


def read_png(path: Path) -> tuple[int, int, tuple[int, ...]]:
    """Width, height and the first pixel of a PNG of eight bits a channel."""
    content, at, packed = path.read_bytes(), 8, b""
    width, height = struct.unpack(">II", content[16:24])
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            packed += content[at + 8 : at + 8 + length]
        at += 12 + length
    return width, height, tuple(zlib.decompress(packed)[1:5])


def test_asking_for_other_steps_keeps_the_walk(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}&groups=1&strength=2")

    page.get_by_label("Steps").select_option("2")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page).to_have_url(re.compile("depth=2.*groups=1|groups=1.*depth=2"))
    expect(page).to_have_url(re.compile("strength=2"))


def test_the_explorer_fits_and_is_accessible(live_server: LiveServer, page: Page, ada: Author) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}&groups=1")
    page.get_by_role("button", name="Expand Only One").press("Enter")
    page.get_by_role("searchbox", name="Find in the graph").fill("first")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="What is chosen")).to_be_visible()

    assert flaws(page) == []
