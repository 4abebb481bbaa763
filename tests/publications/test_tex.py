"""TeX in titles and abstracts: what is shown, and that nothing is lost."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications import tex
from tests.publications.tex_safety import Elements, assert_safe, text_of

# ---------------------------------------------------------------- what is shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"an \emph{other} word", "an <em>other</em> word"),
        (
            r"\textbf{bold \textit{both}} {\em on} {\bf off}",
            "<strong>bold <em>both</em></strong> <em>on</em> <strong>off</strong>",
        ),
        (r"\texttt{code} \textsc{Caps}", '<code>code</code> <span class="tex-caps">Caps</span>'),
        (r"the 1\textsuperscript{st} 10^{-6}", "the 1<sup>st</sup> 10<sup>-6</sup>"),
        (r"97\% of R\&D \#1 a\_b \$5 \{x\}", "97% of R&amp;D #1 a_b $5 {x}"),
        (r"``Who is it?'' -- a---b, 3--4", "“Who is it?” – a—b, 3–4"),
        ("run --verbose, (--all)", "run --verbose, (--all)"),
        (r"L\'{e}vy, Erd\H{o}s, na\"{\i}ve, Gau\ss{}, {\L}", "Lévy, Erdős, naïve, Gauß, Ł"),
        (r"Fig.~1 costs ~5 s", "Fig.\u00a01 costs ~5 s"),
        (r"as in \cite{roe2018} and \ref{fig:a}", "as in [roe2018] and [fig:a]"),
        (r"{GAN}s in {0,1} and 1{,}500", "GANs in {0,1} and 1,500"),
        (r"\method{} beats \ours, \foo{bar}", r"\method beats \ours, \foo{bar}"),
        (r"\textcolor{red}{hot} \mbox{box} {\small x}", r"hot box x"),
        (r"$\textbf{L}$atent $\underline{q}$uantity", "<strong>L</strong>atent <em>q</em>uantity"),
        (r"\k{appa} = 1, \r{ho} = 2", "κ = 1, ρ = 2"),
        (r"x\footnote{aside} \enquote{said}", "x (aside) “said”"),
        (r"\begin{itemize} \item one \item two \end{itemize}", "• one • two"),
        (r"\alpha \times \LaTeX{}", "α × LaTeX"),
        ("<i>x</i> <sub>2</sub> & <b>", "&lt;i&gt;x&lt;/i&gt; &lt;sub&gt;2&lt;/sub&gt; &amp; &lt;b&gt;"),
        ("a\n  b\t\x00\u202ec", "a b c"),
        ("open {brace and \\textbf{bold", "open {brace and \\textbf{bold"),
        ("50% of {", "50% of {"),
        ("", ""),
    ],
)
def test_text_macros_mean_what_tex_means(source: str, shown: str) -> None:
    assert " ".join(tex.to_html(source).replace("\u00a0", "␣").split()) == shown.replace("\u00a0", "␣")


def test_comparisons_in_formulas_survive_intact() -> None:
    shown = tex.to_html("$a<b$ and $c>d$")

    assert shown == (
        "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math> and <math><mi>c</mi><mo>&gt;</mo><mi>d</mi></math>"
    )
    assert tex.to_plain("$a<b$ and $c>d$") == "a<b and c>d"


@pytest.mark.parametrize(
    "source",
    [
        "$5 and $10",
        "costs $5-$10 per run",
        "from $17.7K to $569",
        "a $285 budget",
        "about $20M in volume, more than $5M a year",
        "US$ 5 million",
        "$100/month vs. $200/month",
        "assumed $50/FN, $0.42/FP",
        "insignificant ($/FLOP difference) and then nothing to see here $",
    ],
)
def test_money_is_no_formula(source: str) -> None:
    assert tex.to_html(source) == source


@pytest.mark.parametrize(
    "source",
    [
        "$n$ and $m$",
        "$5$ and $10$",
        "$0.6674$ mIoU while $3$",
        "$140+$ hours",
        "${\\sim}$73,500 ${\\sim}$1",
        "$ x $",
        "$2 log n$",
    ],
)
def test_formulas_are_no_money(source: str) -> None:
    assert "<math>" in tex.to_html(source)
    assert "$" not in tex.to_html(source)


def test_a_price_before_a_formula_does_not_shift_the_dollars() -> None:
    assert (
        text_of(tex.to_html(r"a $3 38\% relative reduction ($\mathrm{Fa}$) ends"))
        == "a $3 38% relative reduction (Fa) ends"
    )


@pytest.mark.parametrize(
    "source", [r"\[x^2\]", "$$x^2$$", r"\begin{equation}x^2\end{equation}", r"\begin{align*}x^2\end{align*}"]
)
def test_displayed_formulas_are_blocks_in_abstracts_only(source: str) -> None:
    assert 'display="block"' in tex.to_html(source)
    assert "<math>" in tex.to_html(source, inline=True)
    assert text_of(tex.to_html(source)) == "x2"


@pytest.mark.parametrize(
    "formula",
    [
        r"\mathcal{O}(|\log(ε)|)",
        r"f(x)=\begin{cases}1 & \text{if } x_1>0\\0 & \text{otherwise}\end{cases}",
        r"\begin{pmatrix}a&b\\c&d\end{pmatrix}",
        r"O(n\,\mbox{polylog}\,n)",
        r"\text{a $x$ b}",
        r"\text{subset_A}",
        r"97%",
        r"\mathbbm{1}_{x\in A}",
        r"\R^n \to \mathbb{R}",
        r"\underset{x}{\arg\min} \lVert x\rVert_2",
        r"\sum_{\substack{a\\b}}",
        r"\color{red}x \textcolor{blue}{y}",
        r"\boxed{x} \cancel{y}",
        r"a\!b",
        r"\unicode{x2013}",
        r"\begin{split}a&=b\\c&=d\end{split}",
        r"\widetilde{\mathcal{O}}(d^{3/2})",
        r"{\rm d}x {\bf y} {\cal F}",
    ],
)
def test_formulas_become_mathml_without_style_attributes(formula: str) -> None:
    shown = tex.to_html(f"${formula}$")

    assert shown.startswith("<math>")
    assert " style=" not in shown
    assert "menclose" not in shown
    assert_safe(shown)


def test_the_cells_of_cases_are_aligned_by_classes() -> None:
    assert 'class="tex-left tex-flush-right tex-gap"' in tex.to_html(r"$\begin{cases}1&x\\0&y\end{cases}$")


def test_a_formula_that_cannot_be_rendered_stands_as_its_source() -> None:
    assert tex.to_html(r"the $\unknown{x}<1$ case") == 'the <code class="tex">$\\unknown{x}&lt;1$</code> case'


def test_links_go_to_the_web_only() -> None:
    shown = tex.to_html(
        r"\href{https://x.example/a\_b}{our \emph{site}}, https://y.example/z), arXiv:2101.00001v2, doi:10.1000/X. "
        r"\href{javascript:alert(1)}{no} \url{data:text/html,x}"
    )

    links = [attributes["href"] for tag, attributes in Elements(shown).seen if tag == "a"]
    assert links == [
        "https://x.example/a_b",
        "https://y.example/z",
        "https://arxiv.org/abs/2101.00001",
        "https://doi.org/10.1000/x",
    ]
    assert text_of(shown) == (
        "our site, https://y.example/z), arXiv:2101.00001v2, doi:10.1000/X. no (javascript:alert(1)) data:text/html,x"
    )
    assert shown.count('rel="nofollow ugc noopener"') == 4


def test_titles_carry_no_links() -> None:
    assert "<a" not in tex.to_html(
        r"See https://x.example \href{https://y.example}{here} arXiv:2101.00001", inline=True
    )


def test_mail_addresses_are_masked() -> None:
    source = r"Mail jane.roe@mail.example.org, j\_roe@x.org or {ann,bob}@y.org; F1@5 and https://m.example/@roe.x stay"

    for shown in (text_of(tex.to_html(source)), tex.to_plain(source)):
        assert shown == "Mail j…@mail.example.org, j…@x.org or …@y.org; F1@5 and https://m.example/@roe.x stay"


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        (r"On $\alpha$-stable $O(n^2)$ \emph{laws}", "On α-stable O(n^2) laws"),
        (r"at 97\% ``so'' 10^{-6}", "at 97% “so” 10^-6"),
        (r"$\mbox{PSNR } = 15\%$", "PSNR = 15%"),
        ("<b>bold</b> & co", "<b>bold</b> & co"),
    ],
)
def test_plain_text_reads_well(source: str, plain: str) -> None:
    assert tex.to_plain(source) == plain


# ---------------------------------------------------------------- nothing lost, nothing raised

FRAGMENTS = [
    "$x$",
    "$",
    "$$",
    "{",
    "}",
    "{}",
    "\\",
    r"\emph{",
    r"\textbf",
    r"\[",
    r"\]",
    r"\frac{a}{b}",
    "%",
    "&",
    "<",
    "~",
    "--",
]
FRAGMENTS += [
    "``",
    "''",
    r"\href{https://x.example}",
    r"\cite{k}",
    r"\'",
    r"\v",
    "^{",
    "_{",
    "https://",
    "@",
    r"\begin{equation}",
    " ",
]


UNACCENTED = [fragment for fragment in FRAGMENTS if fragment not in {r"\'", r"\v", "\\"}]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=25))
def test_nothing_raises_and_everything_is_safe(parts: list[str]) -> None:
    source = "".join(parts)

    assert_safe(tex.to_html(source))
    assert isinstance(tex.to_plain(source), str)


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", *UNACCENTED]), max_size=20))
def test_no_word_is_lost(parts: list[str]) -> None:
    source = " ".join(parts)
    shown, plain = text_of(tex.to_html(source)), tex.to_plain(source)

    for word, times in Counter(re.findall("alpha|beta|gamma|delta", source)).items():
        assert letters(shown).count(word) >= times
        assert letters(plain).count(word) >= times


def letters(text: str) -> str:
    """Formulas set letters in letters of other alphabets and apart."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def test_words_of_real_abstracts_survive(shared_data: Path) -> None:
    """Words outside formulas, between blanks: each appears in the HTML and in the plain text as often as before."""
    for line in gzip.decompress((shared_data / "arxiv" / "snapshot-2026.jsonl.gz").read_bytes()).splitlines()[::9]:
        source = json.loads(line)["abstract"]
        if "@" in source:
            continue
        outside = re.sub(r"\$\$?[^$]*\$\$?|\\\[.*?\\\]|\\\(.*?\\\)|\\[a-zA-Z]+", " ", source, flags=re.DOTALL)
        shown, plain = text_of(re.sub(r"<math.*?</math>", " ", tex.to_html(source))), tex.to_plain(source)
        for word, times in Counter(re.findall(r"(?<!\S)[A-Za-z]{4,}(?=[\s.,;:])", outside)).items():
            assert shown.count(word) >= times
            assert plain.count(word) >= times


def test_nearly_every_formula_of_the_real_snapshot_is_rendered(shared_data: Path) -> None:
    rendered = failed = 0
    for path in sorted((shared_data / "arxiv").glob("*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            record = json.loads(line)
            for source in (record["title"], record["abstract"] or ""):
                if "$" in source or "\\" in source:
                    shown = tex.to_html(source)
                    assert " style=" not in shown
                    rendered += shown.count("<math")
                    failed += shown.count('<code class="tex">')

    assert rendered > 9_000
    assert failed / (rendered + failed) < 0.005
