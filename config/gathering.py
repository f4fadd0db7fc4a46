"""A request as the main loop gathers it, and as a thread reads what is left of it."""

from __future__ import annotations

import errno
import re
from time import monotonic
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

GATHER_S = 10.0
GATHERED = 1024 * 1024 + 65_536  # a webhook's largest body, and the longest head
PATIENCE_S, PACE = 10.0, 10_000  # of an upload: seconds, and bytes for each further second
SENDING_S = 60.0
END = b"\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


class Paced(SocketUnreader):  # type: ignore[misc] # gunicorn has no types
    """Reads what was not gathered, as long as it comes at a fair pace."""

    until = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece. Raises ConnectionResetError where it is too slow."""
        left_s = self.until - monotonic()
        self.sock.settimeout(max(left_s, 0.001))
        try:
            said: bytes = super().chunk(size_hint)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "it came too slowly") from None
        finally:
            self.sock.settimeout(SENDING_S)
        self.until += len(said) / PACE
        return said


class Connection(TConn):  # type: ignore[misc] # gunicorn has no types
    """A connection, and what it has said since its last request."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.is_upload = False
        self.begin()

    def begin(self) -> None:
        """Wait for a request."""
        self.said = bytearray()
        self.wanted: int | None = None  # bytes in all, once the head tells
        self.is_chunked = False
        self.timeout = monotonic() + GATHER_S

    def hear(self, said: bytes) -> bool:
        """Take what was said; tell whether a thread can go on with it."""
        since = max(0, len(self.said) - len(END))
        self.said += said
        if self.wanted is None:
            head = self.said.find(END, since)
            if head < 0:
                return len(self.said) > GATHERED
            self._read(bytes(self.said[: head + 2]), head + len(END))
        assert self.wanted is not None
        if self.is_chunked and len(self.said) <= GATHERED:
            return self.said.endswith(b"0" + END)
        self.is_upload = max(self.wanted, len(self.said)) > GATHERED
        return self.is_upload or len(self.said) >= self.wanted

    def init(self) -> None:
        """Let a thread read the request: what was gathered, then what comes."""
        super().init()
        if type(self.parser.unreader) is SocketUnreader:
            self.parser.unreader = Paced(self.sock)
        self.parser.unreader.until = monotonic() + PATIENCE_S
        if self.said:
            self.parser.unreader.unread(bytes(self.said))
            self.said = bytearray()

    def _read(self, head: bytes, length: int) -> None:
        self.is_chunked = bool(CHUNKED.search(head))
        told = LENGTH.search(head)
        self.wanted = length + (int(told[1]) if told else 0)
        if EXPECTS.search(head) and len(self.said) == length:
            self.sock.send(CONTINUE)
