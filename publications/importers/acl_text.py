"""Mixed content of the Anthology's XML as text with TeX: formulas between dollars, other dollars escaped."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

_FORMULA: Final = re.compile(r"(?<![\\$])\$(?=\S)(?P<inner>[^$\n]{1,300}?)(?<=[^\s\\])\$(?![\d$])")
_DOLLAR: Final = re.compile(r"(?<!\\)\$")
_LIKE_TEX: Final = re.compile(r"[\\^_{}=<>]|^\S{1,3}$")


def markup(element: etree._Element | None) -> str:
    """The text of a title or abstract; <b>, <i>, <url> and <fixed-case> leave their text."""
    if element is None:
        return ""
    parts = [_plain(element.text)]
    for child in element:
        parts.append(_formula(child) if child.tag == "tex-math" else markup(child))
        parts.append(_plain(child.tail))
    return "".join(parts)


def _formula(element: etree._Element) -> str:
    inner = "".join(element.itertext()).replace("$", "").strip()
    return f"${inner}$" if inner else ""


def _plain(text: str | None) -> str:
    """Text that is no formula by its tag: dollars around TeX stay, those of prices and names are escaped."""
    if not text or "$" not in text:
        return text or ""
    kept, place = [], 0
    for match in _FORMULA.finditer(text):
        if _LIKE_TEX.search(match["inner"]):
            kept += [_DOLLAR.sub(r"\\$", text[place : match.start()]), match[0]]
            place = match.end()
    return "".join([*kept, _DOLLAR.sub(r"\\$", text[place:])])
