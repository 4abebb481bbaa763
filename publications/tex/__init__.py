"""Titles and abstracts with bits of TeX, as safe HTML with MathML and as plain text. Pure, bounded, never raises."""

from __future__ import annotations

import html
import re
from typing import Final

from bzpeer.kit.text import one_line
from publications.tex.reader import read
from publications.tex.writers import HtmlWriter, PlainWriter, ReadableWriter

LONGEST: Final = 20_000  # characters; the longest abstract of arXiv has 2,800. Longer text is shown as its source.

__all__ = ["LONGEST", "to_html", "to_plain", "to_readable"]


def to_html(text: str, *, inline: bool = False) -> str:
    """Safe HTML of a title or abstract: formulas as MathML, styles, accents and dashes as TeX means them, links.

    Markup in the text is shown as text. `inline` is for titles: no links and no displayed formulas.
    A formula that cannot be rendered stands as its source in `<code class="tex">`.
    """
    line = with_masked_addresses(one_line(text))
    if len(line) > LONGEST:
        return html.escape(line, quote=False)
    writer = HtmlWriter(inline=inline)
    read(line, writer)
    return writer.result()


def to_plain(text: str) -> str:
    """The same text without markup: formulas in Unicode where they can be (x^2, α ≤ β), else as their source."""
    line = with_masked_addresses(one_line(text))
    if len(line) > LONGEST:
        return line
    writer = PlainWriter()
    read(line, writer)
    return writer.result()


def to_readable(text: str) -> str:
    """The same text for people who read it as text, in a mail: x², (a + b)/c, H₂O, never less than `to_plain` says."""
    line = with_masked_addresses(one_line(text))
    if len(line) > LONGEST:
        return line
    writer = ReadableWriter()
    read(line, writer)
    return writer.result()


_ADDRESS: Final = re.compile(
    r"(?:(?<![\w.+-])(?P<first>\w)[\w.+\\-]{0,63}|\\?\{[^{}@]{1,200}\\?\}) ?@ ?"
    r"(?P<host>(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24})\b"
)


def with_masked_addresses(text: str) -> str:
    """E-mail addresses as "j…@example.org": enough to recognise, too little to write to."""
    return _ADDRESS.sub(_masked, text) if "@" in text else text


def _masked(address: re.Match[str]) -> str:
    before = address.string[max(0, address.start() - 200) : address.start()].rpartition(" ")[2]
    if "://" in before:  # part of a link: https://example.org/@name
        return address[0]
    return f"{address['first'] or ''}…@{address['host']}"
