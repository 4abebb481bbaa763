"""What TeX's text macros mean on a page."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pylatexenc.latex2text import LatexNodes2Text


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS: Final = {  # macros with an argument
    "emph": "em",
    "textit": "em",
    "textsl": "em",
    "underline": "em",
    "uline": "em",
    "textbf": "strong",
    "texttt": "code",
    "textsc": "tex-caps",
    "textsuperscript": "sup",
    "textsubscript": "sub",
}
SWITCHES: Final = {  # {\em …}
    "em": "em",
    "it": "em",
    "sl": "em",
    "itshape": "em",
    "slshape": "em",
    "bf": "strong",
    "bfseries": "strong",
    "tt": "code",
    "ttfamily": "code",
    "sc": "tex-caps",
    "scshape": "tex-caps",
}
TRANSPARENT: Final = words(  # whose argument stands for itself
    "mbox hbox text textrm textsf textup textmd textnormal fbox gls glspl Gls ac acs acl acp acf num si ensuremath "
    "revision rev blue red hl title"
)
SECOND: Final = {"textcolor", "foreignlanguage", "hyperlink", "scalebox", "raisebox", "colorbox", "texorpdfstring"}
REFERENCES: Final = words(  # their keys are all there is to show
    "cite citep citet citealp citealt citeauthor citeyear ref eqref cref Cref autoref autocite parencite textcite "
    "footcite"
)
ASIDES: Final = {
    "footnote": (" (", ")"),
    "footnotetext": (" (", ")"),
    "thanks": (" (", ")"),
    "enquote": ("“", "”"),
    "keywords": ("Keywords: ", ""),
    "Keywords": ("Keywords: ", ""),
    "abstract": ("", ""),
}
WITHOUT_ARGUMENT: Final = {"label", "color", "vspace", "hspace", "hypersetup", "pagestyle", "thispagestyle", "vskip"}
LAYOUT: Final = frozenset(SWITCHES) | words(
    "noindent small footnotesize scriptsize tiny normalsize large Large LARGE huge Huge par newline linebreak newpage "
    "smallskip medskip bigskip centering maketitle xspace protect normalfont upshape rm sf rmfamily sffamily mdseries "
    "footnotemark boldmath unboldmath displaystyle textstyle limits nolimits relax null indent hfill vfill sloppy "
    "raggedright allowbreak nobreak clearpage"
)
LISTS: Final = words("itemize enumerate description abstract center quote small flushleft")
EQUATIONS: Final = words("equation align gather multline eqnarray displaymath math split aligned flalign")
BARE_MATH: Final = words(  # formulas whose dollars are missing: "\\mathcal{O}(n)"
    "mathcal mathbb mathbf mathrm mathit mathsf mathfrak mathscr frac sqrt operatorname boldsymbol bm tilde hat bar "
    "vec overline widetilde widehat binom"
)
STYLES: Final = frozenset({*TAGS.values(), *SWITCHES.values(), "raised", "lowered"})
SIGNS: Final = {
    r"\%": "%",
    r"\$": "$",
    r"\&": "&",
    r"\#": "#",
    r"\_": "_",
    r"\{": "{",
    r"\}": "}",
    r"\ ": " ",
    r"\,": "\u2009",
    r"\;": " ",
    r"\:": " ",
    r"\>": " ",
    r"\!": "",
    r"\-": "",
    r"\/": "",
    r"\@": "",
    "\\\\": " ",
    r"\*": "",
}
SYMBOLS: Final = {
    "item": "• ",
    "and": " · ",
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "quad": " ",
    "qquad": " ",
    "eg": "e.g.",
    "ie": "i.e.",
    "etal": "et al.",
    "degree": "°",
    "textdegree": "°",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textbackslash": "\\",
}
_tex_to_text: Final = LatexNodes2Text(keep_comments=True)


@lru_cache(maxsize=4096)
def symbol(name: str) -> str:
    """The character that a macro without argument stands for (\\alpha: α); empty where it stands for none."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    try:
        shown = _tex_to_text.latex_to_text(f"\\{name}")
    except Exception:  # a parser of others on anybody's text
        return ""
    return shown if len(shown) <= 3 and "\\" not in shown else ""
