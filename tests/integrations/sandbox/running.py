"""A sandbox of its own for a test: a real process on a free port."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2

from integrations.sandbox.settings import Settings

PATIENCE_S = 60.0


class Running:
    """A running sandbox: its address, its controls, and plain requests to it."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.process = process
        self.http = httpx2.Client(
            base_url=url, auth=("AC" + "0" * 32, "0" * 32), trust_env=False, timeout=PATIENCE_S
        )  # fmt: skip

    def set(self, **settings: Any) -> Mapping[str, Any]:
        response = self.http.post("/_control", json=settings)
        response.raise_for_status()
        return dict(response.json())

    def fresh(self, **settings: Any) -> None:
        """Back to the default settings, but for those given, with nothing counted."""
        self.set(**{**Settings().as_dict(), **settings})
        self.http.post("/_control/reset").raise_for_status()

    def count(self) -> dict[str, Any]:
        return dict(self.http.get("/_control/count").json())

    def lookup(self, number: str, fields: str = "", **headers: str) -> httpx2.Response:
        params = {"Fields": fields} if fields else {}
        path = "/twilio/v2/PhoneNumbers/" + number.replace("+", "%2B")
        return self.http.get(path, params=params, headers=headers)


@contextmanager
def running_sandbox(
    *options: str, program: str = "integrations.sandbox", **environ: str
) -> Iterator[Running]:
    """Start a sandbox, wait until it says that it is ready, and end it."""
    command = [sys.executable, "-m", program, "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environ}
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox ready on "), line
        running = Running(line.split()[-1], process)
        with running.http:
            yield running
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)
        assert process.stdout is not None
        process.stdout.close()
