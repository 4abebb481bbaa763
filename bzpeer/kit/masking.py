"""E-mail addresses are never shown: sources carry them inside abstracts and affiliations."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "[e-mail]"
_LOCAL: Final = r"(?:\{[^{}@]{1,200}\}|\([^()@]{1,200}\)|[\w.+%-]{1,64})"
_ADDRESS: Final = re.compile(rf"{_LOCAL}\s?@\s?[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}")


def without_addresses(text: str) -> str:
    """The text with every e-mail address replaced, grouped ones ({a,b}@uni.example) as a whole."""
    return _ADDRESS.sub(MASK, text) if "@" in text else text
