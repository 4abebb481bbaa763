"""Names as people read them: TeX accents decoded, one line, nothing invisible."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pylatexenc.latex2text import LatexNodes2Text

from bzpeer.kit.text import one_line, without_controls

LETTER: Final = r"[^\W\d_]"
ACCENT: Final = re.compile(
    rf"""(?P<open>\{{)?
    (?:
        \\(?:["'`^~=.]\s?|[cdbHkruvt](?=[\s{{\\])\s?)          # an accent …
        (?:\{{\s*(?:\\[ij](?![a-zA-Z])|{LETTER}|oo)\s*\}}|\\[ij](?![a-zA-Z])|{LETTER})  # … and its letter
      | \\(?:AA|aa|AE|ae|OE|oe|DH|dh|DJ|dj|TH|th|NG|ng|ss|[LlOoij])(?![a-zA-Z])(?:\{{\}}|[ ])?
    )
    (?(open)\}}|)""",
    re.VERBOSE,
)
_DOLLARS: Final = re.compile(rf"\$\s*({ACCENT.pattern.replace('open', 'inner')})\s*\$", re.VERBOSE)
_ESCAPES: Final = {r"\&": "&", r"\_": "_", r"\%": "%", r"\#": "#", r"\-": "", r"\ ": " ", r"\,": " ", "\\\\": " "}
_ESCAPE: Final = re.compile(r"\\[&_%#\- ,\\]")
_TEX_SIGNS: Final = frozenset("\\{}~")
DEEPEST: Final = 3  # accents on one letter, as in \~{\^e}; the innermost is read first
_tex_to_text: Final = LatexNodes2Text(keep_comments=True)


def decode(text: str) -> str:
    """A name or affiliation as people read it: TeX accents become letters, one line, NFC, no invisible characters.

    Meant for names; a title or abstract keeps its TeX and wants `bzpeer.kit.text.one_line`.
    """
    if text.isascii() and text.isprintable() and _TEX_SIGNS.isdisjoint(text):
        return " ".join(text.split())
    text = without_controls(text)
    if not _TEX_SIGNS.isdisjoint(text):
        text = _decode_tex(text)
    return one_line(text)


def _decode_tex(text: str) -> str:
    text = _DOLLARS.sub(r"\1", text)
    for _layer in range(DEEPEST):
        inner = text
        text = ACCENT.sub(lambda match: decode_accent(match[0]), inner)
        if text == inner or "\\" not in text:
            break
    text = _ESCAPE.sub(lambda match: _ESCAPES[match[0]], text)
    text = text.replace("~", " ")
    return text if "\\" in text else text.replace("{", "").replace("}", "")


@lru_cache(maxsize=4096)
def decode_accent(macro: str) -> str:
    """One accent macro as its letter; the macro itself where pylatexenc has nothing to say."""
    decoded = _tex_to_text.latex_to_text(macro)
    return decoded or macro
