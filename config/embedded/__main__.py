"""Runs a command beside the embedded servers, or starts, stops and shows them."""

# ruff: noqa: T201 - a command speaks to its user by printing

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

import environ

from .places import ServiceFailed
from .services import PROJECT, Services, default_services, running


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("start", help="start the servers and keep them up until stop")
    verbs.add_parser("stop", help="stop the servers, also under those who use them")
    verbs.add_parser("status", help="say whether they run, and their URLs; exit 3 when they don't")
    run = verbs.add_parser("run", help="run a command with the servers up")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- CMD ARGS")
    chosen = parser.parse_args(arguments)
    if (PROJECT / ".env").exists():
        environ.Env.read_env(PROJECT / ".env")  # as the settings do
    services = default_services()
    try:
        if chosen.verb == "run":
            command = chosen.command[1:] if chosen.command[:1] == ["--"] else chosen.command
            if not command:
                run.error("there is no command to run")
            with running(services):
                return run_command(command)
        if chosen.verb == "start":
            services.start()
        elif chosen.verb == "stop":
            services.stop()
        code = show(services)
        return code if chosen.verb == "status" else 0
    except (ServiceFailed, PermissionError) as failure:
        print(failure, file=sys.stderr)
        return 1


def show(services: Services) -> int:
    is_running = services.is_running()
    print(f"{'running' if is_running else 'stopped'} in {services.home}")
    print(f"DATABASE_URL={services.database_url}\nREDIS_URL={services.redis_url}")
    return 0 if is_running else 3


def run_command(command: list[str]) -> int:
    """Runs the command, passes signals on, and returns its exit code (128 + n when killed by n)."""
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if child is None:
            early.append(number)
        elif not (number in {signal.SIGINT, signal.SIGQUIT} and in_foreground()):
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, pass_on)
    try:
        child = subprocess.Popen(command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    for missed in early:
        child.send_signal(missed)
    code = child.wait()
    return code if code >= 0 else 128 - code


def in_foreground() -> bool:
    """Whether a terminal sends its Ctrl-C to us and the command alike; a second one would hurt."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)


if __name__ == "__main__":
    sys.exit(main())
