"""Somebody inside the installation who performs scenes for its tests, all in one process.

A process of its own for each would take seconds to begin, longer than most scenes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path

from config.embedded import PROJECT
from config.processes import TIED

PATIENCE_S = 1200.0
SERVE = "from tests.e2e import clerk; clerk.serve()"


class Clerk:
    """The process, as the test sees it; it ends with this one, whatever ends that."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self._log = home / "clerk.log"
        command = shlex.join(
            [sys.executable, str(PROJECT / "manage.py"), "shell", "-v0", "-c", SERVE]
        )
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*TIED, f"exec {command}"], cwd=home, env=dict(environment), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip

    def perform(self, script: str, *arguments: str) -> str:
        """Have a scene performed and return what it prints; fails when it does."""
        assert self._process.stdin and self._process.stdout
        too_late = threading.Timer(PATIENCE_S, self._process.kill)
        too_late.start()
        try:
            self._process.stdin.write(json.dumps([script, arguments]) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        finally:
            too_late.cancel()
        assert answer, self._log.read_text(errors="replace")
        said, failed = json.loads(answer)
        assert not failed, failed
        return str(said).strip()

    def leave(self) -> None:
        self._process.communicate()


def serve() -> None:
    """Perform what standard input asks for, a line each; inside the process."""
    from django.db import connections

    from tests.e2e import scenes

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what others print is no answer
    for line in sys.stdin:
        script, arguments = json.loads(line)
        said, failed = io.StringIO(), ""
        try:
            with contextlib.redirect_stdout(said):
                getattr(scenes, script)(*arguments)
        except Exception:  # noqa: BLE001 - what went wrong is told to the test
            failed = traceback.format_exc()
        connections.close_all()
        answers.write(json.dumps([said.getvalue(), failed]) + "\n")
        answers.flush()
