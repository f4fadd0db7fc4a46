"""The web server of the Procfile over real HTTP, and a database connection that can be cut."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
from django.db import connection

ROOT = Path(__file__).parents[2]
SITE = "https://office.test"


class Wire:
    """A socket of PostgreSQL's own form, in a folder of its own, that can be cut and joined."""

    def __init__(self) -> None:
        wired: Any = connection.settings_dict
        self.port = str(wired["PORT"] or 5432)
        self.folder = tempfile.mkdtemp(prefix="wire")
        self._there = f"{wired['HOST'] or wired['OPTIONS']['host']}/.s.PGSQL.{self.port}"
        self._open: list[socket.socket] = []
        self.url = f"postgres://{wired['USER']}@/{wired['NAME']}?host={self.folder}"
        self.join()

    def join(self) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self.folder}/.s.PGSQL.{self.port}")
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        Path(f"{self.folder}/.s.PGSQL.{self.port}").unlink()
        for one in [self._listener, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._there)
                self._open += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    @staticmethod
    def _carry(giver: socket.socket, taker: socket.socket) -> None:
        with suppress(OSError):
            while said := giver.recv(65_536):
                taker.sendall(said)
        with suppress(OSError):
            taker.shutdown(socket.SHUT_RDWR)


class Served:
    """The web server, started as the Procfile says, on a port of its own."""

    def __init__(self, wire: Wire, redis_url: str, **settings: str) -> None:
        # Bound here and handed over, so that nobody else gets the port meanwhile.
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        said = next(line for line in (ROOT / "Procfile").read_text().splitlines() if "web:" in line)
        command = shlex.split(said.partition("exec ")[2] or said.partition(":")[2])[1:]
        command[command.index("--bind") + 1] = f"fd://{listener.fileno()}"
        command[command.index("--workers") + 1] = "2"
        environment = os.environ | {
            "DATABASE_URL": wire.url, "REDIS_URL": redis_url, "SWITCHBOARD_URL": SITE,
            "LOG_LEVEL": "ERROR", **settings,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *command], cwd=ROOT, env=environment,
            pass_fds=[listener.fileno()],
        )  # fmt: skip
        listener.close()
        self.url = f"http://127.0.0.1:{self.port}"
        httpx2.get(f"{self.url}/health", trust_env=False, timeout=120)

    def raw(self, said: bytes, *, closes: bool = True) -> bytes:
        """Return what is answered to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as one:
            one.sendall(said)
            if closes:
                one.shutdown(socket.SHUT_WR)
            heard = b""
            with suppress(ConnectionResetError):
                while said := one.recv(65_536):
                    heard += said
            return heard

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)
