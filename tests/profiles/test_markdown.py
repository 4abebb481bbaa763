"""Markdown with TeX: what is set, what stands as text, and that nothing else passes (S18)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.collaborating import markdown
from tests.profiles.collaborators import refused


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nthree", "<p>One<br>\ntwo</p>\n<p>three</p>"),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"),
        ("# Plan", "<p><strong>Plan</strong></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        (
            "$a_b < c_d$",
            "<p><math><msub><mi>a</mi><mi>b</mi></msub><mo>&lt;</mo><msub><mi>c</mi><mi>d</mi></msub></math></p>",
        ),
        ("It costs $5 and $10.", "<p>It costs $5 and $10.</p>"),
        (r"$\nosuchmacro{x}$", r'<p><code class="tex">$\nosuchmacro{x}$</code></p>'),
        (r"\$x\$ \*y\*", "<p>$x$ *y*</p>"),
        ("<b>x</b> &lt; &copy;", "<p>&lt;b&gt;x&lt;/b&gt; &lt; ©</p>"),
        ("write to joan@mail.example", "<p>write to joan@mail.example</p>"),
    ],
)
def test_what_people_write_is_set(text: str, html: str) -> None:
    assert markdown.to_html(text).strip() == html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://example.org/a_b_c.", "https://example.org/a_b_c"),
        ("(http://example.org/x)", "http://example.org/x"),
        ("[here](https://example.org/y)", "https://example.org/y"),
        ("<https://example.org/z>", "https://example.org/z"),
    ],
)
def test_links_lead_to_the_web_and_carry_no_weight(text: str, address: str) -> None:
    assert f'<a href="{address}" rel="nofollow ugc noopener">' in markdown.to_html(text)


def test_a_displayed_formula_stands_alone() -> None:
    html = markdown.to_html("Before\n\n$$\\sum_i x_i$$\n\nafter $$y$$")

    wide = '<span class="wide" tabindex="0" role="group" aria-label="Formula"><math display="block">'
    assert html.count(wide) == html.count('<math display="block">') == 2
    assert "<p>Before</p>" in html


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/x.png)",
    "![x](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/account/logout/)",
    "<javascript:alert(1)>",
    "<mailto:joan@mail.example>",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example/"onclick="alert(1))',
    'https://a.example/"onclick="alert(1)',
    "https://a.example/<script>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<svg onload=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "$<img src=x onerror=alert(1)>$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<script>alert(1)</script>}$",
    "$\\unicode{x3c}script$",
    "$$</math><script>alert(1)</script>$$",
    "`<script>`",
    "```html onload=x\n<script>alert(1)</script>\n```",
    "| a |\n|:-:|\n| <b onclick=x> |",
    "<!-- --><script>alert(1)</script>",
    "<?php x ?>",
    "<![CDATA[<script>]]>",
    "\u202egnp.exe\u200b <b>",
    "<a href='https://a.example' style='position:fixed' class='x'>x</a>",
    "<iframe src=https://a.example></iframe>",
    "<form action=/x><input name=csrf></form>",
    "a\x00<script\x00>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<details open ontoggle=alert(1)>",
    "http://[::1]<b>",
]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not KNOWN.fullmatch(tag):
            self.wrong.append(tag)
        for name, value in attrs:
            if name == "href" and not re.match(r"https?://[^\s\"]", value or ""):
                self.wrong.append(f"{tag} href={value}")
            if name.startswith("on") or name in ("style", "src", "id", "xlink:href"):
                self.wrong.append(f"{tag} {name}")


KNOWN = re.compile(
    "p|br|hr|[uo]l|li|blockquote|pre|code|em|strong|[saib]|su[bp]|span|div|table|t(head|body|r|h|d)|m[a-z]+"
)


def wrong_in(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.wrong


@pytest.mark.parametrize("text", PAYLOADS)
def test_nothing_of_an_attack_passes(text: str) -> None:
    for variant in (text, f"- {text}", f"> {text}", f"**{text}**", f"[{text}](https://a.example)"):
        assert wrong_in(markdown.to_html(variant)) == []


@given(st.text(alphabet=st.sampled_from("<>&\"'`*_~$\\[]()!|#->:/ \nahtpscrij@.=1{}^"), max_size=80))
def test_no_text_makes_an_unknown_element_or_fails(text: str) -> None:
    html = markdown.to_html(text)

    assert wrong_in(html) == []
    assert isinstance(markdown.to_plain(text), str)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("# Plan\n\n**Bold** and $\\alpha^2$", "Plan\n\nBold and α^2"),
        ("- one\n  more\n- two", "- one\n  more\n\n- two"),
        ("1. a\n2. b", "1. a\n\n2. b"),
        ("> quoted\n> lines", "> quoted\n> lines"),
        ("[words](https://example.org/) https://example.org/x", "words (https://example.org/) https://example.org/x"),
        ("```\ncode\n```", "code"),
        ("<b>x</b>", "<b>x</b>"),
        ("", ""),
    ],
)
def test_plain_text_for_mails_and_previews(text: str, plain: str) -> None:
    assert markdown.to_plain(text) == plain


def test_a_text_is_stored_without_controls_and_within_bounds() -> None:
    assert markdown.cleaned("  a\r\nb\u202e\x00\u200b ") == "a\nb"
    assert len(markdown.cleaned("x" * 10_000)) == 10_000
    with refused("too-long"):
        markdown.cleaned("x" * 10_001)
    with refused("required"):
        markdown.cleaned(" \n\u200b")


def test_very_many_formulas_stand_as_source() -> None:
    html = markdown.to_html("$x$ " * 400)

    assert (html.count("<math>"), html.count('<code class="tex">$x$</code>')) == (300, 100)
