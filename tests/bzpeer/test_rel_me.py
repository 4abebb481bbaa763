"""Links with rel="me": what counts, what was put on the page by others, and that no page takes long."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bzpeer.kit import rel_me
from bzpeer.kit.rel_me import MOST_CHARACTERS, MOST_TAGS, Unreadable, links
from tests.patience import patience

BASE = "https://uni.example/~joan/"
URL = "https://bzpeer.example/authors/A12/?claim=n0nce"
A = f'<a rel="me" href="{URL}">me</a>'


@pytest.mark.parametrize(
    "html",
    [
        A,
        f"<p>I am <b>{A}</b></p>",
        f'<html><head><link rel="me" href="{URL}"></head><body></body></html>',
        f"<A REL=ME HREF={URL}>x</A>",
        f'<a rel="author me noopener" href=" {URL} ">x</a>',
        f"<div class='commentary'>{A}</div>",
        f"<table><tr><td>{A}</table>",
        f"<!-- a remark --><ul><li>{A}</ul>",
        f"<svg><title>Logo</title><style>.a{{fill:red}}</style></svg>{A}",
        f"<noscript>no</noscript>{A}",
        f"<script>//<![CDATA[\nif (a < b) c()\n//]]></script>{A}",
    ],
)
def test_a_link_in_the_text_of_a_page_counts(html: str) -> None:
    assert links(html, BASE) == [URL]


@pytest.mark.parametrize(
    "html",
    [
        f"<!-- {A} -->",
        f"<!--> --><!-- {A} --!>",
        f"<!-- <!-- --> <!-- {A}",
        f"<iframe>{A}</iframe>",
        f"<iframe srcdoc='{A}'></iframe>",
        f"<template>{A}</template>",
        f"<div><template></div>{A}</template></div>",
        f"<template><table></template></table>{A}</template>",
        f"<noscript>{A}</noscript>",
        f"<textarea>{A}</textarea>",
        f"<title>{A}</title>",
        f"<style>{A}</style>",
        f"<script>document.write('{A}')</script>",
        f"<xmp>{A}</xmp>",
        f"<noembed>{A}</noembed>",
        f"<plaintext>{A}",
        f"<svg>{A}</svg>",
        f"<math>{A}</math>",
        f"<select><option>{A}</select>",
        f"<object>{A}</object>",
        f"<div title='{A}'>x</div>",
        f'<a title="{A.replace(chr(34), "&quot;")}">x</a>',
        A.replace("<", "&lt;"),
        f'<a rel="menu" href="{URL}">x</a>',
        f'<a rev="me" href="{URL}">x</a>',
        f'<a rel="me nofollow ugc" href="{URL}">x</a>',
        f'<a rel="me nofollow" href="{URL}">x</a>',
        f'<area rel="me" href="{URL}">',
        f'<form rel="me" action="{URL}">',
        "<a rel=me>x</a>",
        "<a rel=me href=''>x</a>",
        f"<section id='comments'><p>{A}</p></section>",
        f"<ol class='comment-list'><li>{A}</ol>",
        f"<div class='wp-block comment-body'>{A}</div>",
        f"<div itemtype='https://schema.org/Comment'>{A}</div>",
        f"<div id=disqus_thread>{A}</div>",
    ],
)
def test_a_link_that_the_page_does_not_say_itself_does_not_count(html: str) -> None:
    assert links(html, BASE) == []


def test_links_are_absolute_in_their_order_and_each_once() -> None:
    html = f"<a rel=me href=/cv>cv</a>{A}<a rel=me href=../joan>j</a>{A}<a rel=me href='javascript:x'>x</a>"

    assert links(html, BASE) == ["https://uni.example/cv", URL, "https://uni.example/joan"]


@pytest.mark.parametrize(
    "html",
    [
        A + "x" * MOST_CHARACTERS,
        A + "<b>" * MOST_TAGS,
        A + "<div>" * 300,
        A + "&" * 30_000,
        A + "<i" + "".join(f" a{number}" for number in range(500)) + ">",
        A + f"<svg><style><a {' '.join(map(str, range(20_000)))}></style></svg>",
        A + "<svg><![CDATA[></svg><style>]]></svg><div>",
    ],
)
def test_pages_that_would_take_long_are_not_read(html: str) -> None:
    with pytest.raises(Unreadable):
        links(html, BASE)


@pytest.mark.parametrize(
    "piece",
    [
        "<div>", "</p>", "<p>", "<b>", "<a rel=me href=x>", "<table>", "<table>x<tr>", "<select><table>", "<!--",
        "<![CDATA[",
        "<template>", "<svg>", "<svg><style>", "<svg><title><p>", "<frameset>", "<b><i><p></b>", "<font><p>",
        "&amp;",
        "&", "x ", "<", "<a ", "\0", "é", "<li><div>",
        "</x>", "<math><mi><p>", "<ruby><rt>", "<option>", "<a x='", "<?x",
        "<svg><![CDATA[><div>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "<div>" * 190, "<svg>", "<table>"])
def test_no_page_takes_long(piece: str, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    html = (A + before + piece * (MOST_CHARACTERS // len(piece)))[:MOST_CHARACTERS]
    lengths: list[int] = []
    parse = rel_me._parsed

    def noted(page: str, target: rel_me._Links) -> list[str]:
        lengths.append(len(page))
        return parse(page, target)

    monkeypatch.setattr(rel_me, "_parsed", noted)
    monkeypatch.setattr(rel_me, "_Links", _Counted)
    monkeypatch.setattr(_Counted, "calls", 0)

    with patience(), suppress(Unreadable):
        links(_within(html), BASE)

    assert _Counted.calls <= 2 * MOST_TAGS + 1_000  # no parser makes much more of a page than it holds
    assert max(lengths, default=0) <= MOST_CHARACTERS


class _Counted(rel_me._Links):
    """Counts what the parser tells."""

    calls = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        _Counted.calls += 1
        super().start(tag, attributes)

    def end(self, tag: str) -> None:
        _Counted.calls += 1
        super().end(tag)

    def data(self, text: str) -> None:
        _Counted.calls += 1
        super().data(text)


def _within(html: str) -> str:
    """As much of the page as is read at all."""
    parts = html.split("<")
    html = "<".join(parts[: MOST_TAGS + 1])
    if html.count("&") > 20_000:
        html = html[: html.index("&") + 20_000]
    return html


_WORDS = st.sampled_from(
    ["<", ">", "</", "/>", "a", "link", "rel", "=", '"', "'", "me", "href", " ", "<!--", "-->", "<template>",
     "</template>",      "<iframe", "srcdoc", "<textarea>", "</textarea>", "<svg>", "<style>", "&#0;",
     "&lt;", "\0", "\ud800", "<table>",
     URL, A]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(_WORDS, max_size=200).map("".join)))
def test_fuzz(html: str) -> None:
    found: list[str] = []
    with patience(), suppress(Unreadable):
        found = links(html, BASE)

    assert all(isinstance(link, str) and link for link in found)
