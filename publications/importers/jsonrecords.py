"""Records out of JSON documents: one a line, elements of one array, an API's answer, or one object."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

import msgspec

from publications.importers.checks import Unfit, guarded, rejected
from publications.importers.files import BUFFER, Damaged, Document
from publications.records import Item, Rejected, WorkRecord

SUFFIXES: Final = (".jsonl", ".json", ".ndjson")
RECORD_LIMIT: Final = 16 << 20  # bytes of one record; works of 5,000 authors with affiliations stay below 8 MB
VALUES_LIMIT: Final = 1_000_000  # values of one record
_BOM: Final = b"\xef\xbb\xbf"
_TOO_LONG: Final = (
    f"The record is longer than {RECORD_LIMIT >> 20} MB: no work is; check that each stands on its own line."
)


class Form(Protocol):
    """A msgspec.Struct that describes a record, as far as it is read."""

    @property
    def provider_id(self) -> str: ...


F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True)
class Raw:
    where: str
    data: bytes


def items(documents: Iterable[Document], form: type[F], build: Callable[[F], WorkRecord]) -> Iterator[Item]:
    """One work or one refusal for every record of these documents."""
    decoder = msgspec.json.Decoder(form)
    for document in documents:
        for raw in records(document):
            yield raw if isinstance(raw, Rejected) else _item(raw, decoder, build)


def _item(raw: Raw, decoder: msgspec.json.Decoder[F], build: Callable[[F], WorkRecord]) -> Item:
    if len(raw.data) > VALUES_LIMIT and raw.data.count(b",") > VALUES_LIMIT:  # a few bytes each, a hundred decoded
        reason = f"The record has more than {VALUES_LIMIT:,} values: no work has, check where it comes from."
        return rejected(where=raw.where, reason=reason, raw=raw.data)
    try:
        record = decoder.decode(raw.data)
    except (ValueError, RecursionError) as error:
        return rejected(where=raw.where, reason=_explained(error, raw.data), raw=raw.data)
    return guarded(lambda: build(record), where=raw.where, raw=lambda: raw.data, provider_id=record.provider_id)


_LONE_SURROGATE: Final = re.compile(
    rb"(?<!\\)(?:\\\\)*(?:\\u[dD][89aAbB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..)"
)


def _explained(error: Exception, data: bytes) -> str:
    if isinstance(error, RecursionError):
        return "The record is nested too deeply to be one."
    if isinstance(error, UnicodeDecodeError):
        return f"The record is not UTF-8 ({error.reason}): convert the file to UTF-8."
    if isinstance(error, msgspec.ValidationError):
        return f"The record does not have the form expected here: {error}."
    if data.lstrip()[:1] == b"<":
        return "This is HTML or XML, not JSON: fetch the file again, perhaps an error page came instead."
    if b"\0" in data[:200]:
        return "The record holds NUL bytes: it is damaged or not UTF-8; convert the file to UTF-8."
    if b"\\u" in data and _LONE_SURROGATE.search(data):
        return "The record holds half a character (a lone surrogate, \\ud800 to \\udfff): repair it in the source."
    return f"This is not well-formed JSON: {error}."


# ---------------------------------------------------------------- from documents to records


def records(document: Document) -> Iterator[Raw | Rejected]:
    """The records of one document; what cannot be separated into records is refused as a whole."""
    reader = _Lines(document.stream)
    try:
        if document.path.lower().endswith(".json"):
            yield from _sniffed(document, reader)
        else:
            yield from _by_line(document, reader)
    except Damaged as error:
        yield document.damage(error, f"line {reader.number + 1}")


class _Lines:
    """Lines with their numbers, blank ones left out; None stands for a line over the limit, which is passed over."""

    def __init__(self, stream: io.BufferedReader[Any]) -> None:
        self.stream, self.number = stream, 0

    def __iter__(self) -> Iterator[bytes | None]:
        return self

    def __next__(self) -> bytes | None:
        while line := self.stream.readline(RECORD_LIMIT + 1):
            too_long = len(line) > RECORD_LIMIT and not line.endswith(b"\n")
            while too_long and (rest := self.stream.readline(BUFFER)) and not rest.endswith(b"\n"):
                pass
            self.number += 1
            if self.number == 1:
                line = line.removeprefix(_BOM)
            if line := line.strip():
                return None if too_long else line
        raise StopIteration


def _by_line(document: Document, reader: _Lines, first: Iterable[tuple[int, bytes]] = ()) -> Iterator[Raw | Rejected]:
    for number, line in first:
        yield Raw(f"{document.name}, line {number}", line)
    for next_line in reader:
        where = f"{document.name}, line {reader.number}"
        yield Raw(where, next_line) if next_line is not None else Rejected(where=where, reason=_TOO_LONG)


def _sniffed(document: Document, reader: _Lines) -> Iterator[Raw | Rejected]:
    """A `.json` file is an array, one object over any number of lines, or (arXiv's snapshot) really JSON lines."""
    first = []
    for line in reader:
        if line is None or line[:1] == b"[":
            yield from _elements(document, line, reader.stream) if line else _by_line(document, reader)
            return
        first.append((reader.number, line))
        if len(first) == 2:
            break
    if len(first) == 2 and (first[0][1].endswith(b"}") or first[1][1].startswith(b"{")):
        yield from _by_line(document, reader, first)
    elif first:
        yield from _whole(document, b"\n".join(line for _, line in first) + b"\n" + reader.stream.read(RECORD_LIMIT))


class _Envelope(msgspec.Struct):
    """An API's answer, or a collection of samples."""

    id: msgspec.Raw | None = None
    results: list[msgspec.Raw] | None = None
    works: list[msgspec.Raw] | None = None


def _whole(document: Document, data: bytes) -> Iterator[Raw | Rejected]:
    if len(data) > RECORD_LIMIT:
        yield Rejected(where=document.name, reason=_TOO_LONG)
        return
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (ValueError, RecursionError):
        envelope = _Envelope()  # the reader of records says what is wrong
    inside = envelope.results if envelope.results is not None else envelope.works
    if inside is None or envelope.id is not None:
        yield Raw(document.name, data)
        return
    for number, element in enumerate(inside, 1):
        yield Raw(f"{document.name}, element {number}", bytes(element))


# ---------------------------------------------------------------- arrays

_AT_TOP: Final = re.compile(rb'["{}\[\],]')
_INSIDE: Final = re.compile(rb'["{}\[\]]')
_IN_TEXT: Final = re.compile(rb'["\\]')


class _Splitter:
    """Finds the elements of a JSON array in a stream, holding one of them at a time."""

    def __init__(self, head: bytes, stream: io.BufferedReader[Any]) -> None:
        self.buffer, self.stream = bytearray(head), stream
        self.start = self.place = 1  # behind the opening bracket
        self.depth, self.in_text, self.ended = 1, False, False

    def __iter__(self) -> Iterator[bytes]:
        while not self.ended:
            mark = self._next_mark()
            if mark is None:
                if len(self.buffer) - self.start > RECORD_LIMIT:
                    raise Unfit(_TOO_LONG)
                if not self._more():
                    raise Unfit("The array does not end: the file was cut short; fetch it again.")
            elif self._closes_element(mark):
                if element := bytes(self.buffer[self.start : self.place - 1]).strip():
                    yield element
                self.start = self.place

    def _more(self) -> bool:
        del self.buffer[: self.start]
        self.place -= self.start
        self.start = 0
        more = self.stream.read1(BUFFER)
        self.buffer += more
        return bool(more)

    def _next_mark(self) -> bytes | None:
        pattern = _IN_TEXT if self.in_text else _AT_TOP if self.depth == 1 else _INSIDE
        match = pattern.search(self.buffer, self.place)
        if match is None:
            self.place = len(self.buffer)
            return None
        if match[0] == b"\\" and match.end() == len(self.buffer):  # what it escapes has not been read
            self.place = match.start()
            return None
        self.place = match.end() + (match[0] == b"\\")
        return match[0]

    def _closes_element(self, mark: bytes) -> bool:
        """Follow one mark; true where an element of the array ends just before it."""
        if mark == b'"':
            self.in_text = not self.in_text
        elif mark in b"{[":
            self.depth += 1
        elif mark in b"}]":
            self.depth -= 1
            self.ended = self.depth == 0
        return self.ended or mark == b","


def _elements(document: Document, head: bytes, stream: io.BufferedReader[Any]) -> Iterator[Raw | Rejected]:
    number = 0
    splitter = _Splitter(head + b"\n", stream)
    try:
        for element in splitter:
            number += 1
            yield Raw(f"{document.name}, element {number}", element)
    except (Unfit, Damaged) as error:
        reason = f"{error} The elements before this one are read."
        yield rejected(where=f"{document.name}, element {number + 1}", reason=reason, raw=bytes(splitter.buffer[:8000]))
        return
    if bytes(splitter.buffer[splitter.place :]).strip():
        yield Rejected(where=document.name, reason="Text follows the end of the array: it is not read.")
