"""Processes side by side: they end together, in order, and none is left."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import psutil
import pytest

from config import processes
from config.embedded import PROJECT
from config.processes import Processes, read_procfile

SLEEP = "sleep 300"
# Takes no SIGTERM, and has a child that takes none.
STUBBORN = (
    "sh -c \"trap '' TERM; (trap '' TERM; exec sleep 300) & echo up; while :; do sleep 1; done\""
)


class Side:
    """Processes under test, with what they printed."""

    def __init__(self, commands, **options):
        self.out = io.StringIO()
        self.processes = Processes(commands, os.environ, self.out, **options)

    def run(self, *signals, up=0):
        """Run them; once so many say that they are up, send the signals, each after its answer."""
        are_running = threading.Event()

        def send():
            are_running.wait(60)
            for at, number in enumerate(signals):
                _wait_until(lambda said=up + at: self.out.getvalue().count("\n") >= said)
                time.sleep(0.8 * bool(at))  # what comes at once is once
                os.kill(os.getpid(), number)

        sender = threading.Thread(target=send)
        sender.start()
        code = self.processes.run(every=are_running.set)
        are_running.set()
        sender.join()
        _wait_until(lambda: self.left == [])
        return code

    @property
    def left(self):
        """What lives of the sessions that were started."""
        found = []
        for one in psutil.process_iter():
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                if os.getsid(one.pid) in self.processes._groups:
                    found += [one] if one.status() != psutil.STATUS_ZOMBIE else []
        return found

    @property
    def said(self):
        """What was printed, by (process, line)."""
        lines = [line.split(" ", 1)[1].split("|", 1) for line in self.out.getvalue().splitlines()]
        return [(name.strip(), text.strip()) for name, text in lines]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_of_them(number):
    side = Side({"web": SLEEP, "worker": SLEEP})

    code = side.run(number)

    assert code == 0
    assert side.said == [("system", "stopping; again to stop without waiting")]


def test_one_that_ends_stops_the_rest_and_gives_its_code():
    side = Side({"web": SLEEP, "worker": "sh -c 'echo oh; exit 7'", "beat": SLEEP})

    code = side.run()

    assert code == 7
    assert ("worker", "oh") in side.said
    assert side.said[-1] == ("system", "worker ended (exit code 7); stopping the rest")


@pytest.mark.parametrize(
    ("command", "code", "how"),
    [("sh -c 'kill -9 $$'", 1, "SIGKILL"), ("true", 1, "exit code 0"), ("no-such", 127, "127")],
)
def test_every_end_that_nobody_asked_for_is_a_failure(command, code, how):
    side = Side({"web": SLEEP, "worker": command})

    assert side.run() == code
    assert how in side.said[-1][1]


def test_asked_twice_it_does_not_wait(monkeypatch):
    monkeypatch.setattr(processes, "GRACE_S", 120.0)
    side = Side({"worker": STUBBORN})
    began = time.monotonic()

    code = side.run(signal.SIGINT, signal.SIGINT, up=1)

    assert code == 0
    assert time.monotonic() - began < processes.GRACE_S / 2


def test_who_is_slow_is_killed_with_its_children_when_its_time_is_over(monkeypatch):
    monkeypatch.setattr(processes, "GRACE_S", 0.5)
    side = Side({"worker": STUBBORN})

    assert side.run(signal.SIGTERM, up=1) == 0


def test_the_last_are_told_when_the_others_have_ended():
    runs = "sh -c \"trap '{}; exit 0' TERM; echo up; while :; do sleep 0.1; done\""
    slow, last = runs.format("sleep 0.5; echo worker ends"), runs.format("echo sandbox ends")
    side = Side({"sandbox": last, "worker": slow}, last={"sandbox"})

    side.run(signal.SIGINT, up=2)

    assert side.said[3:] == [("worker", "worker ends"), ("sandbox", "sandbox ends")]


def test_none_outlives_a_killed_supervisor():
    script = (
        "import os, sys; from config.processes import Processes;"
        " Processes({'a': 'sleep 300', 'b': 'sleep 300'}, os.environ, sys.stdout).run()"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT) as supervisor:
        mine = psutil.Process(supervisor.pid)
        _wait_until(lambda: [p.name() for p in mine.children()] == ["sleep", "sleep"])
        sleepers = mine.children()

        supervisor.kill()

        _wait_until(lambda: not any(map(psutil.Process.is_running, sleepers)))


def _wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_procfile_names_what_make_run_starts():
    commands = read_procfile(processes.PROCFILE)

    assert list(commands) == ["web", "worker", "beat", "sandbox", "flower"]
    assert all("config" in command for name, command in commands.items() if name != "sandbox")
