"""Every address of accounts that can be opened wears the site's look, keeps its policy and instructs in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.profiles.account_steps import PASSWORD, confirmed, log_in, member

pytestmark = pytest.mark.django_db

ARGUMENTS: dict[str, dict[str, Any]] = {
    "account_confirm_email": {"key": "no-such-key"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
    "settings_end_session": {"number": 1},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
}


def names_below(prefix: str) -> list[str]:
    """The names of all addresses below a prefix, as the site knows them."""

    def walk(patterns: list[URLPattern | URLResolver], path: str) -> Iterator[str]:
        for pattern in patterns:
            here = path + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif here.startswith(prefix) and pattern.name:
                yield pattern.name

    return sorted(set(walk(get_resolver().url_patterns, "")))


NAMES = [*names_below("accounts/"), *names_below("settings/")]


def complaints(answer: Any) -> list[str]:
    """What no page of the site contains, what every one has, and whose template it is."""
    html = answer.content.decode()
    bad = re.findall(r"<[^>]*\s(?:style|on\w+)=|<script(?![^>]*(?:src=|json))", html, re.IGNORECASE)
    missing = [text for text in ('class="site-header"', "<h1>") if text not in html]
    origin = Path(answer.templates[0].origin.name)
    return [*bad, *missing, *([] if settings.BASE_DIR / "templates" in origin.parents else [str(origin)])]


@pytest.mark.parametrize("logged_in", [False, True])
def test_no_page_is_left_as_the_library_made_it(client: Client, logged_in: bool) -> None:
    user = member(client)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    browser = client if logged_in else Client()
    opened, problems = set(), []
    for name in NAMES:
        path = reverse(name, kwargs=ARGUMENTS.get(name, {}))
        answer = browser.get(path, follow=True)
        kind = answer["Content-Type"].split(";")[0]
        if answer.status_code == 200 and kind == "text/html":
            opened.add(name)
            problems += [f"{name} at {path}: {found}" for found in complaints(answer)]
        elif answer.status_code not in {200, 401, 404, 405}:
            problems.append(f"{name}: {answer.status_code}")

    assert not problems, "\n".join(problems)
    assert len(opened) >= 20


def test_the_step_between_password_and_code_looks_like_the_site(client: Client) -> None:
    user = confirmed(client)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")

    log_in(client)
    page = client.get("/accounts/2fa/authenticate/")

    assert complaints(page) == []
    assert "Second factor" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("/accounts/login/", {"login": "a@example.org", "password": "x"}, "Check both and try again"),
        ("/accounts/login/", {"login": "", "password": ""}, "This field is required"),
        ("/accounts/signup/", {"email": "a", "password1": PASSWORD}, "Enter a valid email address"),
        ("/accounts/signup/", {"email": "a@example.org", "password1": "short"}, "at least 10 characters"),
        ("/accounts/signup/", {"email": "a@example.org", "password1": "password123"}, "too common"),
        ("/accounts/password/reset/", {"email": "a"}, "Enter a valid email address"),
    ],
)
def test_errors_say_what_to_do(client: Client, path: str, form: dict[str, str], words: str) -> None:
    assert words in client.post(path, form).content.decode()


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password", "settings_delete"])
def test_forms_need_the_token_of_their_page(name: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(reverse(name), {}).status_code == 403
