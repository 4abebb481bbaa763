"""Titles and abstracts that read like research on a topic, from sentence patterns and the topic's own phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from publications.generator import words
from publications.generator.topics import Topic

DRAWS = 40  # random numbers that one work's prose uses
TEX_SHARE = {"theory": 68, "computing": 34, "empirical": 29, "social": 6, "humanities": 1}  # per cent of abstracts
TITLE_TEX = 3  # per cent of titles
GREEK = ("\\alpha", "\\beta", "\\gamma", "\\delta", "\\varepsilon", "\\lambda", "\\sigma", "\\kappa", "\\mu")
VARIABLES = ("n", "d", "k", "m", "N", "T", "p")
CALLIGRAPHIC = ("F", "G", "H", "M", "S", "A", "K")
SMALL_WORDS = frozenset(
    ("a", "an", "and", "the", "of", "for", "in", "on", "with", "via", "to", "by", "from", "when", "do", "their", "does")
)
SLOT = re.compile(r"<(\w+)>")
LINE = re.compile(r"(.{58,74}?) ")
DIGITS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

Draws = Sequence[int]


@dataclass(frozen=True, slots=True)
class Grammar:
    open: tuple[str, ...]
    gap: tuple[str, ...]
    approach: tuple[str, ...]
    result: tuple[str, ...]
    evidence: tuple[str, ...]
    close: tuple[str, ...]
    tex: tuple[str, ...]
    title: tuple[str, ...]
    textitle: tuple[str, ...]


class Text(NamedTuple):
    title: str
    abstract: str


def _pattern(line: str) -> str:
    return SLOT.sub(r"%(\1)s", line.replace("%", "%%"))


@cache
def grammars() -> dict[str, Grammar]:
    found: dict[str, dict[str, list[str]]] = {}
    name = ""
    for line in words.lines("prose.txt"):
        if line.startswith("@ "):
            name = line[2:]
            found[name] = {role: [] for role in Grammar.__slots__}
        else:
            role, _, sentence = line.partition(": ")
            found[name][role].append(_pattern(sentence))
    return {name: Grammar(**{role: tuple(list_) for role, list_ in roles.items()}) for name, roles in found.items()}


def write(topic: Topic, other: Topic, draws: Draws) -> Text:
    """Title and abstract of a work on `topic` that touches `other`; the same for the same draws."""
    grammar = grammars()[topic.field.grammar]
    slots = _slots(topic, other, draws)
    return Text(_title(grammar, slots, draws), _abstract(grammar, topic.field.grammar, slots, draws))


def _slots(topic: Topic, other: Topic, draws: Draws) -> dict[str, str]:
    """What stands in the patterns' slots: chosen once, so that title and abstract speak of one thing."""
    objects, methods, quantities = topic.objects, topic.methods, topic.quantities
    others = other.objects
    first, method, quantity = draws[0], draws[1] % len(methods), draws[2] % len(quantities)
    second = others[draws[3] % len(others)] if other is not topic else objects[(first + 1) % len(objects)]
    return {
        "o": objects[first % len(objects)],
        "p": second,
        "m": methods[method],
        "n": _unlike(methods, method, draws[4]),
        "q": quantities[quantity],
        "r": _unlike(quantities, quantity, draws[5]),
        "d": topic.field.materials[draws[6] % len(topic.field.materials)],
        "t": topic.field.subfield.lower(),
        "c": str(24 + draws[7] % 960),
        "x": f"{draws[8] % 3}.{draws[9] % 90 + 10}",
        "pc": str(4 + draws[10] % 60),
        "i": str(2 + draws[11] % 7),
        "v": VARIABLES[draws[12] % len(VARIABLES)],
        "g": GREEK[draws[13] % len(GREEK)],
        "F": CALLIGRAPHIC[draws[14] % len(CALLIGRAPHIC)],
    }


def _unlike(choices: Sequence[str], taken: int, draw: int) -> str:
    """Another of the choices (they may repeat)."""
    for step in range(1, len(choices)):
        candidate = choices[(taken + draw + step) % len(choices)]
        if candidate != choices[taken]:
            return candidate
    return choices[taken]


def _fill(pattern: str, slots: dict[str, str]) -> str:
    sentence = pattern % slots
    return sentence[0].upper() + sentence[1:]


def _title(grammar: Grammar, slots: dict[str, str], draws: Draws) -> str:
    if draws[15] % 100 < TITLE_TEX:
        return _fill(grammar.textitle[draws[16] % len(grammar.textitle)], slots)
    title = _fill(grammar.title[draws[16] % len(grammar.title)], slots)
    if title[0].isdigit():
        title = DIGITS[int(title[0])].capitalize() + title[1:]
    return headline(title) if draws[17] % 100 < 40 else title


def headline(title: str) -> str:
    """The title with capitals, as many journals print it."""
    return " ".join(w if w in SMALL_WORDS else w[:1].upper() + w[1:] for w in title.split(" "))


def _abstract(grammar: Grammar, name: str, slots: dict[str, str], draws: Draws) -> str:
    patterns = [_pick(grammar.open, draws[18])]
    if draws[19] % 100 < 75:
        patterns.append(_pick(grammar.gap, draws[20]))
    patterns += (_pick(grammar.approach, draws[21]), _pick(grammar.result, draws[22]))
    if draws[23] % 100 < TEX_SHARE[name]:
        patterns += _formulas(grammar, draws)
    if draws[24] % 100 < 35:
        patterns.append(_pick(grammar.result, draws[22] + 1))
    if draws[25] % 100 < 80:
        patterns.append(_pick(grammar.evidence, draws[26]))
    if draws[27] % 100 < 65:
        patterns.append(_pick(grammar.close, draws[28]))
    return " ".join([_fill(pattern, slots) for pattern in patterns])


def _formulas(grammar: Grammar, draws: Draws) -> list[str]:
    first = draws[29]
    count = 1 if draws[30] % 100 < 65 else 2
    return [_pick(grammar.tex, first + turn * 2) for turn in range(min(count, len(grammar.tex)))]


def _pick(patterns: Sequence[str], draw: int) -> str:
    return patterns[draw % len(patterns)]


def with_newlines(text: str, draw: int) -> str:
    """The text with hard line ends, of sentences or of lines, as some providers keep them."""
    if draw % 2:
        return text.replace(". ", ".\n")
    return LINE.sub("\\1\n", text)
