"""Runs the back office: web, worker, beat, sandbox and Flower, until Ctrl-C."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.processes import PROCFILE, Processes, read_procfile
from dashboards.access.people import give_role, require_new_password
from integrations.accounts import is_sandbox

# Without what is easily mistaken for another letter or digit.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ADMIN = "admin"
QUIET_S = 1.0
PATIENCE_S = 15.0


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        ports = _ports()
        for name, (port, advice) in ports.items():
            _refuse_taken(name, port, advice)
        call_command("prepare", verbosity=0)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns without it
        password = create_first_admin()
        commands = read_procfile(PROCFILE)
        if settings.SANDBOX is False:
            del commands["sandbox"]
        greeting = _greeting(ports["web"][0], password)
        processes = Processes(commands, _environment(ports), sys.stdout, last={"sandbox"})
        greeter = _Greeter(processes, ports["web"][0], greeting)
        code = processes.run(every=greeter.greet_once)
        self.stdout.write("Everything is stopped.")
        sys.exit(code)


class _Greeter:
    """Says where to go once the web server answers and the others have said their hellos."""

    def __init__(self, processes: Processes, port: int, lines: list[str]) -> None:
        self._processes, self._port, self._lines = processes, port, lines
        self._deadline = time.monotonic() + PATIENCE_S

    def greet_once(self) -> None:
        is_quiet = self._processes.quiet_s > QUIET_S or time.monotonic() > self._deadline
        if self._lines and is_quiet and _answers(self._port):
            for line in self._lines:
                self._processes.say(line)
            self._lines = []


def create_first_admin() -> str | None:
    """Create the first superuser and return the one-time password; None when there are users."""
    if User.objects.exists():
        return None
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    with transaction.atomic():
        user = User.objects.create_superuser(ADMIN, password=password)
        give_role(user, ADMIN)
        require_new_password(user)
    return password


def _ports() -> dict[str, tuple[int, str]]:
    """Return the port of each process that listens, and how to choose another."""
    sandbox = urlsplit(settings.SANDBOX_URL)
    found = {
        "web": (_port("PORT", 8000), "make run PORT={}"),
        "flower": (_port("FLOWER_PORT", 5555), "make run FLOWER_PORT={}"),
    }
    if settings.SANDBOX is not False and sandbox.port:
        advice = f"make run SWITCHBOARD_SANDBOX_URL={sandbox.scheme}://{sandbox.hostname}:{{}}"
        found["sandbox"] = (sandbox.port, advice)
    return found


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CommandError(f"{variable} is {text!r}; it is a port, 1 to 65535.")
    return int(text)


def _refuse_taken(name: str, port: int, advice: str) -> None:
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port}, for {name}, cannot be used ({error.strerror}). "
                f"Choose another: {advice.format(port + 1)}"
            ) from error


def _environment(ports: dict[str, tuple[int, str]]) -> dict[str, str]:
    numbers = {"PORT": "web", "FLOWER_PORT": "flower", "SANDBOX_PORT": "sandbox"}
    return {
        **os.environ,
        **{variable: str(ports[name][0]) for variable, name in numbers.items() if name in ports},
        "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


def _greeting(port: int, password: str | None) -> list[str]:
    lines = ["-" * 60, f"Switchboard is up: http://localhost:{port}/"]
    if password:
        lines.append(f"First start. Sign in as {ADMIN} with the one-time password {password}")
    if is_sandbox():
        lines.append("Sandbox: nothing is bought, nothing is sent.")
    return [*lines, "Ctrl-C stops all of it.", "-" * 60]


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        line.request("GET", "/admin/login/")
        return line.getresponse().status < 500
    except OSError:
        return False
    finally:
        line.close()
