"""Workers that a test kills in the middle of their work, and what it waits for before it does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from contacts import leases

ROOT = Path(__file__).parents[2]
SHORT_LEASE_S = 0.2


def database_url():
    wired = connection.settings_dict
    host = wired["HOST"] or wired["OPTIONS"].get("host", "")
    return f"postgres://{wired['USER']}@/{wired['NAME']}?host={host}"


class Forked:
    """Calls `work` ("module:function") in children of a process of its own (`forking`)."""

    def __init__(self, work, **environment):
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.contacts.forking", work], cwd=ROOT,
            env=os.environ | environment | {
                "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings",
            },
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.told, self.says = self.program.stdin, self.program.stdout

    def begin(self, **order):
        """Return the id of the child that works."""
        self.told.write(json.dumps(order) + "\n")
        self.told.flush()
        return int(self.says.readline())

    def wait(self):
        assert self.says.readline() == "ended\n"

    def kill(self, victim):
        os.kill(victim, signal.SIGKILL)
        self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.kill()
        self.program.communicate()


def lost_now(settings):
    """Wait for the lease to run out, and return those who are declared lost."""
    settings.LEASE_S = SHORT_LEASE_S
    time.sleep(SHORT_LEASE_S * 1.5)
    return leases.lost_workers()


def await_one_that_waits(other):
    """Return when another session stands before a lock that `other` holds.

    PostgreSQL shows a transaction the sessions of its first look until that look is forgotten.
    """
    waiting = "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    give_up_at = time.monotonic() + 60
    while other.execute(waiting).fetchone() is None:
        assert time.monotonic() < give_up_at, "nobody waits"
        other.execute("SELECT pg_stat_clear_snapshot()")
        time.sleep(0.01)
