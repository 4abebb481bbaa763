"""Author lists in one string, as arXiv gives them: cut into names, each one a person, a group or dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from publications.names.decoding import decode
from publications.names.groups import is_collaboration, is_junk, represented
from publications.names.keys import SUFFIXES, key

T = TypeVar("T")
_MOST_ORGANISATIONS: Final = 4  # names before a colon: "Tencent Robotics X, HY Vision Team, :, Jane Roe"


class PrintedAuthor(NamedTuple):
    """A person as printed, with the affiliations that stand beside the name."""

    name: str
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorList:
    """What an author string holds: every part of it is a person, a group or dropped."""

    authors: tuple[PrintedAuthor, ...] = ()
    collaborations: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def parse_authors(text: str) -> AuthorList:
    """Read "A. One (MIT), B. Two and C. Three (on behalf of the X Collaboration)"; linear in the text."""
    sorting = _Sorting()
    names, unclaimed = _names(_balanced(decode(text)))
    for name, affiliations in names:
        sorting.take(name, affiliations)
    return AuthorList(
        authors=tuple(halve_if_doubled(sorting.authors, by=lambda author: key(author.name))),
        collaborations=tuple(sorting.groups),
        dropped=(*sorting.dropped, *unclaimed),
    )


def halve_if_doubled(sequence: Sequence[T], by: Callable[[T], Any] = lambda item: item) -> Sequence[T]:
    """The first half of a list that is doubled as a whole (A B A B); any other list as it is."""
    half, rest = divmod(len(sequence), 2)
    if not half or rest or by(sequence[0]) != by(sequence[half]):
        return sequence
    keys = [by(item) for item in sequence]
    return halve_if_doubled(sequence[:half], by) if keys[:half] == keys[half:] else sequence


# ---------------------------------------------------------------- sorting names

_FOOTNOTE_MARKS: Final = re.compile(r"(?<=[^\W\d_]{3})\d{1,2}$|[*†‡§¶#^⁰¹²³⁴-⁹]+$|^[*†‡§¶#^.:-]+(?=\w)")


_ET_AL: Final = re.compile(r"[\s,]+et\.? al\.?$")


def _without_et_al(printed: str) -> tuple[str, list[str]]:
    match = _ET_AL.search(printed) if "al" in printed[-3:] else None
    return (printed[: match.start()], ["et al."]) if match else (printed, [])


@dataclass(slots=True)
class _Sorting:
    """Puts each printed name where it belongs."""

    authors: list[PrintedAuthor] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def take(self, printed: str, affiliations: Sequence[str]) -> None:
        name, et_al = _without_et_al(printed)
        if key(name) in SUFFIXES and self.authors:
            last = self.authors.pop()
            self.authors.append(PrintedAuthor(f"{last.name} {name}", (*last.affiliations, *affiliations)))
        elif is_junk(name) and not is_collaboration(name):
            self.dropped.extend(filter(None, [name, *affiliations]))
            if name == ":":
                self._organisations_before()
        else:
            self._take_name(name, affiliations)
        self.dropped.extend(et_al)

    def _take_name(self, name: str, affiliations: Sequence[str]) -> None:
        person, group = represented(name) or (("", name) if is_collaboration(name) else (name, ""))
        self._add_group(group)
        places = [self._place(affiliation) for affiliation in affiliations]
        kept = [place for place in places if place]
        if person:
            clean = person if person[0].isalpha() and person[-1].isalpha() else _FOOTNOTE_MARKS.sub("", person)
            self.authors.append(PrintedAuthor(clean, tuple(kept)))
        else:
            self.dropped.extend(kept)

    def _place(self, affiliation: str) -> str:
        """The affiliation without "on behalf of the X Collaboration", which goes to the groups."""
        place, group = represented(affiliation) or (affiliation, "")
        self._add_group(group)
        return place

    def _add_group(self, group: str) -> None:
        if group and group not in self.groups:
            self.groups.append(group)

    def _organisations_before(self) -> None:
        """What stands before a lone colon ("OpenAI, :, Jane Roe") is an organisation."""
        if len(self.authors) <= _MOST_ORGANISATIONS:
            self.groups[:0] = [author.name for author in self.authors]
            self.dropped += [place for author in self.authors for place in author.affiliations]
            self.authors.clear()


# ---------------------------------------------------------------- cutting the string

_CUT: Final = re.compile(r"[(),;]|\s&(?:amp;)?(?=\s)|(?<![^\s,;)])(?:and|AND)(?![^\s,;(])")
_MARK: Final = r"(?:\d{1,3}|[a-z*†‡§¶])"
_MARKS: Final = re.compile(rf"\s*{_MARK}(?:\s*(?:,|;|&|and)\s*{_MARK})*\s*")
_LABEL: Final = re.compile(rf"\(\s*({_MARK})\s*\)")
_NAME_COLON: Final = re.compile(r":(?=\s)")


@dataclass(slots=True)
class _Segment:
    """What stands between two separators: text, and the groups in parentheses with their place in it."""

    start: int = 0
    separator: str = ""
    text: str = ""
    groups: list[tuple[int, str]] = field(default_factory=list)


def _balanced(text: str) -> str:
    """The text with unmatched parentheses made separators, so that one typo cannot swallow a list."""
    opened: list[int] = []
    unmatched: list[int] = []
    for match in re.finditer(r"[()]", text):
        if match[0] == "(":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            unmatched.append(match.start())
    chars = list(text)
    for place in (*unmatched, *opened):
        chars[place] = ","
    return "".join(chars)


def _segments(text: str) -> Iterator[_Segment]:
    """Cut at the separators that stand outside parentheses."""
    segment, depth, start = _Segment(), 0, 0
    for match in _CUT.finditer(text):
        mark = match[0]
        depth += (mark == "(") - (mark == ")")
        if mark == "(" and depth == 1:
            segment.text += text[start : match.start()]
        elif mark == ")" and depth == 0:
            segment.groups.append((len(segment.text), text[start : match.start()]))
        elif depth == 0:
            segment.text += text[start : match.start()]
            yield segment
            segment = _Segment(start=match.end(), separator=mark.strip())
        else:
            continue
        start = match.end()
    segment.text += text[start:]
    yield segment


def _names(text: str) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Every name with its affiliations, and what the numbered legend holds for nobody."""
    legend: dict[str, str] = {}
    names: list[tuple[str, list[str]]] = []
    for segment in _whole_names(list(_segments(text))):
        if names and _opens_legend(segment):
            legend.update(_legend(text[segment.start :]))
            break
        beside = [(place, group) for place, group in segment.groups if not _LABEL.search(group)]
        for _, group in segment.groups:
            legend.update(_legend(group))
        names.extend(_with_colon_apart(*_name_and_places(segment.text, beside)))
    return _looked_up(names, legend)


def _opens_legend(segment: _Segment) -> bool:
    """Whether the rest of the string is a legend: "…, (1) MIT, (2) ETH"."""
    if not segment.groups or segment.text[: segment.groups[0][0]].strip() or not segment.text.strip():
        return False
    return _MARKS.fullmatch(segment.groups[0][1]) is not None


def _name_and_places(text: str, groups: Sequence[tuple[int, str]]) -> tuple[str, list[str]]:
    """A parenthesis inside a name ("Wei (Wayne) Chen") belongs to it; behind or before it is an affiliation."""
    if not groups:
        return " ".join(text.split()), []
    places, pieces, start = [], [], 0
    for place, group in groups:
        inside = text[:place].strip() and text[place:].strip() and not _MARKS.fullmatch(group)
        pieces.append(text[start:place] + (f"({group})" if inside else ""))
        start = place
        if not inside:
            places.append(group)
    return " ".join("".join([*pieces, text[start:]]).split()), places


def _with_colon_apart(name: str, places: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Part "The X Team: Jane Roe" into a group and a person."""
    *groups, last = _NAME_COLON.split(name) if ":" in name else [name]
    if groups and all(is_collaboration(group) for group in groups):
        for group in groups:
            yield group.strip(), []
        yield last.strip(), places
    else:
        yield name, places


def _whole_names(segments: list[_Segment]) -> list[_Segment]:
    """Put back together what a separator cut wrongly: "Last, First; …" and "for the A and B Collaborations"."""
    segments = _surnames_first(segments)
    whole: list[_Segment] = []
    for segment in segments:
        if whole and segment.separator == "and" and _is_half_a_group(whole[-1].text, segment.text):
            whole[-1].groups += [(place + len(whole[-1].text) + 5, group) for place, group in segment.groups]
            whole[-1].text = f"{whole[-1].text.rstrip()} and {segment.text.lstrip()}"
        else:
            whole.append(segment)
    return whole


_REPRESENTING: Final = re.compile(r"\b(?:for|on behalf of|the)\b", re.IGNORECASE)


def _is_half_a_group(left: str, right: str) -> bool:
    """Whether "for the A" and "B Collaborations" are one phrase."""
    return bool(_REPRESENTING.search(left)) and not is_collaboration(left) and is_collaboration(right)


def _surnames_first(segments: list[_Segment]) -> list[_Segment]:
    """Where semicolons part the people and each has one comma, the comma parts surname from given name."""
    people: list[list[_Segment]] = []
    for segment in segments:
        if segment.separator == "," and people:
            people[-1].append(segment)
        else:
            people.append([segment])
    semicolons = any(segment.separator == ";" for segment in segments)
    filled = [person for person in people if any(part.text.strip() for part in person)]
    if not semicolons or not all(len(person) == 2 and _is_short(person) for person in filled):
        return segments
    for surname, given in filled:
        given.text = f"{given.text.strip()} {surname.text.strip()}"
        given.groups = [(len(given.text), group) for _, group in given.groups]
    return [person[1] for person in filled]


def _is_short(parts: Sequence[_Segment]) -> bool:
    return any(len(part.text.split()) == 1 for part in parts)


def _legend(text: str) -> dict[str, str]:
    """The legend "(1) Dept X, (2) Dept Y" by its labels."""
    pieces = _LABEL.split(text)
    return {label: place.strip(" ,;.") for label, place in zip(pieces[1::2], pieces[2::2], strict=True)}


def _looked_up(
    names: list[tuple[str, list[str]]], legend: dict[str, str]
) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Names with markers replaced by the legend's places, and the places nobody points to."""
    found: list[tuple[str, list[str]]] = []
    used: set[str] = set()
    for name, groups in names:
        places: list[str] = []
        for group in groups:
            labels = re.findall(_MARK, group) if _MARKS.fullmatch(group) else []
            used.update(labels)
            places += [legend[label] for label in labels if label in legend] if labels else group.split(";")
        found.append((name, [place.strip() for place in places if place.strip()]))
    return found, [place for label, place in legend.items() if label not in used and place]
