"""A relay before the sandbox, in the test's own process: it decides when a call goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
from django.db import connection

LEFT_OUT = {"connection", "content-length", "host", "transfer-encoding"}


class Relay:
    """`asked(path)` is called before a call goes on, `answered(path)` before its answer does."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.asked: Callable[[str], object] = lambda path: None
        self.answered: Callable[[str], object] = lambda path: None


@contextmanager
def relaying(url: str) -> Iterator[Relay]:
    """Serve a relay to this address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def relay(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                relay.asked(self.path)
                answer = there.request(
                    self.command, self.path, content=body, headers=_kept(self.headers)
                )
                relay.answered(self.path)
            finally:
                connection.close()
            self.send_response(answer.status_code)
            for name, value in _kept(answer.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = relay

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    relay = Relay(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        with httpx2.Client(base_url=url, trust_env=False, timeout=60) as there:
            yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _kept(headers: Message | httpx2.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in LEFT_OUT}
