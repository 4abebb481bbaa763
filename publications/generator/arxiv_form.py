"""Works as lines of arXiv's metadata snapshot, with the defects that real lines have."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import msgspec

from publications.generator import names, places, prose
from publications.generator.shard import Paper, Shard
from publications.generator.works import BOTH, BY_DOI

LICENCES = (None, "http://creativecommons.org/licenses/by/4.0/", "http://arxiv.org/licenses/nonexclusive-distrib/1.0/")
FOREIGN_CLASSES = ("68T05", "I.2.6", "35Q30, 76D05", "62H30")
MALFORMED_EVERY = 1000  # lines
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

encode = msgspec.json.Encoder().encode


def lines(shard: Shard, papers: list[Paper]) -> Iterator[tuple[bytes, bool]]:
    """Each line, and whether it is one of the deliberately broken ones."""
    count = 0
    for paper in papers:
        if paper.mode > BOTH:
            continue
        yield encode(_row(shard, paper)), False
        count += 1
        if count % MALFORMED_EVERY == 250:
            yield _malformed(paper, count // MALFORMED_EVERY), True


def _malformed(paper: Paper, turn: int) -> bytes:
    """A line that no reader can use: cut off, an error page, or without an id and title."""
    match turn % 3:
        case 0:
            return encode({"id": paper.arxiv, "authors": "Cut Off", "abstract": paper.abstract})[:-40]
        case 1:
            return b"<html><head><title>502 Bad Gateway</title></head></html>"
        case _:
            return encode({"id": None, "authors": None, "title": None, "abstract": paper.abstract})


def _row(shard: Shard, paper: Paper) -> dict[str, Any]:
    draws = paper.draws
    dates = _versions(paper)
    row = {
        "id": _id(paper),
        "submitter": shard.person(paper.authors[0]).name.full if draws[10] % 3 else None,
        "authors": _authors(shard, paper),
        "title": prose.with_newlines(paper.title, 0) if draws[11] % 100 < 5 else paper.title,
        "comments": _comments(paper),
        "journal-ref": _journal_ref(paper),
        "doi": _doi(paper),
        "report-no": f"DEMO-{paper.year}-{draws[12] % 900 + 100}" if draws[12] % 100 < 4 else None,
        "categories": _categories(paper),
        "license": LICENCES[draws[13] % 3],
        "abstract": _abstract(paper),
        "versions": [{"version": f"v{number}", "created": _stamp(day)} for number, day in enumerate(dates, 1)],
        "update_date": dates[-1].isoformat() if draws[14] % 20 else None,
    }
    if draws[15] % 100 < 2:
        del row["versions"]
    return row


def _id(paper: Paper) -> str | float:
    """The id; one in eight that end with 0 went through a float and lost it."""
    if paper.arxiv.endswith("0") and "/" not in paper.arxiv and paper.draws[16] % 8 == 0:
        return float(paper.arxiv) if paper.draws[17] % 2 else paper.arxiv[:-1]
    return paper.arxiv


def _doi(paper: Paper) -> str | None:
    if not paper.doi or (paper.mode == BOTH and paper.match != BY_DOI):
        return None
    match paper.draws[18] % 400:
        case 0:
            return f"{paper.doi} 10.5555/reprint.{paper.number}"
        case 1 | 2 | 3 | 4 | 5 | 6:
            return paper.doi.upper()
        case _:
            return paper.doi


def _journal_ref(paper: Paper) -> str | None:
    if not paper.doi or paper.draws[19] % 3 == 0:
        return None
    volume = paper.draws[20] % 90 + 1
    return f"{paper.venue.name} {volume} ({paper.year + paper.draws[19] % 2}) {paper.draws[20] % 700 + 1}"


def _comments(paper: Paper) -> str | None:
    draws = paper.draws
    if paper.retracted:
        return "This paper has been withdrawn by the authors: an error in the main argument was found"
    if draws[21] % 3 == 0:
        return None
    text = f"{draws[21] % 40 + 5} pages, {draws[22] % 12} figures"
    return f"{text}; accepted at the {paper.venue.name}" if paper.venue.kind == "conference" else text


def _categories(paper: Paper) -> str:
    """The first topic's own category first; further ones by chance; now and then a class of another scheme."""
    draws = paper.draws
    first, *others = paper.topics[0].categories
    codes = [first, *(code for turn, code in enumerate(others) if draws[23] >> turn & 1)]
    codes += [topic.categories[0] for topic in paper.topics[1:] if topic.categories and draws[24] % 3]
    if draws[25] % 200 == 0:
        codes.append(FOREIGN_CLASSES[draws[24] % len(FOREIGN_CLASSES)])
    return " ".join(dict.fromkeys(codes))


def _abstract(paper: Paper) -> str:
    draw = paper.draws[26]
    if draw % 100 < 15:
        return f"  {prose.with_newlines(paper.abstract, draw // 100)}\n"
    return f"{paper.abstract} " if draw % 100 < 50 else paper.abstract


def _versions(paper: Paper) -> list[datetime.date]:
    count = 1 + (paper.draws[27] % 100 < 38) + (paper.draws[27] % 100 < 9)
    day = datetime.date(paper.year, paper.month, paper.day)
    days = [day]
    for turn in range(1, count):
        day += datetime.timedelta(days=20 + paper.draws[28] % 150 * turn)
        if day < datetime.date(2026, 11, 1):
            days.append(day)
    return days


def _stamp(day: datetime.date) -> str:
    clock = f"{day.day % 24:02d}:{day.month * 4:02d}:12 GMT"
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year} {clock}"


def _authors(shard: Shard, paper: Paper) -> str:
    """The one string of all authors, in one of the ways that people write it."""
    draws = paper.draws
    style = draws[29] % 100
    people = [shard.person(number) for number in paper.authors]
    printed = [person.name.initials if style < 7 else person.name.full for person in people]
    if style < 7 or draws[30] % 100 < 14:
        printed = [names.tex_accents(name) for name in printed]
    elif draws[30] % 100 < 17:
        printed = [names.decomposed(name) for name in printed]
    if 90 <= style < 97 and len(printed) < 12:
        known = places.institutions(places.ALL)
        homes = [known[person.place(paper.year)].name for person in people]
        printed = [f"{name} ({home})" for name, home in zip(printed, homes, strict=True)]
    if draws[31] % 500 == 0 and len(printed) > 1:
        printed *= 2
    text = _joined(printed, draws[32] % 100)
    if paper.collaboration:
        text = _with_collaboration(text, paper.collaboration, draws[33] % 3)
    return text.replace(", ", ",\n  ") if draws[34] % 100 < 4 else text


def _joined(printed: list[str], draw: int) -> str:
    if len(printed) < 2 or draw < 25:
        return ", ".join(printed)
    last = ", and " if draw < 35 and len(printed) > 2 else " and "
    return ", ".join(printed[:-1]) + last + printed[-1]


def _with_collaboration(text: str, name: str, draw: int) -> str:
    match draw:
        case 0:
            return f"The {name} Collaboration: {text}"
        case 1:
            return f"{name} Collaboration, {text}"
        case _:
            return f"{text} (for the {name} Collaboration)"
