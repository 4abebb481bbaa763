"""A real browser: Debian's chromium, driven by Playwright against the live test server.

`page` fails its test when the page broke the Content-Security-Policy, threw, or logged an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

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
