"""Taking a graph elsewhere: a short link of what stands, a frame on another site, paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from publications.models import Author
from tests.browser.conftest import Complaints
from tests.browser.graph_site import id_of, opened, shown, small_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_cache")]


@pytest.fixture
def ada(live_server: LiveServer, settings: Settings) -> Author:
    settings.BASE_URL = live_server.url
    return small_world()


@pytest.fixture
def another_site() -> Iterator[Callable[[str], str]]:
    """Serves one page from another origin and says where."""

    class Pages(BaseHTTPRequestHandler):
        body = b""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    def serve(text: str) -> str:
        Pages.body = text.encode()
        return f"http://127.0.0.1:{server.server_port}/"

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield serve
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_short_link_brings_back_what_was_done_with_the_graph(
    page: Page, live_server: LiveServer, ada: Author
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, live_server, ada, f"/graph/?root={ada.short_id}")
    page.get_by_role("button", name="Topics").click()
    page.get_by_text("Share or embed this graph").click()
    page.get_by_role("button", name="Make a short link").click()
    expect(page.locator("[data-share-said]")).to_have_text("The short link is made and stands in the field.")
    link = page.get_by_label("Short link").input_value()
    copy = page.locator("[data-share-link]").get_by_role("button")
    copy.click()

    expect(copy).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert "off=topic" in page.get_by_label("HTML for another page").input_value()
    opened(page, live_server, ada, link.removeprefix(live_server.url))
    assert page.url == f"{live_server.url}/graph/?root={ada.short_id}&off=topic"
    assert (shown(page, "topic"), shown(page, "author")) == (0, 4)


def test_a_refused_link_says_why(page: Page, live_server: LiveServer, ada: Author, complaints: Complaints) -> None:
    page.goto(f"{live_server.url}/graph/?root={ada.short_id}")
    page.get_by_text("Share or embed this graph").click()
    Author.objects.filter(pk=ada.pk).update(hidden=True)
    page.get_by_role("button", name="Make a short link").click()

    expect(page.locator("[data-share-said]")).to_contain_text("There is no author")
    expect(page.get_by_label("Short link")).to_be_hidden()
    complaints.clear()  # the browser logs the 404


def test_another_site_frames_the_graph_but_no_other_page(
    page: Page, live_server: LiveServer, ada: Author, complaints: Complaints, another_site: Callable[[str], str]
) -> None:
    page.goto(live_server.url + ada.get_absolute_url())
    page.get_by_text("Share or embed this graph").click()
    snippet = page.get_by_label("HTML for another page").input_value()
    other = f'<iframe id="other" src="{live_server.url}/graph/?root={ada.short_id}"></iframe>'

    page.goto(another_site(f"<!doctype html><title>Blog</title>{snippet}{other}"))
    frame = page.frame_locator("iframe[title='Research graph around Ada Example']")

    expect(frame.locator("[data-graph-stage]")).to_have_attribute("data-drawn", "", timeout=60_000)
    expect(frame.get_by_role("link", name="Open in bzpeer")).to_be_visible()
    expect(frame.locator(f"[data-node='{id_of_bea()}']")).to_contain_text("Bea Example")
    expect(page.frame_locator("#other").locator("[data-graph]")).to_have_count(0)
    assert page.context.cookies() == []
    assert len(complaints) == 1
    assert "frame-ancestors" in complaints.pop()


def id_of_bea() -> str:
    return str(Author.objects.get(display_name="Bea Example").short_id)


def test_on_paper_the_drawing_of_the_server_stands_for_the_canvas(
    page: Page, live_server: LiveServer, ada: Author
) -> None:
    opened(page, live_server, ada)
    assert id_of(page, "Bea Example") == id_of_bea()

    page.emulate_media(media="print")

    expect(page.locator(".graph-picture")).to_be_visible()
    expect(page.locator(".graph-canvas")).to_be_hidden()
    expect(page.locator("[data-share]")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
