"""The web server's worker: a thread is given only to a request that has come in.

gunicorn's threads read requests as they come, so a handful of clients that send a letter now and
then hold them all (slow loris). Here the main loop gathers a request, which takes no thread; one
that is not whole within GATHER_S is dropped, and the oldest where too many or too large ones are
under way. A body larger than GATHERED, an upload, is read by a thread, which gives it up when it
comes slower than PACE; uploads never take more than half of the threads.
"""

from __future__ import annotations

import errno
import socket
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from config.gathering import Connection

MOST_GATHERING, MOST_WAITING = 500, 100  # of a process: requests that come in, uploads in line
LARGE, MOST_HELD = 65_536, 64 * 1024 * 1024  # bytes of one request, and of all that come in
SAID = b"the request cannot be read\n"
HEAD = b"\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
ANSWER = HEAD % len(SAID) + SAID


class Overheard:
    """Stands for a client where gunicorn would tell it what went wrong, in its own words."""

    def __init__(self) -> None:
        self.said = b""

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, said: bytes) -> None:
        self.said += said


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Gathers in the main loop and answers in threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploads = 0
        self.waiting: deque[Connection] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Begin to gather a new connection's first request."""
        if self.cfg.is_ssl:  # its bytes are for the thread alone
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
        except OSError as failure:
            if failure.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        if len(self.pending_conns) >= MOST_GATHERING:
            self._drop_oldest()
        self._gather(Connection(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Gather the next request of a connection that was kept."""
        if not isinstance(conn, Connection):
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.begin()
        self._gather(conn)
        self._hear(conn, client)

    def finish_request(self, conn: TConn, done: Future[Any]) -> None:
        """Let the next upload in line have the thread of one that is over."""
        if getattr(conn, "is_upload", False):
            conn.is_upload = False
            self.uploads -= 1
            if self.waiting:
                self._upload(self.waiting.popleft())
        super().finish_request(conn, done)

    def _gather(self, conn: Connection) -> None:
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._hear, conn))

    def _hear(self, conn: Connection, client: socket.socket) -> None:
        try:
            said = client.recv(65_536)
            if said and not conn.hear(said):
                if len(conn.said) > LARGE and self._held() > MOST_HELD:
                    self._drop_oldest()
                return
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if not conn.said or (conn.is_upload and len(self.waiting) >= MOST_WAITING):
            self.nr_conns -= 1
            conn.close()
        elif conn.is_upload:
            self._upload(conn)
        else:
            self._answer(conn)

    def _held(self) -> int:
        return sum(len(one.said) for one in self.pending_conns if isinstance(one, Connection))

    def _drop_oldest(self) -> None:
        self.pending_conns[0].timeout = 0.0
        self.murder_pending()

    def _upload(self, conn: Connection) -> None:
        if self.uploads >= max(1, self.cfg.threads // 2):
            self.waiting.append(conn)
            return
        self.uploads += 1
        self._answer(conn)

    def _answer(self, conn: Connection) -> None:
        conn.data_ready = True
        self.enqueue_req(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Log as gunicorn does, and answer with its status but no exception's text."""
        overheard = Overheard()
        super().handle_error(req, overheard, addr, exc)
        if status := overheard.said.partition(b"\r\n")[0]:
            head = (
                b"\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
            )
            with suppress(OSError):
                client.sendall(status + head % len(SAID) + SAID)
