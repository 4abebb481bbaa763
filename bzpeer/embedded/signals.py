"""Signals that ask a supervisor to end, noted for its loop instead of breaking into it."""

from __future__ import annotations

import signal
from types import FrameType

ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Requests:
    """True once somebody asked this process to end."""

    def __init__(self) -> None:
        self.received: list[int] = []
        for signum in ASKED:
            signal.signal(signum, self._note)

    def _note(self, signum: int, frame: FrameType | None) -> None:
        self.received.append(signum)

    def __bool__(self) -> bool:
        return bool(self.received)

    def name(self) -> str:
        return signal.Signals(self.received[0]).name if self.received else ""
