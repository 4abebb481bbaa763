"""TeX that attacks: no payload becomes markup, and nothing hangs."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications import tex
from publications.tex import formulas
from tests.patience import patience
from tests.publications.tex_safety import assert_safe

# ---------------------------------------------------------------- nothing unsafe

SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=alert(1)></annotation-xml></math>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=data:text/html;base64,PHNjcmlwdD4=>x</a>",
    "<body onload=alert(1)>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<div style='width:expression(alert(1))'>x</div>",
    "<link rel=stylesheet href=//x.example>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//x.example>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title></title><script>alert(1)</script>",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<scr\u200bipt>alert(1)</script>",
    "<img src=`x` onerror=`alert(1)`>",
    "<x onclick=alert(1)>click</x>",
    r"\href{javascript:alert(1)}{x}",
    r"\href{https://x.example/\" onmouseover=alert(1)}{x}",
    r"\href{https://x.example}{<script>alert(1)</script>}",
    r"\href{ javascript:alert(1)}{x}",
    r"\url{javascript:alert(1)}",
    'https://x.example/"onmouseover=alert(1)',
    "https://x.example/'><script>alert(1)</script>",
    "arXiv:2101.00001<script>",
    "doi:10.1000/<script>alert(1)</script>",
    r"\emph{<img src=x onerror=alert(1)>}",
    r"\verb|<script>alert(1)</script>|",
    r"\cite{<script>alert(1)</script>}",
]


FORMULA_SCRIPTS = [
    r"\text{<script>alert(1)</script>}",
    r"\href{javascript:alert(1)}{x}",
    r"\class{x\" onload=alert(1)}{y}",
    r"\style{background:url(javascript:alert(1))}{y}",
    r"\unicode{x3c}script\unicode{x3e}",
    r"\text{\unicode{x3c}img src=x onerror=alert(1)\unicode{x3e}}",
    r"\html{<script>}",
    r"\eqref{x\" onclick=alert(1)}",
    r"\color{red;background:url(//x.example)}x",
    r"\begin{array}{l\" onload=alert(1)}x\end{array}",
    r"\def\a{<script>}\a",
    r"\includegraphics{x}",
    r"<script>alert(1)</script>",
    r"\operatorname{<img src=x onerror=alert(1)>}",
]


@pytest.mark.parametrize("payload", [*SCRIPTS, *(f"${payload}$" for payload in FORMULA_SCRIPTS)])
def test_no_payload_becomes_markup(payload: str) -> None:
    for frame in ("%s", "a %s b", r"\textbf{%s}", "$x$ %s $y$", "$%s$", r"\[%s\]", r"$\text{%s}$"):
        source = frame.replace("%s", payload)
        assert_safe(tex.to_html(source))
        assert_safe(tex.to_html(source, inline=True))


@pytest.mark.parametrize(
    "payload", [payload for payload in SCRIPTS if not re.search(r"\\|//|--|''|doi:|[\x00\t\u200b]", payload)]
)
def test_markup_in_a_title_is_shown_literally(payload: str) -> None:
    assert html.unescape(tex.to_html(payload, inline=True)) == payload
    assert "<" not in tex.to_html(payload, inline=True)


@given(
    st.lists(
        st.sampled_from([*SCRIPTS, *FORMULA_SCRIPTS, "$", "$$", "{", "}", r"\(", r"\)", r"\emph{", " ", "x"]),
        max_size=8,
    )
)
def test_no_mixture_becomes_markup(parts: list[str]) -> None:
    assert_safe(tex.to_html("".join(parts)))


# ---------------------------------------------------------------- nothing hangs

HOSTILE = {
    "braces": "{" * 20_000,
    "balanced braces": "{" * 10_000 + "}" * 10_000,
    "braces in a formula": "$" + "{" * 9_000 + "x" + "}" * 9_000 + "$",
    "a formula of 100 kB": "$" + "x+" * 50_000 + "$",
    "square roots": "$" + r"\sqrt" * 3_900 + " x$",
    "towers": "$" + "x^{" * 4_000 + "x" + "}" * 4_000 + "$",
    "fences": "$" + r"\left(" * 1_500 + "x" + r"\right)" * 1_500 + "$",
    "a macro bomb": r"$\def\a{xx}\def\b{\a\a\a\a}\def\c{\b\b\b\b}\def\d{\c\c\c\c}\d\d\d\d$",
    "a recursive macro": r"$\newcommand{\a}{\a\a}\a$",
    "dollars": "$" * 20_000,
    "separate dollars": "$ " * 10_000,
    "many formulas": "$x$ " * 5_000,
    "many different formulas": " ".join(f"$x_{{{n}}}$" for n in range(2_000)),
    "open formulas": r"\(" * 10_000,
    "open displays": r"\[" * 10_000,
    "open environments": r"\begin{equation}" * 1_200,
    "nested styles": r"\emph{" * 3_300 + "x" + "}" * 3_300,
    "nested links": r"\href{https://x.example}{" * 800 + "x" + "}" * 800,
    "unknown macros": r"\foo{" * 4_000,
    "backslashes": "\\" * 20_000,
    "accents": r"\'" * 10_000,
    "quotes": "`" * 20_000,
    "hyphens": "-" * 20_000,
    "at signs": "a@" * 10_000,
    "dots and an at sign": "a." * 9_000 + "@",
    "braces and at signs": "{" * 10_000 + "@" * 10_000,
    "addresses": "https://x.example/" + ")" * 19_000,
    "scripts": "x^{" * 6_000,
    "primes": "$x" + "'" * 1_900 + "$",
    "text arguments": "$" + r"\text{$" * 2_800,
    "matrices": "$" + r"\begin{matrix}" * 60 + r"\end{matrix}" * 60 + "$",
    "ten megabytes": "x" * 10_000_000,
    "ten megabytes of markup": "<b>&" * 2_500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_bounded_in_time_and_output(name: str) -> None:
    source = HOSTILE[name]
    formulas.to_mathml.cache_clear()
    formulas.to_line.cache_clear()

    with patience():
        shown, plain = tex.to_html(source), tex.to_plain(source)

    assert len(shown) <= 30 * len(source) + 60_000
    assert len(plain) <= 3 * len(source) + 1_000
    if len(source) <= 100_001 and source.count("{") <= 9_000:
        assert_safe(shown)
