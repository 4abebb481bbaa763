"""Formulas as text that people read: in mails."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications import tex


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"On $\frac{a+b}{c}$ and $\frac12$", "On (a+b)/c and 1/2"),
        (r"$x^2 + y^{n+1} = z_{ij}$", "x² + yⁿ⁺¹ = zᵢⱼ"),
        (r"$\alpha \le \beta$ in $O(n^{2/3}\log n)$", "α ≤ β in O(n^(2/3) log n)"),
        (r"$\mathbb{R}^d$ and H$_2$O", "ℝᵈ and H₂O"),
        (r"$\sqrt{n+1}$, $\sqrt[3]{x}$, $\sum_{i=1}^n x_i$", "√(n + 1), ∛x, ∑ᵢ₌₁ⁿ xᵢ"),
        (r"$e^{-\lambda t}$, $10^{-3}$, $2^{2^n}$", "e^(−λt), 10⁻³, 2^(2ⁿ)"),
        (r"$\bar{\nu}_\mu \to \hat{x}$", "ν̄_μ → x̂"),
        (r"$\dfrac{\partial f}{\partial x}$ and $\frac{1}{2\pi}$", "(∂f)/(∂x) and 1/(2π)"),
        (r"$\left(\frac12\right)^{2}$, $f'(x)$, $\binom{n}{k}$", "(1/2)², f′(x), (n choose k)"),
        (r"$\max_{i} x_i$, $\lim_{n\to\infty} a_n$, $\log(x)$", "maxᵢ xᵢ, lim_(n→∞) aₙ, log(x)"),
        (r"$\begin{pmatrix}1&2\\3&4\end{pmatrix}$", "(1, 2; 3, 4)"),
        (r"Erd\H{o}s--R\'enyi \emph{graphs} at 97\%", "Erdős–Rényi graphs at 97%"),
        ("$a<b$ and $c>d$", "a < b and c > d"),
        (r"$\nosuchcommand{x}$ stays", "x stays"),
        ("<b>markup</b> & a $5 price", "<b>markup</b> & a $5 price"),
    ],
)
def test_formulas_become_lines_of_unicode(source: str, text: str) -> None:
    assert tex.to_readable(source) == text


@given(st.text(alphabet=r"ab12^_{}\$ +-=/()&;frcsqtlogpim", max_size=60))
def test_whatever_is_written_becomes_one_line_without_controls(source: str) -> None:
    shown = tex.to_readable(source)

    assert re.search(r"[\x00-\x1f]", shown) is None
    assert shown == shown.strip()


def test_titles_of_real_papers_lose_no_word(shared_data: Path) -> None:
    """Every word outside formulas is there, and no formula leaves markup behind."""
    with gzip.open(shared_data / "arxiv" / "sample-neighbourhood.jsonl.gz", "rt") as lines:
        titles = [json.loads(line)["title"] for line in lines]
    for title in titles:
        shown = tex.to_readable(title)
        outside = re.sub(r"\$[^$]*\$|[\\{}~`'\"]", " ", title)
        assert "<m" not in shown
        missing = [word for word in re.findall(r"(?<![\w\\])[a-z]{4,}(?!\w)", outside) if word not in shown]
        assert len(missing) <= title.count("\\"), (title, shown)
