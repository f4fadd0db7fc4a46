"""Who uses the embedded servers: users that come, leave and die, and the command line."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from config.embedded import PROJECT, Services, default_services, running
from config.embedded.processes import started_at
from tests.config.embedded_homes import pids_of


def _cli(home: Path, *arguments: str) -> list[str]:
    variables = [f"SWITCHBOARD_HOME={home}", "DATABASE_URL=", "REDIS_URL="]
    return ["env", *variables, sys.executable, "-m", "config.embedded", *arguments]


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.01)


def test_last_user_to_leave_stops_the_servers(home: Path) -> None:
    with running(Services(home)) as outer:
        pids = pids_of(outer)
        with running(Services(home)):
            assert pids_of(outer) == pids
        stale = home / "users" / f"{os.getpid()}-99"
        stale.write_text("1")  # the pid lives, but started at another time
        assert pids_of(outer) == pids and outer.is_running()

    assert pids_of(outer) == [None, None]
    assert list((home / "users").iterdir()) == []
    assert started_at(os.getpid()) not in {None, "1"}


def test_servers_started_by_hand_outlast_their_users(home: Path) -> None:
    services = Services(home, postgres=False)
    services.start()

    with running(services):
        pass

    assert services.is_running()


def test_processes_that_start_together_share_servers_and_survive_a_kill(home: Path) -> None:
    flags = [home.parent / name for name in "abc"]
    clients = [
        subprocess.Popen(
            _cli(home, "run", "--", "sh", "-c", 'touch "$0"; exec sleep 600', str(flag)),
            cwd=PROJECT,
            start_new_session=True,
        )
        for flag in flags
    ]
    for flag in flags:
        _wait_for(flag)
    services = Services(home)
    pids = pids_of(services)

    os.killpg(clients[0].pid, signal.SIGKILL)  # leaves without a word
    clients[1].terminate()
    ended = [clients[0].wait(), clients[1].wait()]
    still = pids_of(services)
    clients[2].terminate()

    assert (ended, clients[2].wait()) == ([-signal.SIGKILL, 128 + signal.SIGTERM], 143)
    assert None not in pids and still == pids
    assert pids_of(services) == [None, None]


def test_command_line_answers_exit_codes(home: Path) -> None:
    def code(*arguments: str) -> int:
        done = subprocess.run(_cli(home, *arguments), cwd=PROJECT, capture_output=True, check=False)
        return done.returncode

    assert code("status") == 3
    assert code("run", "--", "sh", "-c", "exit 7") == 7
    assert code("run", "--", "no-such-program") == 127
    assert (code("start"), code("status"), code("stop"), code("status")) == (0, 0, 0, 3)


def test_environment_decides_which_servers_are_ours(home: Path) -> None:
    urls = {"DATABASE_URL": "postgres://db.test/x", "REDIS_URL": "redis://redis.test"}

    with running(default_services({"SWITCHBOARD_HOME": str(home), **urls})) as services:
        assert not services.is_needed

    assert not home.exists()
