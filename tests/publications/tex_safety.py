"""What must hold of every piece of HTML that TeX became."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from publications.tex import formulas, writers

NO_SCRIPT_SCHEMES = ("http://", "https://")


class Elements(HTMLParser):
    """Every element and attribute of a piece of HTML, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def assert_safe(markup: str) -> None:
    """No element, attribute, class or address outside the allow-list, and an HTML 5 parser reads the same."""
    for tag, attributes in Elements(markup).seen:
        assert tag in writers.TAGS
        for name, value in attributes.items():
            if name == "class":
                assert set((value or "").split()) <= {*formulas.CLASSES, "tex", "tex-caps"}
            elif tag == "a":
                assert name in {"href", "rel"}
                assert name == "rel" or (value or "").lower().startswith(NO_SCRIPT_SCHEMES)
            else:
                assert name in writers.MATHML_ATTRIBUTES
    assert "<" not in markup or writers.cleaner.clean(markup) == markup
