"""SVG as PNG, by resvg with the fonts of graph.lettering and no others: the same picture on every machine.

resvg keeps Python's lock while it draws, for a second and more where much is drawn. So it draws in a process of its
own, which can also be stopped: a web process answers others meanwhile. One picture at a time and after everything
else that wants the processor: a storm of pictures is turned away before it slows down readers of pages.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from bzpeer.kit.api.problems import Problem
from graph import lettering, standalone
from graph.layout import WIDTH

SCALE = 2  # pixels of an exported picture for each unit of the layout
LONGEST = 10.0  # seconds
LONGEST_WAIT = 1.0  # seconds until it is one's turn
_turn = threading.BoundedSemaphore()
_TEXT = "{http://www.w3.org/2000/svg}text"
_DRAW = (
    "import os, resvg_py; os.nice(10); sys.stdout.buffer.write(resvg_py.svg_to_bytes("
    "svg_string=sys.stdin.buffer.read().decode(), skip_system_fonts=True, font_files=sys.argv[1:]))"
)


class NotDrawnError(Problem):
    """Drawing took too long or failed, or others are waiting; later it may succeed: 503."""

    def __init__(self, retry_after: int = 60) -> None:
        headers = {"Retry-After": str(retry_after)}
        super().__init__("upstream-unavailable", _("The picture could not be drawn."), headers=headers)


def png(drawing: etree._Element) -> bytes:
    """A drawing of ours at its own size; it names no files and loads nothing. Raises NotDrawnError."""
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path += {_packages()!r}; {_DRAW}",
        *lettering.files(),
    ]
    if not _turn.acquire(timeout=LONGEST_WAIT):
        raise NotDrawnError(retry_after=5)
    try:
        done = subprocess.run(
            command, input=etree.tostring(drawing, encoding="utf-8"), capture_output=True, timeout=LONGEST, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as failure:
        raise NotDrawnError from failure
    finally:
        _turn.release()
    return done.stdout


def picture(document: dict[str, Any]) -> bytes:
    """The picture of a slice, as the SVG file shows it; a name in letters that no font has is left out."""
    drawing = standalone.drawing(document)
    for label in drawing.iter(_TEXT):
        label.set("font-family", lettering.SANS)
        if not lettering.can_set(label.text or ""):
            label.text = ""
    drawing.set("width", f"{SCALE * WIDTH:.0f}")
    drawing.attrib.pop("height")
    return png(drawing)


def _packages() -> list[str]:
    """Where packages lie; the child does not look for them itself, which would take it as long as drawing."""
    return [path for path in sys.path if path.endswith("-packages")]
