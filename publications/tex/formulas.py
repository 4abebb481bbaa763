"""One formula of LaTeX: as MathML Core without style attributes, or as a line of Unicode."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from math_core import LatexError, LatexToMathML
from pylatexenc.latex2text import LatexNodes2Text

# Guards: math-core recurses, and a stack that overflows ends the process (measured: 500 braces in a stack of 1 MB).
# Real formulas have at most 210 characters, 19 commands and 4 nested braces.
_LONGEST: Final = 2_000
_MOST_COMMANDS: Final = 100
_DEEPEST: Final = 20
_LONGEST_OUTPUT: Final = 60_000

_MACROS: Final = {
    # of packages that math-core does not know
    "mbox": r"\text{#1}",
    "hbox": r"\text{#1}",
    "textsuperscript": r"^{\text{#1}}",
    "textsubscript": r"_{\text{#1}}",
    "textnormal": r"\text{#1}",
    "ensuremath": "#1",
    "mathbbm": r"\mathbb{#1}",
    "mathds": r"\mathbb{#1}",
    "boldmath": "",
    "unboldmath": "",
    "em": "",
    "xspace": "",
    "nobreak": "",
    "allowbreak": "",
    "smash": "#1",
    "mathllap": "#1",
    "mathrlap": "#1",
    "mathclap": "#1",
    "uline": r"\underline{#1}",
    "wideparen": r"\widehat{#1}",
    "nicefrac": r"\frac{#1}{#2}",
    "sfrac": r"\frac{#1}{#2}",
    "flatfrac": r"\frac{#1}{#2}",
    "substack": r"\begin{subarray}{c}#1\end{subarray}",
    "ce": r"\mathrm{#1}",
    "SI": r"#1\,\mathrm{#2}",
    "si": r"\mathrm{#1}",
    "num": "#1",
    "smallsetminus": r"\setminus",
    "upmu": r"\mu",
    "euro": r"\text{€}",
    "textdegree": r"^{\circ}",
    "textperthousand": r"\text{‰}",
    "LaTeX": r"\text{LaTeX}",
    "AA": r"\text{Å}",
    "textless": "<",
    "textgreater": ">",
    # that authors forgot to take out, where there is one usual meaning
    "abs": r"\left|#1\right|",
    "norm": r"\left\|#1\right\|",
    "set": r"\{#1\}",
    "R": r"\mathbb{R}",
    "N": r"\mathbb{N}",
    "Z": r"\mathbb{Z}",
    "Q": r"\mathbb{Q}",
    "C": r"\mathbb{C}",
    "F": r"\mathbb{F}",
    "Real": r"\mathbb{R}",
    "reals": r"\mathbb{R}",
    "E": r"\mathbb{E}",
    "EE": r"\mathbb{E}",
    "PP": r"\mathbb{P}",
    "RR": r"\mathbb{R}",
    "ZZ": r"\mathbb{Z}",
    "NN": r"\mathbb{N}",
    "CC": r"\mathbb{C}",
    "QQ": r"\mathbb{Q}",
    "FF": r"\mathbb{F}",
    "Prob": r"\Pr",
    "Bin": r"\operatorname{Bin}",
    "GF": r"\mathrm{GF}",
    "PG": r"\mathrm{PG}",
    "NP": r"\mathsf{NP}",
    "PPAD": r"\mathsf{PPAD}",
    "PSPACE": r"\mathsf{PSPACE}",
    "EXP": r"\mathsf{EXP}",
    "bigO": r"\mathcal{O}(#1)",
    "eps": r"\varepsilon",
    "veps": r"\varepsilon",
    "lam": r"\lambda",
    "db": r"\,\mathrm{dB}",
    "dB": r"\,\mathrm{dB}",
    "argmin": r"\operatorname*{arg\,min}",
    "argmax": r"\operatorname*{arg\,max}",
    "polylog": r"\operatorname{polylog}",
    "poly": r"\operatorname{poly}",
    "rank": r"\operatorname{rank}",
    "diag": r"\operatorname{diag}",
    "sgn": r"\operatorname{sgn}",
    "sign": r"\operatorname{sign}",
    "supp": r"\operatorname{supp}",
    "tr": r"\operatorname{tr}",
    "Tr": r"\operatorname{Tr}",
    "Var": r"\operatorname{Var}",
    "Cov": r"\operatorname{Cov}",
    "KL": r"\operatorname{KL}",
    "T": r"\mathsf{T}",
}
_converter: Final = LatexToMathML(
    macros=_MACROS, fancy_error=False, allow_unreliable_rendering=True, max_expansions=200
)
_tex_to_text: Final = LatexNodes2Text(keep_comments=True, math_mode="text")

# ---------------------------------------------------------------- before


def _prepare(tex: str) -> str | None:
    """The formula as math-core wants it; None where rendering is not tried."""
    if len(tex) > _LONGEST or tex.count("\\") > 2 * _MOST_COMMANDS or _DEFINITION.search(tex):
        return None
    if len(_COMMAND.findall(tex)) > _MOST_COMMANDS or _depth(tex) > _DEEPEST:
        return None
    for pattern, replacement in _REPAIRS:
        tex = pattern.sub(replacement, tex)
    return _TEXT_ARGUMENT.sub(_repaired_text, tex).strip()


_COMMAND: Final = re.compile(r"\\[a-zA-Z]")
_DEFINITION: Final = re.compile(
    r"\\(?:[egx]?def|(?:re)?newcommand|providecommand|let|DeclareMathOperator|newenvironment)\b"
)
_REPAIRS: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"(?<!\\)%"), r"\%"),  # no abstract comments its formulas
    (re.compile(r"\\(?:text)?color\s?(?:\[\w*\])?\{[^{}]{0,50}\}"), ""),  # colours do not suit every page
    (
        re.compile(
            r"\\(?:label|tag\*?|vspace\*?)\{[^{}]{0,100}\}|\\(?:nonumber|notag|displaystyle|protect)(?![a-zA-Z])"
        ),
        "",
    ),
    (re.compile(r"\\[mh]box ?\{ ?\\boldmath ?\$([^${}]{1,200})\$ ?\}"), r"\\boldsymbol{\1}"),
    (re.compile(r"\\unicode\{x([0-9a-fA-F]{2,5})\}"), lambda code: f"\\text{{{chr(int(code[1], 16))}}}"),
    (re.compile(r"\\rule(?:\[[^\]]{0,20}\])?\{[^{}]{1,20}\}\{[^{}]{1,20}\}"), r"\\text{—}"),
    (re.compile(r"\\hspace\*"), r"\\hspace"),
    (re.compile(r"\\(begin|end)\{(?:split|align\*?|eqnarray\*?|multline\*?|flalign\*?)\}"), r"\\\1{aligned}"),
    (re.compile(r"\\(begin|end)\{gather\*?\}"), r"\\\1{gathered}"),
    (re.compile(r"\\(?:begin|end)\{(?:equation|displaymath|math)\*?\}"), ""),
    (re.compile(r"\\(?:tiny|scriptsize|footnotesize|small|large|Large)(?![a-zA-Z])\s?"), ""),
    (re.compile(r"\\mathop\s?\{\\(?:mathrm|rm|text)\s?\{?([a-zA-Z ]{1,20})\}?\}"), r"\\operatorname*{\1}"),
)
_TEXT_ARGUMENT: Final = re.compile(r"(\\(?:text(?:rm|bf|it|tt|sf|sc|up|normal)?|[mh]box|emph)\s?)\{([^{}]{0,500})\}")


def _repaired_text(match: re.Match[str]) -> str:
    """In a text argument "a_b" wants escaping, and "a $x$ b" is three parts."""
    inner = re.sub(r"(?<!\\)([_#&])", r"\\\1", match[2]) if "$" not in match[2] else match[2]
    parts = re.split(r"(?<!\\)\$", inner)
    if len(parts) % 2 == 0:
        return match[0]
    return "".join(f"{{{part}}}" if odd % 2 else f"{match[1]}{{{part}}}" for odd, part in enumerate(parts) if part)


def _depth(tex: str) -> int:
    """How deep braces nest at most."""
    depth = deepest = 0
    for brace in re.findall(r"[{}]", tex):
        depth += 1 if brace == "{" else -1
        deepest = max(deepest, depth)
    return deepest


# ---------------------------------------------------------------- after


@lru_cache(maxsize=4096)
def to_mathml(tex: str, display: bool = False) -> str | None:
    """MathML Core without style attributes; None where the formula cannot be rendered."""
    prepared = _prepare(tex)
    if not prepared:
        return None
    try:
        mathml = _converter.convert_with_local_state(prepared, displaystyle=display)
    except LatexError:
        return None
    if len(mathml) > _LONGEST_OUTPUT:
        return None
    mathml = _STYLE.sub(_as_class, mathml) if " style=" in mathml else mathml
    return _ENCLOSE.sub(_as_row, mathml) if "<menclose" in mathml else mathml


_STYLE: Final = re.compile(r' style="([^"]*)"')
_CLASS_BY_DECLARATION: Final = {
    "text-align:left": "tex-left",
    "text-align:right": "tex-right",
    "padding-left:0": "tex-flush-left",
    "padding-right:0": "tex-flush-right",
    "padding-left:1em": "tex-gap",
    "padding-top:0": "tex-tight",
    "margin-left:-0.16666667em": "tex-back",
    "border-right:0.05em solid currentcolor": "tex-rule-right",
    "border-left:0.05em solid currentcolor": "tex-rule-left",
    "border-top:0.05em solid currentcolor": "tex-rule-top",
    "border-bottom:0.05em solid currentcolor": "tex-rule-bottom",
    "font-variant-caps:small-caps": "tex-caps",
}
_ENCLOSE: Final = re.compile(r'<menclose notation="([a-z]+)">|</menclose>|<mrow class="menclose-[a-z]+"></mrow>')
CLASSES: Final = {*_CLASS_BY_DECLARATION.values(), "tex-box", "tex-strike"}


def _as_class(style: re.Match[str]) -> str:
    """The classes that stand for these declarations; others are dropped: the page's policy forbids style attributes."""
    declarations = (re.sub(r"\s*:\s*", ":", part.strip()) for part in style[1].split(";"))
    classes = [_CLASS_BY_DECLARATION[part] for part in declarations if part in _CLASS_BY_DECLARATION]
    return f' class="{" ".join(classes)}"' if classes else ""


def _as_row(tag: re.Match[str]) -> str:
    """`menclose` is no element of MathML Core: a row with a class does."""
    if tag[0].startswith("</"):
        return "</mrow>"
    if tag[1]:
        return f'<mrow class="{"tex-box" if tag[1] == "box" else "tex-strike"}">'
    return ""


# ---------------------------------------------------------------- as a line

_BOX: Final = re.compile(r"\\[mh]box(?![a-zA-Z])")


@lru_cache(maxsize=4096)
def to_line(tex: str) -> str:
    """The formula in Unicode as far as it goes ("α ≤ x^2"); its source where it cannot be read."""
    source = " ".join(tex.split())
    prepared = _prepare(source)
    if prepared is None:
        return source
    try:
        line = _tex_to_text.latex_to_text(_BOX.sub(r"\\text", prepared))
    except Exception:  # a parser of others on anybody's text, RecursionError included
        return source
    return " ".join(line.split()) or source
