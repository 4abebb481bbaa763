"""Which dollar signs enclose a formula and which are money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LONGEST: Final = 5_000
_TEXT_OPENED: Final = re.compile(r"\\(?:text\w{0,6}|[mh]box) ?\{[^{}$]*$")
_MATH_SIGN: Final = re.compile(r"\\[a-zA-Z({\[|,;!]|[\^_=<>|{}≤≥∈→×±α-ωΑ-Ω]")
_WORD: Final = re.compile(r"(?<![\w\\])[A-Za-z][a-z]{2,}(?!\w)|(?<= )(?:to|or|in|a|is|at|on|of|by|vs)(?= )")
_FUNCTIONS: Final = {
    "log",
    "exp",
    "sin",
    "cos",
    "tan",
    "max",
    "min",
    "mod",
    "lim",
    "sup",
    "inf",
    "det",
    "dim",
    "gcd",
    "poly",
}
_AMOUNT: Final = re.compile(r"[~<>]?\d")
_JOINED_AMOUNT: Final = re.compile(r"\d[\d.,]*[kKMB]? ?[-–/+]+")  # the first half of "$5-$10"
_SENTENCE: Final = 4  # words that no formula without signs has


def formula_end(text: str, start: int, limit: int, partners: Mapping[int, int]) -> int:
    """Where the dollar that ends a formula stands, or -1; dollars within a text argument do not end it."""
    limit = min(limit, start + _LONGEST)
    place = text.find("$", start, limit)
    while place >= 0:
        if _is_escaped(text, place):
            place = text.find("$", place + 1, limit)
            continue
        opened = _TEXT_OPENED.search(text, max(start, place - 100), place)
        partner = partners.get(text.index("{", opened.start())) if opened else None
        if partner is None or partner < place:
            return place
        place = text.find("$", partner, limit)
    return -1


def _is_escaped(text: str, place: int) -> bool:
    backslashes = 0
    while place - backslashes > 0 and text[place - backslashes - 1] == "\\":
        backslashes += 1
    return backslashes % 2 == 1


def is_prose(tex: str, between: str, behind: str) -> bool:
    """Whether what stands between two dollars is no formula ("$5 and $10"); `behind` is the character that follows."""
    if _MATH_SIGN.search(tex):
        return False
    words = [word for word in _WORD.findall(tex) if word not in _FUNCTIONS]
    if not _AMOUNT.match(tex):
        return len(words) >= _SENTENCE
    if behind.isdigit() and (_JOINED_AMOUNT.fullmatch(tex) or between.endswith((" ", "(", "~"))):
        return True
    return bool(words)
