"""Whose turn it is: what the graph must compute is computed for one at a time; in a storm the rest come back later.

A web process answers four requests at a time (docs/deployment.md), and Python computes for one. So one may compute and
one wait for its turn, and two are left for pages, searches and all that is stored, which needs no turn. With two at
once a storm of graphs made readers wait three times as long. The explorer comes back by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext as _

from bzpeer.kit.api.problems import Problem

AT_ONCE: Final = 1
WAITING: Final = 1
LONGEST_WAIT: Final = 2.0  # seconds
RETRY_AFTER: Final = 3  # seconds

_places = threading.BoundedSemaphore(AT_ONCE + WAITING)
_turns = threading.BoundedSemaphore(AT_ONCE)
_own = threading.local()


class TooBusyError(Problem):
    """Others are computing, and others wait: 503 with a time to come back."""

    def __init__(self) -> None:
        said = _("Many readers ask for graphs just now, so this one has to wait. Try again in a few seconds.")
        super().__init__("overloaded", said, headers={"Retry-After": str(RETRY_AFTER)})


@contextmanager
def turn() -> Iterator[None]:
    """Within it one may compute; a turn within one's own turn is the same. Raises TooBusyError."""
    if getattr(_own, "is_held", False):
        yield
        return
    if not _places.acquire(blocking=False):
        raise TooBusyError
    try:
        if not _turns.acquire(timeout=LONGEST_WAIT):
            raise TooBusyError
        try:
            _own.is_held = True
            yield
        finally:
            _own.is_held = False
            _turns.release()
    finally:
        _places.release()
