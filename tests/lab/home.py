"""A home of its own for a benchmark or a chaos run: servers and sandbox, all temporary."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.places import Layout
from tests.integrations.sandbox.running import Running, running_sandbox

# What would lead us to other servers, other secrets or another account than our own.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")


@contextmanager
def own_home(**settings: str) -> Iterator[Running]:
    """Bring up Django on servers and a sandbox of our own, and clear all of it away.

    `settings` are environment variables; they hold for child processes too. To be entered before
    anything imports the settings.
    """
    home = Path(tempfile.mkdtemp(prefix="swb-"))
    home.chmod(0o711)  # the servers' user has to pass
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ.update(dict.fromkeys(FOREIGN, ""))
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        SWITCHBOARD_HOME=str(home),
        SWITCHBOARD_SANDBOX="1",
        LOG_LEVEL="ERROR",
    )
    os.environ.update(settings)
    try:
        with running_sandbox() as sandbox:
            os.environ["SWITCHBOARD_SANDBOX_URL"] = sandbox.url
            with _servers():
                yield sandbox
    finally:
        shutil.rmtree(Layout(home).elsewhere, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _servers() -> Iterator[None]:
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    settings.SERVICES.start()
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections.close_all()
        settings.SERVICES.stop()
