"""Pictures as PNG: cards of shared links and the export, in letters that there are fonts for."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree, html

from graph import card, exports, lettering, raster, slices, standalone, summaries
from graph.card import Card
from publications.models import Author, Institution
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import small_corpus

SVG = "{http://www.w3.org/2000/svg}"
CSS = Path(settings.BASE_DIR, "static/css/base.css")


@pytest.fixture
def root(db: None, empty_cache: None) -> Author:
    return small_corpus()[0]


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def texts(drawing: Any) -> list[str]:
    return [element.text or "" for element in drawing.iter(f"{SVG}text")]


def card_of(author: Author, *lines: str) -> Card:
    return Card("author", "Author", author.display_name, lines)


def drawn(author: Author, *lines: str) -> list[str]:
    return texts(card.drawing(card_of(author, *lines), slices.around(author.short_id)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Łukasz Ğreen-Đặng, Ὑπατία, Ёлкин", True),
        ("王伟 かな 김", True),
        ("محمد שלום Վահե გიორგი", True),
        ("e\u0301 composed", True),
        ("नमस्ते", False),
        ("สวัสดี", False),
        ("\U0001f389", False),
        ("", True),
    ],
)
def test_fonts_know_what_they_can_set(text: str, expected: bool) -> None:
    assert lettering.can_set(text) is expected


def test_text_is_cut_and_broken_to_its_room() -> None:
    assert lettering.fit("short", 500, 20) == "short"
    cut = lettering.fit("much too long for so little room", 100, 20)
    lines = lettering.wrap("a name of many words that needs lines", 150, 20, most=2)

    assert cut.endswith("…")
    assert lettering.width(cut, 20) <= 100
    assert len(lines) == 2
    assert all(lettering.width(line, 20) <= 150 for line in lines)
    assert lettering.width("ii", 20) < lettering.width("MM", 20)
    assert lettering.width("王", 20) == 20


def test_the_card_says_who_and_how_trusted_beside_the_slice(root: Author) -> None:
    said = drawn(root, "Trust 21 · Emerging", "L1 · Source-asserted")

    assert said[-6:-2] == ["Author", "Root", "Trust 21 · Emerging", "L1 · Source-asserted"]
    assert said[-2:] == ["bzpeer", "localhost:8000"]
    assert set(said[:-6]) >= {"Bea", "Cy", "Machine Learning", "Institute of Invention"}
    assert size(card.png(card_of(root), slices.around(root.short_id))) == (1200, 630)


def test_a_name_that_no_font_can_set_gives_way_to_the_id(root: Author) -> None:
    root.display_name = "नमस्ते"
    said = drawn(root, "หนึ่ง", "21 works")

    assert root.short_id in said
    assert "नमस्ते" not in said
    assert "หนึ่ง" not in said
    assert "21 works" in said


def test_marks_look_as_in_the_page(root: Author) -> None:
    drawing = card.drawing(card_of(root), slices.around(root.short_id))
    css = CSS.read_text()

    assert len(list(drawing.iter(f"{SVG}circle"))) == 3 + 1  # three people and the sign before the word
    assert f"--paper: light-dark({card.PAPER}" in css
    assert f"--muted: light-dark({card.MUTED}" in css
    assert {part.get("fill") for part in drawing.iter(f"{SVG}polygon")} == {
        standalone.COLOURS["topic"],
        standalone.COLOURS["institution"],
    }


def test_the_author_card_is_known_again_until_something_of_it_changes(client: Client, root: Author) -> None:
    address = f"/authors/{root.short_id}/graph.png"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    Author.objects.filter(pk=root.pk).update(display_name="Root Renamed")

    changed = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, first["Content-Type"], first["Cache-Control"]) == (
        200,
        "image/png",
        "public, max-age=30",
    )
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert not first.cookies


def test_a_card_is_drawn_once(client: Client, root: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/authors/{root.short_id}/graph.png"
    first = client.get(address).content
    monkeypatch.setattr(card, "png", lambda *_: pytest.fail("drawn again"))

    assert client.get(address).content == first


def test_who_is_hidden_has_no_card_and_who_was_merged_the_survivors(client: Client, root: Author) -> None:
    hidden, merged = make_author("Hidden", hidden=True), make_author("Merged", merged_into=root)
    under_hidden = make_author("Under", merged_into=hidden)

    assert client.get(f"/authors/{hidden.short_id}/graph.png").status_code == 404
    assert client.get(f"/authors/{under_hidden.short_id}/graph.png").status_code == 404
    assert client.get("/authors/A999999/graph.png").status_code == 404
    assert client.get(f"/authors/{merged.short_id}/graph.png")["Location"] == f"/authors/{root.short_id}/graph.png"


def test_works_topics_and_institutions_have_cards(client: Client, root: Author) -> None:
    work = make_work("A title", authors=[root, make_author("Hidden", hidden=True)], topics=[make_topic()], year=2020)
    place = Institution.objects.get()
    lines = summaries.card_of(slices.around(work.short_id))

    assert lines == Card("work", "Preprint, 2020", "A title", ("Root and 1 other",))
    for address in (f"/works/{work.short_id}", f"/topics/{make_topic().short_id}", f"/institutions/{place.short_id}"):
        assert size(client.get(f"{address}/graph.png").content) == (1200, 630)
    assert client.get("/works/W999999/graph.png").status_code == 404


def test_pages_name_their_cards_with_words_for_them(client: Client, root: Author) -> None:
    work = make_work("A title", authors=[root])
    pages = (root, work, make_topic(), Institution.objects.get())
    for page, path in [(page, page.get_absolute_url()) for page in pages] + [(root, f"/graph/?root={root.short_id}")]:
        tree = html.fromstring(client.get(path).content)
        said = {meta.get("property") or meta.get("name"): meta.get("content") for meta in tree.cssselect("meta")}

        picture = str(said["og:image"])
        assert picture.startswith("http://localhost:8000/")
        assert picture.endswith(f"/{page.short_id}/graph.png")
        assert client.get(picture.removeprefix("http://localhost:8000")).status_code == 200
        assert said["twitter:card"] == "summary_large_image"
        assert all(said[f"og:{name}"] for name in ("title", "description", "url", "site_name", "image:alt"))


def test_names_stay_text_in_what_pages_say_of_their_cards(client: Client, root: Author) -> None:
    evil = make_author('"><script>alert(1)</script>')

    tree = html.fromstring(client.get(evil.get_absolute_url()).content)

    said = {meta.get("property"): meta.get("content") for meta in tree.cssselect("meta[property]")}
    assert said["og:title"] == evil.display_name
    assert str(said["og:image:alt"]).startswith(evil.display_name + ", with a picture")
    assert client.get(f"/authors/{evil.short_id}/graph.png").status_code == 200


def test_the_export_is_the_picture_at_twice_its_size(client: Client, root: Author) -> None:
    answer = client.get("/api/v1/graph", {"root": root.short_id, "format": "png"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Content-Disposition"] == f'attachment; filename="bzpeer-{root.short_id}.png"'
    assert size(answer.content) == (2000, 1400)


def test_labels_without_letters_are_left_out_of_the_export(root: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def look(drawing: Any) -> bytes:
        seen.extend(texts(drawing))
        return b""

    monkeypatch.setattr(raster, "png", look)
    Author.objects.filter(display_name="Bea").update(display_name="नमस्ते")

    exports.png(slices.around(root.short_id, limit=50).document)

    assert "" in seen
    assert "Cy" in seen
    assert "नमस्ते" not in seen


def test_letters_of_every_script_are_drawn_as_themselves() -> None:
    """Boxes for missing letters would look alike."""

    def picture(text: str) -> bytes:
        drawing = etree.fromstring(
            f'<svg xmlns="{SVG[1:-1]}" width="90" height="40"><text y="30" x="9">{text}</text></svg>'
        )
        drawing[0].attrib.update({"font-family": lettering.SANS, "font-size": "30"})
        return raster.png(drawing)

    for one, other in (
        ("王", "李"),
        ("김", "박"),
        ("م", "ن"),
        ("ש", "ם"),
        ("Ж", "Ш"),
        ("Ω", "Φ"),
        ("Վ", "Հ"),
        ("გ", "ო"),
    ):
        assert picture(one) != picture(other)
    assert picture("न") == picture("म")  # no font: boxes, hence can_set


def test_what_takes_too_long_is_stopped(client: Client, root: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "LONGEST", 0.001)  # drawing's process takes longer to start

    page = client.get(f"/authors/{root.short_id}/graph.png")
    api = client.get("/api/v1/graph", {"root": root.short_id, "format": "png"})

    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert (api.status_code, api["Content-Type"]) == (503, "application/problem+json")


def test_robots_are_told_what_is_computed_for_each_visit(client: Client) -> None:
    answer = client.get("/robots.txt")

    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /api/", "Disallow: /graph", "Disallow: /search"} <= set(lines)
    assert not any(line.startswith("Sitemap") for line in lines)


def test_a_picture_whose_turn_does_not_come_is_asked_for_again_later(
    client: Client, root: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raster, "LONGEST_WAIT", 0.01)
    address = f"/authors/{root.short_id}/graph.png"

    with raster._turn:
        refused = client.get(address)
    drawn_then = client.get(address)

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert (drawn_then.status_code, drawn_then["Content-Type"]) == (200, "image/png")
