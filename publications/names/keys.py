"""Keys for comparing names: the folded full name, the block of candidates, and whether a given name is spelled out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from publications.names.decoding import LETTER, decode

_UNDECOMPOSED: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n", "æ": "ae", "œ": "oe", "þ": "th"}
)
_APOSTROPHES: Final = str.maketrans("", "", "'’‘`´′ʹʼʻʽʾʿ·‧")
_FOLDED_SCRIPTS: Final = ("LATIN", "GREEK", "CYRILLIC")
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
CJK: Final = re.compile(
    r"[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    r"\uf900-\ufaff\U00020000-\U0003ffff\s]+"
)
_CAPITAL_RUN: Final = re.compile(r"\b[A-Z]{2,3}\b")
_VOWEL_OR_SURNAME: Final = re.compile("[aeiouy]|^ng$")
SUFFIXES: Final = {"jr", "sr", "ii", "iii", "iv", "junior", "phd", "md"}


@lru_cache(maxsize=65536)
def key(name: str) -> str:
    """The normalised full name: case and accents folded, punctuation blank, every script kept; stable when repeated.

    "Joan Bruna" and "JOAN  BRUNA" are both "joan bruna"; a name in Chinese, Japanese or Korean loses its blanks.
    Names of topics, sources and institutions sort by it too.
    """
    plain = decode(name).translate(_APOSTROPHES)
    if plain.isascii():
        return " ".join(_ASCII_WORD.findall(plain.lower()))
    words = "".join(char if _is_kept(char) else " " for char in _fold(plain)).split()
    joined = " ".join(words)
    return "".join(words) if words and CJK.fullmatch(joined) else joined


def given_name_first(name: str) -> str:
    """Turn "Bruna, Joan" into "Joan Bruna", for providers that print surnames first; "Johann, Jr." stays."""
    surname, comma, given = name.partition(",")
    if not comma or "," in given or not given.strip() or key(given) in SUFFIXES:
        return name
    return f"{given.strip()} {surname.strip()}"


def _fold(name: str) -> str:
    """Casefold and take accents off Latin, Greek and Cyrillic letters; other scripts keep their marks."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    folded = unicodedata.normalize("NFKD", folded).translate(_APOSTROPHES)
    kept, drops_marks = [], True
    for char in folded:
        if not unicodedata.combining(char):
            drops_marks = not char.isalnum() or unicodedata.name(char, "").startswith(_FOLDED_SCRIPTS)
        elif drops_marks:
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept).translate(_UNDECOMPOSED))


def _is_kept(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc"}


def block(name: str) -> str:
    """Surname and first initial ("bruna j"): two forms of one person's name share it, as candidates only."""
    words = _words(name)
    if len(words) < 2:
        return "".join(words)
    surname, given = _surname_and_given(name, words)
    return f"{surname} {given[0][0]}"


def is_initials(name: str) -> bool:
    """Whether no given name is spelled out: "J. Bruna", "JP Serre", "Serre JP", a single word such as "Tony"."""
    words = _words(name)
    if len(words) < 2:
        return not (words and CJK.fullmatch(words[0]) and len(words[0]) > 1)
    _, given = _surname_and_given(name, words)
    runs = _capital_runs(name)
    return all(len(word) == 1 or word in runs for word in given)


def _words(name: str) -> list[str]:
    """The words of a name's key without generational suffixes."""
    words = key(given_name_first(name)).split()
    while len(words) > 2 and words[-1] in SUFFIXES:
        words.pop()
    return words


def _surname_and_given(name: str, words: list[str]) -> tuple[str, list[str]]:
    """The last word is the surname, unless only initials follow the first: "Bruna J", "Serre JP"."""
    runs = {run for run in _capital_runs(name) if not _VOWEL_OR_SURNAME.search(run)}  # "Hai LI" has a surname last
    if len(words[0]) > 1 and words[0] not in runs and all(len(word) == 1 or word in runs for word in words[1:]):
        return words[0], words[1:]
    return words[-1], words[:-1]


def _capital_runs(name: str) -> set[str]:
    """Words that may be initials written together ("JP"), folded; in a name all in capitals only the unspeakable."""
    if not _CAPITAL_RUN.search(name):
        return set()
    words = re.findall(rf"{LETTER}+", decode(name))
    if all(word.isupper() for word in words):
        words = [word for word in words if not _VOWEL_OR_SURNAME.search(word.lower())]
    return {word.lower() for word in words if _CAPITAL_RUN.fullmatch(word)}
