"""The graph in a browser: drawn over its picture, driven by legend, pointer, keys and list, within the policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from publications.models import Author
from tests.browser.graph_site import EVIL_NAME, EVIL_TITLE, canvas, id_of, opened, point_at, shown, small_world, spot


@pytest.fixture
def ada(transactional_db: None) -> Author:
    return small_world()


def test_the_canvas_stands_exactly_over_the_picture(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    mark = page.locator(f"svg.graph-picture a[href='{ada.get_absolute_url()}'] circle").bounding_box()
    assert mark is not None

    x, y = spot(page, ada.short_id)

    assert x == pytest.approx(mark["x"] + mark["width"] / 2, abs=2)
    assert y == pytest.approx(mark["y"] + mark["height"] / 2, abs=2)


def test_the_legend_switches_kinds_off_and_on(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    button = page.get_by_role("button", name="Works 3")
    works = page.locator(".graph-group.is-work")

    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(works).to_be_hidden()
    assert (shown(page, "work"), shown(page, "author")) == (0, 4)

    button.click()
    expect(works).to_be_visible()
    assert shown(page, "work") == 3


def test_pointing_shows_a_card_and_marks_the_list(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    bea = id_of(page, "Bea Example")
    card = page.locator(".graph-card")

    point_at(page, bea)
    expect(card).to_be_visible()
    expect(card).to_contain_text("Bea Example")
    expect(card).to_contain_text("2 shared works, 2019–2024")
    expect(page.locator(f"[data-node={bea}]")).to_have_class(re.compile("is-chosen"))

    page.mouse.move(2, 2)
    expect(card).to_be_hidden()


def test_a_click_goes_to_the_page(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    bea = id_of(page, "Bea Example")

    page.mouse.click(*spot(page, bea))

    expect(page).to_have_url(re.compile(rf"/authors/{bea}/"))


def test_zoom_buttons_and_keys_zoom_and_fit(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    start = canvas(page, "cy.zoom()")

    page.get_by_role("button", name="Zoom in").click()
    assert canvas(page, "cy.zoom()") > start
    page.get_by_role("button", name="Show everything").click()
    assert canvas(page, "cy.zoom()") == pytest.approx(start)
    page.get_by_role("button", name="Zoom out").press("Enter")
    assert canvas(page, "cy.zoom()") < start
    page.locator("[data-graph-stage]").focus()
    page.keyboard.press("0")
    assert canvas(page, "cy.zoom()") == pytest.approx(start)


def test_the_wheel_scrolls_the_page_not_the_graph(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    start = canvas(page, "cy.zoom()")

    page.mouse.move(*spot(page, ada.short_id))
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(150)

    assert canvas(page, "cy.zoom()") == start


def test_the_keyboard_walks_and_opens(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    stage, said = page.locator("[data-graph-stage]"), page.locator("[data-graph-said]")
    page.get_by_role("button", name="Topics 2").focus()
    for _stop in range(6):
        if not stage.evaluate("stage => document.activeElement === stage"):
            page.keyboard.press("Tab")
    expect(stage).to_be_focused()

    walked = []
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        walked.append(canvas(page, "cy.nodes('.chosen').map(n => n.id())"))
    assert all(len(chosen) == 1 for chosen in walked)
    assert len({chosen[0] for chosen in walked}) >= 3
    expect(said).not_to_be_empty()

    while canvas(page, "cy.nodes('.chosen').data('ring')") == 0:
        page.keyboard.press("ArrowRight")
    target = canvas(page, "cy.nodes('.chosen').data('url')")
    page.keyboard.press("Enter")
    expect(page).to_have_url(live_server.url + target)


def test_a_name_in_the_list_lights_up_its_mark(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada)
    bea = id_of(page, "Bea Example")

    page.locator(f"[data-node={bea}] a").focus()

    assert canvas(page, "cy.nodes('.chosen').map(n => n.id())") == [bea]
    expect(page.locator(".graph-card")).to_contain_text("Bea Example")


def test_names_that_look_like_markup_stay_text(live_server: LiveServer, page: Page, ada: Author) -> None:
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    opened(page, live_server, ada)

    for label in (EVIL_NAME, EVIL_TITLE):
        page.locator(f"[data-node={id_of(page, label)}] a").hover()
        expect(page.locator(".graph-card")).to_contain_text(label)
    assert page.locator(".graph img").count() == 0
    assert dialogs == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_theme(live_server: LiveServer, page: Page, ada: Author, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    opened(page, live_server, ada)
    colour = "cy.nodes('[type = \"author\"]')[0].style('background-color')"
    expected = {"light": "rgb(13,107,98)", "dark": "rgb(92,200,184)"}

    assert canvas(page, colour) == expected[scheme]
    page.locator("[data-theme-toggle]").first.click()
    assert canvas(page, colour) == expected["dark" if scheme == "light" else "light"]


def test_on_a_small_screen_the_list_comes_first(live_server: LiveServer, page: Page, ada: Author) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_server.url + ada.get_absolute_url())
    stage, button = page.locator("[data-graph-stage]"), page.get_by_role("button", name="Show the graph")
    expect(page.locator("[data-graph-list]")).to_be_visible()
    expect(stage).to_be_hidden()

    button.click()
    expect(stage).to_have_attribute("data-drawn", "", timeout=60_000)
    expect(page.get_by_role("button", name="Hide the graph")).to_have_attribute("aria-expanded", "true")
    page.wait_for_timeout(100)  # names come once the view rests
    letters = canvas(page, "cy.nodes('[?labelled]').map(n => n.numericStyle('font-size') * cy.zoom())")
    assert min(letters) >= 11.9  # pixels, however small the picture
    inside = "n.renderedPosition().x > 0 && n.renderedPosition().x < cy.width()"
    assert canvas(page, f"cy.nodes().every(n => {inside})")  # few marks are all in view
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_the_picture_and_the_list_stand(live_server: LiveServer, browser: Browser, ada: Author) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(live_server.url + ada.get_absolute_url())

        expect(page.locator("svg.graph-picture a.mark")).to_have_count(9)
        expect(page.locator("[data-graph-list] [data-node]")).to_have_count(8)
        expect(page.locator("[data-graph-tools]")).to_be_hidden()
        expect(page.locator(".graph button:visible")).to_have_count(0)
        page.get_by_role("link", name="Open full explorer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ada Example")


def test_the_explorer_walks_from_root_to_root(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    bea = id_of(page, "Bea Example")

    page.mouse.click(*spot(page, bea))
    page.get_by_role("link", name="Start from here").click()
    expect(page).to_have_url(f"{live_server.url}/graph/?root={bea}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bea Example")

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Example")


def test_the_explorers_filters_work_by_keyboard_alone(live_server: LiveServer, page: Page, ada: Author) -> None:
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")

    page.get_by_role("checkbox", name="Topics").focus()
    page.keyboard.press("Space")
    page.get_by_label("From year").fill("2021")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("from_year=2021"))
    expect(page.get_by_role("checkbox", name="Topics")).not_to_be_checked()
    expect(page.locator("[data-graph-list] [data-node] > a:first-child")).to_have_text(
        ["Bea Example", "Cy Example", "On notes"]
    )
