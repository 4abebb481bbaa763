"""HTML, JATS and MathML in the titles and abstracts of registries: tags out, meaning kept, `a < b` untouched."""

from __future__ import annotations

import html
import re
from typing import Final

# Only what registries really use counts as a tag: any other thing in angle brackets is text.
_NAMES: Final = (
    "i|b|em|strong|u|s|tt|code|small|big|span|div|p|br|hr|ul|ol|li|font|center|sub|sup|inf|scp?|italic|bold|monospace"
    "|underline|sans-serif|roman|title|sec|section|abstract|list|list-item|inline-formula|disp-formula|tex-math"
    "|alternatives|named-content|styled-content|xref|ext-link|email|break"
    "|math|m(?:i|n|o|s|row|sub|sup|subsup|frac|sqrt|root|text|style|space|over|under|underover|fenced|table|tr|td"
    "|stack|padded|phantom|error|multiscripts|prescripts)|semantics|annotation"
    "|(?:jats|mml|ns\\d|m):[a-z-]{1,30}"
)
_ATTRIBUTE: Final = r"""\s+(?!on|href|src)[a-z][\w:.-]{0,40}\s*=\s*(?:"[^"<>]{0,300}"|'[^'<>]{0,300}')"""
_TAG: Final = re.compile(rf"<(?P<close>/)?(?P<name>{_NAMES})(?:{_ATTRIBUTE}){{0,12}}\s*(?P<empty>/)?>", re.IGNORECASE)
_ALONE: Final = {"br", "hr", "break"}
_BLOCKS: Final = re.compile(
    r"(?:jats:)?(?:p|br|hr|div|title|sec|section|abstract|ul|ol|li|list|list-item|break)$", re.I
)
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
_INDEX: Final = re.compile(
    r"<(?P<name>sub|inf|sup|jats:sub|jats:sup)>(?P<inner>[\w+\-−.,*/=()′ ]{1,40})</(?P=name)>", re.IGNORECASE
)
_HEADING: Final = re.compile(
    r"<(?P<name>(?:jats:)?title)>\s*(?:abstract|summary|résumé|zusammenfassung)\s*[.:]?\s*</(?P=name)>", re.IGNORECASE
)
_CDATA: Final = re.compile(r"<!\[CDATA\[|\]\]>")


def to_text(value: str) -> str:
    """Text with TeX for what markup expressed: `H<sub>2</sub>O` becomes `H$_{2}$O`, `<i>Danio</i>` becomes `Danio`."""
    value = _without_tex_documents(value)
    if "<" in value:
        value = _without_tags(value)
    if "&" in value:
        unescaped = _ENTITY.sub(lambda match: html.unescape(match[0]), value)
        value = _without_tags(unescaped) if "<" in unescaped and "<" not in value else unescaped
    return value


def _without_tags(value: str) -> str:
    value = _CDATA.sub("", value)
    value = _HEADING.sub(" ", value)
    value = _INDEX.sub(_as_tex, value)
    paired = _paired(value)
    return _TAG.sub(lambda match: _replacement(match, paired), value)


def _as_tex(match: re.Match[str]) -> str:
    return f"${'^' if 'sup' in match['name'].lower() else '_'}{{{match['inner'].strip()}}}$"


def _paired(value: str) -> set[str]:
    """Names of tags that are opened and closed: `for all a<b and` opens nothing."""
    opened: set[str] = set()
    closed: set[str] = set()
    for match in _TAG.finditer(value):
        (closed if match["close"] or match["empty"] else opened).add(match["name"].lower())
        if match["empty"]:
            opened.add(match["name"].lower())
    return opened & closed | _ALONE


def _replacement(match: re.Match[str], paired: set[str]) -> str:
    name = match["name"].lower()
    if name not in paired and ":" not in name:
        return match[0]
    return " " if _BLOCKS.match(name) else ""


def _without_tex_documents(value: str) -> str:
    r"""`\documentclass … \begin{document}$$x$$\end{document}`, as a publisher ships formulas, is `$x$`."""
    if r"\documentclass" not in value:
        return value
    kept, place = [], 0
    while (start := value.find(r"\documentclass", place)) >= 0:
        begin = value.find(r"\begin{document}", start)
        end = value.find(r"\end{document}", begin)
        if begin < 0 or end < 0:
            break
        formula = value[begin + len(r"\begin{document}") : end].strip()
        kept += [value[place:start], " ", re.sub(r"^\$\$(.*)\$\$$", r"$\1$", formula), " "]
        place = end + len(r"\end{document}")
    return "".join([*kept, value[place:]])
