"""Where a text with TeX is written to: HTML through an allow-list, or plain text."""

from __future__ import annotations

import html
from typing import Final, Protocol

import nh3

from publications.tex import formulas, macros, readable

_MOST_FORMULAS: Final = 300  # in one text; the rest stands as source


class Writer(Protocol):
    """What the reader calls while it walks over a text."""

    links: bool

    def text(self, text: str) -> None: ...
    def open(self, tag: str) -> None: ...
    def close(self, tag: str) -> None: ...
    def formula(self, tex: str, source: str, *, display: bool) -> None: ...
    def link(self, address: str, label: str) -> None: ...


_OPENING: Final = {"tex-caps": '<span class="tex-caps">', "raised": "<sup>", "lowered": "<sub>"}
_CLOSING: Final = {"tex-caps": "</span>", "raised": "</sup>", "lowered": "</sub>"}
_PLAIN: Final = {"raised": "^", "lowered": "_"}


class HtmlWriter:
    """Collects HTML; `result` lets only known elements and attributes pass."""

    def __init__(self, *, inline: bool) -> None:
        self.links = not inline
        self._inline = inline
        self._formulas = 0
        self._parts: list[str] = []

    def text(self, text: str) -> None:
        self._parts.append(html.escape(text, quote=False))

    def open(self, tag: str) -> None:
        self._parts.append(_OPENING.get(tag) or f"<{tag}>")

    def close(self, tag: str) -> None:
        self._parts.append(_CLOSING.get(tag) or f"</{tag}>")

    def formula(self, tex: str, source: str, *, display: bool) -> None:
        self._formulas += 1
        mathml = formulas.to_mathml(tex, display and not self._inline) if self._formulas <= _MOST_FORMULAS else None
        self._parts.append(mathml or f'<code class="tex">{html.escape(source, quote=False)}</code>')

    def link(self, address: str, label: str) -> None:
        self._parts.append(f'<a href="{html.escape(address)}">{html.escape(label, quote=False)}</a>')

    def result(self) -> str:
        """The HTML, once more through an allow-list: whatever the reader did, nothing else passes."""
        joined = "".join(self._parts)
        return cleaner.clean(joined) if "<" in joined else joined


class PlainWriter:
    """Collects plain text."""

    def __init__(self) -> None:
        self.links = False
        self._formulas = 0
        self._parts: list[str] = []

    def text(self, text: str) -> None:
        self._parts.append(text)

    def open(self, tag: str) -> None:
        if tag in _PLAIN:
            self._parts.append(_PLAIN[tag])

    def close(self, tag: str) -> None:
        """Styles leave no trace in plain text."""

    def formula(self, tex: str, source: str, *, display: bool) -> None:
        self._formulas += 1
        self._parts.append(formulas.to_line(tex) if self._formulas <= _MOST_FORMULAS else source)

    def link(self, address: str, label: str) -> None:
        self._parts.append(label)

    def result(self) -> str:
        return " ".join("".join(self._parts).split())


class ReadableWriter(PlainWriter):
    """Collects text for people: x², CO₂, (a + b)/c."""

    def open(self, tag: str) -> None:
        """What is raised or lowered is collected until it closes."""
        if tag in _PLAIN:
            self._parts.append(_SHIFTED)

    def close(self, tag: str) -> None:
        if tag in _PLAIN and _SHIFTED in self._parts:
            start = len(self._parts) - 1 - self._parts[::-1].index(_SHIFTED)
            inner = "".join(self._parts[start + 1 :])
            self._parts[start:] = [readable.shift(inner, raised=tag == "raised")]

    def formula(self, tex: str, source: str, *, display: bool) -> None:
        self._formulas += 1
        self._parts.append(readable.to_readable(tex) if self._formulas <= _MOST_FORMULAS else source)

    def result(self) -> str:
        return super().result().replace(_SHIFTED, "")


_SHIFTED: Final = "\0"  # no text has it


# ---------------------------------------------------------------- the allow-list

_MATHML: Final = macros.words(
    "math mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mmultiscripts "
    "mprescripts mtable mtr mtd mstyle mpadded mphantom"
)
MATHML_ATTRIBUTES: Final = macros.words(
    "accent accentunder columnspan depth display displaystyle fence form height largeop linethickness lspace "
    "mathvariant maxsize minsize movablelimits rowspan rspace scriptlevel separator stretchy symmetric voffset width"
)
_TEXT_TAGS: Final = {"em", "strong", "code", "span", "sub", "sup", "a", "b", "i"}
TAGS: Final = {*_MATHML, *_TEXT_TAGS}
_ATTRIBUTES: Final = {**{tag: set(MATHML_ATTRIBUTES) for tag in _MATHML}, "a": {"href"}}
_CLASSES: Final = {
    **{tag: set(formulas.CLASSES) for tag in ("mrow", "mtd", "mspace", "mpadded", "mtext")},
    "code": {"tex"},
    "span": {"tex-caps"},
}


cleaner: Final = nh3.Cleaner(
    tags=TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    url_schemes={"http", "https"},
    link_rel="nofollow ugc noopener",
)
