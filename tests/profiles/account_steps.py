"""Steps that tests of accounts share: making one, confirming it, logging in, showing again that it is you."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client

from profiles.models import User

PASSWORD = "violet-cathedral-42"
ADDRESS = "reader@example.org"


def sign_up(client: Client, email: str = ADDRESS, password: str = PASSWORD) -> str:
    """Fill in the form; the page that follows."""
    return client.post("/accounts/signup/", {"email": email, "password1": password}, follow=True).content.decode()


def link_in_mail(number: int = -1) -> str:
    """The path of the link in a message, the last one unless told."""
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", str(mail.outbox[number].body))
    assert found
    return found[1]


def confirmed(client: Client, email: str = ADDRESS) -> User:
    """An account whose holder is logged out."""
    sign_up(client, email)
    client.post(link_in_mail())
    client.post("/accounts/logout/")
    return User.objects.get(email=email.lower())


def log_in(client: Client, email: str = ADDRESS, password: str = PASSWORD, **more: str) -> str:
    form = {"login": email, "password": password, **more}
    return client.post("/accounts/login/", form, follow=True).content.decode()


def member(client: Client, email: str = ADDRESS) -> User:
    """An account that is logged in and has just shown that it is itself."""
    user = confirmed(client, email)
    log_in(client, email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    mail.outbox.clear()
    return user


def is_in(client: Client) -> bool:
    """Whether the site takes this browser for somebody."""
    return client.get("/settings/").status_code == 200


def without_token(html: str) -> str:
    """A page without what differs on every request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)
