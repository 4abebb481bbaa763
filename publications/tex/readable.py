"""A formula as a line that people read: MathML in, Unicode out. For mails, where neither MathML nor TeX is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from publications.tex import formulas

_RAISED: Final = str.maketrans("0123456789+−=()abcdefghijklmnoprstuvwxyzT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ")
_LOWERED: Final = str.maketrans("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_LONGEST_SHIFTED: Final = 6  # characters that are raised or lowered one by one
_ACCENTS: Final = dict(
    zip("ˆ^¯‾˜~→⃗˙¨ˇ", "\u0302\u0302\u0304\u0304\u0303\u0303\u20d7\u20d7\u0307\u0308\u030c", strict=True)
)
_APART: Final = set("=≠<>≤≥≪≫≈≃≅∼≡∝→←↔⇒⇔↦∈∉⊂⊆⊃⊇∪∩∧∨×±∓⊗⊕∣≲≳≔")
_INVISIBLE: Final = re.compile("[\u2061-\u2064\ufe00-\ufe0f\u200b]")
_FACTORS: Final = re.compile(r"[\w.′∞⁰-⁹₀-₉ᵃ-ᶿᵀⁱⁿ\u0300-\u036f\u20d7]+|\([^()]*\)|√\w|.")
_ONE_TERM: Final = re.compile(r"\d+(\.\d+)?|\w[′₀-₉ᵢⱼ\u0300-\u036f\u20d7]*|\([^()]*\)|√\w|.")
_NAME: Final = "\x1f"  # around a function's name: a blank beside letters and digits, else nothing
_BETWEEN_WORDS: Final = re.compile(f"(?<=[^\\W_])[{_NAME} ]*{_NAME}[{_NAME} ]*(?=\\w)")
_NAMED: Final = re.compile(r"&(?!lt;|gt;|amp;|quot;|apos;|#)\w+;")  # XML knows five names of signs, HTML all
_ROOTS: Final = {"3": "∛", "4": "∜"}


@lru_cache(maxsize=4096)
def to_readable(tex: str) -> str:
    """The formula in Unicode: x², (a + b)/c, ∑ᵢ₌₁ⁿ xᵢ; as far as it goes where it cannot be rendered."""
    mathml = formulas.to_mathml(tex)
    if mathml is None:
        return formulas.to_line(tex)
    try:
        return _tidy(_read(fromstring(_NAMED.sub(lambda name: unescape(name[0]), mathml))))  # noqa: S314 - made by our own converter
    except (ParseError, RecursionError):
        return formulas.to_line(tex)


def shift(text: str, *, raised: bool) -> str:
    """x² and xᵢ where Unicode has such signs for all of it, else x^q and x_(a/b)."""
    line = _tidy(text)
    line = line if any(word.isalpha() and len(word) > 1 for word in line.split()) else line.replace(" ", "")
    if line and not line.strip("′"):
        return line
    table = _RAISED if raised else _LOWERED
    if len(line) <= _LONGEST_SHIFTED and all(ord(sign) in table for sign in line):
        return line.translate(table)
    return f"{'^' if raised else '_'}{_as_term(line)}" if line else ""


def _tidy(text: str) -> str:
    text = _BETWEEN_WORDS.sub(" ", text).replace(_NAME, "")
    return " ".join(text.split()).replace("( ", "(").replace(" )", ")").replace(" ,", ",")


def _as_term(text: str, like: re.Pattern[str] = _ONE_TERM) -> str:
    """In brackets where what stands beside it could be read into it."""
    line = _tidy(text)
    return line if like.fullmatch(line) else f"({line})"


def _read(element: Element) -> str:
    return _READERS.get(element.tag, _row)(element)


def _row(element: Element) -> str:
    return "".join(_read(child) for child in element)


def _token(element: Element) -> str:
    return _INVISIBLE.sub("", element.text or "")


def _name(element: Element) -> str:
    """A function's name stands apart from letters: n log n, log(n)."""
    text = _token(element).replace("\u00a0", " ")
    return f"{_NAME}{text}{_NAME}" if len(text) > 1 and text.isascii() else text


def _operator(element: Element) -> str:
    """Relations stand apart, and so do plus and minus between two terms."""
    text = _token(element)
    if text.isalpha():
        return _name(element)
    is_sign = element.get("lspace") == "0" or element.get("form") == "prefix"
    if text in _APART or (text in {"+", "−"} and not is_sign):
        return f" {text} "
    return f"{text} " if text in {",", ";"} else text


def _fraction(element: Element) -> str:
    above, below = (_read(child) for child in element)
    if element.get("linethickness") == "0":
        return f"{_tidy(above)} choose {_tidy(below)}"
    return f"{_as_term(above, _FACTORS)}/{_as_term(below)}"


def _scripts(*raised: bool) -> Callable[[Element], str]:
    def read(element: Element) -> str:
        base, *shifted = (_read(child) for child in element)
        said = "".join(shift(text, raised=up) for text, up in zip(shifted, raised, strict=True))
        if base.endswith(_NAME):
            return f"{base.removesuffix(_NAME)}{said}{' ' if said.endswith(')') else _NAME}"
        return f"{base}{said}{' ' if base in {'∑', '∏', '∫'} else ''}"

    return read


def _over(element: Element) -> str:
    base, above = (_read(child) for child in element)
    if element.get("accent") != "true":
        return _scripts(True)(element)
    mark = _ACCENTS.get(above.strip(), "")
    return f"{base}{mark}" if len(base.strip()) == 1 else base


def _square_root(element: Element) -> str:
    return f"√{_as_term(_row(element))}"


def _root(element: Element) -> str:
    under, degree = (_read(child) for child in element)
    sign = _ROOTS.get(degree) or f"{shift(degree, raised=True)}√"
    return f"{sign}{_as_term(under)}"


def _table(element: Element) -> str:
    return "; ".join(", ".join(_tidy(_read(cell)) for cell in row) for row in element)


_READERS: Final[dict[str, Callable[[Element], str]]] = {
    "mi": _name,
    "mn": _token,
    "ms": _token,
    "mtext": _token,
    "mo": _operator,
    "mspace": lambda element: " " if element.get("width") else "",
    "mfrac": _fraction,
    "msup": _scripts(True),
    "msub": _scripts(False),
    "msubsup": _scripts(False, True),
    "mover": _over,
    "munder": _scripts(False),
    "munderover": _scripts(False, True),
    "msqrt": _square_root,
    "mroot": _root,
    "mtable": _table,
}
