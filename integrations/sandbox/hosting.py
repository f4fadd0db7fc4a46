"""A sandbox for as long as it is needed: the one that runs, else one of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[2]
ANSWER_S = 1.0


class SandboxFailed(RuntimeError):
    """The sandbox did not start; the message has its last words."""


@contextmanager
def sandbox(url: str, *, latency_ms: int = 0) -> Iterator[str]:
    """Yield the address of a sandbox: `url` where one answers there, else a new one's."""
    if answers(url):
        yield url
        return
    command = [sys.executable, "-m", "integrations.sandbox", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--latency-ms", str(latency_ms)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in the terminal is ours to pass on
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("sandbox ready on "):
            raise SandboxFailed(f"the sandbox did not start: {line or 'it ended without a word'}")
        yield line.removeprefix("sandbox ready on ").strip()
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def answers(url: str) -> bool:
    """Tell whether a sandbox answers at `url`."""
    try:
        return httpx2.get(f"{url}/_health", timeout=ANSWER_S, trust_env=False).is_success
    except httpx2.HTTPError:
        return False
