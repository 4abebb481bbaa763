"""The only clock that tests look at: it ends what would never end, and judges nothing that ends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import pytest

HANGS: Final = 60.0  # seconds of the processor


@contextmanager
def patience() -> Iterator[None]:
    """Fail when the block hangs: when this process alone has used the processor for a whole minute in it.

    No timing gates a test. What is within takes a second or two, so a machine ten times slower or a crowded one
    changes nothing; inputs are so large that work in the square of their length takes many minutes. The block is
    stopped in the middle, so that a hang is one red test and not a run without an end.
    """
    before = signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    pytest.fail(f"This hangs: it used the processor for {HANGS:.0f} seconds, where a second or two suffice.")
