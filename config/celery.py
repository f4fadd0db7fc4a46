"""The Celery application; its tasks say "there is work" and carry none."""

from __future__ import annotations

import os
import signal
from typing import Any

from celery import Celery
from celery.signals import (
    celeryd_init,
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_shutting_down,
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config import correlation  # noqa: F401 - its hooks carry the id along

app = Celery("switchboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def refuse_to_start_unready(**_: Any) -> None:
    """Celery only logs what fails here, but it lets an exit through."""
    import django

    django.setup()
    from config.starting import refuse_unready

    refuse_unready()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Celery would raise every process's level to WARNING, whatever LOG_LEVEL says."""


@worker_process_init.connect
def leave_stopping_to_the_parent(**_: Any) -> None:
    """A SIGTERM to the whole group must not end a child that waits for a paid answer.

    The parent asks its children to stop, and the system kills them when it dies (Celery sets
    PR_SET_PDEATHSIG).
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@worker_shutting_down.connect
def finish_what_is_in_hand(**_: Any) -> None:
    from integrations.stopping import request_stop

    request_stop()


@worker_process_shutdown.connect
def leave(**_: Any) -> None:
    from crm_sync import runtime as of_syncs
    from enrichment import runtime
    from outreach import runtime as of_sends

    runtime.close_runtime()
    of_sends.close_runtime()
    of_syncs.close_runtime()
