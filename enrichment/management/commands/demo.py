"""The demonstration: sandbox and workers up, the example enriched, everything down again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from rich.console import Console

from enrichment.management.commands.enrich import enrich
from integrations.sandbox.hosting import sandbox

LATENCY_MS = 800  # as slow as real lookups are, so that there is progress to watch
EXAMPLE = settings.BASE_DIR / "examples" / "contacts.csv"
STOP_S = 20


class Command(BaseCommand):
    help = "Enrich examples/contacts.csv against the sandbox, with real workers."

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        settings.SANDBOX = True
        call_command("migrate", verbosity=0)
        console.print("[yellow]Sandbox: nothing is bought, nothing is sent.[/]")
        with sandbox(settings.SANDBOX_URL, latency_ms=LATENCY_MS) as url:
            settings.SANDBOX_URL = url
            with workers():
                enrich(console, EXAMPLE, Path("enriched.csv"), works_here=False)
        console.print(
            "Now your own: [bold].venv/bin/python manage.py enrich IN OUT.csv[/],"
            " or [bold]make run[/]"
        )


@contextmanager
def workers() -> Iterator[None]:
    """Keep Celery workers up for the block."""
    log = settings.HOME / "demo-worker.log"
    environment = {
        **os.environ,
        "SWITCHBOARD_SANDBOX": "1",
        "SWITCHBOARD_SANDBOX_URL": settings.SANDBOX_URL,
    }
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "WARNING"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--concurrency", str(settings.WORKER_PROCESSES), "--without-gossip"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
