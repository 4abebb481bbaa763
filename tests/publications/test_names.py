"""Names: decoding, keys, blocks, initials, and author lists as providers print them."""

from __future__ import annotations

import gzip
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publications import names
from tests.patience import patience

LONG = 150_000  # characters: their square takes many minutes
ANY_TEXT = st.text(max_size=60) | st.text(alphabet="\\{}~'\"^`cvHk aeiLl$()[],;:&1A.é", max_size=40)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        (r"Llu\'is Torrell", "Lluís Torrell"),
        (r"Nguy\~ên", "Nguyễn"),
        (r"Nguy\~{\^e}n", "Nguyễn"),
        (r"Nguy{\~{\^{e}}}n", "Nguyễn"),
        (r"\DJ\~{\^o} Tr\`\^an", "Đỗ Trần"),
        (r"M\"uller", "Müller"),
        (r"M{\"u}ller", "Müller"),
        (r"M\"{u}ller", "Müller"),
        (r"{\L}ukasz", "Łukasz"),
        (r"\L{}ukasz", "Łukasz"),
        (r"Fran\c{c}ois", "François"),
        (r"Fran\c cois", "François"),
        (r"Mart{\'{\i}}n", "Martín"),
        (r"Mart\'\in", r"Mart\'\in"),
        (r"\v{S}olc", "Šolc"),
        (r"Dvo\v r\'ak", "Dvořák"),
        (r"Ren$\'e$ Roe", "René Roe"),
        (r"\O{}rsted", "Ørsted"),
        (r"Zarrie{\ss}", "Zarrieß"),
        (r"{\"O}zge Ala{\c{c}}am", "Özge Alaçam"),
        (r"J.~Roe", "J. Roe"),
        (r"Roe \& Doe", "Roe & Doe"),
        ("Ann\n  Roe", "Ann Roe"),
        ("e\u0301", "é"),
        ("Ann \u202eeoR\u202c\u200b\x00\ud800", "Ann eoR"),
    ],
)
def test_a_printed_name_is_decoded(printed: str, read: str) -> None:
    assert names.decode(printed) == read


def test_an_unknown_macro_loses_no_text() -> None:
    assert names.decode(r"Ann \unknown{Roe}") == r"Ann \unknown{Roe}"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Jean-Luc O’Brien", "jean luc obrien"),
        ("JEAN  LUC O'BRIEN", "jean luc obrien"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Anders Søgaard", "anders sogaard"),
        ("Đặng Thị Ánh", "dang thi anh"),
        ("İlkay Işık", "ilkay isik"),
        ("Weißmann", "weissmann"),
        ("Élodie Œuvray", "elodie oeuvray"),
        ("Ἀριστοτέλης", "αριστοτελησ"),
        ("Пётр Ильич", "петр ильич"),
        ("王 伟", "王伟"),
        ("김철수", "김철수"),
        ("山田 太郎", "山田太郎"),
        ("ガ", "ガ"),
        ("محمد بن سلمان", "محمد بن سلمان"),
        ("कृष्णा", "कृष्णा"),
        ("สมชาย", "สมชาย"),
        ("J.-P. Roe", "j p roe"),
        ("University of Somewhere, Elsewhere", "university of somewhere elsewhere"),
        ("", ""),
        (":", ""),
    ],
)
def test_the_key_folds_case_and_accents_and_keeps_every_script(name: str, key: str) -> None:
    assert names.key(name) == unicodedata.normalize("NFC", key)


@given(ANY_TEXT)
def test_a_key_of_a_key_is_itself(name: str) -> None:
    assert names.key(names.key(name)) == names.key(name)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F), min_size=1, max_size=20))
def test_case_does_not_matter_to_latin_names(name: str) -> None:
    assert names.key(name.upper().lower()) == names.key(name.lower().upper())


@given(ANY_TEXT)
def test_no_name_makes_a_function_fail(name: str) -> None:
    assert "\x00" not in names.decode(name)
    assert len(names.block(name)) <= len(names.key(name)) + 2
    assert names.is_initials(name) in {True, False}


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("Jane Roe", "roe j"),
        ("J. Roe", "roe j"),
        ("JP Roe", "roe j"),
        ("Roe, Jane", "roe j"),
        ("Roe J", "roe j"),
        ("Serre JP", "serre j"),
        ("Jane Q. Roe Jr.", "roe j"),
        ("Jane Roe III", "roe j"),
        ("Rodrigues-Jr Jose", "jose r"),
        ("José F. Rodrigues-Jr", "rodrigues j"),
        ("Ludwig van Beethoven", "beethoven l"),
        ("Hai LI", "li h"),
        ("王伟", "王伟"),
        ("Tony", "tony"),
        ("", ""),
    ],
)
def test_the_block_is_surname_and_first_initial(name: str, block: str) -> None:
    assert names.block(name) == block


@pytest.mark.parametrize(
    "name", ["J. Roe", "J Roe", "J.-P. Roe", "JP Roe", "Y.L. Roe", "Roe J", "Roe, J.", "Serre JP", "J. P. ROE", "Tony"]
)
def test_initials_spell_no_given_name(name: str) -> None:
    assert names.is_initials(name)


@pytest.mark.parametrize(
    "name", ["Jane Roe", "J. Jane Roe", "JANE ROE", "Li Wei", "LI WEI", "Hai LI", "王伟", "김철수"]
)
def test_a_spelled_out_name_is_no_initials(name: str) -> None:
    assert not names.is_initials(name)


@pytest.mark.parametrize(
    "name",
    [
        "The ATLAS Collaboration",
        "Team Hunyuan3D",
        "HY Vision Team",
        "SeFi-Team",
        "FANAR TEAM",
        "AI4SafeChole Consortium",
        "Isaric Clinical Characterisation Group",
        "Higgs Working Group",
        "Alzheimer's Disease Neuroimaging Initiative",
        "Li Auto Inc.",
        "OpenAI",
        "DeepSeek-AI",
    ],
)
def test_groups_and_organisations_are_collaborations(name: str) -> None:
    assert names.is_collaboration(name)


@pytest.mark.parametrize(
    "name", ["Jane Roe", "Juan Soler-Company", "J. Group", "Qingyao Ai", "Claude Shannon", "王伟", ""]
)
def test_people_are_no_collaborations(name: str) -> None:
    assert not names.is_collaboration(name)


def people(text: str) -> list[str]:
    return [author.name for author in names.parse_authors(text).authors]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. One, B. Two and C. Three", ["A. One", "B. Two", "C. Three"]),
        ("A. One; B. Two & C. Three", ["A. One", "B. Two", "C. Three"]),
        ("A. One,\n  B. Two,and C. Three", ["A. One", "B. Two", "C. Three"]),
        ("Ferdinand Anderson and Sandy Brand", ["Ferdinand Anderson", "Sandy Brand"]),
        ("Roe, Jane; Doe, John; One, A.", ["Jane Roe", "John Doe", "A. One"]),
        ("Jane Roe, John Doe; Ann One, Bob Two", ["Jane Roe", "John Doe", "Ann One", "Bob Two"]),
        ("Donald Roe, Jr., Fred Doe", ["Donald Roe Jr.", "Fred Doe"]),
        ("Donald Roe Jr. and Fred Doe", ["Donald Roe Jr.", "Fred Doe"]),
        ("Mia Roe*, Gabriel Doe1, Tales 0liva", ["Mia Roe", "Gabriel Doe", "Tales 0liva"]),
        ('Hai "Helen" Li and Wei (Wayne) Chen', ['Hai "Helen" Li', "Wei (Wayne) Chen"]),
        ("A. One, B. Two, A. One, B. Two", ["A. One", "B. Two"]),
        ("Wei Wang, Wei Wang, A. One", ["Wei Wang", "Wei Wang", "A. One"]),
        ("A. One) and B. Two", ["A. One", "B. Two"]),
        (r"Tony, Nguy\~ên", ["Tony", "Nguyễn"]),
        ("", []),
        (" , ;and, ", []),
    ],
)
def test_an_author_string_is_cut_into_people(text: str, expected: list[str]) -> None:
    assert people(text) == expected


def test_affiliations_stand_in_parentheses() -> None:
    read = names.parse_authors("A. One (MIT; ETH (Zürich, CH)), B. Two (Dept. of Things, X & Y Univ.) and C. Three")

    assert read.authors == (
        ("A. One", ("MIT", "ETH (Zürich, CH)")),
        ("B. Two", ("Dept. of Things, X & Y Univ.",)),
        ("C. Three", ()),
    )


@pytest.mark.parametrize(
    "legend", [" ((1) Dept X, Univ Y, (2) ETH (Zürich))", ", (1) Dept X, Univ Y, (2) ETH (Zürich)"]
)
def test_numbered_affiliations_are_looked_up_in_the_legend(legend: str) -> None:
    read = names.parse_authors(f"A. One (1), B. Two (1 and 2), C. Three (2){legend}")

    assert read.authors == (
        ("A. One", ("Dept X, Univ Y",)),
        ("B. Two", ("Dept X, Univ Y", "ETH (Zürich)")),
        ("C. Three", ("ETH (Zürich)",)),
    )


def test_a_place_that_nobody_points_to_is_kept_as_dropped() -> None:
    assert names.parse_authors("A. One (1) ((1) MIT, (2) ETH)").dropped == ("ETH",)


@pytest.mark.parametrize(
    ("text", "authors", "groups"),
    [
        (
            "The X Collaboration and the Y Collaboration, R. Roe",
            ["R. Roe"],
            ["The X Collaboration", "the Y Collaboration"],
        ),
        ("R. Roe for the ATLAS and CMS Collaborations", ["R. Roe"], ["ATLAS and CMS Collaborations"]),
        ("R. Roe (on behalf of the LHCb experiment)", ["R. Roe"], ["LHCb experiment"]),
        ("R. Roe on behalf of the X Consortium, A. One", ["R. Roe", "A. One"], ["X Consortium"]),
        ("Some Lab X, HY Vision Team, :, Jane Roe", ["Jane Roe"], ["Some Lab X", "HY Vision Team"]),
        ("The Q Team: Jane Roe, John Doe", ["Jane Roe", "John Doe"], ["The Q Team"]),
    ],
)
def test_groups_are_no_authors(text: str, authors: list[str], groups: list[str]) -> None:
    read = names.parse_authors(text)

    assert [author.name for author in read.authors] == authors
    assert list(read.collaborations) == groups


def test_what_is_nobody_is_dropped_with_a_trace() -> None:
    read = names.parse_authors("Jane Roe, :, GPT-5, 12, Claude Opus 4.1, x, roe@example.org, Claude Roe et al.")

    assert [author.name for author in read.authors] == ["Claude Roe"]
    assert read.collaborations == ("Jane Roe",)
    assert read.dropped == (":", "GPT-5", "12", "Claude Opus 4.1", "x", "roe@example.org", "et al.")


@given(st.text(alphabet="ABab ()(),;&:1*.\\{}é", max_size=80))
@example("\\AA")
def test_no_letter_of_an_author_string_is_lost(text: str) -> None:
    read = names.parse_authors(text)
    halved = names.parse_authors(text + ", Zz Zz").authors  # an odd list is never taken for a doubled one
    parts = [name + "".join(places) for name, places in (*read.authors, *halved)]
    kept = "".join([*parts, *read.collaborations, *read.dropped])

    printed = names.decode(text)  # a macro such as \\AA is a letter of its own
    assert all(kept.count(letter) >= (letter in printed) for letter in "AB")


@given(st.lists(st.sampled_from(["Jane Roe", "John Doe", "A. One"]), max_size=6))
def test_only_a_list_doubled_as_a_whole_is_halved(items: list[str]) -> None:
    half = list(names.halve_if_doubled(items + items))
    assert half == list(names.halve_if_doubled(items))
    assert list(names.halve_if_doubled([*items, "Odd"])) == [*items, "Odd"] or items == ["Odd"]


def test_three_thousand_authors_are_read_at_once() -> None:
    text = ", ".join(
        f"Jane{'abcdefghij'[n % 10]} Q. Roe{'klmnopqrst'[n // 10 % 10]}{'aeiou'[n % 5] * (n // 100)}"
        for n in range(3303)
    )

    with patience():
        read = [names.parse_authors(text), names.parse_authors(", ".join([text] * 9))]

    assert [len(one.authors) for one in read] == [3303, 29727]


@pytest.mark.parametrize(
    "hostile",
    [
        "(", ")", "()", "(1) ", ", ", "\\", "{", "for the ", " and", "\\'", "$", "$ ", "A:", "et ", "1 , ",
        "(" + "1," * 150_000,
    ],
)  # fmt: skip
def test_hostile_author_strings_take_linear_time(hostile: str) -> None:
    with patience():
        names.parse_authors((hostile * (LONG // len(hostile) + 1))[:LONG])


def test_every_author_string_of_the_real_snapshot_is_read(shared_data: Path) -> None:
    people = groups = 0
    for path in sorted((shared_data / "arxiv").glob("*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            read = names.parse_authors(json.loads(line)["authors"])
            assert read.authors or read.collaborations or read.dropped
            assert all(len(author.name) > 1 and names.key(author.name) for author in read.authors)
            people += len(read.authors)
            groups += len(read.collaborations)

    assert people > 157_000
    assert groups >= 50
