"""The real thing: `manage.py run` on a home of its own, as somebody starts it on a first day."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

from config.embedded import PROJECT, Services
from config.embedded.places import Layout
from config.processes import TIED
from integrations.sandbox.settings import Settings
from tests.e2e.clerk import Clerk
from tests.lab.processes import free_ports, living_on

UP = "Ctrl-C stops all of it."
LAWFUL = PROJECT / "outreach" / "hours" / "rules.json"
START_S = 1200.0
STOP_S = 300.0
# What would lead us to other servers, secrets or accounts than our own.
FOREIGN = (
    "SWITCHBOARD_",
    "LOG_LEVEL",
    "DJANGO_",
    "DATABASE_URL",
    "REDIS_URL",
    "TWILIO_",
    "SECRET_KEY",
)


class Office:
    """A running back office: its address, its sandbox, and the command line beside it."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self._log = home / "run.log"
        web, sandbox, flower = free_ports(3)
        self.url = f"http://localhost:{web}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
        self.environment = kept | {
            "SWITCHBOARD_HOME": str(home),
            "SWITCHBOARD_SANDBOX_URL": f"http://127.0.0.1:{sandbox}",
            "SWITCHBOARD_WORKERS": "1",
            "SWITCHBOARD_SWEEP_S": "2",
            "SWITCHBOARD_IN_FLIGHT": "10",
            "SWITCHBOARD_HOURS_FILE": str(_always_open(home)),
            "WEB_PROCESSES": "1",
            "PORT": str(web),
            "FLOWER_PORT": str(flower),
            **settings,
        }
        self.sandbox = httpx2.Client(base_url=f"http://127.0.0.1:{sandbox}", trust_env=False)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Bring everything up; it goes down with this process, whatever ends it."""
        command = shlex.join([sys.executable, "manage.py", "run"])
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                [*TIED, f"exec {command}"],
                cwd=PROJECT, env=self.environment, stdout=out, stderr=out,
            )  # fmt: skip
        give_up_at = time.monotonic() + START_S
        while UP not in self.said:
            assert self._process.poll() is None and time.monotonic() < give_up_at, self.said
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop everything, and see that nothing of it is left."""
        self.sandbox.close()
        if "_clerk" in vars(self):
            self._clerk.leave()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_S)
        assert living_on(self.home) == []
        assert not Services(self.home).is_running()

    @property
    def said(self) -> str:
        """What the processes have printed so far."""
        return self._log.read_text(errors="replace")

    @cached_property
    def password(self) -> str:
        """The one-time password of `admin`."""
        (found,) = re.findall(r"one-time password (\S+)", self.said)
        return found

    def perform(self, script: str, *arguments: str) -> str:
        """Run a function of `tests/e2e/scenes.py` inside the installation; return its output."""
        return self._clerk.perform(script, *arguments)

    @cached_property
    def _clerk(self) -> Clerk:
        return Clerk(self.home, self.environment)

    def sandbox_set(self, **settings: Any) -> None:
        """Have the sandbox play its default self but for these settings."""
        every = {**Settings().as_dict(), **settings}
        self.sandbox.post("/_control", json=every).raise_for_status()


def _always_open(home: Path) -> Path:
    """Write hours in which people may be reached at any time: tests run in the night, too."""
    regions = json.loads(LAWFUL.read_text(encoding="utf-8"))["rules"]
    rules = {region: {"hours": {"mon-sun": "00:00-23:59:59"}} for region in regions}
    path = home / "hours.json"
    path.write_text(json.dumps({"rules": rules}), encoding="utf-8")
    path.chmod(0o644)
    return path


@contextmanager
def running_office(**settings: str) -> Iterator[Office]:
    home = Path(tempfile.mkdtemp(prefix="swb-e2e-"))
    home.chmod(0o711)  # the servers' user has to pass
    office = Office(home, **settings)
    try:
        office.start()
        yield office
    finally:
        try:
            office.stop()
        finally:
            Services(home).stop()
            for folder in (Layout(home).elsewhere, Layout(home).sockets, home):
                shutil.rmtree(folder, ignore_errors=True)
