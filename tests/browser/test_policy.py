"""The Content-Security-Policy in a browser: our pages keep it, and a breach would be noticed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Complaints


@pytest.mark.parametrize("path", ["/", "/search/?q=graph", "/accounts/login/", "/accounts/signup/", "/no-such-page/"])
def test_pages_keep_the_policy(live_server: LiveServer, page: Page, complaints: Complaints, path: str) -> None:
    page.goto(live_server.url + path)
    if path == "/no-such-page/":  # chromium reports the status itself
        complaints[:] = [text for text in complaints if "404" not in text]
    assert page.locator("main").count() == 1


def test_a_breach_would_be_noticed(live_server: LiveServer, page: Page, complaints: Complaints) -> None:
    page.goto(live_server.url + "/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))")
    page.locator("body").wait_for()
    page.wait_for_timeout(200)
    assert any("script-src" in text for text in complaints)
    assert page.evaluate("window.bad") is None
    complaints.clear()
