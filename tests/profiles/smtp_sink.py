"""A mail server of the tests: speaks SMTP on a free port, keeps what it took, and tells each stage a mail reaches."""

from __future__ import annotations

import email.policy
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes

Listener = Callable[[str, str], None]


class Sink(socketserver.ThreadingTCPServer):
    """`stages`: "from" before a mail is named, "data" with all of it there, "taken" after our yes was sent."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.empty()
        self.open_sessions = 0
        self.quiet = threading.Condition()

    def empty(self) -> None:
        self.ids: list[str] = []
        self.stages = 0
        self.listener: Listener = lambda stage, message_id: None

    def reached(self, stage: str, message_id: str = "") -> None:
        self.stages += 1
        self.listener(stage, message_id)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def counted(self) -> Counter[str]:
        return Counter(self.ids)

    def wait_until_quiet(self) -> None:
        """Until every session is over: what was sent before a kill has arrived by then."""
        with self.quiet:
            assert self.quiet.wait_for(lambda: self.open_sessions == 0, timeout=30)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed."""


class Session(socketserver.StreamRequestHandler):
    server: Sink

    def setup(self) -> None:
        super().setup()
        with self.server.quiet:
            self.server.open_sessions += 1

    def finish(self) -> None:
        with self.server.quiet:
            self.server.open_sessions -= 1
            self.server.quiet.notify_all()
        super().finish()

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            command = line.split(b":")[0].split()[0].upper() if line.strip() else b""
            if command == b"QUIT":
                self._say("221 bye")
                return
            if command == b"MAIL":
                self.server.reached("from")
            if command == b"DATA":
                self._take()
            else:
                self._say("250 yes")

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return  # killed within: not taken
            lines.append(line)
        message_id = str(message_from_bytes(b"".join(lines), policy=email.policy.default)["Message-ID"])
        self.server.ids.append(message_id)
        self.server.reached("data", message_id)
        self._say("250 taken")
        self.server.reached("taken", message_id)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def running() -> Iterator[Sink]:
    sink = Sink()
    thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield sink
    finally:
        sink.shutdown()
        thread.join()
        sink.server_close()
