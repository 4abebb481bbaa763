"""The word lists of the generator, our own, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def lines(name: str) -> Iterator[str]:
    """The lines of one list without comments and blank lines."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def cells(line: str) -> list[str]:
    """The cells of one line, parted by " | "."""
    return [cell.strip() for cell in line.split(" | ")]


def items(cell: str) -> tuple[str, ...]:
    """The entries of one cell, parted by "; "."""
    return tuple(item.strip() for item in cell.split(";"))
