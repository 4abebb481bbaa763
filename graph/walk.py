"""What a reader did with the graph, as the explorer's address says it: the grammar of static/js/graph_state.js."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from bzpeer.kit.api.parameters import Parameter
from graph.questions import FIRST_YEAR, KINDS, LAST_YEAR

MOST_OPEN, MOST_HIDDEN, MOST_PINS = 150, 100, 60  # an address stays under the 4,094 letters that servers take
_NODE = re.compile(r"[AWTI][1-9][0-9]{0,17}", re.ASCII)
_PIN = re.compile(rf"{_NODE.pattern}_-?[0-9]{{1,5}}_-?[0-9]{{1,5}}", re.ASCII)
_YEARS = re.compile(r"([0-9]{4})-([0-9]{4})", re.ASCII)


def _several(name: str, fits: Callable[[str], object], most: int, example: str) -> Parameter:
    """Parts between full stops, each once, in their order; said again they are the same text."""

    def parse(text: str) -> str:
        parts = list(dict.fromkeys(part for part in text.split(".") if part))
        if len(parts) > most or not all(fits(part) for part in parts):
            said = {"name": name, "most": most, "example": example}
            raise ValueError(_("“%(name)s” takes at most %(most)d entries such as %(example)s.") % said)
        return ".".join(parts)

    return Parameter(name, parse, "")


def _years(text: str) -> str:
    found = _YEARS.fullmatch(text)
    if found and FIRST_YEAR <= int(found[1]) <= int(found[2]) <= LAST_YEAR:
        return text
    raise ValueError(_("“years” takes two years such as 2001-2024."))


def _strength(text: str) -> str:
    if text.isascii() and text.isdigit() and 1 <= len(text) <= 2 and int(text):
        return str(int(text)) if int(text) > 1 else ""
    raise ValueError(_("“strength” must be a whole number from 1 to 99."))


def _groups(text: str) -> str:
    if text in ("", "0", "1"):
        return text.replace("0", "")
    raise ValueError(_("“groups” is 1 or is left out."))


PARAMETERS = (
    _several("open", _NODE.fullmatch, MOST_OPEN, "A12"),
    _several("hidden", _NODE.fullmatch, MOST_HIDDEN, "A12"),
    _several("pins", _PIN.fullmatch, MOST_PINS, "A12_300_200"),
    _several("off", KINDS.__contains__, len(KINDS), "topic"),
    Parameter("years", _years, ""),
    Parameter("strength", _strength, ""),
    Parameter("groups", _groups, ""),
)
