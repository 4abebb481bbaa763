"""Steps that tests of claim pages share: reading a page, sending its form, where it stands."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client

from publications.models import Author


def text(html: str) -> str:
    """What a reader reads, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])).split())


def read(client: Client, path: str, **form: str) -> str:
    """The page behind an address, or after a form was sent to it."""
    response = client.post(path, form, follow=True) if form else client.get(path, follow=True)
    assert response.status_code == 200
    return text(response.content.decode())


def address(author: Author, rest: str = "") -> str:
    return f"/authors/A{author.pk}/claim/{rest}"
