"""Walks over a text with bits of TeX and tells a writer what it finds: in linear time, without losing text."""

from __future__ import annotations

import re
from typing import Final

from bzpeer.kit import ids
from publications.names.decoding import ACCENT, decode_accent
from publications.tex import macros
from publications.tex.dollars import formula_end, is_prose
from publications.tex.writers import PlainWriter, Writer

_DEEPEST: Final = 12  # nested styles; deeper ones are read, not shown
_DEEPEST_LABEL: Final = 2
_CLOSERS: Final = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}

# Where a token may start. The set of characters comes first: only then does the search skip all others fast.
_TEX_MARK: Final = r"(?<=[\\${}`~])|(?<=')(?=')|(?<=-)(?=-)|(?<=[\^_])(?=\{)"
_LINK_MARK: Final = r"(?<=[hH])(?=ttps?:)|(?<=[aA])(?=r[xX]iv:)|(?<=[dD])(?=[oO][iI]:)"
_START: Final = re.compile(rf"[\\${{}}`~'^_-](?:{_TEX_MARK})")
_START_OR_LINK: Final = re.compile(rf"[\\${{}}`~'^_haAHdD-](?:{_TEX_MARK}|{_LINK_MARK})")
_LINK_MARKS: Final = ("://", "rXiv:", "rxiv:", "doi:", "DOI:")
_TOKEN: Final = re.compile(
    rf"""
      (?P<math>\$\$?|\\\(|\\\[)
    | (?P<url>\b(?i:https?)://(?:\\[_~%#&]|[^\s<>"{{}}|$`^\\]){{1,2000}})
    | (?P<arxiv>\b(?i:arXiv):\s?(?:\d{{4}}\.\d{{4,5}}|[a-z-]{{2,9}}(?:\.[A-Z]{{2}})?/\d{{7}})(?:v\d+)?)
    | (?P<doi>\b(?i:doi):\s?10\.\d{{4,9}}/[^\s<>"{{}}\\$]{{1,300}})
    | (?P<accent>(?=[\\{{])(?:{ACCENT.pattern}))
    | (?P<sign>\\[^a-zA-Z])
    | \\(?P<name>[a-zA-Z]+)\*?
    | (?P<brace>[{{}}])
    | (?P<quote>``|'')
    | (?P<dash>(?<!-)---?(?!-))
    | (?P<script>(?<=[\w)\]])[\^_]\{{)
    | (?P<tie>(?<=[\w.,;)])~(?=[\w\\$(\[]))
    """,
    re.VERBOSE,
)
_SWITCH: Final = re.compile(r"\{ ?\\([a-zA-Z]+)(?![a-zA-Z]) ?")
_ENVIRONMENT: Final = re.compile(r"\{ ?([a-zA-Z]{1,20})\*? ?\}")
_SCRIPT: Final = re.compile(r" ?[_^] ?(?:[\w*+-]|\\[a-zA-Z]+)?")
_PROTECTED: Final = re.compile(r"[\w.-]+|[,.:=<>~+-]|https?:\S+")
_TEXTUAL: Final = re.compile(  # dollars around what is no formula: "$\\textbf{L}$atent", "$\\href{…}{…}$"
    r"[ {]*\\(?:href|url|emph|cite[pt]?)\b|\\(?:text(?:bf|it|tt|sc|rm|sf)|underline)\{[^{}$\\^_]*\}$"
)
_WEB: Final = re.compile(r"https?://[^\s<>\"\\{}]+", re.IGNORECASE)
_PUNCTUATION: Final = ".,;:!?'\"”’*"


def read(text: str, writer: Writer, *, depth: int = 0) -> None:
    """Tell the writer the whole of the text, in its order."""
    start = _START_OR_LINK if any(mark in text for mark in _LINK_MARKS) else _START
    if start.search(text):
        _Reader(text, writer, start, depth).run()
    else:
        writer.text(text)


class _Reader:
    """One walk; the handler of each kind of token answers where to go on."""

    def __init__(self, text: str, writer: Writer, start: re.Pattern[str], depth: int) -> None:
        self._text = text
        self._writer = writer
        self._start = start
        self._depth = depth
        self._partners = _partners(text)
        self._endings: dict[int, str] = {}  # place of a closing brace: what ends there
        self._ends: list[int] = []  # places of the closing braces of what is open, innermost last
        self._skipped: set[int] = set()  # closing dollars around what is no formula
        self._absent: set[str] = set()  # delimiters that do not come any more
        self._handlers = {
            "math": self._math,
            "url": self._url,
            "arxiv": self._arxiv,
            "doi": self._doi,
            "accent": self._accent,
            "sign": self._sign,
            "name": self._name,
            "brace": self._brace,
            "quote": self._quote,
            "dash": self._dash,
            "tie": self._tie,
            "script": self._script,
        }

    def run(self) -> None:
        place = told = 0
        while start := self._start.search(self._text, place):
            match = _TOKEN.match(self._text, start.start())
            if not match:
                place = start.end()
                continue
            if match.start() > told:
                self._writer.text(self._text[told : match.start()])
            place = told = self._handlers[match.lastgroup or "sign"](match)
        self._writer.text(self._text[told:])
        while self._ends:
            self._leave()

    # ---- formulas

    def _math(self, match: re.Match[str]) -> int:
        opener, start = match[0], match.end()
        if match.start() in self._skipped:
            return match.start() + 1
        end = self._formula_end(opener, start)
        tex = self._text[start:end].strip() if end > 0 else ""
        if not tex or (opener == "$" and is_prose(tex, self._text[start:end], self._text[end + 1 : end + 2])):
            self._writer.text(opener[0])
            return match.start() + 1
        if opener == "$" and _TEXTUAL.match(tex):
            self._skipped.add(end)
            return start
        behind = end + len(opener)
        self._formula(tex, self._text[match.start() : behind], display=opener in {"$$", r"\["})
        return behind

    def _formula_end(self, opener: str, start: int) -> int:
        limit = self._ends[-1] if self._ends else len(self._text)
        if opener == "$":
            return formula_end(self._text, start, limit, self._partners)
        return self._find(_CLOSERS[opener], start, limit)

    def _find(self, delimiter: str, start: int, limit: int) -> int:
        """The next place of a delimiter before the limit, or -1."""
        if delimiter in self._absent:
            return -1
        place = self._text.find(delimiter, start)
        if place < 0:
            self._absent.add(delimiter)
        return place if place < limit else -1

    def _formula(self, tex: str, source: str, *, display: bool) -> None:
        if ACCENT.fullmatch(tex):
            self._writer.text(decode_accent(tex))
        else:
            self._writer.formula(tex, source, display=display)

    def _bare_formula(self, start: int, place: int) -> int:
        """A formula without dollars: the macro, its arguments, scripts behind it."""
        arguments = 0
        while True:
            argument = self._argument(place)
            if argument and arguments < 2:
                place, arguments = argument[1] + 1, arguments + 1
            elif (script := _SCRIPT.match(self._text, place)) and arguments:
                after = self._argument(script.end())
                place = after[1] + 1 if after and script[0].strip() in {"_", "^"} else script.end()
            else:
                break
        source = self._text[start:place]
        self._writer.formula(source, source, display=False)
        return place

    # ---- links

    def _url(self, match: re.Match[str]) -> int:
        address = _without_trailing(match[0])
        self._link(_unescaped(address), _unescaped(address))
        return match.start() + len(address)

    def _arxiv(self, match: re.Match[str]) -> int:
        return self._id("arxiv", match[0], match.start())

    def _doi(self, match: re.Match[str]) -> int:
        return self._id("doi", _without_trailing(match[0]), match.start())

    def _id(self, scheme: str, label: str, start: int) -> int:
        try:
            self._link(ids.url(scheme, ids.normalise(scheme, label)), label)
        except ValueError:
            self._writer.text(label)
        return start + len(label)

    def _link(self, address: str, label: str) -> None:
        if self._writer.links and _WEB.fullmatch(address):
            self._writer.link(address, label)
        else:
            self._writer.text(label)

    def _href(self, name: str, place: int) -> int:
        """\\href{address}{label} or \\url{address}; an address that is no web address is shown as text."""
        first = self._argument(place)
        if not first:
            self._writer.text(f"\\{name}")
            return place
        address = _unescaped(self._text[first[0] + 1 : first[1]].strip())
        second = self._argument(first[1] + 1) if name == "href" else None
        label = self._label(self._text[second[0] + 1 : second[1]]) if second else address
        self._link(address, label or address)
        if second and label != address and not _WEB.fullmatch(address):
            self._writer.text(f" ({address})")
        return (second or first)[1] + 1

    def _label(self, tex: str) -> str:
        if self._depth >= _DEEPEST_LABEL:
            return tex
        writer = PlainWriter()
        read(tex, writer, depth=self._depth + 1)
        return writer.result()

    # ---- characters

    def _accent(self, match: re.Match[str]) -> int:
        self._writer.text(decode_accent(match[0]))
        return match.end()

    def _sign(self, match: re.Match[str]) -> int:
        self._writer.text(macros.SIGNS.get(match[0], match[0]))
        return match.end()

    def _quote(self, match: re.Match[str]) -> int:
        self._writer.text("“" if match[0] == "``" else "”")
        return match.end()

    def _dash(self, match: re.Match[str]) -> int:
        """Two or three hyphens, unless they open the option of a command: "--verbose"."""
        before, after = self._text[match.start() - 1 : match.start()], self._text[match.end() : match.end() + 1]
        is_option = before in {"", " ", "(", "`"} and after.isalpha()
        self._writer.text(match[0] if is_option else "–" if match[0] == "--" else "—")
        return match.end()

    def _tie(self, match: re.Match[str]) -> int:
        self._writer.text("\u00a0")
        return match.end()

    def _script(self, match: re.Match[str]) -> int:
        """An exponent or index in running text: "10^{-6}"."""
        opened = match.end() - 1
        if opened not in self._partners:
            self._writer.text(match[0])
            return match.end()
        return self._enter("raised" if match[0][0] == "^" else "lowered", match.end(), self._partners[opened])

    # ---- macros and groups

    def _name(self, match: re.Match[str]) -> int:
        name, place = match["name"], match.end()
        if name in macros.LAYOUT:
            return self._behind_empty_group(place)
        if name in {"begin", "end"}:
            return self._environment(match)
        if name in {"href", "url"}:
            return self._href(name, place)
        if name == "verb":
            return self._verbatim(place)
        if argument := self._argument(place):
            return self._with_argument(name, match.start(), *argument)
        self._writer.text(macros.symbol(name) or f"\\{name}")
        return place

    def _with_argument(self, name: str, start: int, opened: int, closed: int) -> int:
        if name in macros.TAGS:
            return self._enter(macros.TAGS[name], opened + 1, closed)
        if name in macros.TRANSPARENT:
            return self._enter("", opened + 1, closed)
        if name in macros.ASIDES:
            self._writer.text(macros.ASIDES[name][0])
            return self._enter(macros.ASIDES[name][1], opened + 1, closed)
        if name in macros.BARE_MATH:
            return self._bare_formula(start, opened)
        if name in macros.SECOND and (second := self._argument(closed + 1)):
            return self._enter("", second[0] + 1, second[1])
        if name in macros.WITHOUT_ARGUMENT or name == "textcolor":
            return closed + 1
        if name in macros.REFERENCES:
            self._writer.text(f"[{self._text[opened + 1 : closed]}]")
            return closed + 1
        return self._unknown(name, opened, closed)

    def _unknown(self, name: str, opened: int, closed: int) -> int:
        """A macro of the author's own: its source, or the symbol it stands for, and its argument in braces."""
        inner = self._text[opened + 1 : closed]
        if damaged := inner.isalpha() and macros.symbol(name + inner):  # "\\k{appa}" was \\kappa once
            self._writer.text(damaged)
            return closed + 1
        symbol = macros.symbol(name)
        self._writer.text(symbol or f"\\{name}")
        if closed == opened + 1:
            return closed + 1
        if symbol:
            return self._enter("", opened + 1, closed)
        self._writer.text("{")
        return self._enter("}", opened + 1, closed)

    def _environment(self, match: re.Match[str]) -> int:
        environment = _ENVIRONMENT.match(self._text, match.end())
        if environment and match["name"] == "begin" and environment[1] in macros.EQUATIONS:
            ending = f"\\end{environment[0]}"
            end = self._find(ending, environment.end(), self._ends[-1] if self._ends else len(self._text))
            if end > 0:
                source = self._text[match.start() : end + len(ending)]
                self._writer.formula(source, source, display=True)
                return end + len(ending)
        if environment and environment[1] in macros.LISTS:
            self._writer.text(" ")
            return environment.end()
        self._writer.text(match[0])
        return match.end()

    def _verbatim(self, place: int) -> int:
        mark = self._text[place : place + 1]
        end = self._text.find(mark, place + 1, place + 200) if mark and not mark.isalnum() else -1
        if end < 0:
            self._writer.text("\\verb")
            return place
        self._writer.open("code")
        self._writer.text(self._text[place + 1 : end])
        self._writer.close("code")
        return end + 1

    def _brace(self, match: re.Match[str]) -> int:
        place = match.start()
        if self._ends and place == self._ends[-1]:
            self._leave()
        elif place in self._partners:
            return self._group(place, self._partners[place])
        else:
            self._writer.text(match[0])
        return match.end()

    def _group(self, opened: int, closed: int) -> int:
        """Braces that TeX does not print are not printed; those of a set or of code are."""
        switch = _SWITCH.match(self._text, opened)
        if switch and switch[1] in macros.SWITCHES:
            return self._enter(macros.SWITCHES[switch[1]], switch.end(), closed)
        inner = self._text[opened + 1 : closed]
        is_grouping = inner[:1] in {"\\", "$"} or _PROTECTED.fullmatch(inner)
        is_empty_behind_text = not inner and self._text[opened - 1 : opened].strip()
        if is_grouping or is_empty_behind_text:
            return self._enter("", opened + 1, closed)
        self._writer.text("{")
        return opened + 1

    def _enter(self, kind: str, start: int, closed: int) -> int:
        """Go into a group that ends at a closing brace; what it ends with is a tag, a text or nothing."""
        if kind in macros.STYLES:
            kind = kind if len(self._ends) < _DEEPEST else ""
            if kind:
                self._writer.open(kind)
        self._ends.append(closed)
        self._endings[closed] = kind
        return start

    def _leave(self) -> None:
        kind = self._endings.pop(self._ends.pop())
        if kind in macros.STYLES:
            self._writer.close(kind)
        elif kind:
            self._writer.text(kind)

    def _argument(self, place: int) -> tuple[int, int] | None:
        """The places of the braces of an argument that starts here."""
        if self._text[place : place + 1] == " ":
            place += 1
        partner = self._partners.get(place)
        return (place, partner) if partner is not None else None

    def _behind_empty_group(self, place: int) -> int:
        return place + 2 if self._text.startswith("{}", place) else place


def _partners(text: str) -> dict[int, int]:
    """The closing brace of each opening one; braces without a partner and escaped ones are not there."""
    partners: dict[int, int] = {}
    if "{" not in text:
        return partners
    opened: list[int] = []
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            partners[opened.pop()] = match.start()
    return partners


def _without_trailing(address: str) -> str:
    """An address in a sentence ends before its punctuation and before a parenthesis that it did not open."""
    while address:
        shorter = address.rstrip(_PUNCTUATION)
        for opening, closing in ("()", "[]"):
            if shorter.endswith(closing) and shorter.count(closing) > shorter.count(opening):
                shorter = shorter[:-1]
        if shorter == address:
            break
        address = shorter
    return address


def _unescaped(address: str) -> str:
    return re.sub(r"\\([_~%#&])(?:\{\})?", r"\1", address)
