"""One line of clean text: what every imported string passes before it is kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no white space
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # formats
    "\ufffe\uffff"  # no characters, and in no XML
    "\ud800-\udfff]"  # lone surrogates
)


def without_controls(text: str) -> str:
    """Take out NUL and other controls, lone surrogates, zero-width and bidirectional format characters."""
    return _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """Text on one line in NFC: controls out, every run of white space one blank. TeX and markup stay as they are."""
    return " ".join(unicodedata.normalize("NFC", without_controls(text)).split())
