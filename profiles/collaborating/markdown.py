"""Markdown with TeX, as people write it to each other: safe HTML that is rendered once and stored, or plain text.

CommonMark with tables, strike-through and plain links; formulas between dollars. No HTML and no pictures: either stands
as the text that it is. Links lead to http and https only. Whatever the parser does, an allow-list is the last step.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from bzpeer.kit.text import without_controls
from publications.tex import formulas, writers

LONGEST: Final = 10_000  # characters
MOST_FORMULAS: Final = 300  # in one text; the rest stands as source
SCHEMES: Final = frozenset({"http", "https"})
_MATH: Final = ("math_inline", "math_inline_double", "math_block")


def cleaned(text: str) -> str:
    """The text without controls and outer blanks; raises ValidationError when it is empty or too long."""
    text = without_controls(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if not text:
        raise ValidationError(_("Write a message."), code="required")
    if len(text) > LONGEST:
        said = {"most": LONGEST, "length": len(text)}
        message = _("A message has at most %(most)s characters; this one has %(length)s.")
        raise ValidationError(message % said, code="too-long")
    return text


def to_html(text: str) -> SafeString:
    """Safe HTML, for storing beside the text."""
    env: dict[str, Any] = {"formulas": 0}
    return mark_safe(_cleaner.clean(_markdown.render(text[:LONGEST], env)))  # noqa: S308 - by the allow-list


def to_plain(text: str) -> str:
    """The same as text for mails and previews: without marks, formulas in Unicode, addresses behind linked words."""
    return "\n\n".join(_plain_blocks(_markdown.parse(text[:LONGEST]))).strip()


# HTML


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in SCHEMES and bool(parts.netloc)


# An address in running text, as far as a sentence lets it go
_BARE: Final = re.compile(r"(?<![\w@/])https?://[^\s<>\"“”„«»]*[^\s<>\"“”„«»'’.,;:!?)\]*_~]", re.IGNORECASE)


def _link_bare(state: StateCore) -> None:
    """Addresses that stand in the text as they are become links; nothing of the text is lost."""
    for block in state.tokens:
        if block.type == "inline" and "://" in block.content:
            depth, children = 0, []
            for token in block.children or ():
                depth += (token.type == "link_open") - (token.type == "link_close")
                children += list(_linked(token.content)) if token.type == "text" and not depth else [token]
            block.children = children


def _linked(text: str) -> Iterator[Token]:
    reached = 0
    for found in _BARE.finditer(text):
        if _is_web(found[0]):
            yield Token("text", "", 0, content=text[reached : found.start()])
            yield Token("link_open", "a", 1, attrs={"href": found[0]})
            yield Token("text", "", 0, content=found[0])
            yield Token("link_close", "a", -1)
            reached = found.end()
    yield Token("text", "", 0, content=text[reached:])


def _formula(self: Any, tokens: Sequence[Token], place: int, options: Any, env: dict[str, Any]) -> str:
    token = tokens[place]
    env["formulas"] += 1
    display = token.type != "math_inline"
    mathml = formulas.to_mathml(token.content.strip(), display) if env["formulas"] <= MOST_FORMULAS else None
    shown = mathml or f'<code class="tex">{html.escape(_source(token), quote=False)}</code>'
    if mathml and display:
        shown = f"{_wide('span', _('Formula'))}{mathml}</span>"
    return f"<p>{shown}</p>\n" if token.type == "math_block" else shown


def _source(token: Token) -> str:
    mark = "$" if token.type == "math_inline" else "$$"
    return f"{mark}{token.content.strip()}{mark}"


def _wide(tag: str, name: str) -> str:
    """Begins what may be wider than its column and is then scrolled, by keys too."""
    return f'<{tag} class="wide" tabindex="0" role="group" aria-label="{html.escape(name)}">'


def _table_begins(*_args: Any) -> str:
    return f"{_wide('div', _('Table'))}<table>\n"


def _table_ends(*_args: Any) -> str:
    return "</table></div>\n"


def _heading_begins(*_args: Any) -> str:
    """A message is no page: its headings are bold lines and leave the page's own outline alone."""
    return "<p><strong>"


def _heading_ends(*_args: Any) -> str:
    return "</strong></p>\n"


def _made() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    markdown.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])
    markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    markdown.core.ruler.push("bare_links", _link_bare)
    markdown.validateLink = _is_web  # type: ignore[method-assign,assignment]  # their way
    for name in _MATH:
        markdown.add_render_rule(name, _formula)
    markdown.add_render_rule("table_open", _table_begins)
    markdown.add_render_rule("table_close", _table_ends)
    markdown.add_render_rule("heading_open", _heading_begins)
    markdown.add_render_rule("heading_close", _heading_ends)
    return markdown


_markdown: Final = _made()
_BLOCKS: Final = {"p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "s"}
_TABLE: Final = {"div", "table", "thead", "tbody", "tr", "th", "td"}
_MATHML: Final = {tag for tag in writers.TAGS if tag.startswith("m")}
_WIDE: Final = ("span", "div")  # around a formula, around a table
_cleaner: Final = nh3.Cleaner(
    tags={*writers.TAGS, *_BLOCKS, *_TABLE},
    attributes={
        **{tag: set(writers.MATHML_ATTRIBUTES) for tag in _MATHML},
        "a": {"href"},
        "ol": {"start"},
        **{tag: {"tabindex", "role", "aria-label"} for tag in _WIDE},
    },
    allowed_classes={
        **{tag: set(formulas.CLASSES) for tag in _MATHML},
        "code": {"tex"},
        **{tag: {"wide"} for tag in _WIDE},
    },
    url_schemes=set(SCHEMES),
    link_rel="nofollow ugc noopener",
)


# Plain text


def _plain_blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """One text for each paragraph, heading, code and line of a list or table."""
    marks: list[str] = []
    for token in tokens:
        if token.type == "list_item_open":
            marks.append(f"{token.info}{token.markup} " if token.info else "- ")
        elif token.type == "blockquote_open":
            marks.append("> ")
        elif token.type in ("list_item_close", "blockquote_close"):
            if marks:
                marks.pop()
        elif (said := _plain_block(token)) is not None:
            yield _marked(marks, said)
            marks = ["  " if mark != "> " else mark for mark in marks]


def _plain_block(token: Token) -> str | None:
    if token.type == "inline":
        return "".join(_plain_inline(token.children or ()))
    if token.type == "math_block":
        return formulas.to_line(token.content)
    if token.type in ("fence", "code_block"):
        return token.content.rstrip("\n")
    return None


def _marked(marks: list[str], said: str) -> str:
    first = "".join(marks)
    later = "".join(mark if mark == "> " else " " * len(mark) for mark in marks)
    return "\n".join(f"{later if number else first}{line}" for number, line in enumerate(said.split("\n")))


def _plain_inline(tokens: Sequence[Token]) -> Iterator[str]:
    address, words = "", ""
    for token in tokens:
        if token.type == "link_open":
            address, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close":
            yield f" ({address})" if address.removesuffix("/") != words.removesuffix("/") else ""
            address = ""
        else:
            said = _plain_text(token)
            words += said
            yield said


def _plain_text(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return formulas.to_line(token.content) if token.type in _MATH else token.content
