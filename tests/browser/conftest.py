"""A real browser: Debian's chromium, driven by Playwright against the live test server.

`page` fails its test when the page broke the Content-Security-Policy, threw, or logged an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from profiles.models import User

# Playwright's synchronous API keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
WAIT = 60_000  # milliseconds for what a page comes to show; only what never comes takes that long
expect.set_options(timeout=WAIT)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if CHROMIUM is None:
        message = "no chromium on this machine: apt-get install chromium"
        if os.environ.get("BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    # Its sandbox works neither for root nor in most containers; it opens our own pages only.
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]}


class Complaints(list[str]):
    """What a page complained about; a test that expects one removes it with `clear()`."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"thrown: {error}"))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.append(message.text)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    found = Complaints()
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def page(context: BrowserContext, complaints: Complaints) -> Page:
    context.add_init_script(WATCH_POLICY)
    opened = context.new_page()
    opened.set_default_timeout(WAIT)
    complaints.watch(opened)
    return opened


Open = Callable[..., Page]


@pytest.fixture
def visitor() -> User | None:
    """Who is logged in on the pages that `open_page` opens: nobody, unless a module says who."""
    return None


@pytest.fixture
def open_page(new_context: Any, complaints: Complaints, live_server: LiveServer, visitor: User | None) -> Open:
    """open_page("/path", width=360, theme="dark", scripts=False): a page that reports what it complains about."""

    def opened(path: str, *, width: int = 1440, theme: str = "light", scripts: bool = True) -> Page:
        context = new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme,
            java_script_enabled=scripts, reduced_motion="reduce",
        )  # fmt: skip
        if visitor is not None:
            context.add_cookies([session(visitor, live_server)])
        if scripts:
            context.add_init_script(WATCH_POLICY)
        page: Page = context.new_page()
        page.set_default_timeout(WAIT)
        complaints.watch(page)
        page.goto(path)
        return page

    return opened


def session(user: User, live_server: LiveServer) -> dict[str, str]:
    """The cookie of somebody who has logged in."""
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


# Wide and light with every rule of axe, narrow and dark with those that depend on colours and places.
OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
LOOKS: tuple[tuple[int, Literal["light", "dark"], dict[str, Any]], ...] = (
    (1440, "light", {}),
    (360, "dark", {"runOnly": OF_LOOKS}),
)


def flaws(page: Page) -> list[str]:
    """What axe finds, with the place, and whether one must scroll sideways: wide and light, narrow and dark."""
    found = []
    for width, theme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        where = f"{page.url} ({width}, {theme})"
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{where} is too wide")
        for flaw in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]:
            found.append(f"{where} {flaw['id']}: {flaw['nodes'][0]['html'][:160]}")
    return found
