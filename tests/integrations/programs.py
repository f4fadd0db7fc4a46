"""Starts the programs that play worker processes in the tests of this folder."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Program:
    """A module that says "ready", gets its settings on a line of JSON and prints its result so."""

    def __init__(self, module):
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.integrations.{module}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.told, self.says = self.process.stdin, self.process.stdout

    def await_ready(self):
        assert self.says.readline() == "ready\n"

    def go(self, **settings):
        self.told.write(json.dumps(settings) + "\n")
        self.told.flush()

    def result(self):
        return json.loads(self.says.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


@contextmanager
def programs(module, count):
    """Run `count` programs, all of them ready."""
    with ExitStack() as stack:
        started = [stack.enter_context(Program(module)) for _ in range(count)]
        for program in started:
            program.await_ready()
        yield started
