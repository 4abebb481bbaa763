"""Letters of pictures: the fonts that come with wheels, which texts they can set, and how wide these get.

Only the tables that say so are read (OpenType 1.9: cmap format 12, hhea, hmtx): whole fonts take seconds and memory.
"""

from __future__ import annotations

import importlib.util
import struct
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from bzpeer.kit.text import one_line

SERIF, SANS = "STIX Two Math", "Source Sans Pro"
_FILES = {
    SERIF: ("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
    SANS: ("font_source_sans_pro", "files/SourceSansPro-Regular.ttf"),
    f"{SANS} Semibold": ("font_source_sans_pro", "files/SourceSansPro-Semibold.ttf"),
    "DejaVu Sans": ("ziafont", "fonts/DejaVuSans.ttf"),  # Arabic, Hebrew, Armenian, Georgian
    "Noto Sans CJK JP": ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),  # Han, kana, hangul
}
_WEIGHTLESS = ("Mn", "Me", "Cf", "Cc")  # marks over letters, and what joins or directs them


@dataclass(frozen=True, slots=True)
class Face:
    """What a font file can set: runs of code points with the glyph of each run's first, and widths of glyphs."""

    starts: tuple[int, ...]
    runs: tuple[tuple[int, int, int], ...]
    advances: tuple[int, ...]
    em: int

    def advance(self, letter: str) -> float | None:
        """The width of a letter in ems; None where the font does not have it."""
        point = ord(letter)
        at = bisect_right(self.starts, point) - 1
        if at < 0 or point > self.runs[at][1]:
            return None
        first, _last, glyph = self.runs[at]
        return self.advances[min(glyph + point - first, len(self.advances) - 1)] / self.em


def files() -> list[str]:
    """The font files, in the order in which they are tried for a letter."""
    return [str(_path(family)) for family in _FILES]


def clean(text: str) -> str:
    """A text as pictures set it: composed, on one line, without controls."""
    return unicodedata.normalize("NFC", one_line(text))


def can_set(text: str) -> bool:
    """Whether some font has each letter: else boxes would stand for them."""
    return all(
        letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc") or _advance(SANS, letter) is not None
        for letter in clean(text)
    )


def width(text: str, size: float, family: str = SANS) -> float:
    """How wide a text gets, without kerning."""
    return size * sum(
        0.0 if unicodedata.category(letter) in _WEIGHTLESS else _advance(family, letter) or 0.0
        for letter in clean(text)
    )


def fit(text: str, room: float, size: float, family: str = SANS) -> str:
    """As much of a text as has room, with an ellipsis where something is left out."""
    text = clean(text)
    if width(text, size, family) <= room:
        return text
    while text and width(text + "…", size, family) > room:
        text = text[:-1].rstrip()
    return text + "…"


def wrap(text: str, room: float, size: float, *, most: int, family: str = SANS) -> list[str]:
    """At most this many lines, broken at spaces; the last one is cut to fit."""
    rest = clean(text).split()
    lines: list[str] = []
    while rest and len(lines) < most - 1:
        taken = 1
        while taken < len(rest) and width(" ".join(rest[: taken + 1]), size, family) <= room:
            taken += 1
        if width(" ".join(rest[:taken]), size, family) > room:
            break
        lines.append(" ".join(rest[:taken]))
        rest = rest[taken:]
    return [*lines, fit(" ".join(rest), room, size, family)] if rest else lines


@lru_cache(maxsize=4_096)
def _advance(family: str, letter: str) -> float | None:
    """In the font of this family, else in the first that has the letter."""
    for name in (family, *_FILES):
        if (found := _face(name).advance(letter)) is not None:
            return found
    return None


def _path(family: str) -> Path:
    package, name = _FILES[family]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package {package}, which brings {family}, is missing: run `make install`.")
    return Path(spec.origin).parent / name


@cache
def _face(family: str) -> Face:
    data = _path(family).read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    runs = _runs(data, tables[b"cmap"])
    metrics = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    advances = struct.unpack_from(">" + "H2x" * metrics, data, tables[b"hmtx"])
    em = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    return Face(tuple(run[0] for run in runs), runs, advances, em)


def _runs(data: bytes, cmap: int) -> tuple[tuple[int, int, int], ...]:
    """(first code point, last, glyph of the first) of the table that knows all of Unicode."""
    for record in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * record)[0]
        if struct.unpack_from(">H", data, table)[0] == 12:
            groups = struct.unpack_from(">I", data, table + 12)[0]
            return tuple(struct.iter_unpack(">III", data[table + 16 : table + 16 + 12 * groups]))
    raise ValueError("This font has no cmap of format 12.")
