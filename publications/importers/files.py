"""Opening what a user points at: folders, compressed files and archives as a stream of documents in a fixed order."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import tarfile
import zlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from publications.records import Rejected

BUFFER: Final = 1 << 16
# A compressed file may grow to this, and beyond it in a proportion that texts can have: real corpora stay below 30.
FREE_EXPANSION: Final = 64 << 20
EXPANSION_LIMIT: Final = 200
XZ_MEMORY_LIMIT: Final = 160 << 20  # `xz -9` needs 65 MB to unpack
TAR_HEADER_LIMIT: Final = 1 << 20
_SHORTHANDS: Final = {".tgz": ".tar.gz", ".txz": ".tar.xz"}


class Damaged(Exception):
    """The rest of a document cannot be read; the message says why."""


@dataclass(slots=True)
class Progress:
    """How far a run has come in the bytes that lie on disk, whatever they expand to."""

    bytes_total: int = 0
    bytes_done: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One file's content, unpacked; to be read before the next document is asked for. Reading may raise `Damaged`."""

    name: str  # for a human: the path, and the member of an archive
    path: str  # the file's own path without compression suffixes
    stream: io.BufferedReader[Any]

    def damage(self, error: Damaged, place: str = "") -> Rejected:
        where = f"{self.name}, {place}" if place else self.name
        return Rejected(where=where, reason=f"{error} What stood before this place is imported.")


def documents(paths: Sequence[Path], suffixes: Sequence[str], progress: Progress | None = None) -> Iterator[Document]:
    """The documents of these paths, one at a time, sorted within folders and as packed within archives.

    Raises ValueError at once when a path is missing, unreadable or of a form that nobody here reads.
    """
    found = [file for path in paths for file in find(path, suffixes)]
    progress = progress if progress is not None else Progress()
    progress.bytes_total += sum(file.stat().st_size for file in found)
    return _documents(found, suffixes, progress)


def find(path: Path, suffixes: Sequence[str]) -> list[Path]:
    """The files to read at `path`: itself, or what a folder holds at any depth, without hidden files."""
    if path.is_dir():
        found = sorted(_below(path, suffixes), key=lambda file: file.parts)
        if not found:
            raise ValueError(f"{path} holds no file that ends in {_choice(suffixes)}.")
    elif path.is_file():
        found = [path]
        if not _is_wanted(path.name, suffixes):
            raise ValueError(f"{path} is of no known form: its name should end in {_choice(suffixes)}.")
    else:
        raise ValueError(f"{path} does not exist." if not path.exists() else f"{path} is neither a file nor a folder.")
    for file in found:
        if not os.access(file, os.R_OK):
            raise ValueError(f"{file} cannot be read: check that it exists and who may read it.")
    return found


def _below(folder: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(root, name) for name in files if not name.startswith(".") and _is_wanted(name, suffixes))


def _is_wanted(name: str, suffixes: Sequence[str]) -> bool:
    inner, _ = _unwrapped(name)
    suffix = Path(inner).suffix.lower()
    return suffix in (*suffixes, ".tar") or (inner != name and not suffix)  # `part_000.gz` tells nothing more


def _unwrapped(name: str) -> tuple[str, list[str]]:
    """A name without its compression suffixes, and these, outermost first."""
    for short, full in _SHORTHANDS.items():
        if name.lower().endswith(short):
            name = name[: -len(short)] + full
    layers = []
    while (suffix := Path(name).suffix.lower()) in {".gz", ".xz"}:
        layers.append(suffix)
        name = name[: -len(suffix)]
    return name, layers


def _choice(suffixes: Sequence[str]) -> str:
    return f"{', '.join(suffixes)} (plain, .gz or .xz) or .tar, .tar.gz, .tar.xz"


# ---------------------------------------------------------------- opening


def _documents(found: Sequence[Path], suffixes: Sequence[str], progress: Progress) -> Iterator[Document]:
    for path in found:
        try:
            with path.open("rb", buffering=0) as file:
                meter = _Meter(file, progress)
                yield from _unpacked(str(path), path.name, io.BufferedReader(meter, BUFFER), meter, suffixes)
                progress.bytes_done += max(path.stat().st_size - meter.count, 0)
        except OSError as error:
            yield _broken(str(path), f"cannot be opened ({error.strerror or error}).")


def _unpacked(
    name: str, path: str, raw: io.BufferedReader[Any], meter: _Meter, suffixes: Sequence[str]
) -> Iterator[Document]:
    inner, layers = _unwrapped(path)
    stream: io.BufferedReader[Any] = raw
    for layer in layers:
        source: _Readable = gzip.GzipFile(fileobj=stream) if layer == ".gz" else _Xz(stream)
        stream = io.BufferedReader(_Guarded(source, meter), BUFFER)
    if inner.lower().endswith(".tar"):
        yield from _members(name, stream, meter, suffixes)
    else:
        guarded = stream if layers else io.BufferedReader(_Guarded(stream, meter), BUFFER)
        yield Document(name, inner, guarded)


def _members(name: str, stream: io.BufferedReader[Any], meter: _Meter, suffixes: Sequence[str]) -> Iterator[Document]:
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_SoberTarInfo) as archive:
            for member in archive:
                archive.members = []  # type: ignore[attr-defined]  # else the archive remembers each of them
                if member.isreg() and not _is_hidden(member.name) and _is_member_wanted(member.name, suffixes):
                    packed: Any = archive.extractfile(member)
                    content = io.BufferedReader(_Guarded(packed, meter, member.size), BUFFER)
                    yield from _unpacked(f"{name}: {member.name}", member.name, content, meter, suffixes)
    except (Damaged, tarfile.TarError, EOFError, ValueError, OSError) as error:
        if not meter.is_broken:
            yield _broken(name, str(error) if isinstance(error, Damaged) else _cut_short(error))


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") and part not in {".", ".."} for part in path.split("/"))


def _is_member_wanted(path: str, suffixes: Sequence[str]) -> bool:
    inner, _ = _unwrapped(path)
    return not inner.lower().endswith(".tar") and _is_wanted(path.rsplit("/", 1)[-1], suffixes)


def _broken(name: str, reason: str) -> Document:
    return Document(name, name, io.BufferedReader(_Broken(reason), BUFFER))


# ---------------------------------------------------------------- streams


class _Readable(Protocol):
    def read1(self, size: int = -1, /) -> bytes: ...


class _Source(io.RawIOBase):
    """A raw stream that is made of pieces."""

    @abstractmethod
    def piece(self, size: int) -> bytes: ...

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.piece(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class _Broken(_Source):
    def __init__(self, reason: str) -> None:
        self.reason = reason

    def piece(self, size: int) -> bytes:
        raise Damaged(self.reason)


class _Meter(_Source):
    """Counts what is read from disk."""

    def __init__(self, file: io.FileIO, progress: Progress) -> None:
        self.file, self.progress, self.count = file, progress, 0
        self.is_broken = False  # a member of this archive could not be read to its end, and said so

    def piece(self, size: int) -> bytes:
        piece = self.file.read(size) or b""
        self.count += len(piece)
        self.progress.bytes_done += len(piece)
        return piece


class _Xz:
    """Unpacks .xz within a memory limit, which `lzma.open` does not have."""

    def __init__(self, raw: io.BufferedReader[Any]) -> None:
        self.raw, self.decoder = raw, self._decoder()

    @staticmethod
    def _decoder() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(memlimit=XZ_MEMORY_LIMIT)

    def read1(self, size: int = -1, /) -> bytes:
        while True:
            packed = b""
            if self.decoder.eof:
                packed = self._next_stream()
                if not packed:
                    return b""
                self.decoder = self._decoder()
            elif self.decoder.needs_input:
                packed = self.raw.read1(BUFFER)
                if not packed:
                    raise EOFError("it ends in the middle")
            if piece := self.decoder.decompress(packed, size):
                return piece

    def _next_stream(self) -> bytes:
        """What follows a finished stream, without its padding."""
        packed = self.decoder.unused_data.lstrip(b"\0")
        while not packed and (more := self.raw.read1(BUFFER)):
            packed = more.lstrip(b"\0")
        return packed


def _cut_short(error: Exception) -> str:
    return f"The file is damaged or cut short ({error}): fetch or pack it again."


class _Guarded(_Source):
    """Turns every failure of unpacking into `Damaged`, and stops a bomb."""

    def __init__(self, source: _Readable, meter: _Meter, expected: int = 0) -> None:
        self.source, self.meter, self.count, self.expected = source, meter, 0, expected

    def piece(self, size: int) -> bytes:
        try:
            piece = self.source.read1(size)
            if not piece and self.count < self.expected:
                raise tarfile.ReadError("a member ends in the middle")  # which tarfile takes for its end
        except (Damaged, tarfile.TarError) as error:
            self.meter.is_broken = True
            raise Damaged(str(error) if isinstance(error, Damaged) else _cut_short(error)) from error
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            raise Damaged(_cut_short(error)) from error
        self.count += len(piece)
        if self.count > max(FREE_EXPANSION, EXPANSION_LIMIT * self.meter.count):
            raise Damaged(
                f"The file expands to more than {EXPANSION_LIMIT} times its size, like a decompression bomb: "
                "if it is meant, unpack it first."
            )
        return piece


class _SoberTarInfo(tarfile.TarInfo):
    """Refuses what `tarfile` passes over in silence: archives cut between members, and headers of gigabytes."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _SoberTarInfo:
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # the regular end, not exported by tarfile
                raise
            raise tarfile.ReadError(f"{error}, no end mark") from error
        if not info.isreg() and info.size > TAR_HEADER_LIMIT:
            raise tarfile.ReadError("a member's header is too large")
        return info
